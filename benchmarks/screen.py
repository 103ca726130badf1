"""Measure screening: a list of ten million rows against 500,000 customers who are held.

Run it with `python -m benchmarks --only screen`. Customers, holds and identifiers are put into a
SQLite store as the intake would leave them. One list, as CSV and as Parquet, is read and written
by the same engine without a look at it, and then screened, each in a process of its own, taking
turns. Looking at the holds takes as long as there are holds, whatever the length of the list, so
the pass over the list and the look at the holds are told apart, both in processor time. CI holds
the ratio of the pass to reading and writing, with twice the slack.
"""

import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl

from benchmarks.report import Bound, Figure, Plan, Result
from makegood.books.opening import read_book
from makegood.core.holds import GateRow, Hold, Question, encode_gate
from makegood.gate.screening import run as screening
from makegood.gate.screening.lists import scan, whole, written
from makegood.messages.commands import MessageClass
from makegood.messages.events import Event, Stamp
from makegood.messages.facts import Identified
from makegood.messages.ids import BookHash, CaseId, CustomerId, profile_id
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.ports.rows import CustomerRow, Offered, PersonRow
from makegood.store.sqlite import SqliteStore

ROWS, QUICK_ROWS = 10_000_000, 400_000
HELD, QUICK_HELD = 500_000, 20_000
ROUNDS = 3
KEY = b"a key of the benchmark"
BATCH = 5_000
TARGET, SLACK = 2.0, 2.0  # times reading and writing
TARGET_MB = 500
QUESTION = Question(brand="", message_class=MessageClass.PROMOTIONAL)


Given = TypeVar("Given")


class Took(NamedTuple):
    """What one run took: processor time of its parts, seconds of all, and the most megabytes."""

    look_cpu: float
    pass_cpu: float
    seconds: float
    megabytes: float


class _Clock:
    def now_ms(self) -> int:
        return 1_800_000_000_000


def run(plan: Plan) -> Result:
    """Measure; the store is made first."""
    rows, held = (QUICK_ROWS, QUICK_HELD) if plan.quick else (ROWS, HELD)
    with closing(SqliteStore(plan.folder / "screen.db")) as store:
        fill(store, held)
    figures: list[Figure] = []
    bounds: list[Bound] = []
    for suffix in (".csv", ".parquet"):
        source = plan.folder / f"audience{suffix}"
        apart(make_list, source, rows, held)
        parts = measure(plan.folder, source, rows, held)
        figures += parts[0]
        bounds += parts[1]
    return Result(name="screen", figures=tuple(figures), bounds=tuple(bounds))


def measure(folder: Path, source: Path, rows: int, held: int) -> tuple[list[Figure], list[Bound]]:
    """Copy and screen one list, taking turns; the best of each counts."""
    copies, screenings = [], []
    for _ in range(ROUNDS):
        copies.append(apart(copy, source))
        screenings.append(apart(screen, folder, source, held))
    copied, parted, looked = (
        min(one.pass_cpu for one in copies),
        min(one.pass_cpu for one in screenings),
        min(one.look_cpu for one in screenings),
    )
    waited, waits = (min(one.seconds for one in them) for them in (screenings, copies))
    most, copy_most = (max(one.megabytes for one in them) for them in (screenings, copies))
    what = f"{source.suffix[1:]}, {rows:,} rows against {held:,} held"
    figures = [
        Figure(what=f"{what}: the pass over the list", value=parted, unit="CPU-s",
               nothing=copied, target=f"{TARGET:g} times reading and writing"),
        Figure(what=f"{what}: the look at the holds", value=looked, unit="CPU-s"),
        Figure(what=f"{what}: all of it", value=parted + looked, unit="CPU-s",
               nothing=copied, target=f"{TARGET:g} times reading and writing"),
        Figure(what=f"{what}: all of it, on the clock", value=waited, unit="s", nothing=waits),
        Figure(what=f"{what}: most memory", value=most, unit="MB", nothing=copy_most,
               target=f"{TARGET_MB} MB"),
    ]  # fmt: skip
    ratio = Bound(
        what=f"{source.suffix[1:]}: the pass over a list, in times of reading and writing it",
        value=parted / copied,
        most=TARGET * SLACK,
        is_timed=True,
    )
    return figures, [ratio]


