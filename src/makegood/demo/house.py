"""Join a Makegood for the demo: the real verbs on a movable clock, and the outside world."""

from collections.abc import Sequence
from types import TracebackType

from makegood.core.decide import Asker
from makegood.core.holds import Answer, Question
from makegood.demo.clock import MovableClock
from makegood.demo.launch import OutsideWorld
from makegood.effects.channels import Channels
from makegood.effects.confirm import Confirmation
from makegood.effects.fulfil import Fulfilment
from makegood.effects.links import Links
from makegood.effects.mail import Mail
from makegood.effects.outside import Outside
from makegood.effects.sms import Sms, WebhookGateway
from makegood.effects.smtp import Connections, Server
from makegood.effects.webhook import Counterpart, Webhooks
from makegood.effects.words import Words
from makegood.gate.service import Gate
from makegood.messages.commands import Command, SendMessage
from makegood.messages.errors import Refused
from makegood.messages.facts import Body
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.arrivals import Arrival
from makegood.ports.effect import Addressee
from makegood.ports.rows import PersonRow, RepRow
from makegood.ports.store import Store
from makegood.runtime.acts import Acts
from makegood.runtime.delivery import Deliverer, question_of
from makegood.runtime.intake import Intake
from makegood.runtime.worker import Pace, Worker

KEY = b"makegood demo, synthetic customers only"
BASE_URL = "http://localhost:8000"
AT_ONCE = 400  # commands settled in one transaction: the demo's whole hour, mostly
THREADS = 4
SHARES = ("identifier", "name", "email", "phone", "language")


class House:
    """A running Makegood; use it as a context. See `Verbs`."""

    def __init__(
        self, store: Store, clock: MovableClock, book: RuleBook, outside: OutsideWorld
    ) -> None:
        self.store = store
        self.book = book
        self._clock = clock
        library = Library(active=book.hash, books={book.hash: book})
        self.library = library
        self._intake = Intake(store, lambda: library, clock, KEY)
        self._acts = Acts(store, self._intake, lambda: library, clock)
        self._gate = Gate(store, lambda: library, clock, KEY)
        self._webhooks = Webhooks(_counterparts(book, outside))
        self._mail = Connections(Server(host="127.0.0.1", port=outside.ports.smtp))
        words = Words(lambda: library, Links(KEY, BASE_URL, clock), self._rep_name)
        self._channels = Channels(
            (Mail(self._mail, words), Sms(WebhookGateway(self._webhooks), words))
        )
        effect = Outside(
            messages=self._channels,
            confirmations=Confirmation(self._webhooks),
            fulfilment=Fulfilment(self._webhooks),
        )
        self._worker = Worker(
            store,
            self._intake,
            Deliverer(effect, self._may_send_own, clock),
            clock,
            pace=Pace(batch=AT_ONCE, threads=THREADS),
        )
        self._names: dict[str, str] = {}

    def __enter__(self) -> "House":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.close()
        self._mail.close()
        self._webhooks.close()

    def hire(self, reps: Sequence[RepRow], active_text: str) -> None:
        """Write the roster and the book into the store, as a deployment does once."""
        with self.store.writing() as writing:
            writing.put_reps(reps)
            writing.put_book(self.book.hash, active_text, activate=True)
        self._names = {rep.rep: rep.name for rep in reps}

    def take(self, arrivals: Sequence[Arrival]) -> None:
        self._intake.take(arrivals)

    def act(self, customer: CustomerId, wanted: Body, asker: Asker, message_id: str) -> bool:
        self._pass_a_moment()
        answer = self._acts.act(customer, wanted, asker, message_id=message_id)
        return not isinstance(answer, Refused)

    def work(self) -> bool:
        self._pass_a_moment()
        return not self._worker.run_once().is_idle

    def may_send(self, identifier: str, question: Question) -> Answer:
        return self._gate.ask(identifier, question)

    def _pass_a_moment(self) -> None:
        """Nothing happens in the same instant as what caused it."""
        self._clock.move_to(self._clock.now_ms() + 1)

    def _rep_name(self, rep: str) -> str:
        return self._names.get(rep, rep)

    def _may_send_own(self, command: Command, person: PersonRow) -> Answer:
        """Ask about one of our own messages, by the profile it goes to."""
        order = command.order
        to = Addressee(person=person)
        ways = self._channels.ways(order, to) if isinstance(order, SendMessage) else ()
        channel = ways[0] if ways else "mail"
        return self._gate.ask_customer(CustomerId(command.profile), question_of(command, channel))


def _counterparts(book: RuleBook, outside: OutsideWorld) -> dict[str, Counterpart]:
    """One neighbour for each provider that the book names, and the text gateway."""
    names = {remedy.provider for remedy in book.remedies.values() if remedy.provider} | {"sms"}
    return {
        name: Counterpart(
            name=name,
            url=f"http://127.0.0.1:{outside.ports.http}/{name}",
            secret=outside.secret,
            allow_private=True,
            shares=SHARES,
        )
        for name in sorted(names)
    }
