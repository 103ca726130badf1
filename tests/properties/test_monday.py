"""What a letter counts is what the raw log says, event by event, whatever happened.

The recount folds the log alone and keeps a list of everything that it ever sees: what a state has
let go of by its end, and what rows were written over with, it still has.
"""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import event as note
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from makegood.analytics.monday.figures import Counts, figures_of
from makegood.core.asked import RequestStatus
from makegood.core.fold import advance, step
from makegood.core.holds import gate_row
from makegood.core.state import EMPTY, Phase, State
from makegood.messages.events import Event
from makegood.messages.ids import CaseId, CustomerId, EventId
from makegood.ports.reckoned import Weeks
from makegood.ports.store import Reading, Store
from makegood.runtime.filling import fill_measured
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from tests.properties.life import Life
from tests.properties.moves import KINDS, LIBRARY, Move
from tests.properties.strategies import moves, random_days

ASKING = ("requested", "settled", "settled", "appealed", "appealed", "good", "released")
told = st.builds(
    lambda move, kind: Move(kind, move.who, move.pick, move.lag_ms, move.wait_ms, move.imported),
    moves,
    st.sampled_from((*KINDS, *ASKING, *ASKING, *ASKING)),
)


class Seen(Struct):
    """Everything that the log of one customer ever showed.

    Attributes:
        failures: When each happened.
        ended: Of each case: when it ended, and whether it was good.
        asked: Of each request: when it was made.
        no_by_rule: Requests that the rule refused at once.
        again: Refusals that were appealed.
        allowed: Requests that were allowed in the end.
    """

    failures: dict[EventId, int] = {}
    ended: dict[CaseId, tuple[int, bool]] = {}
    asked: dict[EventId, int] = {}
    no_by_rule: set[EventId] = set()
    again: set[EventId] = set()
    allowed: set[EventId] = set()

    def look(self, state: State) -> None:
        for case in state.cases:
            self.failures |= {one.event: one.at_ms for one in case.failures}
            if not case.is_open:
                self.ended[case.id] = (case.closed_ms, case.phase is Phase.MADE_WHOLE)
        for one in state.requests:
            if one.event not in self.asked and one.status is RequestStatus.DENIED:
                self.no_by_rule.add(one.event)
            self.asked[one.event] = one.at_ms
            if one.status is RequestStatus.APPEALED:
                self.again.add(one.event)
            if one.status is RequestStatus.ALLOWED:
                self.allowed.add(one.event)


def retold(events: Sequence[Event], until_ms: int) -> tuple[State, Seen]:
    """Fold what happened before an instant, and remember all of it."""
    state, seen = EMPTY, Seen()
    for one in events:
        if one.time_ms < until_ms:
            state = step(state, one, LIBRARY).state
            seen.look(state)
    state = advance(state, until_ms - 1, LIBRARY).state
    seen.look(state)
    return state, seen


def within(at_ms: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= at_ms < bounds[1]


def recounted(reading: Reading, weeks: Weeks, now_ms: int) -> Counter[str]:
    """Count two weeks from the log; `late` says that what is known now was not known then."""
    found: Counter[str] = Counter()
    for row in reading.rows(CustomerId(""), 100):
        events = list(reading.history(row.customer))
        state, seen = retold(events, now_ms)
        for name, bounds in zip(("before", "now"), pairwise(weeks), strict=True):
            count_week(found, seen, name, bounds)
            at_ms = bounds[1]
            then, _ = retold(events, at_ms)
            found["held", name] += bool(gate_row(then).holds)
            found["waiting", name] += sum(one.is_open for one in then.cases)
            known = {one.id for one in then.cases}
            found["late", name] += any(
                one.opened_ms < at_ms and one.id not in known for one in state.cases
            )
    return found


def count_week(found: Counter, seen: Seen, name: str, bounds: tuple[int, int]) -> None:
    hits = [one for one, at_ms in seen.failures.items() if within(at_ms, bounds)]
    found["failures", name] += len(hits)
    found["customers", name] += bool(hits)
    found["made_good", name] += sum(
        good and within(at_ms, bounds) for at_ms, good in seen.ended.values()
    )
    asked = {one for one, at_ms in seen.asked.items() if within(at_ms, bounds)}
    found["refused", name] += len(asked & seen.no_by_rule)
    found["reconsidered", name] += len(asked & seen.no_by_rule & seen.again)
    found["exceptions", name] += len(asked & seen.no_by_rule & seen.again & seen.allowed)


def counted(reading: Reading, weeks: Weeks) -> Counter[str]:
    """Count the same as a letter does."""
    begins_ms, ends_ms = weeks[1:]
    figures = figures_of(
        Counts(
            let_down=reading.let_down_in(weeks, ()),
            customers=reading.let_down_customers(weeks, ()),
            closed=reading.closed_in(weeks, ()),
            standing=(reading.standing_at(ends_ms, ()), reading.standing_at(begins_ms, ())),
            held=(reading.held_at(ends_ms, ()), reading.held_at(begins_ms, ())),
            requests=reading.requests_in(weeks, ()),
        )
    )
    found: Counter[str] = Counter()
    names = (
        "failures", "customers", "made_good", "refused", "reconsidered", "exceptions", "held",
        "waiting",
    )  # fmt: skip
    for name in names:
        pair = getattr(figures, name)
        found[name, "now"], found[name, "before"] = pair.now, pair.before
    return found


def check(life: Life, share: tuple[float, float]) -> Counter[str]:
    """Compare both counts of two weeks that lie anywhere in a life; give what was in them."""
    first = min((one.arrival.time_ms for one in life.given), default=life.clock.at_ms)
    last = max((one.arrival.time_ms for one in life.given), default=first)
    now_ms = max(last, life.clock.at_ms) + 1  # also of clocks that ran ahead
    life.until(now_ms - 1)
    begins, ends = sorted(first + round((now_ms - first) * one) for one in share)
    weeks = (first, begins, ends)
    with life.store.reading() as reading:
        is_, should = counted(reading, weeks), recounted(reading, weeks, now_ms)
    for one in ("held", "waiting"):
        for name in ("now", "before"):
            if should["late", name]:  # the letter counts what happened, not what was known
                assert is_[one, name] >= should[one, name]
                del is_[one, name], should[one, name]
    for name in ("now", "before"):
        del should["late", name]
    assert is_ == should
    return +is_


@given(days=st.lists(told, min_size=1, max_size=40), share=st.tuples(*[st.floats(0, 1)] * 2))
def test_a_letter_counts_what_the_log_says(days, share):
    for kind, _ in check(Life(MemoryStore()).live(days), share):
        note(kind)


@pytest.mark.parametrize("seed", range(6))
def test_a_database_counts_the_same_also_after_an_upgrade(tmp_path: Path, seed: int):
    rng = random.Random(seed)
    store: Store = SqliteStore(tmp_path / "it.sqlite3")
    kinds = (*KINDS, *ASKING, *ASKING, *ASKING)
    life = Life(store)
    life.live([replace_kind(one, rng.choice(kinds)) for one in random_days(rng, 60)])
    share = (rng.random(), rng.random())
    check(life, share)
    fill_measured(store)
    check(life, share)
    store.close()


def replace_kind(move: Move, kind: str) -> Move:
    return Move(kind, move.who, move.pick, move.lag_ms, move.wait_ms, move.imported)
