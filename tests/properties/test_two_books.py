"""Two rule books over random histories: a book against itself, and two folded by hand."""

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY, State
from makegood.messages.commands import Command
from makegood.messages.events import Event
from makegood.messages.facts import Facts, FailureRaised, Granted, Judged
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Finding, Library, RuleBook
from makegood.ports.store import Store
from makegood.replay.comparing import compare
from makegood.replay.histories import ExportedLog, StoredLog
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, MINUTE_MS, small_book
from tests.properties.life import Life
from tests.properties.moves import Move
from tests.properties.strategies import days, random_days

OLD = small_book()
RULES = {"late": "Rental Late", "no_car": "Rental Unfulfilled"}
seeds = st.integers(0, 10_000)


def changed(seed: int) -> RuleBook:
    """Changes a firm could make: a limit, a cool-off, an amount, a time, a rule less."""
    draw = random.Random(seed)
    least, cents = draw.choice([0, 90, 10_000]), draw.choice([900, 1, 40_000])
    choose_ms = draw.choice([MINUTE_MS, 15 * MINUTE_MS])
    gone = draw.choice(["", "", "late", "no_car"])
    new = small_book(cool_off_ms=draw.choice([0, 2 * DAY_MS]))

    def late(event: Facts, customer: Facts) -> tuple[Finding, ...]:
        minutes = event.get("delay_minutes")
        is_late = isinstance(minutes, int) and minutes >= least
        return OLD.triggers["Rental Late"](event, customer) if is_late else ()

    triggers = {**new.triggers, "Rental Late": late}
    return replace(
        new,
        triggers={name: one for name, one in triggers.items() if name != RULES.get(gone)},
        failures={name: one for name, one in new.failures.items() if name != gone},
        plans={
            name: replace(plan, choose_within_ms=choose_ms)
            for name, plan in new.plans.items()
            if name != gone
        },
        remedies={**new.remedies, "snack": replace(new.remedies["snack"], cost_cents=cents)},
    )


def events_of(store: Store) -> list[Event]:
    with store.reading() as reading:
        return [event for _, event in reading.log(0, 100_000)]


def has_place(event: Event, book: RuleBook) -> bool:
    """Whether the book still has what a person decided by."""
    match event.body:
        case FailureRaised(failure=failure) | Judged(failure=failure):
            return failure in ("", "other", *book.failures, *book.plans)
        case Granted(remedy=remedy, off_script=off_script):
            return off_script or remedy in book.remedies
    return True


def by_hand(store: Store, book: RuleBook) -> list[tuple[State, list[Command]]]:
    """Fold every customer by a book, in the plainest way."""
    library = Library(active=book.hash, books={book.hash: book})
    end_ms = max((event.received_ms for event in events_of(store)), default=0)
    found = []
    with store.reading() as reading:
        for row in reading.rows(CustomerId(""), 100):
            state, commands = EMPTY, []
            for event in reading.history(row.customer):
                if has_place(event, book):
                    after = step(state, event, library)
                    state, commands = after.state, commands + list(after.commands)
            after = advance(state, end_ms, library)
            found.append((after.state, commands + list(after.commands)))
    return found


def counted(store: Store, book: RuleBook) -> Counter[str]:
    """Count what a book did, from the states themselves."""
    numbers: Counter[str] = Counter()
    end_ms = max((event.received_ms for event in events_of(store)), default=0)
    for state, commands in by_hand(store, book):
        numbers["orders"] += len(commands)
        numbers["customers"] += bool(state.cases)
        numbers["cases"] += len(state.cases)
        numbers["doubles"] += sum(case.double for case in state.cases)
        numbers["broken"] += sum(case.broken for case in state.cases)
        numbers["calls"] += sum(case.call is not None for case in state.cases)
        spans = [
            (case.opened_ms, (case.lifts_ms or case.closed_ms) if case.lifted else end_ms)
            for case in state.cases
        ]
        points = sorted({point for span in spans for point in span})
        numbers["hold_time"] += sum(
            after - before
            for before, after in pairwise(points)
            if any(begin <= before and after <= end for begin, end in spans)
        )
        for case in state.cases:
            numbers["offers"] += len(case.offers)
            numbers["gifts"] += len(case.gifts)
            numbers["gift_amounts"] += sum(gift.expected.cents for gift in case.gifts)
            for failure in case.failures:
                numbers[f"failures {failure.rule}"] += 1
                numbers["owed"] += sum(
                    max(one.amount.cents - one.elsewhere_cents, 0) for one in failure.owed
                )
    return +numbers


def told(store: Store, new: RuleBook) -> tuple[Counter[str], Counter[str]]:
    """The same numbers as a comparison tells them."""
    old_numbers: Counter[str] = Counter()
    new_numbers: Counter[str] = Counter()
    for one in compare(StoredLog(store), OLD, new).figures:
        if one.group in ("held", "cannot_judge"):
            continue
        name = f"failures {one.name}" if one.group == "failures" else one.group
        old_numbers[name] += one.old
        new_numbers[name] += one.new
    return +old_numbers, +new_numbers


@given(moves=days)
def test_a_book_against_itself_changes_nothing(moves):
    store = Life(MemoryStore()).live(moves).store
    found = compare(StoredLog(store), OLD, small_book())
    assert (found.changed, found.opened, found.not_opened, found.failed) == (0, 0, 0, 0)
    assert found.not_applied == ()
    assert all(one.old == one.new and not one.examples for one in found.figures)


@given(moves=days, seed=seeds)
def test_two_books_are_two_folds_by_hand(moves, seed):
    store = Life(MemoryStore()).live(moves).store
    new = changed(seed)
    assert told(store, new) == (counted(store, OLD), counted(store, new))


APART = [Move("no_car", 0, 0), Move("link", 0, 0), Move("unlink", 0, 0)]
"""Leaves a customer of whom nothing is known: the name that was linked and taken apart."""


@example(moves=APART, seed=0)
@given(moves=days, seed=seeds)
def test_an_exported_log_says_what_the_store_says(moves, seed):
    store = Life(MemoryStore()).live(moves).store
    assert all(one.events for one in StoredLog(store).histories())
    events = events_of(store)
    with store.reading() as reading:
        persons = reading.persons(sorted({event.profile for event in events}))
    lines = [msgspec.json.encode(event) for event in events]
    lines += [
        msgspec.json.encode({"person": msgspec.structs.asdict(row)}) for row in persons.values()
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        exported = compare(ExportedLog(path), OLD, changed(seed))
    assert exported == compare(StoredLog(store), OLD, changed(seed))


def test_random_changes_change_something_of_each_kind():
    """The properties above look at histories in which the books do differ."""
    seen: Counter[str] = Counter()
    for seed in range(60):
        rng = random.Random(seed)
        store = Life(MemoryStore()).live(random_days(rng, most=60)).store
        found = compare(StoredLog(store), OLD, changed(seed))
        assert found.failed == 0
        seen.update(one.group for one in found.figures if one.examples)
        seen["opened"] += found.opened
        seen["not_opened"] += found.not_opened
        seen.update(one.why for one in found.not_applied)
    kinds = ("cases", "failures", "hold_time", "owed", "gifts", "gift_amounts", "offers", "calls")
    assert all(seen[kind] for kind in (*kinds, "doubles", "orders", "not_opened")), seen
    assert seen["the new book has no such failure"], seen
