"""Measure the desk's queue: the same page over 1,000 open cases and over 100,000.

Run it with `python -m benchmarks --only queue`. The two stores take turns. CI holds the number of
statements and rows of a page, which may not grow, and how much longer a page takes.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from benchmarks.counting import CountingStore
from benchmarks.crowd import Crowd, fill
from benchmarks.databases import empty_database
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.bootstrap import Makegood, open_makegood
from makegood.ports.store import Reading
from makegood.settings import Settings
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.clock import FakeClock

FEW, MANY, QUICK_MANY = 1_000, 100_000, 10_000
ROUNDS, QUICK_ROUNDS = 15, 5
PAGE = 50
SLOWEST = 4.0  # times the page over few cases: an index is deeper, a count is longer
TARGET_MS = 100
SECRET = b"a secret for benchmarks, 32 byte"
REP, PASSWORD = "rep0", "a bad day ends well"

Ask = Callable[[Reading, Crowd], object]
READS: dict[str, Ask] = {
    "first page of cases": lambda reading, _: reading.cases(limit=PAGE),
    "page half-way down": lambda reading, crowd: reading.cases(limit=PAGE, after=crowd.middle),
    "counts": lambda reading, _: reading.counts(),
}


class Cost(Struct, frozen=True, kw_only=True):
    """What one page or one question cost.

    Attributes:
        statements: Asked of the engine, Django's own included.
        rows: Read from the engine by the store.
        wall_ms: Of each round.
        cpu_ms: Of each round, in this process.
    """

    statements: int
    rows: int
    wall_ms: tuple[float, ...]
    cpu_ms: tuple[float, ...]


class Task(Struct, frozen=True, kw_only=True):
    """How many cases the larger crowd has, and how often each question is asked."""

    many: int
    rounds: int
    folder: Path


class Side(Struct, frozen=True, kw_only=True):
    """One Makegood and the crowd in its store."""

    makegood: Makegood
    store: CountingStore
    crowd: Crowd


def run(plan: Plan) -> Result:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    few, many = (SqliteStore(plan.folder / name) for name in ("few.db", "many.db"))
    task = Task(
        many=QUICK_MANY if plan.quick else MANY,
        rounds=QUICK_ROUNDS if plan.quick else ROUNDS,
        folder=plan.folder,
    )
    parts = [measure("SQLite", few, many, task)]
    if plan.postgres:
        with empty_database(plan.postgres) as one, empty_database(plan.postgres) as other:
            engines = PostgresStore(one, pool_size=2), PostgresStore(other, pool_size=2)
            parts.append(measure("PostgreSQL", *engines, task))
    return Result(
        name="queue",
        figures=tuple(figure for figures, _ in parts for figure in figures),
        bounds=tuple(bound for _, bounds in parts for bound in bounds),
    )


def measure(
    engine: str,
    few: SqliteStore | PostgresStore,
    many: SqliteStore | PostgresStore,
    task: Task,
) -> tuple[list[Figure], list[Bound]]:
    """Compare the two crowds, question by question."""
    with _side(few, FEW, task) as small, _side(many, task.many, task) as large:
        works: dict[str, Callable[[Side], object]] = {
            name: _reading(ask) for name, ask in READS.items()
        }
        works["whole page"] = whole_page()
        figures, bounds = [], []
        for name, work in works.items():
            short, long = compared(work, small, large, task.rounds)
            figures.append(_figure(f"{engine}: {name}, {task.many:,} cases", short, long))
            bounds += _counts(f"{engine}: {name}", short, long)
        slower = min(long.wall_ms) / min(short.wall_ms)  # of the last, the whole page
        what = f"{engine}: whole page, time over {task.many:,} cases to {FEW:,}"
        bounds.append(Bound(what=what, value=slower, most=SLOWEST, is_timed=True))
    return figures, bounds


@contextmanager
def _side(store: SqliteStore | PostgresStore, count: int, task: Task) -> Iterator[Side]:
    counting = CountingStore(store)
    settings = Settings(
        database=f"sqlite:///{task.folder / 'web.db'}", key=SECRET, book="car-rental"
    )  # Django's own tables stay apart, so that both sides share who is signed in
    makegood = open_makegood(settings, clock=FakeClock(), store=counting)
    yield Side(makegood=makegood, store=counting, crowd=fill(store, count))
    makegood.close()


def _reading(ask: Ask) -> Callable[[Side], object]:
    def work(side: Side) -> object:
        with side.store.reading() as reading:
            return ask(reading, side.crowd)

    return work


def whole_page() -> Callable[[Side], object]:
    """Answer GET /desk/ through Django, middleware, session and template included."""
    from makegood.web import instance

    def work(side: Side) -> object:
        instance.use(side.makegood)
        answer = _browser().get("/desk/")
        assert answer.status_code == 200, answer.status_code
        assert answer.content.count(b'href="/desk/cases/') >= PAGE
        return answer

    return work


_signed_in: list[object] = []


def _browser():
    """Give a browser in which a rep is signed in; the first call sets Django up."""
    if not _signed_in:
        os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.web.settings"
        from makegood.web.setup import prepare

        prepare()
        from django.test import Client

        from makegood.web.accounts import ensure_user

        ensure_user(REP, PASSWORD, "rep", "Synthetic Rep")
        client = Client(SERVER_NAME="localhost")
        assert client.login(username=REP, password=PASSWORD)
        _signed_in.append(client)
    return _signed_in[0]


def compared(
    work: Callable[[Side], object], small: Side, large: Side, rounds: int
) -> tuple[Cost, Cost]:
    """Let both take turns; the first round of each is a warm-up."""
    for side in (small, large):
        work(side)
    counted = [_counted(work, side) for side in (small, large)]
    times: tuple[list[tuple[float, float]], ...] = ([], [])
    for _ in range(rounds):
        for side, kept in zip((small, large), times, strict=True):
            kept.append(_timed(work, side))
    short, long = (
        Cost(
            statements=statements,
            rows=rows,
            wall_ms=tuple(wall for wall, _ in kept),
            cpu_ms=tuple(cpu for _, cpu in kept),
        )
        for (statements, rows), kept in zip(counted, times, strict=True)
    )
    return short, long


def _timed(work: Callable[[Side], object], side: Side) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work(side)
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3


def _counted(work: Callable[[Side], object], side: Side) -> tuple[int, int]:
    asked = side.store.asked
    statements, rows = asked.statements, asked.rows
    if not _signed_in:
        work(side)
        return asked.statements - statements, asked.rows - rows
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        work(side)
    return asked.statements - statements + len(queries), asked.rows - rows


def _figure(name: str, short: Cost, long: Cost) -> Figure:
    is_page = "whole" in name
    return Figure(
        what=f"{name}; beside it over {FEW:,}",
        value=statistics.median(long.wall_ms),
        unit="ms",
        nothing=statistics.median(short.wall_ms),
        target=f"{TARGET_MS} ms" if is_page else "",
    )


def _counts(name: str, short: Cost, long: Cost) -> list[Bound]:
    return [
        Bound(what=f"{name}, statements", value=long.statements, most=short.statements),
        Bound(what=f"{name}, rows read", value=long.rows, most=short.rows),
    ]
