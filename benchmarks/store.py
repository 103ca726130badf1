"""Measure the store: a bare insert of the same blobs against append and fold, durable.

Run it with `python -m benchmarks.store`. Durable rates follow the disk, whose speed moves; compare
the syncs and the processor time of an event, and the ratios of one run. `--postgres URL` measures
PostgreSQL too, in an empty database; its server's processor time is not counted.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from makegood.messages.events import encode_event
from makegood.messages.facts import Body, Identified, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.ports.store import Store
from makegood.runtime.intake import Intake, body_digest
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SETTINGS, SqliteStore
from makegood.testing.book import small_library
from makegood.testing.clock import STORY_BEGINS_MS, FakeClock

EVENTS = 20_000
CUSTOMERS = 4_000
BATCH = 100
TROUBLE = 0.02  # of events let somebody down
IDENTIFIED = 0.1  # of events say who somebody is
PROBES = 200
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


def fsyncs_per_second(folder: Path) -> float:
    """Probe the disk of this moment."""
    with (folder / "probe").open("wb") as file:
        began = time.perf_counter()
        for _ in range(PROBES):
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
        return PROBES / (time.perf_counter() - began)


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
        log = [(event.id, encode_event(event)) for _, event in reading.log(0, sys.maxsize)]
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


def measure(name: str, store: Store, batches: Batches) -> float:
    """Print one engine's figures; give its processor seconds."""
    before = store.syncs()
    count = sum(map(len, batches))
    wall, cpu = timed(lambda: take_all(store, batches))
    syncs = store.syncs() - before
    show(name, count, wall, cpu)
    wall, cpu_asked = timed(lambda: ask(store))
    print(f"{'':24}{syncs / count:.4f} syncs/event, {syncs / len(batches):.2f} syncs/batch")
    print(f"{'':24}{ASKED / wall:8,.0f} gate reads/s {cpu_asked / ASKED * 1e6:8.1f} CPU us/read")
    assert syncs <= MOST_SYNCS * len(batches), "a batch waits for the disk more than once"
    return cpu


def show(name: str, count: int, wall: float, cpu: float) -> None:
    """Print one line."""
    print(f"{name:24}{count / wall:8,.0f} events/s {cpu / count * 1e6:8.1f} CPU us/event")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--postgres", metavar="URL", help="an empty database")
    chosen = parser.parse_args()
    batches = arrivals(chosen.events)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{fsyncs_per_second(folder):.0f} fsyncs/s before, batches of {BATCH}")
        store = SqliteStore(folder / "makegood.sqlite3")
        cpu = measure("SQLite append and fold", store, batches)
        blobs = blobs_of(store)
        store.close()
        wall, bare = timed(lambda: bare_insert(folder, blobs))
        show("SQLite bare insert", chosen.events, wall, bare)
        print(f"{'':24}{cpu / bare:.1f} x the processor time of the bare insert")
        if chosen.postgres:
            postgres = PostgresStore(chosen.postgres)
            measure("PostgreSQL", postgres, batches)
            postgres.close()
        print(f"{fsyncs_per_second(folder):.0f} fsyncs/s after")


if __name__ == "__main__":
    main()
