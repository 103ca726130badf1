"""What a customer is told of a call-back, what they may wish, and clocks that stand still."""

from functools import lru_cache
from typing import Any

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.state import Call, decode_state, encode_state
from makegood.core.timers import Timer, TimerKind
from makegood.messages.call_facts import CalledBack, CallWished
from makegood.messages.commands import Command, MessageClass, SendMessage, Urgency
from makegood.messages.events import NextDuty, OnDuty
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import EventId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.calling_terms import CallBackTerms
from makegood.playbooks.duty import DutyHours, parse_hours
from makegood.playbooks.terms import MessageTemplate, MessageText
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_book
from makegood.testing.history import NOON_MS
from tests.unit.core.day import Day
from tests.unit.core.test_telephone import MAX, RULES, SUE, TOM, TOP, hung_up, the_back

TERMS = CallBackTerms(
    within_ms=30 * MINUTE_MS,
    higher_ms=15 * MINUTE_MS,
    tell="we_call",
    late="later",
    ahead_ms=10 * MINUTE_MS,
)
ZONE = "Europe/Berlin"
HOURS = "mon-fri 08:00-20:00"  # noon of these tests is 03:40 of a Monday in Berlin
EIGHT_MS = NOON_MS + 4 * HOUR_MS + 20 * MINUTE_MS


def _template(name: str) -> MessageTemplate:
    texts = {"en": MessageText(subject="x", text="$owner $by $link")}
    return MessageTemplate(
        id=name, message_class=MessageClass.SERVICE, urgency=Urgency.NOW, texts=texts
    )


@lru_cache
def books(*, in_duty: bool = False, **changes: Any) -> Library:
    book = small_book()
    terms = replace(TERMS, in_duty=in_duty, **changes)
    messages = {**book.messages, "we_call": _template("we_call"), "later": _template("later")}
    duty = DutyHours(hours=HOURS, spans=parse_hours(HOURS), zone=ZONE)
    calls = replace(RULES, call_back=terms)
    book = replace(book, calls=calls, messages=messages, duty=duty if in_duty else DutyHours())
    return Library(active=book.hash, books={book.hash: book})


def a_day(**changes: Any) -> Day:
    day = Day(books(**changes))
    day.above = (SUE, MAX, TOP)
    day.on_duty = (*day.on_duty, OnDuty(SUE, NOON_MS + DAY_MS), OnDuty(MAX, NOON_MS + DAY_MS))
    return day


def said(day: Day, message: str) -> list[Command]:
    return [
        one
        for one in day.commands
        if isinstance(one.order, SendMessage) and one.order.message == message
    ]


def facts(command: Command) -> dict[str, Any]:
    assert isinstance(command.order, SendMessage)
    return dict(command.order.variables)


def test_who_calls_by_when_is_told_once_and_leads_to_the_page():
    day = a_day()
    hung_up(day)
    hung_up(day)
    (told,) = said(day, "we_call")
    assert facts(told) == {"owner": SUE, "by_ms": day.now_ms + 30 * MINUTE_MS}
    assert told.case == day.id
    assert told.useful_until_ms == the_back(day).due_ms
    assert decode_state(encode_state(day.state)) == day.state


@pytest.mark.parametrize("why", ["nobody there", "no message", "history"])
def test_what_nobody_is_there_to_keep_is_not_told(why):
    day = a_day(tell="") if why == "no message" else a_day()
    if why == "nobody there":
        day.on_duty = day.on_duty[:1]
    if why == "history":
        facts_ = {"call": "C1", "agent": TOM, "by": "agent", "answered": True, "solved": False}
        day.told(Touchpoint(name="Call Hung Up", properties=facts_), imported=True)
    else:
        hung_up(day)
    day.waits(25 * MINUTE_MS)
    assert said(day, "we_call") == said(day, "later") == []


def test_it_is_said_in_time_that_it_will_be_later_and_only_once():
    day = a_day()
    hung_up(day)
    due_ms = the_back(day).due_ms
    day.waits(20 * MINUTE_MS - 1)
    assert said(day, "later") == []
    day.waits(1)
    (late,) = said(day, "later")
    assert facts(late) == {"owner": SUE, "by_ms": due_ms + 15 * MINUTE_MS, "was_ms": due_ms}
    assert day.now_ms < due_ms
    day.waits(2 * HOUR_MS)
    assert len(said(day, "later")) == 1
    assert the_back(day).owner == TOP


