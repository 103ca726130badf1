"""Measure the store: a bare insert of the same blobs against append and fold, durable.

Run it with `python -m benchmarks --only store`. Durable rates follow the disk, whose speed moves;
compare the syncs and the processor time of an event, and the ratios of one run. The processor time
of a PostgreSQL server is not counted.
"""

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from benchmarks.counting import CountingStore
from benchmarks.databases import empty_database
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.messages.events import encode_event
from makegood.messages.facts import Body, Identified, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.playbooks.routing_terms import RoutingRules
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import RepRow
from makegood.ports.store import Store
from makegood.runtime.intake import Intake, body_digest
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SETTINGS, SqliteStore
from makegood.testing.book import small_book, small_library
from makegood.testing.clock import STORY_BEGINS_MS, FakeClock

EVENTS, QUICK_EVENTS = 20_000, 4_000
CUSTOMERS = 4_000
BATCH = 100
TROUBLE = 0.02  # of events let somebody down
IDENTIFIED = 0.1  # of events say who somebody is
MOST_SYNCS = 1.02  # of a batch; CI gates counts, not rates
# Of a batch, however many customers are in it; the last one says what changed to the outside.
MOST_STATEMENTS = 29
ON_DUTY = 100  # people, where who is asked is written down
COUNTED = 20  # batches
ASKED = 20_000
Batches = Sequence[Sequence[Arrival]]
Open = Callable[[], AbstractContextManager[SqliteStore | PostgresStore]]
Blobs = Sequence[Sequence[tuple[str, bytes]]]


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


def bare_insert(folder: Path, batches: Blobs) -> None:
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


def bare_copy(url: str, batches: Blobs) -> None:
    """Copy the same blobs into PostgreSQL with the same durability, and do nothing else."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, event BYTEA NOT NULL)")
        for batch in batches:
            with connection.cursor().copy("COPY bare FROM STDIN (FORMAT BINARY)") as copy:
                for row in batch:
                    copy.write_row(row)
            connection.commit()


def blobs_of(store: Store) -> list[list[tuple[str, bytes]]]:
    """Read back what was stored, in the same batches."""
    with store.reading() as reading:
        log = [(str(event.id), encode_event(event)) for _, event in reading.log(0, sys.maxsize)]
    return [log[n : n + BATCH] for n in range(0, len(log), BATCH)]


def take_all(store: Store, batches: Batches, library: Library | None = None) -> None:
    """Append and fold everything through the intake."""
    library = library or small_library()
    clock = FakeClock()
    intake = Intake(store, lambda: library, clock, b"benchmark")
    for batch in batches:
        clock.advance(len(batch))
        intake.take(batch)


def routed_library(store: Store) -> Library:
    """Give a book that writes down who is asked, and put people on duty."""
    rules = RoutingRules(logged=True, slice=500, conversations=True)
    book = replace(small_book(), routing=rules)
    hours = "mon-sun 00:00-00:00"
    with store.writing() as writing:
        writing.put_reps(
            [RepRow(rep=RepId(f"r{n}"), name="", role="rep", hours=hours) for n in range(ON_DUTY)]
        )
    return Library(active=book.hash, books={book.hash: book})


def ask(store: Store) -> None:
    """Read the gate's rows, one question at a time."""
    with store.reading() as reading:
        profiles = [event.profile for _, event in reading.log(0, CUSTOMERS)]
    for n in range(ASKED):
        with store.reading() as reading:
            reading.gate_records(profiles[n % len(profiles)])


class Measured(Struct, frozen=True, kw_only=True):
    """What one engine took for all events, and what a bare insert of the same blobs took.

    Attributes:
        statements: For the first batches, in an empty store.
        routed: The same with a book that writes down who is asked, and people on duty.
        counted: How many batches those were.
    """

    wall_s: float
    cpu_s: float
    asking_cpu_s: float
    syncs: int
    statements: int
    routed: int
    counted: int
    bare_s: float
    bare_cpu_s: float


