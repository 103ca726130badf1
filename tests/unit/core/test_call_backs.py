"""Who calls back: what is no hang-up, whom nobody named, who is late, and what is said once."""

from typing import Any

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.phone import MOST_KEPT, Hint, Phone
from makegood.core.state import decode_state, encode_state
from makegood.messages.call_facts import CalledBack
from makegood.messages.events import OnDuty
from makegood.messages.facts import Judged, PersonRefused
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.playbooks.book import Library
from makegood.testing.book import MINUTE_MS
from makegood.testing.history import NOON_MS
from tests.unit.core.day import Day
from tests.unit.core.test_telephone import MAX, SUE, TOM, TOP, a_day, hung_up, kinds, the_back


def with_rule(day: Day, name: str, rule: str = "Rental Unfulfilled") -> Day:
    """Let a rule of the book judge an event of calls as well; it is about a reservation."""
    book = day.library.books[day.library.active]
    book = replace(book, triggers={**book.triggers, name: book.triggers[rule]})
    day.library = Library(active=book.hash, books={book.hash: book})
    return day


def our_call(day: Day, by: str = "agent", agent: str = SUE, **more: Any) -> None:
    facts = {"answered": False, "solved": False, "direction": "out", **more}
    day.happens("Call Hung Up", call="C2", agent=agent, by=by, **facts)


def test_a_call_of_ours_that_nobody_takes_is_no_hang_up_and_was_tried():
    day = a_day()
    hung_up(day)
    day.now_ms += MINUTE_MS
    our_call(day)
    assert the_back(day).owner == SUE
    assert the_back(day).tried_ms == day.now_ms
    assert the_back(day).passed == ()
    assert kinds(day) == ["no_car"]


@pytest.mark.parametrize("more", [{}, {"solved": None}])
def test_who_rings_in_vain_has_let_nobody_down(more):
    day = a_day()
    our_call(day, **more)
    assert day.state.open_case is None
    assert day.state.phone.backs == ()


def test_an_agents_own_leg_that_was_picked_up_is_no_customer_who_was_reached():
    day = a_day()
    hung_up(day)
    day.now_ms += MINUTE_MS
    day.happens("Call Answered", call="C2", agent=SUE, direction="out")
    our_call(day, "customer")
    assert day.state.phone.waiting
    assert the_back(day).tried_ms == day.now_ms


def test_a_hang_up_by_nobody_knows_whom_is_called_back_by_the_supervisors_together():
    day = a_day()
    day.above = ()
    day.happens("Call Hung Up", call="C1", by="agent", answered=True, solved=False)
    assert (the_back(day).rep, the_back(day).owner) == ("", "")
    assert kinds(day) == ["no_car"]
    day.waits(31 * MINUTE_MS)
    assert the_back(day).is_stuck


def test_who_it_was_may_be_told_afterwards_and_brings_no_second_one():
    day = a_day()
    day.happens("Call Hung Up", call="C1", by="agent", answered=True, solved=False)
    hung_up(day)
    one = the_back(day)
    assert (one.rep, one.owner, one.above) == (TOM, SUE, (MAX, TOP))
    day.happens("Call Hung Up", call="C1", by="agent", answered=True, solved=False)
    assert the_back(day) == one


def test_the_only_one_who_spoke_is_who_hung_up():
    day = a_day()
    day.above = ()
    day.happens("Call Answered", call="C1", agent=TOM)
    day.happens("Call Hung Up", call="C1", by="agent", answered=True, solved=False)
    assert the_back(day).rep == TOM


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize(("failure", "owners"), [("no_car", [SUE]), ("late", []), ("", [])])
def test_a_person_who_says_that_it_was_a_failure_brings_the_call_back(ruled, failure, owners):
    day = a_day()
    if ruled:  # the rule on the event itself cannot judge it either
        with_rule(day, "Call Hung Up")
    day.happens("Call Hung Up", call="C1", agent=TOM, by="agent", answered=True)
    (question,) = day.state.open_case.unclear
    assert day.state.phone.backs == ()
    assert decode_state(encode_state(day.state)) == day.state
    day.now_ms += MINUTE_MS
    day.above = ()
    day.told(Judged(question=question.event, failure=failure, reason="x", by=MAX))
    assert [one.owner for one in day.state.phone.backs] == owners
    for one in day.state.phone.backs:
        assert one.above == (MAX, TOP)
        assert one.due_ms == day.now_ms + 30 * MINUTE_MS


def test_a_call_that_ran_when_the_time_was_over_is_that_call():
    day = a_day()
    hung_up(day)
    day.waits(31 * MINUTE_MS)
    assert the_back(day).owner == MAX
    our_call(day, "customer", answered=True)
    assert the_back(day).done_by == SUE