@pytest.mark.parametrize("reached", [True, False])
def test_who_was_called_or_tried_is_told_no_lateness(reached):
    day = a_day()
    hung_up(day)
    day.now_ms += MINUTE_MS
    day.told(CalledBack(call_back=the_back(day).id, reached=reached, by=SUE))
    day.waits(25 * MINUTE_MS)
    assert said(day, "later") == []
    assert (the_back(day).told in day.withdrawn) is reached


def test_a_higher_one_with_a_later_time_is_told_at_once():
    day = a_day()
    hung_up(day)
    due_ms = the_back(day).due_ms
    day.now_ms += 18 * MINUTE_MS
    day.happens("Call Flagged", call="C9", agent=SUE)
    (late,) = said(day, "later")
    assert facts(late) == {"owner": MAX, "by_ms": day.now_ms + 15 * MINUTE_MS, "was_ms": due_ms}
    assert the_back(day).told in day.withdrawn


def test_a_higher_one_who_calls_sooner_is_no_news():
    day = a_day()
    hung_up(day)
    day.now_ms += MINUTE_MS
    day.happens("Call Flagged", call="C9", agent=SUE)
    assert said(day, "later") == []


def test_who_wants_no_call_gets_none_and_nothing_is_broken():
    day = a_day()
    hung_up(day)
    day.now_ms += MINUTE_MS
    day.told(CallWished(call_back=the_back(day).id, needless=True))
    one = the_back(day)
    assert (one.needless, one.done_ms, one.done_by) == (True, day.now_ms, "")
    assert one.told in day.withdrawn
    broken = day.case.broken
    day.waits(DAY_MS)
    assert day.case.broken == broken
    assert day.state.phone.waiting == ()
    assert said(day, "later") == []


def test_a_better_time_moves_the_clock_and_breaks_no_word():
    day = a_day()
    hung_up(day)
    from_ms = day.now_ms + 3 * HOUR_MS
    day.told(CallWished(call_back=the_back(day).id, from_ms=from_ms))
    assert the_back(day).due_ms == from_ms + 30 * MINUTE_MS
    day.waits(3 * HOUR_MS)
    assert the_back(day).passed == ()
    assert said(day, "later") == []
    day.waits(20 * MINUTE_MS)
    (late,) = said(day, "later")
    assert facts(late)["was_ms"] == from_ms + 30 * MINUTE_MS
    day.waits(10 * MINUTE_MS)
    assert [it.rep for it in the_back(day).passed] == [SUE]


def test_a_number_is_kept_and_the_time_stays():
    day = a_day()
    hung_up(day)
    due_ms = the_back(day).due_ms
    day.told(CallWished(call_back=the_back(day).id, number="n1"))
    assert (the_back(day).number, the_back(day).due_ms) == ("n1", due_ms)
    day.told(CallWished(call_back=the_back(day).id, from_ms=day.now_ms + HOUR_MS))
    assert the_back(day).number == "n1"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"needless": True, "call_back": "e0"}, "no_such_call_back"),
        ({}, "nothing_wished"),
        ({"from_ms": NOON_MS - 1}, "bad_time"),
        ({"from_ms": NOON_MS + 31 * DAY_MS}, "bad_time"),
        ({"from_ms": NOON_MS + HOUR_MS}, ""),
        ({"number": "n1"}, ""),
        ({"needless": True}, ""),
    ],
)
def test_what_may_be_wished(wanted, code):
    day = a_day()
    hung_up(day)
    body = CallWished(**{"call_back": the_back(day).id} | wanted)
    refused = decide(day.state, body, Asker(), day.now_ms, day.library).refused
    assert (refused.code if refused else "") == code


def test_nothing_is_wished_of_a_call_that_was_made():
    day = a_day()
    hung_up(day)
    one = the_back(day).id
    day.told(CalledBack(call_back=one, reached=True, by=SUE))
    wanted = CallWished(call_back=one, needless=True)
    assert decide(day.state, wanted, Asker(), day.now_ms, day.library).refused is not None
    before = day.state.phone
    day.told(wanted)
    day.told(CallWished(call_back=EventId("e0"), needless=True))
    assert day.state.phone == before