def apart(work: Callable[..., Given], *given: object) -> Given:
    """Run in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def copy(source: Path) -> Took:
    """Read and write a list with the engine that screens it, as the engine likes it best."""
    began, cpu = time.perf_counter(), time.process_time()
    with whole(source.with_name(f"copy{source.suffix}")) as file:
        written(scan(source), source, file).collect(engine="streaming")
    return Took(0, time.process_time() - cpu, time.perf_counter() - began, _megabytes())


def screen(folder: Path, source: Path, held: int) -> Took:
    """Look at the holds, then part a list."""
    text, name = read_book("car-rental")
    book = load_book(text, name=name)
    library = Library(active=book.hash, books={book.hash: book})
    wanted = screening.Wanted(
        source=source,
        sendable=folder / f"sendable{source.suffix}",
        held=folder / f"held{source.suffix}",
        question=QUESTION,
        column="Email",
        kind="email",
    )
    with closing(SqliteStore(folder / "screen.db")) as store:
        screens = screening.Screening(store, lambda: library, _Clock(), KEY)
        began, cpu = time.perf_counter(), time.process_time()
        look = screens.look(QUESTION, "email")
        looked = time.process_time()
        told = screens.part(wanted, look)
        ended = time.process_time()
        seconds = time.perf_counter() - began
    assert told.held == held, told
    return Took(looked - cpu, ended - looked, seconds, _megabytes())


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_list(source: Path, rows: int, held: int) -> None:
    """Write a list of a campaign tool; every so many rows is somebody who is held."""
    n = pl.col("n")
    each = rows // held
    frame = pl.DataFrame({"n": pl.int_range(rows, eager=True)}).select(
        Email=pl.format("{}.{}@example.{}", pl.when(n % 3 == 0).then(pl.lit("Guest")).otherwise(
            pl.lit("guest")), pl.when(n % each == 0).then(n // each).otherwise(n + held),
            pl.when(n % 2 == 0).then(pl.lit("org")).otherwise(pl.lit("COM"))),
        first_name=pl.format("Name{}", n * 7919 % 50_021),
        city=pl.format("City {}", n * 104_729 % 9_973),
        segment=pl.format("segment {}", n % 13),
        value_cents=n * 104_729 % 1_000_003,
        last_seen=pl.format("2026-{}-{}", 1 + n % 12, 1 + n * 31 % 28),
    )  # fmt: skip
    frame.write_parquet(source) if source.suffix == ".parquet" else frame.write_csv(source)


def fill(store: SqliteStore, held: int) -> None:
    """Put in customers who are held, each known by a user id, an e-mail address and a number."""
    for first in range(0, held, BATCH):
        _put(store, range(first, min(first + BATCH, held)))


def _put(store: SqliteStore, numbers: range) -> None:
    offered, people, rows = [], [], []
    for number in numbers:
        at = number * (QUICK_ROWS // QUICK_HELD)
        ending = "org" if at % 2 == 0 else "com"
        names = (
            f"user:{number}",
            f"email:guest.{number}@example.{ending}",
            f"loyalty:one:{number}",
        )
        profiles = [profile_id(name, KEY) for name in names]
        event = Event(
            source="shop",
            message_id=f"{number}",
            profile=profiles[0],
            time_ms=1,
            received_ms=1,
            body=Identified(lookups=tuple(profiles[1:])),
            stamp=Stamp(book=BookHash("book"), fold=1),
        )
        offered.append(Offered(event=event, body_digest=b"x" * 16))
        people += [
            PersonRow(profile=profile, identifier=name)
            for profile, name in zip(profiles, names, strict=True)
        ]
        hold = Hold(case=CaseId(f"k{number}"), scope="*", since_ms=1_700_000_000_000 + number)
        gate = encode_gate(GateRow(holds=(hold,)))
        rows.append(CustomerRow(customer=CustomerId(profiles[0]), gate=gate, state=b"x" * 400))
    with store.writing() as writing:
        writing.append(offered)
        writing.put_persons(people)
        writing.lock([row.customer for row in rows])
        writing.save(rows)
