"""After a person closed what an unhappy answer opened, its customer is asked once how it is."""

from functools import cache

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.state import decode_state, encode_state
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.facts import (
    Carried,
    Dropped,
    Granted,
    Rated,
    Released,
    RootCauseNamed,
    Unsubscribed,
)
from makegood.messages.ids import CaseId, RepId
from makegood.messages.money import Money
from makegood.playbooks.asking import AskingTerms
from makegood.playbooks.book import Library
from makegood.testing.book import DAY_MS, HOUR_MS
from tests.unit.core.day import Day
from tests.unit.core.test_asking_times import KATHY, close_it, learn, meets_crew, unhappy, with_two
from tests.unit.core.test_surveys import ABOUT, flies, last, rated

REST_MS = 30 * DAY_MS  # of the survey itself; that of all together is 7 days


@cache
def closing(within_days: int = 60, rest_days: int = 30) -> Library:
    book = with_two().now()
    boarding = replace(book.surveys["boarding"], every_ms=rest_days * DAY_MS)
    template = replace(book.messages[boarding.message], id="good_now")
    terms = AskingTerms(
        closing="good_now", closing_after_ms=DAY_MS, closing_within_ms=within_days * DAY_MS
    )
    book = replace(
        book,
        surveys={**book.surveys, "boarding": boarding},
        messages={**book.messages, "good_now": template},
        asking=terms,
    )
    return Library(active=book.hash, books={book.hash: book})


@pytest.fixture
def day() -> Day:
    return Day(closing(rest_days=0))


def again(day: Day) -> list[SendMessage]:
    orders = [one.order for one in day.commands]
    return [it for it in orders if isinstance(it, SendMessage) and it.message == "good_now"]


def release(day: Day) -> None:
    day.told(Released(case=day.case.id, by=KATHY.rep, reason="r"))


def closed_by_a_person(day: Day) -> None:
    unhappy(day)
    learn(day)
    release(day)


def test_it_is_asked_once_when_the_rest_from_all_questions_is_over(day: Day):
    closed_by_a_person(day)
    rated_ms = last(day).rated_ms
    day.waits(7 * DAY_MS - (day.now_ms - rated_ms) - 1)
    assert again(day) == []
    day.waits(1)
    (order,) = again(day)
    assert order.message_class is MessageClass.SURVEY
    assert (order.survey, order.brand) == ("boarding", "meridian")
    assert dict(order.variables) == {"about": ABOUT, "met": "g117", "changed": ""}
    day.waits(200 * DAY_MS)
    assert len(again(day)) == 1
    assert decode_state(encode_state(day.state)) == day.state


def test_a_long_rest_of_its_own_survey_does_not_keep_it_but_counts_after_it():
    day = Day(closing())
    closed_by_a_person(day)
    day.waits(7 * DAY_MS - 1)
    assert again(day) == []
    day.waits(1)
    assert len(again(day)) == 1
    day.waits(REST_MS - HOUR_MS * 3)
    flies(day, "UA2")
    day.waits(2 * HOUR_MS)
    assert (last(day).about, last(day).why) == ("B1/UA2", "often")


def test_what_holds_one_brand_for_long_silences_no_other(day: Day):
    closed_by_a_person(day)
    held = replace(day.case, id=CaseId("held"), lifted=False, scope="meridian")
    day.state = replace(day.state, cases=(held, *day.state.cases))
    day.waits(9 * DAY_MS)
    assert again(day) == []
    meets_crew(day, "UA2")
    assert last(day).why == "hold"
    meets_crew(day, "UA3", brand="bluefin")
    assert (last(day).why, last(day).asked_ms > 0) == ("", True)
    day.state = replace(day.state, cases=day.state.cases[1:])
    day.waits(9 * DAY_MS)
    assert len(again(day)) == 1


def test_what_could_not_be_asked_in_its_time_is_not_asked():
    day = Day(closing(within_days=5))
    closed_by_a_person(day)
    day.waits(100 * DAY_MS)
    assert again(day) == []
    assert not last(day).is_to_be_asked_again


def test_it_is_not_asked_before_what_was_given_has_come(day: Day):
    unhappy(day)
    learn(day)
    gift = Granted(case=day.case.id, remedy="miles", by=KATHY.rep, cost=Money(1_000, "USD"))
    day.told(gift)
    release(day)
    command = day.commands[-1]
    day.waits(20 * DAY_MS)
    assert again(day) == []
    day.told(Carried(command=command.id, paid=Money(1_000, "USD")))
    day.waits(DAY_MS)
    assert len(again(day)) == 1