def test_a_clock_of_duty_begins_when_somebody_comes():
    day = a_day(in_duty=True)
    day.next_duty = (NextDuty(SUE, EIGHT_MS, EIGHT_MS + 8 * HOUR_MS),)
    day.on_duty = day.on_duty[:1]
    hung_up(day)
    one = the_back(day)
    assert one.due_ms == EIGHT_MS + 30 * MINUTE_MS
    assert one.promised
    (told,) = said(day, "we_call")
    assert facts(told)["by_ms"] == one.due_ms
    day.waits(4 * HOUR_MS)
    assert the_back(day).passed == ()


@pytest.mark.parametrize(
    ("begins", "ends", "promised"), [(9 * 60, 17 * 60, False), (0, 29, False), (0, 30, True)]
)
def test_a_morning_on_which_they_are_not_there_is_not_promised(begins, ends, promised):
    day = a_day(in_duty=True)
    day.on_duty = day.on_duty[:1]
    day.next_duty = (NextDuty(SUE, EIGHT_MS + begins * MINUTE_MS, EIGHT_MS + ends * MINUTE_MS),)
    hung_up(day)
    assert the_back(day).promised is promised


def test_what_is_the_supervisors_together_is_promised_in_the_hours_of_the_firm():
    for in_duty in (True, False):
        day = a_day(in_duty=in_duty)
        day.above = ()
        hung_up(day)
        assert the_back(day).promised is in_duty


def test_going_higher_in_the_evening_goes_on_in_the_morning():
    day = a_day(in_duty=True)
    day.waits(EIGHT_MS + 11 * HOUR_MS + 45 * MINUTE_MS - day.now_ms)  # 19:45
    day.on_duty = ()
    hung_up(day)
    due_ms = EIGHT_MS + DAY_MS + 15 * MINUTE_MS
    assert the_back(day).due_ms == due_ms
    day.waits(due_ms - day.now_ms)
    assert the_back(day).owner == MAX
    assert the_back(day).due_ms == due_ms + 15 * MINUTE_MS


def test_one_clock_of_a_kind_runs_for_each_that_waits():
    day = a_day()
    hung_up(day)
    kinds = [it.kind for it in day.state.timers if it.subject == the_back(day).id]
    assert sorted(kinds) == [TimerKind.CALL_BACK_BY, TimerKind.CALL_BACK_SOON]
    day.told(CalledBack(call_back=the_back(day).id, reached=True, by=RepId(SUE)))
    assert [it for it in day.state.timers if it.subject == the_back(day).id] == []


def in_two_hours(day: Day) -> None:
    """Sue and Max go home within the hour."""
    day.on_duty = (
        day.on_duty[0],
        OnDuty(SUE, NOON_MS + 40 * MINUTE_MS),
        OnDuty(MAX, NOON_MS + 40 * MINUTE_MS),
    )


def test_a_later_time_that_nobody_is_there_to_keep_is_not_told():
    day = a_day()
    in_two_hours(day)
    hung_up(day)
    assert len(said(day, "we_call")) == 1
    day.waits(HOUR_MS)
    assert said(day, "later") == []
    assert day.case.broken


@pytest.mark.parametrize("in_duty", [True, False])
def test_a_later_time_is_kept_by_whoever_above_is_there_then_or_by_the_hours_of_the_firm(in_duty):
    day = a_day(in_duty=in_duty)
    if in_duty:
        day.waits(EIGHT_MS - day.now_ms)
    in_two_hours(day)
    day.on_duty = (*day.on_duty[:1], OnDuty(SUE, day.now_ms + 40 * MINUTE_MS))
    if not in_duty:
        day.on_duty = (*day.on_duty, OnDuty(MAX, day.now_ms + 45 * MINUTE_MS))
    hung_up(day)
    day.waits(20 * MINUTE_MS)
    assert len(said(day, "later")) == 1


