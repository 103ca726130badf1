"""Telephone calls: what they fail by, and who calls back, one higher each time."""

from functools import lru_cache
from typing import Any

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.fold import step
from makegood.core.phone import CallBack
from makegood.core.state import EMPTY, decode_state, encode_state
from makegood.messages.call_facts import CalledBack, HintSettled
from makegood.messages.errors import Refused
from makegood.messages.ids import EventId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.calling_terms import CallBackTerms, CallRules, HintRule, RunAround
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_book
from tests.unit.core.day import Day

TOM, SUE, MAX, TOP = (RepId(one) for one in ("tom", "sue", "max", "top"))
RUDE = HintRule(
    id="rude", title="Somebody was rude", fails_as="late", phrases={"en": ("shut up",)}, line=1
)
RULES = CallRules(
    heard=True,
    runaround=RunAround(fails_as="late", transfers=3, held_ms=10 * MINUTE_MS, told_again=2),
    gave_up_as="late",
    gave_up_ms=2 * MINUTE_MS,
    hung_up_as="no_car",
    flagged_as="other",
    call_back=CallBackTerms(within_ms=30 * MINUTE_MS, higher_ms=15 * MINUTE_MS),
    hints=(RUDE,),
)


@lru_cache
def books(**changes: Any) -> Library:
    book = replace(small_book(), calls=replace(RULES, **changes))
    return Library(active=book.hash, books={book.hash: book})


def a_day(**changes: Any) -> Day:
    day = Day(books(**changes))
    day.above = (SUE, MAX, TOP)
    return day


def hung_up(day: Day, by: str = "agent", call: str = "C1", agent: str = TOM, **more: Any) -> None:
    facts = {"answered": True, "solved": False, **more}
    day.happens("Call Hung Up", call=call, agent=agent, by=by, **facts)


def the_back(day: Day) -> CallBack:
    (one,) = day.state.phone.backs
    return one


def kinds(day: Day) -> list[str]:
    case = day.state.open_case
    return [one.rule for one in case.failures] if case else []


def test_a_customer_who_is_handed_on_thrice_was_sent_around_once():
    day = a_day()
    for count in (1, 2):
        day.happens("Call Transferred", call="C1", transfers=count)
    assert kinds(day) == []
    for count in (3, 4):
        day.happens("Call Transferred", call="C1", transfers=count)
    assert kinds(day) == ["late"]
    assert day.state.open_case.failures[0].about == "call/C1"


def test_transfers_are_counted_where_the_system_does_not_count():
    day = a_day()
    for _ in range(3):
        day.happens("Call Transferred", call="C1")
    assert kinds(day) == ["late"]


@pytest.mark.parametrize(
    ("name", "below", "at"),
    [
        ("Call Held", {"held_seconds": 599}, {"held_seconds": 600}),
        ("Call Told Again", {"times": 1}, {"times": 2}),
    ],
)
def test_holds_and_telling_it_again_send_around_as_well(name, below, at):
    day = a_day()
    day.happens(name, call="C1", **below)
    assert kinds(day) == []
    day.happens(name, call="C1", **at)
    assert kinds(day) == ["late"]


@pytest.mark.parametrize(
    ("by", "waited", "answered", "gave_up"),
    [
        ("customer", 120, False, True),
        ("customer", 119, False, False),
        ("customer", 500, True, False),
        ("line", 500, False, False),
    ],
)
def test_giving_up_takes_a_long_wait_and_the_customer_who_ends_it(by, waited, answered, gave_up):
    day = a_day()
    hung_up(day, by, answered=answered, waited_seconds=waited, solved=True)
    assert (kinds(day) == ["late"]) is gave_up


def test_a_wait_that_nobody_counted_is_from_the_first_ring_to_the_end():
    day = a_day()
    day.happens("Call Ringing", call="C1")
    day.now_ms += 3 * MINUTE_MS
    day.happens("Call Hung Up", call="C1", by="customer", answered=False)
    assert kinds(day) == ["late"]


def test_a_rep_who_hangs_up_brings_one_call_back_by_who_stands_above():
    day = a_day()
    hung_up(day)
    one = the_back(day)
    assert (one.owner, one.above, one.rep, one.why) == (SUE, (MAX, TOP), TOM, "hung_up_on")
    assert one.due_ms == day.now_ms + 30 * MINUTE_MS
    assert kinds(day) == ["no_car"]


def test_the_same_told_twice_and_a_flag_for_the_same_call_bring_no_second_one():
    day = a_day()
    hung_up(day)
    hung_up(day)
    day.happens("Call Flagged", call="C1", agent=TOM)
    assert len(day.state.phone.backs) == 1


