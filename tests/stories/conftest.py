"""One synthetic customer, one rep, two branches without a car: where a story plays."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.core.holds import Answer, Question
from makegood.core.state import Case, State, decode_state
from makegood.core.timers import TimerKind
from makegood.demo.car import ANA, KATHY, CarDay
from makegood.messages.commands import MessageClass
from makegood.messages.errors import Refused
from makegood.messages.facts import Body, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import CaseRow, LedgerRow
from makegood.ports.store import Store
from makegood.runtime.acts import Acted
from makegood.settings import Settings
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.clock import FakeClock
from makegood.testing.counterparts import LocalCounterpart, Received, Reply
from tests.integration.mail_server import MailServer

DAY = CarDay(at_ms=1_770_000_000_000, brand="northwind_cars")
PROVIDERS = ("payments", "rides", "drivers", "fleet")
ROUNDS = 20  # more than any story has turns; a loop that never idles fails the test


def told(arrival: Arrival, **facts: object) -> Arrival:
    """Tell the same event with other facts."""
    body = arrival.body
    assert isinstance(body, Touchpoint)
    return replace(arrival, body=replace(body, properties={**body.properties, **facts}))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content())


class Firm:
    """The firm's other systems: they confirm what they can and carry out what they are told."""

    def __init__(self) -> None:
        self.full: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    def answer(self, received: Received) -> Reply:
        assert received.is_signed
        content = received.content
        remedy = str(content["remedy"])
        is_question = "answer_by_ms" in content
        self.asked.append(("confirm" if is_question else "fulfil", remedy))
        if is_question:
            return Reply(content={"confirmed": remedy not in self.full, "detail": {"minutes": 14}})
        return Reply(content={"reference": f"SYN-{remedy}"})


class World:
    """Everything a story touches, through the public interface alone."""

    def __init__(self, makegood: Makegood, clock: FakeClock, mail: MailServer, firm: Firm) -> None:
        self.makegood = makegood
        self.clock = clock
        self.firm = firm
        self.rep = Asker(rep=KATHY.rep, role=KATHY.role)
        self.customer = Asker()
        self._mail = mail
        self._acts = 0

    def arrives(self, arrival: Arrival) -> None:
        """Take an event in at its own time; nothing has been delivered yet."""
        self.clock.set(max(arrival.time_ms, self.clock.now_ms()))
        (answer,) = self.makegood.intake.take([arrival])
        assert not answer.error, answer.error

    def settle(self) -> None:
        """Let the worker work until there is nothing left to do."""
        for _ in range(ROUNDS):
            if self.makegood.worker.run_once().is_idle:
                return
        pytest.fail("The worker never came to rest.")

    def happens(self, *arrivals: Arrival) -> None:
        for arrival in arrivals:
            self.arrives(arrival)
            self.settle()

    def later(self, ms: int) -> None:
        self.clock.advance(ms)
        self.settle()

    def asks(self, wanted: Body, asker: Asker) -> Acted | Refused:
        """Let somebody ask for something, and let it be carried out."""
        self._acts += 1
        message_id = f"story-{self._acts}"
        answer = self.makegood.acts.act(self.row.customer, wanted, asker, message_id=message_id)
        self.settle()
        return answer

    def does(self, wanted: Body, asker: Asker) -> None:
        answer = self.asks(wanted, asker)
        assert not isinstance(answer, Refused), answer

    def gate(
        self,
        message_class: MessageClass,
        identifier: str = f"email:{ANA.email}",
        brand: str = DAY.brand,
    ) -> Answer:
        question = Question(brand=brand, message_class=message_class)
        return self.makegood.gate.ask(identifier, question)

    @property
    def rows(self) -> tuple[CaseRow, ...]:
        with self.makegood.store.reading() as reading:
            return reading.cases(open_only=False)

    @property
    def row(self) -> CaseRow:
        (row,) = self.rows
        return row

    @property
    def state(self) -> State:
        with self.makegood.store.reading() as reading:
            row = reading.row(self.row.customer)
        assert row is not None
        return decode_state(row.state)

    @property
    def case(self) -> Case:
        (case,) = self.state.cases
        return case

    def timer(self, kind: TimerKind) -> int:
        """When the timer of a kind is due; 0 for none."""
        return next((timer.due_ms for timer in self.state.timers if timer.kind is kind), 0)

    @property
    def ledger(self) -> tuple[LedgerRow, ...]:
        with self.makegood.store.reading() as reading:
            return reading.ledger(self.row.case)

    @property
    def mails(self) -> list[EmailMessage]:
        return self._mail.box.mails

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "story.db")


@pytest.fixture
def world(store: Store) -> Iterator[World]:
    """A day before it all begins; the register has introduced the customer."""
    clock = FakeClock(DAY.introduction().time_ms)
    firm = Firm()
    with MailServer() as mail, LocalCounterpart(firm.answer) as counterpart:
        settings = Settings(
            database="memory:",
            key=b"the secret of a story that ends well",
            book="car-rental",
            smtp=f"smtp://127.0.0.1:{mail.port}",
            counterparts=tuple(counterpart.as_counterpart(name) for name in PROVIDERS),
            threads=1,
        )
        makegood = open_makegood(settings, clock=clock, store=store)
        with makegood.store.writing() as writing:
            writing.put_reps([KATHY])
        world = World(makegood, clock, mail, firm)
        world.arrives(DAY.introduction())
        yield world
        makegood.close()
