"""Measure the letter about a week: statements and time on a log of many failures.

Run it with `python -m benchmarks.monday [failures]`. The rows are written as the fold writes them;
the log itself is read by no statement, so that its length counts for nothing.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.counting import CountingStore
from benchmarks.databases import empty_database, postgres_server
from makegood.analytics.monday.figures import figures_of
from makegood.analytics.monday.weeks import week_of
from makegood.messages.ids import CaseId, CustomerId, ProfileId, RepId
from makegood.ports.reckoned import LetDown, Reckoned
from makegood.ports.rows import CaseRow
from makegood.ports.store import Store
from makegood.runtime.monday import counts_of
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore

FAILURES = 200_000
BRANDS = 40
WEEKS = 26
WEEK_MS = 7 * 86_400_000
END_MS = 1_767_571_200_000
BATCH = 2_000


def fill(store: Store, failures: int) -> None:
    """Write cases with a failure each over half a year, and a promise for every fourth."""
    for first in range(0, failures, BATCH):
        cases, lets, promises = [], [], []
        for n in range(first, min(first + BATCH, failures)):
            at_ms = END_MS - (n * WEEKS * WEEK_MS) // failures
            is_open = n % 20 == 0
            customer = CustomerId(f"c{n:07}")
            case = CaseRow(
                case=CaseId(f"k{n:07}"), customer=customer, opener=ProfileId(customer),
                brand=f"b{n % BRANDS}", phase="opened" if is_open else "made_whole", severity=3,
                double=False, risk=30, opened_ms=at_ms, due_ms=0, waiting_for="",
                owner=RepId(f"r{n % 300}"), line="late", is_open=is_open, held=is_open,
                closed_ms=0 if is_open else at_ms + (n % 5_000) * 60_000,
                held_until_ms=0 if is_open else at_ms + (n % 5_000) * 60_000,
            )  # fmt: skip
            cases.append(case)
            lets.append(
                LetDown(
                    failure=case.case, case=case.case, customer=customer, rule=f"rule_{n % 12}",
                    brand=case.brand, cause="firm", at_ms=at_ms,
                )
            )  # fmt: skip
            if n % 4 == 0:
                promises.append(
                    Reckoned(
                        customer=customer, kind="promise", item="p", name="ride",
                        brand=case.brand, at_ms=at_ms, due_ms=at_ms + 3_600_000,
                        ended_ms=0 if n % 400 == 0 else at_ms + 1,
                    )
                )  # fmt: skip
        with store.writing() as writing:
            writing.project(
                [one.customer for one in cases],
                cases,
                (),
                {it.case: it.case for it in cases},
                lets,
            )
            writing.put_reckoned(promises)


@contextmanager
def stores() -> Iterator[dict[str, SqliteStore | PostgresStore]]:
    """Give an empty store of each engine."""
    with (
        TemporaryDirectory() as folder,
        postgres_server("", Path(folder)) as server,
        empty_database(server) as url,
    ):
        lite = SqliteStore(Path(folder) / "makegood.sqlite3")
        both: dict[str, SqliteStore | PostgresStore] = {
            "SQLite": lite, "PostgreSQL": PostgresStore(url),
        }  # fmt: skip
        yield both
        for store in both.values():
            store.close()


def main() -> None:
    """Print what one letter costs, by engine."""
    failures = int(sys.argv[1]) if len(sys.argv) > 1 else FAILURES
    with stores() as both:
        for name, store in both.items():
            fill(store, failures)
            counting = CountingStore(store)
            week = week_of(END_MS - 1, "Europe/Berlin").earlier()
            for brands in ((), ("b1", "b2")):
                before = counting.asked.statements
                began = time.perf_counter()
                with counting.reading() as reading:
                    figures = figures_of(counts_of(reading, week, brands, END_MS))
                took_ms = 1000 * (time.perf_counter() - began)
                asked = counting.asked.statements - before + 1  # what moved is read in pages
                print(
                    f"{name}: {failures:,} failures, {len(brands) or 'all'} brands: "
                    f"{asked} statements, {took_ms:.0f} ms, {figures.failures.now:,} in the week"
                )


if __name__ == "__main__":
    main()