@pytest.mark.parametrize("by", ["line", "customer", "nonsense", None])
def test_a_line_that_broke_is_nobodys_doing(by):
    day = a_day()
    day.happens("Call Hung Up", call="C1", agent=TOM, by=by, answered=True, solved=False)
    assert day.state.phone.backs == ()
    assert kinds(day) == []


def test_where_two_say_that_two_ended_it_nobody_is_blamed():
    day = a_day()
    hung_up(day, "customer", solved=True)
    hung_up(day, "agent")
    assert day.state.phone.call("C1").ended_by == "line"
    assert day.state.phone.backs == ()


def test_a_person_is_asked_where_nobody_says_whether_it_was_settled():
    day = a_day()
    day.happens("Call Hung Up", call="C1", agent=TOM, by="agent", answered=True)
    (question,) = day.state.open_case.unclear
    assert (question.rule, question.missing) == ("no_car", "event.solved")
    assert day.state.phone.backs == ()


def test_a_call_that_ended_well_is_nothing():
    day = a_day()
    hung_up(day, solved=True)
    assert day.state.open_case is None


def test_who_lets_the_time_pass_hands_it_one_higher_and_at_the_top_it_stays():
    day = a_day()
    hung_up(day)
    for owner, wait in ((SUE, 30), (MAX, 15)):
        assert the_back(day).owner == owner
        day.waits(wait * MINUTE_MS)
    assert the_back(day).owner == TOP
    assert not the_back(day).is_stuck
    day.waits(15 * MINUTE_MS)
    one = the_back(day)
    assert one.owner == TOP
    assert one.is_stuck
    assert [(it.rep, it.why) for it in one.passed] == [
        (SUE, "overdue"), (MAX, "overdue"), (TOP, "overdue"),
    ]  # fmt: skip
    assert day.state.open_case.broken == 3
    assert day.state.open_case.double
    day.waits(DAY_MS)
    assert the_back(day) == one


def test_a_supervisor_who_hangs_up_or_is_flagged_hands_it_higher_and_brings_no_new_one():
    day = a_day()
    hung_up(day)
    day.now_ms += MINUTE_MS
    day.above = (MAX, TOP)
    hung_up(day, call="C2", agent=SUE, direction="out")
    hung_up(day, call="C2", agent=SUE, direction="out")
    assert the_back(day).owner == MAX
    assert the_back(day).due_ms == day.now_ms + 15 * MINUTE_MS
    day.happens("Call Flagged", call="C3", agent=MAX)
    assert the_back(day).owner == TOP
    day.happens("Call Flagged", call="C4", agent=TOP)
    assert the_back(day).is_stuck


def test_nobody_above_is_said_and_waits_for_any_supervisor():
    day = a_day()
    day.above = ()
    hung_up(day)
    assert the_back(day).owner == ""
    day.waits(HOUR_MS)
    assert the_back(day).is_stuck


def test_the_person_themselves_never_calls_back_whatever_the_roster_says():
    day = a_day()
    day.above = (TOM, SUE, TOM)
    hung_up(day)
    assert the_back(day).owner == SUE
    assert the_back(day).above == ()


def test_a_case_leaves_the_hands_of_who_hung_up():
    day = a_day()
    hung_up(day, agent="kathy")
    assert day.state.open_case.owner == SUE


def test_a_case_that_is_somebody_elses_stays_theirs():
    day = a_day()
    hung_up(day)
    assert day.state.open_case.owner == "kathy"


def test_reached_ends_it_and_not_reached_does_not():
    day = a_day()
    hung_up(day)
    day.told(CalledBack(call_back=the_back(day).id, reached=False, by=SUE))
    assert the_back(day).tried_ms
    assert day.state.phone.waiting
    day.told(CalledBack(call_back=the_back(day).id, reached=True, by=SUE))
    assert the_back(day).done_by == SUE
    day.waits(DAY_MS)
    assert the_back(day).passed == ()


def test_a_call_out_by_the_supervisor_that_ends_well_is_that_call():
    day = a_day()
    hung_up(day)
    day.now_ms += MINUTE_MS
    hung_up(day, "customer", call="C2", agent=SUE, direction="out")
    assert the_back(day).done_by == SUE


@pytest.mark.parametrize("changes", [{"by": "line"}, {"agent": MAX}, {"answered": False}])
def test_another_call_is_not_that_call(changes):
    day = a_day()
    hung_up(day)
    day.now_ms += MINUTE_MS
    facts = {"by": "customer", "agent": SUE, "answered": True, "direction": "out", **changes}
    day.happens("Call Hung Up", call="C2", **facts)
    assert day.state.phone.waiting


