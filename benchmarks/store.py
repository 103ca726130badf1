"""Measure the store: a bare insert of the same blobs against append and fold, durable.

Run it with `python -m benchmarks --only store`. Durable rates follow the disk, whose speed moves;
compare the syncs and the processor time of an event, and the ratios of one run. The processor time
of a PostgreSQL server is not counted.
"""

import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from msgspec import Struct

from benchmarks.databases import empty_database
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.messages.events import encode_event
from makegood.messages.facts import Body, Identified, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.ports.store import Store
from makegood.runtime.intake import Intake, body_digest
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SETTINGS, SqliteStore
from makegood.testing.book import small_library
from makegood.testing.clock import STORY_BEGINS_MS, FakeClock

EVENTS, QUICK_EVENTS = 20_000, 4_000
CUSTOMERS = 4_000
BATCH = 100
TROUBLE = 0.02  # of events let somebody down
IDENTIFIED = 0.1  # of events say who somebody is
MOST_SYNCS = 1.02  # of a batch; CI gates counts, not rates
ASKED = 20_000
Batches = Sequence[Sequence[Arrival]]


def arrivals(count: int) -> Batches:
    """Make a day's events, in batches; the same for every run."""
    chance = Random(2013)
    events = [_arrival(n, chance) for n in range(count)]
    return [events[n : n + BATCH] for n in range(0, count, BATCH)]


def _arrival(n: int, chance: Random) -> Arrival:
    who = chance.randrange(CUSTOMERS)
    body = _body(who, chance.random())
    return Arrival(
        source="benchmark",
        message_id=f"{n}",
        identifier=f"user:{who}",
        time_ms=STORY_BEGINS_MS + n,
        body=body,
        body_digest=body_digest(body),
        lookups=(f"email:{who}@example.org",) if isinstance(body, Identified) else (),
    )


def _body(who: int, chance: float) -> Body:
    if chance < IDENTIFIED:
        return Identified(traits={"tier": "gold", "tenure_years": who % 30})
    name = "Rental Unfulfilled" if chance > 1 - TROUBLE else "Rental Booked"
    facts = {"reason": "overbooked", "reservation": f"R{who}", "price_cents": 21_000}
    return Touchpoint(name=name, properties=facts)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Give (seconds, processor seconds)."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def bare_insert(folder: Path, batches: Sequence[Sequence[tuple[str, bytes]]]) -> None:
    """Insert the same blobs with the same durability, and do nothing else."""
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    for setting in SETTINGS:
        connection.execute(setting)
    connection.execute("CREATE TABLE log (id TEXT PRIMARY KEY, event BLOB NOT NULL)")
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO log VALUES (?, ?)", batch)
        connection.execute("COMMIT")
    connection.close()


def blobs_of(store: Store) -> list[list[tuple[str, bytes]]]:
    """Read back what was stored, in the same batches."""
    with store.reading() as reading:
        log = [(str(event.id), encode_event(event)) for _, event in reading.log(0, sys.maxsize)]
    return [log[n : n + BATCH] for n in range(0, len(log), BATCH)]


def take_all(store: Store, batches: Batches) -> None:
    """Append and fold everything through the intake."""
    library = small_library()
    clock = FakeClock()
    intake = Intake(store, lambda: library, clock, b"benchmark")
    for batch in batches:
        clock.advance(len(batch))
        intake.take(batch)


def ask(store: Store) -> None:
    """Read the gate's rows, one question at a time."""
    with store.reading() as reading:
        profiles = [event.profile for _, event in reading.log(0, CUSTOMERS)]
    for n in range(ASKED):
        with store.reading() as reading:
            reading.gate_records(profiles[n % len(profiles)])


class Measured(Struct, frozen=True, kw_only=True):
    """What one engine took for all events."""

    wall_s: float
    cpu_s: float
    asking_cpu_s: float
    syncs: int


def measure(store: Store, batches: Batches) -> Measured:
    """Take everything in, then ask the gate's rows."""
    before = store.syncs()
    wall_s, cpu_s = timed(lambda: take_all(store, batches))
    syncs = store.syncs() - before
    _, asking_cpu_s = timed(lambda: ask(store))
    return Measured(wall_s=wall_s, cpu_s=cpu_s, asking_cpu_s=asking_cpu_s, syncs=syncs)


def on_sqlite(folder: Path, batches: Batches) -> tuple[Measured, tuple[float, float]]:
    """Measure SQLite, and then the bare insert of what it stored: (seconds, CPU seconds)."""
    store = SqliteStore(folder / "makegood.sqlite3")
    found = measure(store, batches)
    blobs = blobs_of(store)
    store.close()
    return found, timed(lambda: bare_insert(folder, blobs))


def on_postgres(server_url: str, batches: Batches) -> Measured:
    """Measure PostgreSQL in a database of its own."""
    with empty_database(server_url) as url:
        store = PostgresStore(url)
        found = measure(store, batches)
        store.close()
    return found


def run(plan: Plan) -> Result:
    """Measure SQLite beside a bare insert, and PostgreSQL where there is one."""
    batches = arrivals(QUICK_EVENTS if plan.quick else EVENTS)
    found, (bare_s, bare_cpu_s) = on_sqlite(plan.folder, batches)
    engines = {"SQLite": (found, bare_s, bare_cpu_s)}
    if plan.postgres:
        engines["PostgreSQL"] = (on_postgres(plan.postgres, batches), 0.0, 0.0)
    count = sum(map(len, batches))
    return Result(
        name="store",
        figures=tuple(
            figure for name, taken in engines.items() for figure in _figures(name, count, *taken)
        ),
        bounds=tuple(
            Bound(
                what=f"{name}: syncs a batch of {BATCH}",
                value=one.syncs / len(batches),
                most=MOST_SYNCS,
            )
            for name, (one, _, _) in engines.items()
        ),
    )


def _figures(
    name: str, count: int, found: Measured, bare_s: float, bare_cpu_s: float
) -> tuple[Figure, ...]:
    """Show one engine's figures; 0 seconds of a bare insert for none."""
    return (
        Figure(
            what=f"{name}: append and fold, durable",
            value=count / found.wall_s,
            unit="events/s",
            nothing=count / bare_s if bare_s else 0,
        ),
        Figure(
            what=f"{name}: append and fold",
            value=found.cpu_s / count * 1e6,
            unit="CPU us/event",
            nothing=bare_cpu_s / count * 1e6,
        ),
        Figure(
            what=f"{name}: read the gate's rows",
            value=found.asking_cpu_s / ASKED * 1e6,
            unit="CPU us/question",
        ),
    )
