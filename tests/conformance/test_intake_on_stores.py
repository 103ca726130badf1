"""Two threads take overlapping batches in: nothing is lost, and live is what a replay gives."""

from pathlib import Path

import pytest

from makegood.core.state import encode_state
from makegood.messages.facts import Identified, Touchpoint
from makegood.messages.ids import CustomerId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import Taken
from makegood.ports.store import Store
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import MINUTE_MS, small_library
from makegood.testing.clock import FakeClock
from makegood.testing.history import folded
from makegood.testing.store_conformance import at_once

BATCHES = 12
PEOPLE = 5


@pytest.fixture(
    params=[
        "memory",
        "sqlite",
        pytest.param(
            "postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
        ),
    ]
)
def store(request, tmp_path: Path):
    if request.param == "memory":
        store: Store = MemoryStore()
    elif request.param == "sqlite":
        store = SqliteStore(tmp_path / "it.sqlite3")
    else:
        store = PostgresStore(request.getfixturevalue("postgres_url"), pool_size=4)
    yield store
    store.close()


def arrival(n: int, now_ms: int) -> Arrival:
    """One of three kinds, about one of few people; every seventh says that two are one."""
    who, other = n % PEOPLE, (n + 1) % PEOPLE
    links = n % 7 == 0
    facts = {"reason": "overbooked", "reservation": f"R{n % 3}"}
    body = Identified() if links else Touchpoint(name="Rental Unfulfilled", properties=facts)
    return Arrival(
        source="rental",
        message_id=f"{n}",
        identifier=f"user:{who}",
        time_ms=now_ms - (n % 4) * MINUTE_MS,
        body=body,
        body_digest=body_digest(body),
        also=(f"user:{other}",) if links else (),
    )


def test_two_who_take_the_same_people_in_lose_nothing(store):
    clock, library = FakeClock(), small_library()
    intake = Intake(store, lambda: library, clock, b"key")
    events = [arrival(n, clock.now_ms()) for n in range(BATCHES * 4)]

    def take(thread: int) -> list[Taken]:
        batches = [events[n : n + 4] for n in range(0, len(events), 4)]
        if thread:
            batches = [list(reversed(batch)) for batch in reversed(batches)]
        return [answer.taken for batch in batches for answer in intake.take(batch)]

    answers = [taken for each in at_once(take) for taken in each]
    assert answers.count(Taken.NEW) == answers.count(Taken.DUPLICATE) == len(events)
    with store.reading() as reading:
        assert reading.counts()["log"] == len(events)
        rows = reading.rows(CustomerId(""), 100)
        assert sum(row.events for row in rows) == len(events)
        for row in rows:
            history = reading.history(row.customer)
            now_ms = clock.now_ms()
            assert row.stuck == ""
            assert row.state == encode_state(folded(history, library, now_ms=now_ms).state)
