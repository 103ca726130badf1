"""Part-defection: a line that is left after years, while others go on."""

from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY, Phase, State, decode_state, encode_state
from makegood.messages.facts import PersonChosen, Touchpoint
from makegood.messages.hello_facts import SuccessorNamed
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.lapsing import LapseRule
from makegood.playbooks.terms import Cause, Loss
from makegood.projections.cases import project
from makegood.testing.book import small_book
from makegood.testing.history import KATHY, NOON_MS, event, folded
from tests.unit.core.day import Day

DAY = 86_400_000
ULI, OTTO = RepId("uli"), RepId("otto")
RULE = LapseRule(
    id="line_left",
    events=("Used",),
    named=lambda facts: str(facts.get("line", "")),
    uses=4,
    over_ms=700 * DAY,
    quiet_ms=180 * DAY,
    gaps=1.5,
    others_ms=90 * DAY,
    call_ms=7 * DAY,
    holds="umbrella",
    title="A line they used for years is no longer used",
    loses=Loss.ATTENTION,
    severity=1,
    cause=Cause.FIRM,
    line=3,
)


@lru_cache
def books(**changes: Any) -> Library:
    rule = replace(RULE, **changes)
    book = replace(small_book(), lapses=(rule,), lapses_on={"Used": (rule,)})
    return Library(active=book.hash, books={book.hash: book})


def uses(day: Day, line: str, *days: int) -> None:
    """Use a line on the given days from the beginning."""
    for one in days:
        day.now_ms = NOON_MS + one * DAY
        day.happens("Used", line=line, brand="cars")


def both(last: int, **changes: Any) -> Day:
    """The spa every quarter for three years, the restaurant for longer."""
    day = Day(books(**changes))
    for quarter in range(14):
        if quarter * 90 <= last:
            uses(day, "spa", quarter * 90)
        uses(day, "restaurant", quarter * 90 + 1)
    return day


def lapsed(state: State) -> list[str]:
    return [one.about for case in state.cases for one in case.failures if one.rule == RULE.id]


def test_a_line_left_while_another_goes_on_is_a_failure_about_it_and_somebody_calls():
    day = both(900)
    assert lapsed(day.state) == ["spa"]
    failure = day.case.failures[0]
    assert failure.at_ms == NOON_MS + 1080 * DAY
    assert failure.details["uses"] == 11
    assert day.case.call is not None
    assert day.case.call.why == "lapsed"
    assert day.case.call.due_ms == failure.at_ms + 7 * DAY
    assert day.commands == []  # nobody is told by a machine that they were missed


def theirs(*reps: RepId) -> Day:
    """The customer chose before they left the spa; nobody's duty is known when a timer fires."""
    day = Day(books())
    day.told(PersonChosen(choices=reps, theirs=reps[0]))
    for quarter in range(14):
        if quarter * 90 <= 900:
            uses(day, "spa", quarter * 90)
        uses(day, "restaurant", quarter * 90 + 1)
    assert lapsed(day.state) == ["spa"]
    return day


def test_a_line_left_is_the_chosen_rep_s_at_once_though_nobody_s_duty_is_known():
    day = theirs(ULI)
    assert day.case.owner == ULI
    day.on_duty = (KATHY,)
    day.waits(DAY)
    uses(day, "restaurant", 1200)
    assert day.case.owner == ULI  # whoever works next takes nobody's customer


def test_whoever_stands_in_for_a_person_chosen_for_one_brand_has_it_once_they_left():
    day = Day(books())
    day.told(PersonChosen(choices=(ULI,), theirs=ULI, brand="cars"))
    (choice,) = day.state.my_person.choices
    day.told(
        SuccessorNamed(
            rep=ULI, leaves_ms=NOON_MS + DAY, choice=choice.event, successor=OTTO, brand="cars"
        )
    )
    for quarter in range(14):
        if quarter * 90 <= 900:
            uses(day, "spa", quarter * 90)
        uses(day, "restaurant", quarter * 90 + 1)
    assert lapsed(day.state) == ["spa"]
    assert day.case.owner == OTTO


