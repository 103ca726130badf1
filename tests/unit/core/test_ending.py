"""Ask, believe the answer, and only then sell."""

from msgspec.structs import replace

from makegood.core.ending import OFFER_USEFUL_MS
from makegood.core.state import Phase
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.facts import Answered, Carried, Chosen, Confirmed, Released
from makegood.messages.ids import RepId
from makegood.playbooks.terms import MadeWholeTerms
from makegood.testing.book import DAY_MS, HOUR_MS
from tests.unit.core.day import Day, library

KATHY = RepId("kathy")


def delivered(day: Day) -> Day:
    day.no_car()
    for offer in ("ride_home", "driver"):
        day.told(Confirmed(command=day.command(f"R1/no_car/confirm/{offer}")))
    day.told(Chosen(case=day.id, offer="ride_home"))
    day.told(Carried(command=day.command("R1/no_car/keep/ride_home")))
    return day


def good(day: Day) -> Day:
    day.no_car()
    day.told(Answered(case=day.id, answer="good"))
    return day


def test_the_question_comes_once_what_was_chosen_is_delivered_and_not_before():
    day = delivered(Day())
    day.waits(2 * HOUR_MS - 1)
    assert "R1/question#0" not in day.steps
    day.waits(1)
    assert day.steps[-1] == "R1/question#0"
    assert day.case.phase is Phase.ASKED
    order = day.commands[-1].order
    assert isinstance(order, SendMessage)
    assert order.question
    assert order.message_class is MessageClass.SURVEY


def test_no_question_while_something_chosen_is_on_its_way():
    day = Day()
    day.no_car()
    day.told(Confirmed(command=day.command("R1/no_car/confirm/driver")))
    day.told(Chosen(case=day.id, offer="driver"))
    day.waits(DAY_MS)
    assert day.case.phase is Phase.HELPING


def test_good_again_lifts_the_hold():
    day = good(Day())
    assert day.case.phase is Phase.MADE_WHOLE
    assert day.asks().allowed


def test_not_yet_keeps_the_hold_and_wakes_the_owner():
    day = delivered(Day())
    day.waits(2 * HOUR_MS)
    day.told(Answered(case=day.id, answer="not_yet"))
    assert day.case.phase is Phase.CALLING
    assert not day.asks().allowed


def test_the_hold_stays_for_the_cool_off_to_its_last_millisecond():
    terms = library().book(library().active).plans["no_car"].hold
    day = good(Day(library(hold=replace(terms, cool_off_ms=DAY_MS))))
    day.waits(DAY_MS - 1)
    assert not day.asks().allowed
    day.waits(1)
    assert day.asks().allowed


def test_the_offer_comes_a_week_after_made_whole_and_is_promotional():
    day = good(Day())
    day.waits(7 * DAY_MS - 1)
    assert "R1/then_offer#0" not in day.steps
    day.waits(1)
    assert day.steps[-1] == "R1/then_offer#0"
    order = day.commands[-1].order
    assert isinstance(order, SendMessage)
    assert order.message_class is MessageClass.PROMOTIONAL
    assert day.commands[-1].useful_until_ms == day.now_ms + OFFER_USEFUL_MS


def test_the_offer_waits_for_the_end_of_a_longer_cool_off():
    terms = library().book(library().active).plans["no_car"].hold
    day = good(Day(library(hold=replace(terms, cool_off_ms=9 * DAY_MS))))
    day.waits(9 * DAY_MS - 1)
    assert "R1/then_offer#0" not in day.steps
    day.waits(1)
    assert day.steps[-1] == "R1/then_offer#0"


def test_no_offer_ever_follows_a_release():
    day = Day()
    day.no_car()
    day.told(Released(case=day.id, by=KATHY, reason="r"))
    day.waits(60 * DAY_MS)
    assert day.asks().allowed
    assert not [step for step in day.steps if "then_offer" in step]


def test_no_offer_follows_when_a_later_case_was_merely_released():
    day = good(Day())
    day.waits(DAY_MS)
    day.no_car("R2")
    day.told(Released(case=day.id, by=KATHY, reason="r"))
    day.waits(60 * DAY_MS)
    assert not [step for step in day.steps if "then_offer" in step]


def test_no_offer_goes_while_another_case_holds():
    day = good(Day())
    day.waits(DAY_MS)
    day.no_car("R2")
    day.waits(60 * DAY_MS)
    assert not [step for step in day.steps if "then_offer" in step]


def test_two_cases_made_whole_bring_one_offer():
    day = good(Day())
    day.waits(DAY_MS)
    day.no_car("R2")
    day.told(Answered(case=day.id, answer="good"))
    day.waits(60 * DAY_MS)
    assert [step for step in day.steps if "then_offer" in step] == ["R2/then_offer#0"]


def test_words_that_have_not_gone_out_are_withdrawn_at_the_end_and_money_is_not():
    day = good(Day())
    assert day.command("R1/no_car/apology") in day.withdrawn
    assert day.command("R1/no_car/confirm/driver") in day.withdrawn
    assert day.command("R1/owed/refund_all") not in day.withdrawn


def test_the_rules_own_criterion_ends_a_case_without_a_question():
    terms = MadeWholeTerms(question="good_again", ask_after_ms=HOUR_MS, by_criterion=True)
    day = delivered(Day(library(made_whole=terms)))
    day.waits(HOUR_MS)
    assert day.case.phase is Phase.MADE_WHOLE
    assert "R1/question#0" not in day.steps


def test_the_question_is_asked_once_more_and_no_more():
    terms = MadeWholeTerms(question="good_again", ask_after_ms=HOUR_MS, ask_again_ms=DAY_MS)
    day = delivered(Day(library(made_whole=terms)))
    day.waits(20 * DAY_MS)
    assert [step for step in day.steps if "question" in step] == ["R1/question#0", "R1/question#1"]


def test_a_hold_that_stands_very_long_asks_a_person_and_stays():
    day = Day()
    day.no_car()
    day.waits(30 * DAY_MS - 1)
    assert not day.case.look
    day.waits(1)
    assert day.case.look
    assert not day.asks().allowed
