"""Processes of the race: one takes failures in, the others ask the gate about them at once."""

import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from msgspec import Struct

from makegood.core.holds import Question
from makegood.gate.service import Gate
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Body, Identified, Touchpoint
from makegood.messages.ids import CustomerId
from makegood.ports.arrivals import Arrival
from makegood.ports.store import Store
from makegood.runtime.intake import Intake, body_digest
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_library

KEY = b"a key for the race"
LIBRARY = small_library()
BATCH = 20
PROMOTIONAL = Question(brand="cars", message_class=MessageClass.PROMOTIONAL)
HELD = (MessageClass.PROMOTIONAL, MessageClass.SURVEY, MessageClass.MIXED)


class Fallen(Struct, frozen=True):
    """A customer whose failure was acknowledged, with every name they are known by."""

    names: tuple[str, ...]
    opaque: str


class Asked(Struct, frozen=True):
    """What an asker found."""

    questions: int
    customers: int
    wrong: tuple[str, ...]
    free_before: int


class RealClock:
    """The clock of this machine."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


def open_engine(url: str) -> Store:
    """Open an instance of one's own, as another process would."""
    if url.startswith("postgresql"):
        from makegood.store.postgres import PostgresStore

        return PostgresStore(url)
    return SqliteStore(Path(url))


def names_of(number: int) -> tuple[str, ...]:
    """Every kind of identifier of one customer, as a source writes it and as a person would."""
    return (
        f"user:{number}",
        f"anon:{number}",
        f"email:Someone.{number}@Example.org",
        f"phone:+1 212 555 {number:05d}",
        f"loyalty:cars:{number}",
    )


def _arrival(number: int, what: str, identifier: str, body: Body, **more) -> Arrival:
    return Arrival(
        source="rental",
        message_id=f"{number}/{what}",
        identifier=identifier,
        time_ms=RealClock().now_ms(),
        body=body,
        body_digest=body_digest(body),
        **more,
    )


def identified(number: int) -> Arrival:
    lookups = (
        f"email:someone.{number}@example.org",
        f"phone:+1212555{number:05d}",
        f"loyalty:cars:{number}",
    )
    return _arrival(
        number, "who", f"user:{number}", Identified(), lookups=lookups, also=(f"anon:{number}",)
    )


def failed(number: int) -> Arrival:
    """The failure comes in by the browser's name for every second customer."""
    body = Touchpoint(
        name="Rental Unfulfilled",
        properties={"reservation": f"R{number}", "reason": "overbooked", "price_cents": 100},
    )
    return _arrival(number, "failure", names_of(number)[number % 2], body)


def write(url: str, customers: int, pipes: Sequence[Connection]) -> None:
    """Take failures in; tell the askers each one as soon as it is acknowledged.

    Half of the customers are identified before they are let down, half after.
    """
    store = open_engine(url)
    intake = Intake(store, lambda: LIBRARY, RealClock(), KEY)
    numbers = iter(range(customers))
    while batch := list(islice(numbers, BATCH)):
        early = [number for number in batch if number % 4 < 2]
        late = [number for number in batch if number % 4 >= 2]
        intake.take([identified(number) for number in early])
        _ask_before(pipes, early)
        intake.take([failed(number) for number in batch])
        _tell(intake, store, pipes, [(n, names_of(n)) for n in early])
        _tell(intake, store, pipes, [(n, names_of(n)[n % 2 : n % 2 + 1]) for n in late])
        intake.take([identified(number) for number in late])
        _tell(intake, store, pipes, [(n, names_of(n)) for n in late])
    for pipe in pipes:
        pipe.send(None)
    store.close()


def _ask_before(pipes: Sequence[Connection], early: Sequence[int]) -> None:
    """Before the failure everybody may be written to, or the race would prove nothing."""
    for pipe in pipes:
        pipe.send([name for number in early for name in names_of(number)])
        pipe.recv()


def _tell(
    intake: Intake,
    store: Store,
    pipes: Sequence[Connection],
    fallen: Sequence[tuple[int, tuple[str, ...]]],
) -> None:
    profiles = [intake.profile(f"{names[0]}") for _, names in fallen]
    with store.reading() as reading:
        customers = reading.customers_of(profiles)
    told = [
        Fallen(names, customers[profile])
        for (_, names), profile in zip(fallen, profiles, strict=True)
    ]
    for pipe in pipes:
        pipe.send(told)


def ask(url: str, seed: int, questions: int, acknowledged: Connection, result: Connection) -> None:
    """Ask about everyone who fell, at once and again and again, until enough was asked."""
    store = open_engine(url)
    gate = Gate(store, lambda: LIBRARY, RealClock(), KEY)
    asker = _Asker(gate, random.Random(seed))
    ended = False
    while not (ended and asker.questions >= questions):
        while not ended and (acknowledged.poll() or not asker.fallen):
            told = acknowledged.recv()
            if told is None:
                ended = True
            elif told and isinstance(told[0], str):
                asker.before(told)
                acknowledged.send(True)
            else:
                asker.fall(told)
        asker.once_more()
    result.send(asker.asked())
    store.close()


class _Asker:
    def __init__(self, gate: Gate, rng: random.Random) -> None:
        self.gate, self.rng = gate, rng
        self.fallen: list[Fallen] = []
        self.questions = 0
        self.free_before = 0
        self.wrong: list[str] = []

    def before(self, names: Sequence[str]) -> None:
        self.free_before += sum(self.gate.ask(name, PROMOTIONAL).allowed for name in names)

    def fall(self, told: Sequence[Fallen]) -> None:
        self.fallen += told
        for one in told:
            for name in (*one.names, one.opaque):
                self._ask(name)

    def once_more(self) -> None:
        if self.fallen:
            one = self.rng.choice(self.fallen)
            self._ask(self.rng.choice((*one.names, one.opaque)))

    def _ask(self, name: str) -> None:
        question = Question(brand="cars", message_class=HELD[self.questions % len(HELD)])
        if ":" in name:
            answer = self.gate.ask(name, question)
        else:
            answer = self.gate.ask_customer(CustomerId(name), question)
        self.questions += 1
        if answer.allowed:
            self.wrong.append(f"{name}: {answer.reason}")

    def asked(self) -> Asked:
        known = {one.opaque for one in self.fallen}
        return Asked(self.questions, len(known), tuple(self.wrong[:20]), self.free_before)


def results(pipes: Sequence[Connection]) -> Iterator[Asked]:
    """Wait for what every asker found."""
    for pipe in pipes:
        yield pipe.recv()