def test_without_a_chosen_rep_it_is_nobody_s_until_somebody_works():
    day = Day(books())
    for quarter in range(12):
        if quarter * 90 <= 900:
            uses(day, "spa", quarter * 90)
        uses(day, "restaurant", quarter * 90 + 1)
    assert lapsed(day.state) == []
    day.waits(90 * DAY)
    assert (lapsed(day.state), day.case.owner) == (["spa"], "")
    uses(day, "restaurant", 1084)
    assert day.case.owner == KATHY.rep


def test_nobody_who_uses_all_of_it_is_missed():
    assert lapsed(both(2000).state) == []


def test_too_few_uses_or_too_short_a_time_is_no_habit():
    for changes in ({"uses": 12}, {"over_ms": 901 * DAY}):
        assert lapsed(both(900, **changes).state) == []


def test_who_is_gone_from_everything_is_no_part_defection():
    day = Day(books())
    for quarter in range(12):
        uses(day, "spa", quarter * 90)
        uses(day, "restaurant", quarter * 90 + 1)
    day.waits(3000 * DAY)
    assert day.state.cases == ()
    assert [one.waits for one in day.state.lines] == [True, True]


def test_who_comes_back_to_one_line_has_time_to_come_back_to_the_other():
    day = Day(books())
    for quarter in range(12):
        uses(day, "spa", quarter * 90)
        uses(day, "restaurant", quarter * 90 + 1)
    uses(day, "restaurant", 2000)
    day.waits(89 * DAY)
    assert lapsed(day.state) == []
    uses(day, "restaurant", 2089)  # more uses do not put it off
    day.waits(1 * DAY)
    assert lapsed(day.state) == ["spa"]


def test_used_again_the_line_is_no_longer_left_and_its_case_closes():
    day = both(900)
    assert not day.asks(brand="cars").allowed
    uses(day, "spa", 1300)
    assert day.case.phase is Phase.MADE_WHOLE
    assert day.asks(brand="cars").allowed
    assert next(one for one in day.state.lines if one.line == "spa").lapsed_ms == 0


def test_left_again_after_that_is_a_case_of_its_own_after_a_longer_silence():
    day = both(900)
    uses(day, "spa", 1300)
    for n in range(20):
        uses(day, "restaurant", 1310 + n * 80)
    assert lapsed(day.state) == ["spa", "spa"]
    assert day.case.failures[0].at_ms == NOON_MS + (1300 + 600) * DAY


@pytest.mark.parametrize(
    ("holds", "blue", "other"),
    [("umbrella", False, False), ("brand", False, True), ("nothing", True, True)],
)
def test_the_book_says_what_it_holds(holds, blue, other):
    day = both(900, holds=holds)
    assert day.case.is_open
    assert (day.asks(brand="cars").allowed, day.asks(brand="hotels").allowed) == (blue, other)


@pytest.mark.parametrize(("holds", "held"), [("umbrella", True), ("nothing", False)])
def test_what_held_nothing_is_not_told_as_held_when_it_has_ended(holds, held):
    day = both(900, holds=holds)
    uses(day, "spa", 1090)
    assert day.case.phase is Phase.MADE_WHOLE
    (row,) = project(day.state, CustomerId("c")).cases
    assert (row.held_until_ms > row.opened_ms) is held


def test_one_more_failure_holds_although_the_first_held_nothing():
    day = both(900, holds="nothing")
    day.no_car("R1")
    assert day.case.lifts_ms == 0
    (row,) = project(day.state, CustomerId("c")).cases
    assert row.held
    assert row.held_until_ms == 0


