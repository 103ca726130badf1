"""Waits in any order of events, looked at at any moment, and with restarts in between."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY, decode_state, encode_state
from makegood.testing.history import NOON_MS
from tests.unit.core.test_waiting import HOUR, World

Happening = tuple[str, float]
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(("letter", "answer")), st.floats(0, 60).map(lambda it: round(it, 2))
    ),
    max_size=8,
    unique_by=lambda one: one[1],
)


def told(happenings: list[Happening], looks: list[float]) -> World:
    """Let things happen in their order, with somebody looking at some moments."""
    it = World()
    moments = sorted(
        [(hours, 1, name) for name, hours in happenings] + [(at, 0, "") for at in looks]
    )
    for hours, _, name in moments:
        if name == "letter":
            it.letter(hours)
        elif name == "answer":
            it.answer(hours)
        else:
            it.until(hours)
    it.until(200)
    return it


@given(HAPPENINGS, st.lists(st.floats(0, 100), max_size=5))
def test_when_somebody_looks_changes_nothing(
    happenings: list[Happening], looks: list[float]
) -> None:
    often, never = told(happenings, looks), told(happenings, [])
    assert often.failures == never.failures
    assert often.dates == never.dates
    assert often.state == never.state


@given(HAPPENINGS)
def test_each_breach_is_a_failure_exactly_once_at_its_true_time(
    happenings: list[Happening],
) -> None:
    since, expected = None, []
    for name, hours in sorted(happenings, key=lambda one: one[1]):
        if since is not None and hours >= since + 4 and name == "answer":
            expected.append(since + 4)
        if name == "letter" and since is None:
            since = hours
        elif name == "answer":
            since = None
    if since is not None:
        expected.append(since + 4)
    found = [at for rule, at in told(happenings, []).failures if rule == "letter_waits"]
    assert found == pytest.approx(expected)


@given(HAPPENINGS, st.lists(st.floats(0, 100), max_size=4))
def test_a_restart_between_any_two_moments_changes_nothing(
    happenings: list[Happening], looks: list[float]
) -> None:
    it, plain = World(), told(happenings, [])
    moments = sorted(
        [(hours, 1, name) for name, hours in happenings] + [(at, 0, "") for at in looks]
    )
    for hours, _, name in moments:
        it.state = decode_state(encode_state(it.state))
        if name:
            it.letter(hours) if name == "letter" else it.answer(hours)
        else:
            it.until(hours)
    it.until(200)
    assert it.state == plain.state


def test_in_whatever_order_events_come_in_the_fold_of_them_is_the_same() -> None:
    it = World()
    made = [it.letter(0), it.answer(3), it.letter(4), it.answer(9)]
    it.until(500)
    for order in permutations(made):
        state = EMPTY
        for one in sorted(order, key=lambda event: event.order):
            state = step(state, one, it.library).state
        assert advance(state, NOON_MS + 500 * HOUR, it.library).state == it.state