def test_it_is_not_asked_while_another_case_is_open(day: Day):
    closed_by_a_person(day)
    day.waits(2 * DAY_MS)
    day.happens("Rudeness Told", booking="B2", brand="meridian")
    day.waits(9 * DAY_MS)
    assert again(day) == []
    release(day)
    day.waits(DAY_MS)
    assert len(again(day)) == 1


def test_every_other_question_waits_for_it(day: Day):
    closed_by_a_person(day)
    day.waits(7 * DAY_MS - 4 * HOUR_MS)
    meets_crew(day, "UA2")
    assert (last(day).survey, last(day).why) == ("crew", "lately")
    day.waits(4 * HOUR_MS)
    assert len(again(day)) == 1
    day.waits(6 * DAY_MS)
    meets_crew(day, "UA3")
    assert last(day).why == "lately"
    day.waits(2 * DAY_MS)
    meets_crew(day, "UA4")
    assert (last(day).why, last(day).asked_ms > 0) == ("", True)


def test_what_was_changed_is_told_where_somebody_wrote_it_down(day: Day):
    unhappy(day)
    learnt = RootCauseNamed(case=day.case.id, cause="", kind="process", action="ref")
    day.told(replace(learnt, told="More gates."))
    day.told(RootCauseNamed(case=day.case.id, cause="other:gates"))
    release(day)
    day.waits(8 * DAY_MS)
    assert again(day)[0].variables["changed"] == "More gates."


def test_what_is_taken_back_is_not_told(day: Day):
    unhappy(day)
    day.told(RootCauseNamed(case=day.case.id, cause="", told="More gates."))
    day.told(RootCauseNamed(case=day.case.id, cause=""))
    assert day.case.changed == ""


def test_too_long_a_word_for_the_customer_is_refused(day: Day):
    unhappy(day)
    body = RootCauseNamed(case=day.case.id, cause="", told="x" * 301)
    refused = decide(day.state, body, KATHY, day.now_ms, day.library).refused
    assert refused is not None
    assert refused.code == "too_long"


@pytest.mark.parametrize("score", [1, 5])
def test_who_answers_by_themselves_before_is_not_asked(day: Day, score: int):
    closed_by_a_person(day)
    day.waits(2 * DAY_MS)
    day.told(rated(score))
    day.waits(50 * DAY_MS)
    assert again(day) == []


def test_still_unhappy_opens_it_again_and_its_closing_is_asked_about_anew(day: Day):
    closed_by_a_person(day)
    first = day.case.id
    day.waits(7 * DAY_MS)
    day.told(rated(2))
    assert day.case.reopens == first
    assert day.case.is_open
    learn(day)
    release(day)
    day.waits(8 * DAY_MS)
    assert len(again(day)) == 2
    day.told(rated(5))
    assert last(day).happy_ms == day.now_ms
    assert not last(day).closed
    day.waits(50 * DAY_MS)
    assert len(again(day)) == 2


@pytest.mark.parametrize("why", ["the customer closed it", "no words", "no more messages"])
def test_nobody_is_asked_who_said_so_or_wants_nothing_or_where_the_book_is_silent(why: str):
    day = Day(with_two() if why == "no words" else closing(rest_days=0))
    unhappy(day)
    learn(day)
    if why == "the customer closed it":
        close_it(day)
    else:
        release(day)
    if why == "no more messages":
        day.told(Unsubscribed(brand="meridian", channel="*"))
    day.waits(50 * DAY_MS)
    assert again(day) == []


def test_a_case_that_no_answer_opened_is_not_asked_about(day: Day):
    flies(day)
    day.happens("Rudeness Told", booking="B1", brand="meridian")
    release(day)
    day.waits(50 * DAY_MS)
    assert again(day) == []


def test_one_that_never_went_out_gives_nobody_a_rest(day: Day):
    closed_by_a_person(day)
    day.waits(7 * DAY_MS)
    command = day.commands[-1]
    assert last(day).closing_ms
    day.told(Dropped(command=command.id, step=command.step, why="held"))
    assert (last(day).closing_ms, last(day).why) == (0, "")


def test_it_can_be_answered_though_the_first_was_asked_elsewhere(day: Day):
    day.told(rated(1))
    learn(day)
    release(day)
    day.waits(8 * DAY_MS)
    assert len(again(day)) == 1
    body = Rated(survey="boarding", score=5, about=ABOUT)
    asker = Asker(rep=RepId(""))
    assert decide(day.state, body, asker, day.now_ms, day.library).refused is None