def test_who_let_the_time_pass_may_call_late_and_who_was_flagged_may_not():
    day = a_day()
    hung_up(day)
    day.waits(31 * MINUTE_MS)
    day.happens("Call Flagged", call="C3", agent=MAX)
    one = the_back(day)
    assert one.owner == TOP
    found = {
        rep: decide(
            day.state, CalledBack(call_back=one.id, reached=True), Asker(rep=rep), day.now_ms,
            day.library,
        ).refused
        for rep in (SUE, MAX, TOM)
    }  # fmt: skip
    assert found[SUE] is None
    assert {found[MAX].code, found[TOM].code} == {"not_yours"}


def test_one_that_is_stuck_may_be_made_by_anybody_else():
    day = a_day()
    day.above = (SUE,)
    hung_up(day)
    day.waits(31 * MINUTE_MS)
    wanted = CalledBack(call_back=the_back(day).id, reached=True)
    refused = {
        rep: decide(day.state, wanted, Asker(rep=rep), day.now_ms, day.library).refused
        for rep in (RepId("joe"), SUE, TOM)
    }
    assert the_back(day).is_stuck
    assert refused[RepId("joe")] is None
    assert refused[SUE] is None
    assert refused[TOM].code == "not_yours"


def test_whom_the_customer_is_kept_apart_from_does_not_call_them():
    day = a_day()
    for rep in (SUE, TOP):
        day.told(PersonRefused(rep=rep, side="customer"))
    hung_up(day)
    assert (the_back(day).owner, the_back(day).above) == (MAX, ())


def test_what_a_rule_found_in_a_call_is_not_found_again_by_the_whole_of_it():
    day = with_rule(a_day(), "Call Transferred", "Rental Late")
    facts = {"reservation": "R1", "delay_minutes": 60}
    day.happens("Call Transferred", call="C1", transfers=1, **facts)
    assert kinds(day) == ["late"]
    day.happens("Call Told Again", call="C1", times=2)
    assert kinds(day) == ["late"]
    assert not day.state.open_case.double


def test_what_the_whole_of_a_call_showed_is_not_said_again_by_a_rule():
    day = with_rule(a_day(), "Call Transferred", "Rental Late")
    day.happens("Call Told Again", call="C1", times=2)
    facts = {"reservation": "R1", "delay_minutes": 60}
    day.happens("Call Transferred", call="C1", transfers=1, **facts)
    assert kinds(day) == ["late"]
    assert not day.state.open_case.double
    day.happens("Call Transferred", call="C2", transfers=1, **facts)
    assert kinds(day) == ["late", "late"]


def test_rude_and_hung_up_in_one_call_is_one_failure_that_grows():
    day = with_rule(a_day(), "Call Hung Up")
    hung_up(day, reservation="R1", reason="x")
    day.happens("Call Flagged", call="C1", agent=TOM)
    assert [one.about for one in day.state.open_case.failures] == ["R1"]
    assert not day.state.open_case.double
    assert the_back(day).about == "R1"


def test_of_too_many_suggestions_those_that_are_over_go_first():
    phone = Phone()
    for n in range(MOST_KEPT + 20):
        hint = Hint(
            id=EventId(f"e{n}"),
            profile=ProfileId("p"),
            call=f"C{n}",
            rule="r",
            words="w",
            at_ms=n,
            settled_ms=int(20 <= n < 40),
        )
        phone = phone.with_hint(hint)
    assert len(phone.hints) == MOST_KEPT
    assert phone.open_hints == phone.hints
    assert phone.hint("e0") is not None


def on_duty(*reps: RepId, minutes: int = 60) -> tuple[OnDuty, ...]:
    return tuple(OnDuty(one, NOON_MS + minutes * MINUTE_MS) for one in reps)


@pytest.mark.parametrize(
    ("there", "owner", "above"),
    [
        ((SUE, MAX), SUE, (MAX, TOP)),
        ((MAX,), MAX, (TOP,)),
        ((TOM,), SUE, (MAX, TOP)),
        ((), SUE, (MAX, TOP)),
    ],
)
def test_the_nearest_on_duty_calls_back_and_else_the_nearest(there, owner, above):
    day = a_day()
    day.on_duty = on_duty(*there)
    hung_up(day)
    assert (the_back(day).owner, the_back(day).above) == (owner, above)
    assert the_back(day).promised is bool({SUE, MAX} & set(there))


def test_a_call_is_promised_only_by_who_is_there_till_then():
    day = a_day()
    day.on_duty = on_duty(SUE, minutes=29)
    hung_up(day)
    assert the_back(day).owner == SUE
    assert not the_back(day).promised