def test_it_is_no_second_failure_and_makes_none_the_second():
    day = both(900, holds="nothing")
    day.no_car("R1")
    assert not day.case.double
    assert not day.asks(brand="cars").allowed  # the missing car holds, whatever the line did
    assert day.case.plan == "no_car"
    other = Day(books())
    for quarter in range(11):
        uses(other, "spa", quarter * 90)
        uses(other, "restaurant", quarter * 90 + 1)
    other.now_ms = NOON_MS + 1070 * DAY
    other.no_car("R2")
    uses(other, "restaurant", 1075)
    other.waits(10 * DAY)
    assert lapsed(other.state) == ["spa"]
    assert not other.case.double


def test_history_that_is_imported_opens_nothing_that_was_over_before():
    library = books()
    state, now_ms = EMPTY, NOON_MS + 3000 * DAY
    days = [(n * 90, "spa") for n in range(11)] + [(n * 90 + 1, "restaurant") for n in range(33)]
    for at, line in sorted(days):
        one = event(
            Touchpoint(name="Used", properties={"line": line}),
            at_ms=NOON_MS + at * DAY,
            late_ms=now_ms - NOON_MS - at * DAY,
            name=f"{line}{at}",
            imported=True,
        )
        state = step(
            state, replace(one, stamp=replace(one.stamp, book=library.active)), library
        ).state
    state = advance(state, now_ms, library).state
    assert lapsed(state) == []
    assert len(state.lines) == 2


def test_a_book_that_names_lines_by_what_never_repeats_fills_no_state():
    day = Day(books())
    uses(day, "spa", 0, 1, 2)
    for n in range(100):
        uses(day, f"booking {n}", 3 + n)
    assert len(day.state.lines) == 40
    assert "spa" in {one.line for one in day.state.lines}


def test_an_old_state_has_no_lines():
    assert decode_state(encode_state(EMPTY)).lines == ()


@given(
    years=st.integers(3, 8),
    per_season=st.integers(1, 6),
    jitter=st.lists(st.integers(-20, 20), min_size=8, max_size=8),
)
def test_a_season_once_a_year_is_never_missed_out_of_season(years, per_season, jitter):
    day = Day(books())
    at = sorted(
        [
            (y * 365 + n * 2 + jitter[y % 8] + 30, "ski")
            for y in range(years)
            for n in range(per_season)
        ]
        + [(n * 30, "hotel") for n in range(years * 365 // 30 + 13)]
    )
    last = max(one for one, line in at if line == "ski")
    for one, line in at:
        if one <= last + 365:
            uses(day, line, one)
    assert lapsed(day.state) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 2500), st.sampled_from(["a", "b", "c"])), min_size=1, max_size=60
    ),
    st.lists(st.integers(0, 3500), max_size=6),
)
def test_time_that_passes_in_steps_is_a_replay(used, looks):
    library = books(uses=2, over_ms=100 * DAY)
    events = sorted(
        (
            event(
                Touchpoint(name="Used", properties={"line": line}),
                at_ms=NOON_MS + at * DAY + n,
                name=f"u{n}",
                book=library.active,
            )
            for n, (at, line) in enumerate(used)
        ),
        key=lambda one: one.order,
    )
    end_ms = NOON_MS + 4000 * DAY
    state, waiting = EMPTY, sorted(NOON_MS + one * DAY for one in looks)
    for one in events:
        while waiting and waiting[0] < one.time_ms:
            state = advance(state, waiting.pop(0), library).state
        state = step(state, one, library).state
    state = advance(state, end_ms, library).state
    assert state == folded(events, library, now_ms=end_ms).state
    for line in lapsed(state):  # never a customer who is gone: another line was used after it
        own = max(one.time_ms for one in events if one.body.properties["line"] == line)
        found = [one.at_ms for case in state.cases for one in case.failures if one.about == line]
        others = [one.time_ms for one in events if one.body.properties["line"] != line]
        assert all(any(at - RULE.others_ms <= t <= at for t in others) for at in found)
        assert own <= end_ms
