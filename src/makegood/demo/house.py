"""Run a Makegood for the demo: the real one, on a movable clock, beside the outside world."""

from collections.abc import Sequence

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.core.holds import Answer, Question
from makegood.demo.clock import MovableClock
from makegood.demo.launch import OutsideWorld
from makegood.effects.webhook import Counterpart
from makegood.messages.errors import Refused
from makegood.messages.facts import Body
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import RuleBook
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import RepRow
from makegood.ports.store import Store
from makegood.settings import Settings

BOOK = "airline"
KEY = b"makegood demo, synthetic customers only"
AT_ONCE = 400  # commands settled in one transaction: a whole step of the demo, mostly
THREADS = 4
SHARES = ("identifier", "name", "email", "phone", "language")


class House:
    """The verbs of a running Makegood; see `Verbs`."""

    def __init__(self, makegood: Makegood, clock: MovableClock) -> None:
        self.makegood = makegood
        self._clock = clock

    @property
    def store(self) -> Store:
        return self.makegood.store

    @property
    def book(self) -> RuleBook:
        return self.makegood.book

    def hire(self, reps: Sequence[RepRow]) -> None:
        """Write the roster."""
        with self.store.writing() as writing:
            writing.put_reps(reps)

    def take(self, arrivals: Sequence[Arrival]) -> None:
        self.makegood.intake.take(arrivals)

    def act(self, customer: CustomerId, wanted: Body, asker: Asker, message_id: str) -> bool:
        self._pass_a_moment()
        answer = self.makegood.acts.act(customer, wanted, asker, message_id=message_id)
        return not isinstance(answer, Refused)

    def work(self) -> bool:
        self._pass_a_moment()
        return not self.makegood.worker.run_once(AT_ONCE).is_idle

    def may_send(self, identifier: str, question: Question) -> Answer:
        return self.makegood.gate.ask(identifier, question)

    def _pass_a_moment(self) -> None:
        """Nothing happens in the same instant as what caused it."""
        self._clock.move_to(self._clock.now_ms() + 1)


def open_house(database: str, clock: MovableClock, book: RuleBook, outside: OutsideWorld) -> House:
    """Open a Makegood whose mail and webhooks go to the outside world."""
    settings = Settings(
        database=database,
        key=KEY,
        book=BOOK,
        smtp=f"smtp://127.0.0.1:{outside.ports.smtp}",
        counterparts=_counterparts(book, outside),
        threads=THREADS,
    )
    return House(open_makegood(settings, clock=clock), clock)


def _counterparts(book: RuleBook, outside: OutsideWorld) -> tuple[Counterpart, ...]:
    """One neighbour for each provider that the book names, and the text gateway."""
    remedies = book.remedies.values()
    names = {name for one in remedies for name in (one.provider, one.asks) if name} | {"sms"}
    return tuple(
        Counterpart(
            name=name,
            url=f"http://127.0.0.1:{outside.ports.http}/{name}",
            secret=outside.secret,
            allow_private=True,
            shares=SHARES,
        )
        for name in sorted(names)
    )
