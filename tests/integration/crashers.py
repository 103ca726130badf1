"""The process of the crash test: it takes arrivals in, delivers, and is killed at any moment."""

import os
import random
import signal
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from makegood.core.holds import Answer
from makegood.messages.commands import Command, ConfirmOffer, Fulfil
from makegood.messages.facts import Body, Carried, Confirmed, FailureRaised, Touchpoint
from makegood.messages.ids import RepId
from makegood.ports.arrivals import Arrival
from makegood.ports.effect import Addressee
from makegood.ports.rows import PersonRow, RepRow
from makegood.ports.store import Store
from makegood.runtime.delivery import Deliverer
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.worker import Pace, Worker
from makegood.testing.book import HOUR_MS, MINUTE_MS, small_library
from makegood.testing.clock import STORY_BEGINS_MS
from tests.integration.racers import open_engine

LIBRARY = small_library()
KEY = b"a key for crashes"
ROUND_MS = 15 * MINUTE_MS  # longer than a lease, so that what a dead worker held is claimed again
CUSTOMERS = 40
BATCH = 3


class Round(Struct, frozen=True):
    """One life of the process.

    Attributes:
        url: Its database.
        folder: Where the outside counts what it received.
        number: Which round.
        begins_with: First arrival that was not acknowledged yet; it is sent again.
        dies_at: The step of its work at which it is killed; 0 when somebody else kills it.
    """

    url: str
    folder: str
    number: int
    begins_with: int
    dies_at: int = 0


class Steps:
    """A clock that everything asks all the time, so that each look is a moment to die at."""

    def __init__(self, number: int, dies_at: int) -> None:
        self.at_ms = STORY_BEGINS_MS + number * ROUND_MS
        self.left = dies_at

    def now_ms(self) -> int:
        self.moment()
        self.at_ms += 1
        return self.at_ms

    def moment(self) -> None:
        if self.left:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)


class Outside:
    """The world: it keeps every delivery on its own disk before it says yes."""

    def __init__(self, folder: str, number: int, steps: Steps) -> None:
        self.path = Path(folder) / "deliveries"
        self.number = number
        self.steps = steps

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        self.steps.moment()
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{self.number} {command.id}\n".encode())
            os.fsync(file.fileno())
        self.steps.moment()  # the one window: the outside said yes, and we have not written it
        if isinstance(command.order, ConfirmOffer):
            return Confirmed(command=command.id, expires_ms=now_ms + HOUR_MS)
        paid = command.order.amount if isinstance(command.order, Fulfil) else None
        return Carried(command=command.id, paid=paid)


def yes(_command: Command, _person: PersonRow) -> Answer:
    return Answer(allowed=True, reason="free", says="")


def open_parts(store: Store, begun: Round, steps: Steps) -> tuple[Intake, Worker]:
    intake = Intake(store, lambda: LIBRARY, steps, KEY)
    deliverer = Deliverer(Outside(begun.folder, begun.number, steps), yes, steps)
    pace = Pace(batch=6, threads=1)
    worker = Worker(store, intake, deliverer, steps, pace=pace, rng=random.Random(begun.number))
    return intake, worker


def arrival(number: int, now_ms: int) -> Arrival:
    """The same arrival whenever it is sent."""
    about = f"R{number % 7}"
    bodies: tuple[Body, ...] = (
        Touchpoint(
            name="Rental Unfulfilled",
            properties={"reservation": about, "reason": "overbooked", "price_cents": 100 + number},
        ),
        Touchpoint(name="Rental Late", properties={"reservation": about, "delay_minutes": 60}),
        FailureRaised(failure="late", about=about, by=RepId("kathy")),
        Touchpoint(name="Callback Promised", properties={"reservation": about}),
    )
    body = bodies[number % len(bodies)]
    return Arrival(
        source="rental",
        message_id=f"{number}",
        identifier=f"user:{number * 11 % CUSTOMERS}",
        time_ms=now_ms - (number % 3) * MINUTE_MS,
        body=body,
        body_digest=body_digest(body),
    )


def live_and_die(begun: Round, told: int) -> None:
    """Take arrivals and deliver until killed; tell each acknowledgement after it was given.

    Args:
        begun: The round.
        told: Descriptor of a pipe; what is in it outlives us.
    """
    store = open_engine(begun.url)
    steps = Steps(begun.number, begun.dies_at)
    intake, worker = open_parts(store, begun, steps)
    with store.writing() as writing:
        writing.put_reps(
            [RepRow(rep=RepId("kathy"), name="K", role="agent", hours="mon-sun 00:00-00:00")]
        )
    number = begun.begins_with
    while True:
        batch = [arrival(n, steps.at_ms) for n in range(number, number + BATCH)]
        answers = intake.take(batch)
        steps.moment()  # durable, and nobody has been told: the source sends it again
        number += len(batch)
        lines = [f"{number} {answer.event}" for answer in answers]
        os.write(told, ("\n".join(lines) + "\n").encode())
        steps.moment()
        worker.run_once()


def finish(begun: Round, rounds: int = 200) -> Store:
    """Let nobody kill it, until there is nothing left to deliver."""
    store = open_engine(begun.url)
    steps = Steps(begun.number, 0)
    _, worker = open_parts(store, begun, steps)
    idle = 0
    for _ in range(rounds):
        idle = idle + 1 if worker.run_once().is_idle else 0
        if idle > 1:
            break
        steps.at_ms += 2 * MINUTE_MS
    worker.close()
    return store


def deliveries(folder: str) -> Sequence[tuple[int, str]]:
    """What the outside received, as (round, command); a torn last line is no delivery."""
    text = (Path(folder) / "deliveries").read_text()
    lines = text.splitlines() if text.endswith("\n") else text.splitlines()[:-1]
    return [(int(number), command) for number, command in (line.split() for line in lines)]