def measure(open_store: Open, batches: Batches, bare: Callable[[Blobs], None]) -> Measured:
    """Take everything in, ask the gate's rows, insert the same bare; then count statements."""
    with open_store() as store:
        before = store.syncs()
        wall_s, cpu_s = timed(lambda: take_all(store, batches))
        syncs = store.syncs() - before
        _, asking_cpu_s = timed(lambda: ask(store))
        blobs = blobs_of(store)
    bare_s, bare_cpu_s = timed(lambda: bare(blobs))
    with open_store() as store:
        counting = CountingStore(store)
        take_all(counting, batches[:COUNTED])
    with open_store() as store:
        library = routed_library(store)
        routed = CountingStore(store)
        take_all(routed, batches[:COUNTED], library)
    return Measured(
        wall_s=wall_s,
        cpu_s=cpu_s,
        asking_cpu_s=asking_cpu_s,
        syncs=syncs,
        statements=counting.asked.statements,
        routed=routed.asked.statements,
        counted=len(batches[:COUNTED]),
        bare_s=bare_s,
        bare_cpu_s=bare_cpu_s,
    )


def on_sqlite(folder: Path, batches: Batches) -> Measured:
    """Measure SQLite in files of its own."""

    @contextmanager
    def open_store() -> Iterator[SqliteStore]:
        with TemporaryDirectory(dir=folder) as own:
            store = SqliteStore(Path(own) / "makegood.sqlite3")
            yield store
            store.close()

    return measure(open_store, batches, lambda blobs: bare_insert(folder, blobs))


def on_postgres(server_url: str, batches: Batches) -> Measured:
    """Measure PostgreSQL in databases of its own."""

    @contextmanager
    def open_store() -> Iterator[PostgresStore]:
        with empty_database(server_url) as url:
            store = PostgresStore(url)
            yield store
            store.close()

    def bare(blobs: Blobs) -> None:
        with empty_database(server_url) as url:
            bare_copy(url, blobs)

    return measure(open_store, batches, bare)


def run(plan: Plan) -> Result:
    """Measure SQLite beside a bare insert, and PostgreSQL where there is one."""
    batches = arrivals(QUICK_EVENTS if plan.quick else EVENTS)
    engines = {"SQLite": on_sqlite(plan.folder, batches)}
    if plan.postgres:
        engines["PostgreSQL"] = on_postgres(plan.postgres, batches)
    count = sum(map(len, batches))
    return Result(
        name="store",
        figures=tuple(
            figure for name, taken in engines.items() for figure in _figures(name, count, taken)
        ),
        bounds=tuple(
            bound
            for name, one in engines.items()
            for bound in (
                Bound(
                    what=f"{name}: syncs a batch of {BATCH}",
                    value=one.syncs / len(batches),
                    most=MOST_SYNCS,
                ),
                Bound(
                    what=f"{name}: statements a batch of {BATCH}",
                    value=one.statements / one.counted,
                    most=MOST_STATEMENTS,
                ),
                Bound(
                    what=f"{name}: statements a batch of {BATCH}, who is asked written down",
                    value=one.routed / one.counted,
                    most=MOST_STATEMENTS + 1,
                ),
            )
        ),
    )


def _figures(name: str, count: int, found: Measured) -> tuple[Figure, ...]:
    """Show one engine's figures."""
    return (
        Figure(
            what=f"{name}: append and fold, durable",
            value=count / found.wall_s,
            unit="events/s",
            nothing=count / found.bare_s,
        ),
        Figure(
            what=f"{name}: append and fold",
            value=found.cpu_s / count * 1e6,
            unit="CPU us/event",
            nothing=found.bare_cpu_s / count * 1e6,
        ),
        Figure(
            what=f"{name}: read the gate's rows",
            value=found.asking_cpu_s / ASKED * 1e6,
            unit="CPU us/question",
        ),
    )