def test_nobody_asks_whether_it_is_good_again_before_the_call():
    day = a_day()
    day.no_car()
    hung_up(day)
    day.waits(20 * MINUTE_MS)
    assert not [one for one in day.commands if "question" in one.step]


def test_history_that_is_taken_in_later_asks_nobody_to_call():
    from makegood.messages.facts import Touchpoint

    day = a_day()
    facts = {"call": "C1", "agent": TOM, "by": "agent", "answered": True, "solved": False}
    day.told(Touchpoint(name="Call Hung Up", properties=facts), imported=True)
    assert kinds(day) == ["no_car"]
    assert day.state.phone.backs == ()


def test_a_rule_on_the_event_itself_counts_and_is_not_said_twice():
    day = a_day()
    before = day.state
    finding = {"reservation": "R1", "reason": "x"}
    book = day.library.books[day.library.active]
    triggers = {**book.triggers, "Call Hung Up": book.triggers["Rental Unfulfilled"]}
    book = replace(book, triggers=triggers)
    day.library = Library(active=book.hash, books={book.hash: book})
    assert before == EMPTY
    hung_up(day, **finding)
    assert kinds(day) == ["no_car"]
    assert day.state.open_case.failures[0].about == "R1"
    assert the_back(day).about == "R1"


def transcribed(day: Day) -> EventId:
    day.happens("Call Transcribed", call="C1", hints=[{"rule": "rude", "words": "ref/1"}])
    return day.state.phone.hints[0].id


def test_a_transcript_opens_nothing_until_a_person_says_so():
    day = a_day()
    hint = transcribed(day)
    transcribed(day)
    assert len(day.state.phone.open_hints) == 1
    assert day.state.open_case is None
    assert day.commands == []
    day.told(HintSettled(hint=hint, accepted=True, by=SUE))
    assert kinds(day) == ["late"]
    assert day.state.open_case.failures[0].words == "ref/1"
    assert day.state.phone.open_hints == ()


def test_a_suggestion_that_is_laid_aside_opens_nothing():
    day = a_day()
    hint = transcribed(day)
    day.told(HintSettled(hint=hint, accepted=False, by=SUE))
    transcribed(day)
    assert day.state.open_case is None
    assert day.state.phone.open_hints == ()


def test_a_rule_that_no_book_knows_suggests_nothing():
    day = a_day()
    day.happens("Call Transcribed", call="C1", hints=[{"rule": "gone", "words": "r"}, 7])
    assert day.state.phone.hints == ()


@pytest.mark.parametrize(
    ("who", "code"),
    [(SUE, ""), (TOP, ""), (TOM, "not_yours"), (RepId("joe"), "not_yours"), ("", "reps_only")],
)
def test_whoever_it_stands_with_or_is_above_may_call(who, code):
    day = a_day()
    hung_up(day)
    wanted = CalledBack(call_back=the_back(day).id, reached=True)
    found = decide(day.state, wanted, Asker(rep=RepId(who)), day.now_ms, day.library)
    assert (found.refused.code if isinstance(found.refused, Refused) else "") == code
    if not code:
        assert found.body == replace(wanted, by=who)


def test_what_is_done_or_decided_is_so_once():
    day = a_day()
    hung_up(day)
    back, hint = the_back(day).id, transcribed(day)
    day.told(CalledBack(call_back=back, reached=True, by=SUE))
    day.told(HintSettled(hint=hint, accepted=False, by=SUE))
    asks = (
        (CalledBack(call_back=back, reached=True), "called_already"),
        (CalledBack(call_back=EventId("e0"), reached=True), "no_such_call_back"),
        (HintSettled(hint=hint, accepted=True), "settled_already"),
        (HintSettled(hint=EventId("e0"), accepted=True), "no_such_hint"),
    )
    for wanted, code in asks:
        found = decide(day.state, wanted, Asker(rep=SUE), day.now_ms, day.library)
        assert found.refused.code == code


def test_a_book_without_the_section_hears_nothing():
    day = Day()
    hung_up(day)
    assert day.state.phone == EMPTY.phone


def test_what_is_remembered_is_written_and_read_again():
    day = a_day()
    hung_up(day)
    transcribed(day)
    assert decode_state(encode_state(day.state)) == day.state


def test_an_event_that_names_no_call_is_part_of_none():
    day = a_day()
    one = day.happens("Call Hung Up", by="agent", agent=TOM, solved=False)
    assert day.state.phone == EMPTY.phone
    assert step(EMPTY, one, day.library).commands == ()
