"""Measure counting answers over time: 200,000 of 200 brands, one statement whatever is asked.

Run it with `python -m benchmarks --only feelings`. CI holds the number of statements, which is
one, and how much longer a list takes than a count without periods, which reads the same index.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from random import Random

from benchmarks.counting import CountingStore
from benchmarks.databases import empty_database
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.analytics.periods import cut
from makegood.messages.ids import ProfileId
from makegood.ports.answers import AnswerRow
from makegood.ports.store import Reading
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore

MANY, QUICK_MANY = 200_000, 20_000
BRANDS, WEEKS = 200, 12
ROUNDS, QUICK_ROUNDS = 9, 3
BATCH = 5_000
NOW_MS = 1_790_000_000_000
SLOWEST = 10.0  # times the count without periods; the quick crowd has as many groups as rows
PERIODS = cut(("UTC",), NOW_MS, "week", WEEKS)

Ask = Callable[[Reading], object]
READS: dict[str, Ask] = {
    "since then, without periods": lambda reading: reading.answer_counts(PERIODS.edges[0]),
    "all brands, in halves": lambda reading: reading.answer_counts_between(PERIODS.coarse),
    "one brand, by week": lambda reading: reading.answer_counts_between(
        PERIODS.edges, brands=("brand007",)
    ),
    "one touchpoint of all brands, by week": lambda reading: reading.answer_counts_between(
        PERIODS.edges, touch="Leg Flown"
    ),
}


def run(plan: Plan) -> Result:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    parts = [measure("SQLite", SqliteStore(plan.folder / "feelings.db"), plan)]
    if plan.postgres:
        with empty_database(plan.postgres) as url:
            parts.append(measure("PostgreSQL", PostgresStore(url, pool_size=2), plan))
    return Result(
        name="feelings",
        figures=tuple(figure for figures, _ in parts for figure in figures),
        bounds=tuple(bound for _, bounds in parts for bound in bounds),
    )


def measure(
    engine: str, store: SqliteStore | PostgresStore, plan: Plan
) -> tuple[list[Figure], list[Bound]]:
    """Fill a store, and ask it each question some times."""
    many = QUICK_MANY if plan.quick else MANY
    counting = CountingStore(store)
    fill(counting, many)
    figures, bounds = [], []
    took: dict[str, float] = {}
    for name, ask in READS.items():
        before = counting.asked.statements
        took[name] = _median_ms(counting, ask, QUICK_ROUNDS if plan.quick else ROUNDS)
        rounds = (QUICK_ROUNDS if plan.quick else ROUNDS) + 1
        statements = (counting.asked.statements - before) / rounds
        what = f"{engine}: {name}"
        figures.append(Figure(what=f"{what}, {many:,} answers", value=took[name], unit="ms"))
        bounds.append(Bound(what=f"{what}, statements", value=statements, most=1))
    plain, halves = list(took.values())[:2]
    what = f"{engine}: all brands in halves, time to without periods"
    bounds.append(Bound(what=what, value=halves / plain, most=SLOWEST, is_timed=True))
    counting.close()
    return figures, bounds


def fill(store: CountingStore, many: int) -> None:
    """Write made-up answers, the same in every run."""
    batch: list[AnswerRow] = []
    for row in _rows(many):
        batch.append(row)
        if len(batch) == BATCH:
            _put(store, batch)
            batch = []
    _put(store, batch)


def _put(store: CountingStore, batch: list[AnswerRow]) -> None:
    with store.writing() as writing:
        writing.put_answers(batch, ())


def _rows(many: int) -> Iterator[AnswerRow]:
    rng = Random(20261126)
    span_ms = NOW_MS - PERIODS.edges[0]
    for number in range(many):
        is_answered = rng.random() < 0.3
        yield AnswerRow(
            id=f"{rng.getrandbits(128):032x}",
            profile=ProfileId(f"p{number}"),
            survey=rng.choice(("stay", "ride", "boarding")),
            about=f"B{number}",
            question="",
            at_ms=NOW_MS - rng.randrange(span_ms),
            brand=f"brand{rng.randrange(BRANDS):03}",
            touch=rng.choice(("Stay Ended", "Leg Flown", "Car Back")),
            score=rng.randint(1, 5) if is_answered else -1,
            asked=rng.random() < 0.8,
            why="" if is_answered else rng.choice(("", "hold", "often", "case")),
            replied=is_answered,
        )


def _median_ms(store: CountingStore, ask: Ask, rounds: int) -> float:
    times = []
    for _ in range(rounds + 1):  # the first is a warm-up
        begun = time.perf_counter()
        with store.reading() as reading:
            ask(reading)
        times.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(times[1:])
