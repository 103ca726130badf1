"""What the outside hears when two looks at a customer differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.holds import EVERYWHERE, GateRow, Hold
from makegood.core.notices import (
    Look,
    Notice,
    NoticeKind,
    covers,
    decode_notice,
    encode_notice,
    notices,
    scopes_of,
    still_held,
)
from makegood.core.state import Phase
from makegood.messages.facts import Answered, HandedOver, Released
from makegood.messages.ids import CaseId, CustomerId, RepId
from tests.unit.core.day import Day

ANA = CustomerId("p1")
A, B = "alpha", "beta"


def gate(*scopes, stuck=False):
    holds = tuple(
        Hold(case=CaseId(f"k{n}"), scope=scope, since_ms=n) for n, scope in enumerate(scopes)
    )
    return GateRow(holds=holds, stuck=stuck)


def look(*scopes, stuck=False, cases=()):
    return Look(customer=ANA, gate=gate(*scopes, stuck=stuck), cases=cases)


def said(before, after, **more):
    found = notices((before,), after, cause="e1", at_ms=7, **more)
    return [(one.kind.value, one.scope, one.held) for one in found]


@pytest.mark.parametrize(
    ("before", "after", "heard"),
    [
        ((), (A,), [("hold.opened", A, (A,))]),
        ((A,), (), [("hold.lifted", A, ())]),
        ((A, A), (A,), []),
        ((A,), (A, B), [("hold.opened", B, (A, B))]),
        ((A, B), (B,), [("hold.lifted", A, (B,))]),
        ((A,), (A, EVERYWHERE), [("hold.opened", "*", ("*",))]),
        ((A, EVERYWHERE), (EVERYWHERE,), []),
        ((A, EVERYWHERE), (A,), [("hold.lifted", "*", (A,))]),
        ((EVERYWHERE,), (), [("hold.lifted", "*", ())]),
        ((EVERYWHERE,), (B,), [("hold.lifted", "*", (B,))]),
    ],
)
def test_a_scope_opens_when_first_held_and_lifts_when_nothing_holds_it(before, after, heard):
    assert said(look(*before), look(*after)) == heard


def test_a_stuck_customer_is_held_everywhere_until_they_are_not():
    assert said(look(A), look(A, stuck=True)) == [("hold.opened", "*", ("*",))]
    assert said(look(A, stuck=True), look(A)) == [("hold.lifted", "*", (A,))]
    assert said(look(EVERYWHERE), look(EVERYWHERE, stuck=True)) == []


def test_who_was_merged_into_a_held_customer_is_held_from_then_on():
    heard = notices((look(), look(EVERYWHERE)), look(EVERYWHERE), cause="e1", at_ms=7)
    assert [one.kind for one in heard] == [NoticeKind.HOLD_OPENED]
    assert said(look(A), look(A)) == []
    assert said(look(A), look(A), afresh=True) == [("hold.opened", A, (A,))]


def test_ids_are_of_the_change_and_its_cause():
    def ids(cause, *held):
        after = look(*(held or (A,)))
        return {one.id for one in notices((look(),), after, cause=cause, at_ms=1)}

    assert ids("e1") == ids("e1")
    assert not ids("e1") & ids("e2")
    assert not ids("e1") & ids("e1", B)
    again = still_held(look(A), cause="e1", at_ms=1)
    assert {one.id for one in again} == ids("e1")


scopes = st.lists(st.sampled_from([A, B, EVERYWHERE]), max_size=3)
looks = st.tuples(scopes, st.booleans())


@given(st.lists(looks, max_size=8))
def test_the_sum_of_what_was_said_is_who_is_held(history) -> None:
    before, kept = look(), ()
    for held, stuck in history:
        after = look(*held, stuck=stuck)
        for one in notices((before,), after, cause="e", at_ms=0):
            assert covers(one.held, one.scope) is (one.kind is NoticeKind.HOLD_OPENED)
            assert covers(kept, one.scope) is (one.kind is NoticeKind.HOLD_LIFTED)
            kept = _with(kept, one) if one.kind is NoticeKind.HOLD_OPENED else _without(kept, one)
        for brand in (A, B, "another"):
            assert covers(kept, brand) == covers(scopes_of(after.gate), brand)
        before = after


def _with(kept: tuple[str, ...], one: Notice) -> tuple[str, ...]:
    """A receiver that adds up, and never looks at what is said to hold in full."""
    return (one.scope,) if one.scope == EVERYWHERE else (*kept, one.scope)


def _without(kept: tuple[str, ...], one: Notice) -> tuple[str, ...]:
    """Take the scope out; what is left under the whole umbrella only the notice can say."""
    return one.held if one.scope == EVERYWHERE else tuple(s for s in kept if s != one.scope)


class Story:
    """A day, and what is heard of each step."""

    def __init__(self):
        self.day = Day()
        self.before = Look(customer=ANA)

    def hear(self):
        after = Look(customer=ANA, cases=self.day.state.cases)
        found = notices((self.before,), after, cause="e", at_ms=1)
        self.before = after
        return [(one.kind.value, one.reason or one.phase) for one in found]


def test_the_life_of_a_case_is_heard():
    story = Story()
    story.day.no_car()
    assert story.hear() == [("case.opened", story.day.state.cases[0].phase.value)]
    assert story.hear() == []
    story.day.no_car("R2")
    assert story.hear() == [("case.escalated", "second_failure")]
    case = story.day.state.cases[0].id
    story.day.told(HandedOver(case=case, to=RepId("omar"), by=RepId("kathy")))
    assert [kind for kind, _ in story.hear()] == ["case.owner_changed"]
    story.day.told(Answered(case=case, answer="good"))
    assert story.hear() == [("case.made_whole", "made_whole"), ("case.closed", "made_whole")]


def test_a_release_closes_and_is_no_making_good():
    story = Story()
    story.day.no_car()
    story.hear()
    case = story.day.state.cases[0].id
    story.day.told(Released(case=case, by=RepId("kathy"), reason="t"))
    assert story.hear() == [("case.closed", "released")]


def test_a_late_event_may_reopen_rename_and_undo_a_case():
    story = Story()
    story.day.no_car()
    case = story.day.state.cases[0]
    shut = replace(case, phase=Phase.MADE_WHOLE, closed_ms=5)

    def heard(before, after, **more):
        looks = (replace(look(), cases=tuple(before)),)
        found = notices(looks, replace(look(), cases=tuple(after)), cause="e", at_ms=1, **more)
        return [(one.kind.value, one.case, one.phase, one.into) for one in found]

    other = replace(case, id=CaseId("kother"))
    assert heard([shut], [case])[0][:2] == ("case.reopened", case.id)
    assert [one[0] for one in heard([case], [other])] == ["case.opened", "case.closed"]
    assert heard([case], [other])[1] == ("case.closed", case.id, "joined", other.id)
    assert heard([case], []) == [("case.closed", case.id, "void", "")]
    assert heard([case], [], split=True) == []
    assert heard([shut], [replace(shut, id=CaseId("kother"))]) == []
    imported = replace(case, origin=replace(case.origin, imported=True))
    assert heard([], [imported]) == []


def test_a_notice_comes_back_as_it_was_written():
    (one,) = notices((look(),), look(A), cause="e1", at_ms=7)
    assert decode_notice(encode_notice(one)) == one
