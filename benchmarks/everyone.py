"""Measure "everyone like this": the year's answer over the cases that ten million events make.

Run it with `python -m benchmarks --only everyone`. The events themselves are not folded, which
would take hours: the cases they would leave are put into the store as the intake puts them, in
batches, spread over 400 days. Of ten million events 2 % are taken to be failures and 0.4 %
requests; half of the failures are of one kind, the one that is asked for. The question takes turns
with one that asks for nothing but the active book. CI holds the number of statements.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from msgspec.structs import replace

from benchmarks.counting import CountingStore
from benchmarks.databases import empty_database
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.books.opening import read_book
from makegood.core.likeness import DAY_MS, Comparable, Likeness, likeness_of
from makegood.messages.ids import CustomerId, EventId
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import load_book
from makegood.ports.store import Reading
from makegood.projections.everyone import Wanted, everyone
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore

EVENTS, QUICK_EVENTS = 10_000_000, 100_000
FAILURES, REQUESTS = 0.02, 0.004  # of all events; an airline with a bad year
ROUNDS, QUICK_ROUNDS = 30, 5
BATCH = 500
WRITERS = 4  # on PostgreSQL, each with cells of its own
TODAY, DAYS = 20_000, 400
TARGET_MS = 200
SLOWEST_PLAIN = 2  # statements: the likeness, and the cells
LEVELS = ("", "", "", "member", "member", "silver", "gold")
KINDS = ("no_car", "no_car", "no_car", "car_late", "wrong_class", "told_twice")
BRANDS = ("northwind_cars", "northwind_cars", "northwind_vans")
LOSSES = {"no_car": "service", "car_late": "time", "wrong_class": "service"}
GIVEN = ("refund", "ride_home", "driver", "")

Rows = dict[CustomerId, tuple[Comparable, ...]]


def run(plan: Plan) -> Result:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    events = QUICK_EVENTS if plan.quick else EVENTS
    rounds = QUICK_ROUNDS if plan.quick else ROUNDS
    with closing(SqliteStore(plan.folder / "everyone.db")) as store:
        parts = [measure("SQLite", store, 1, events, rounds)]
    if plan.postgres:
        with (
            empty_database(plan.postgres) as url,
            closing(PostgresStore(url, pool_size=WRITERS)) as store,
        ):
            parts.append(measure("PostgreSQL", store, WRITERS, events, rounds))
    return Result(
        name="everyone",
        figures=tuple(figure for figures, _ in parts for figure in figures),
        bounds=tuple(bound for _, bounds in parts for bound in bounds),
    )


def measure(
    engine: str, store: SqliteStore | PostgresStore, writers: int, events: int, rounds: int
) -> tuple[list[Figure], list[Bound]]:
    """Fill a store, ask it, and count all cases anew."""
    text, name = read_book("car-rental")
    book = load_book(text, name=name)
    likeness = likeness_of(book.everyone)
    with store.writing() as writing:
        writing.put_likeness(likeness)
    cases, customers = fill(store, writers, events)
    counting = CountingStore(store)
    works: dict[str, Callable[[Reading], object]] = {
        "nothing": lambda reading: reading.active_book(),
        "answer": lambda reading: everyone(reading, question(), book, TODAY * DAY_MS),
    }
    took = taking_turns(counting, works, rounds)
    before = counting.asked.statements
    with counting.reading() as reading:
        found = everyone(reading, question(), book, TODAY * DAY_MS)
    assert found.cases > cases // 8, (found.cases, cases)
    again = recounted(store, book)
    what = f"{engine}: everyone like this, {cases:,} cases of {events:,} events"
    figures = [
        Figure(
            what=f"{what}, {found.cases:,} of them alike",
            value=statistics.median(took["answer"]),
            unit="ms",
            nothing=statistics.median(took["nothing"]),
            target=f"{TARGET_MS} ms",
        ),
        Figure(
            what=f"{engine}: the slowest of {rounds} such answers",
            value=max(took["answer"]),
            unit="ms",
            nothing=max(took["nothing"]),
            target=f"{TARGET_MS} ms",
        ),
        Figure(
            what=f"{engine}: count the cases of {customers:,} customers anew for another book",
            value=again,
            unit="s",
        ),
    ]
    asked = Bound(
        what=f"{engine}: statements of an answer",
        value=counting.asked.statements - before,
        most=SLOWEST_PLAIN,
    )
    return figures, [asked]


def question() -> Wanted:
    """Ask for the kind that happens most, for everybody, and what three remedies would cost."""
    like = replace(next(random_rows(random.Random(0), "q")), kind="failure", what="no_car")
    like = replace(like, loss="service", severity=4, standing="", given=(), price=None)
    return Wanted(like=like, remedies=("refund", "ride_home", "driver"))


def taking_turns(
    store: CountingStore, works: dict[str, Callable[[Reading], object]], rounds: int
) -> dict[str, list[float]]:
    """Let all take turns; the first round is a warm-up. Gives milliseconds."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            began = time.perf_counter()
            with store.reading() as reading:
                work(reading)
            if number:
                took[name].append((time.perf_counter() - began) * 1e3)
    return took