def test_a_time_that_was_told_is_watched_at_the_top_as_well():
    day = a_day()
    day.above = (SUE,)
    hung_up(day)
    due_ms = the_back(day).due_ms
    day.waits(due_ms - day.now_ms)
    assert (the_back(day).is_stuck, the_back(day).due_ms) == (True, due_ms + 15 * MINUTE_MS)
    broken = day.case.broken
    assert broken == 1
    day.waits(15 * MINUTE_MS)
    assert day.case.broken == broken + 1
    day.waits(DAY_MS)
    assert day.case.broken == broken + 1
    assert len(the_back(day).passed) == 1


def test_what_was_told_and_is_spoiled_at_the_top_is_broken_when_its_time_passes():
    day = a_day()
    day.above = (SUE,)
    hung_up(day)
    day.now_ms += MINUTE_MS
    day.happens("Call Flagged", call="C9", agent=SUE)
    assert the_back(day).is_stuck
    broken = day.case.broken
    day.waits(HOUR_MS)
    assert day.case.broken == broken + 1


def test_a_time_of_theirs_at_which_nobody_is_known_to_be_there_is_no_promise():
    day = a_day()
    hung_up(day)
    day.told(CallWished(call_back=the_back(day).id, from_ms=day.now_ms + 2 * DAY_MS))
    one = the_back(day)
    assert (one.promised, one.told_by_ms) == (False, 0)
    day.waits(3 * DAY_MS)
    assert said(day, "later") == []
    day = a_day(in_duty=True)
    day.waits(EIGHT_MS - day.now_ms)
    hung_up(day)
    assert the_back(day).promised
    day.told(CallWished(call_back=the_back(day).id, from_ms=day.now_ms + 2 * DAY_MS))
    assert the_back(day).promised


def test_a_wish_takes_back_what_has_not_gone_out_and_is_told_anew_when_it_is_late():
    day = a_day()
    hung_up(day)
    day.waits(20 * MINUTE_MS)
    first = the_back(day).late
    assert first
    day.told(CallWished(call_back=the_back(day).id, from_ms=day.now_ms + HOUR_MS))
    assert first in day.withdrawn
    assert not the_back(day).late
    day.waits(HOUR_MS + 20 * MINUTE_MS)
    assert len(said(day, "later")) == 2


def test_a_supervisor_of_other_brands_promises_nothing_in_the_morning_either():
    for brands, promised in ((("boats",), False), ((), True)):
        day = a_day(in_duty=True)
        day.on_duty = day.on_duty[:1]
        day.next_duty = (NextDuty(SUE, EIGHT_MS, EIGHT_MS + 8 * HOUR_MS, brands),)
        hung_up(day)
        assert the_back(day).promised is promised


def test_a_better_time_is_that_of_the_call_of_the_case_as_well():
    day = a_day()
    hung_up(day)
    case = day.case
    promise_ms = day.now_ms + 5 * MINUTE_MS
    call = Call(due_ms=promise_ms, why="chosen", promised=True, promise_ms=promise_ms)
    timer = Timer(promise_ms, TimerKind.CALL_BY, case.id, "", case.origin)
    timers = tuple(sorted((*day.state.timers, timer)))
    day.state = replace(day.state, cases=(replace(case, call=call),), timers=timers)
    from_ms = day.now_ms + 2 * HOUR_MS
    day.told(CallWished(call_back=the_back(day).id, from_ms=from_ms))
    day.waits(2 * HOUR_MS)
    assert day.case.broken == 0
    assert day.case.call is not None
    assert day.case.call.promise_ms == from_ms + 30 * MINUTE_MS
    day.waits(30 * MINUTE_MS)
    assert day.case.broken


def test_nobody_is_told_of_lateness_before_the_day_begins_on_which_they_are_called():
    day = a_day(in_duty=True)
    day.waits(EIGHT_MS + 11 * HOUR_MS + 35 * MINUTE_MS - day.now_ms)  # 19:35
    day.on_duty = day.on_duty[:1]
    day.next_duty = (NextDuty(SUE, EIGHT_MS + DAY_MS, EIGHT_MS + DAY_MS + HOUR_MS),)
    hung_up(day)
    assert the_back(day).due_ms == EIGHT_MS + DAY_MS + 5 * MINUTE_MS
    day.waits(EIGHT_MS + DAY_MS - 1 - day.now_ms)
    assert said(day, "later") == []
    day.waits(1)
    assert len(said(day, "later")) == 1
