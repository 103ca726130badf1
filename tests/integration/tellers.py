"""The process of the crash test of tellings: it takes failures in, tells a sink, and is killed."""

import os
import random
from collections.abc import Sequence
from pathlib import Path

from makegood.core.notices import NoticeKind
from makegood.ports.notices import FeedNotice, Subject
from makegood.ports.store import Store
from makegood.runtime.intake import Intake
from makegood.runtime.telling import Lanes, Teller
from tests.integration.crashers import BATCH, KEY, LIBRARY, Round, Steps, arrival
from tests.integration.racers import open_engine


class Receiver:
    """It keeps every notice on its own disk before it says yes."""

    name = "receiver"
    kinds: Sequence[NoticeKind] = ()
    brands: Sequence[str] = ()

    def __init__(self, begun: Round, steps: Steps) -> None:
        self.path = Path(begun.folder) / "told"
        self.number = begun.number
        self.steps = steps

    def tell(self, said: FeedNotice, to: Subject, now_ms: int) -> None:
        del to, now_ms
        self.steps.moment()
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{self.number} {said.notice.id} {said.sequence}\n".encode())
            os.fsync(file.fileno())
        self.steps.moment()  # the one window: it said yes, and we have not written that


def open_parts(store: Store, begun: Round, steps: Steps) -> tuple[Intake, Teller]:
    intake = Intake(store, lambda: LIBRARY, steps, KEY)
    sink = Receiver(begun, steps)
    teller = Teller(
        store,
        lambda: {sink.name: sink},
        lambda _reading, customers: dict.fromkeys(customers, ("*",)),
        steps,
        lanes=Lanes(settle_ms=1),
        rng=random.Random(begun.number),
    )
    return intake, teller


def live_and_die(begun: Round) -> None:
    """Take failures and tell of them until killed; each life begins with arrivals of its own."""
    store = open_engine(begun.url)
    steps = Steps(begun.number, begun.dies_at)
    intake, teller = open_parts(store, begun, steps)
    number = begun.begins_with
    while True:
        intake.take([arrival(n, steps.at_ms) for n in range(number, number + BATCH)])
        steps.moment()
        number += BATCH
        teller.run_once()


def finish(begun: Round) -> Store:
    """Let nobody kill it, until everything was told."""
    store = open_engine(begun.url)
    steps = Steps(begun.number, 0)
    _, teller = open_parts(store, begun, steps)
    idle = 0
    while idle < 2:
        idle = 0 if teller.run_once() else idle + 1
        steps.at_ms += 5 * 60_000
    return store


def told(folder: str) -> Sequence[tuple[int, str]]:
    """What the receiver has, as (round, notice)."""
    path = Path(folder) / "told"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(int(number), notice) for number, notice, _ in (line.split() for line in lines)]