def recounted(store: SqliteStore | PostgresStore, book: RuleBook) -> float:
    """Count by another likeness and back; give the seconds of one."""
    began = time.perf_counter()
    other = Likeness(("failure", "severity"), book.everyone.standing)
    for likeness in (other, likeness_of(book.everyone)):
        with store.writing() as writing:
            writing.put_likeness(likeness)
    return (time.perf_counter() - began) / 2


def fill(store: SqliteStore | PostgresStore, writers: int, events: int) -> tuple[int, int]:
    """Put the cases of so many events in, day by day; give how many cases, and customers."""
    rows = list(customers(events))
    batches = [dict(rows[n : n + BATCH]) for n in range(0, len(rows), BATCH)]

    def put(batch: Rows) -> None:
        with store.writing() as writing:
            writing.put_comparables(batch)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(put, batches))
    return sum(len(them) for _, them in rows), len(rows)


def customers(events: int) -> Iterator[tuple[CustomerId, tuple[Comparable, ...]]]:
    """Make customers with one to five cases, together as many as so many events leave."""
    chance = random.Random(3)
    left = int(events * (FAILURES + REQUESTS))
    number = 0
    while left > 0:
        many = min(chance.choice((1, 1, 1, 1, 2, 2, 3, 5)), left)
        number, left = number + 1, left - many
        some = random_rows(chance, f"{number}")
        yield CustomerId(f"p{number:032x}"), tuple(next(some) for _ in range(many))


def random_rows(chance: random.Random, name: str) -> Iterator[Comparable]:
    """Make cases of one customer, without end."""
    standing, number = chance.choice(LEVELS), 0
    while True:
        number += 1
        asked = chance.random() < REQUESTS / (FAILURES + REQUESTS)
        what = "bring_later" if asked else chance.choice(KINDS)
        remedy = "" if asked else chance.choice(GIVEN)
        cents = chance.randrange(2_000, 40_000)
        price = None if asked or chance.random() < 0.05 else Money(cents)
        yield Comparable(
            event=EventId(f"e{name}-{number}"),
            kind="request" if asked else "failure",
            what=what,
            loss="" if asked else LOSSES.get(what, "attention"),
            brand=chance.choice(BRANDS),
            severity=0 if asked else chance.choice((2, 3, 4)),
            standing=standing,
            at_ms=(TODAY - chance.randrange(DAYS)) * DAY_MS,
            price=price,
            given=((remedy, cents, "USD"),) if remedy else (),
            answer=chance.choice(("allowed", "denied"))
            if asked
            else ("given" if remedy else "not_given"),
            back=chance.random() < 0.4,
        )
