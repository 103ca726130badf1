"""Ask how it was: at the right time, never in a bad one, and listen to the answer."""

from functools import cache

import pytest

from makegood.books.opening import read_book
from makegood.core.decide import Asker, decide
from makegood.core.surveyed import MOST_KEPT, SurveyState
from makegood.core.timers import TimerKind
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.facts import Dropped, Rated, Touchpoint, Unsubscribed
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.testing.book import DAY_MS, HOUR_MS
from tests.unit.core.day import Day

ABOUT = "B1/UA1"


@cache
def airline() -> Library:
    text, name = read_book("airline")
    book = load_book(text, name=name)
    return Library(active=book.hash, books={book.hash: book})


@pytest.fixture
def day() -> Day:
    return Day(airline())


def flies(day: Day, flight: str = "UA1", *, minor: bool = False) -> None:
    facts = {"booking": "B1", "brand": "meridian", "gate_agent": "g117", "minor": minor}
    day.happens("Leg Flown", flight=flight, **facts)


def asked(day: Day) -> list[SendMessage]:
    orders = [one.order for one in day.commands]
    return [one for one in orders if isinstance(one, SendMessage) and one.survey]


def last(day: Day) -> SurveyState:
    return day.state.surveys[-1]


def rated(score: int, **more) -> Rated:
    return Rated(**{"survey": "boarding", "score": score, "about": ABOUT} | more)


def test_it_asks_after_its_time_once_and_about_the_person_met(day: Day):
    flies(day)
    flies(day)  # the feed says it again
    day.waits(2 * HOUR_MS - 1)
    assert asked(day) == []
    day.waits(1)
    (order,) = asked(day)
    assert order.message_class is MessageClass.SURVEY
    assert not order.question
    assert order.variables == {"about": ABOUT, "met": "g117"}
    assert (order.survey, order.brand, last(day).met) == ("boarding", "meridian", "g117")
    assert last(day).asked_ms == day.now_ms
    command = day.commands[-1]
    assert command.useful_until_ms == command.due_ms + 3 * DAY_MS


@pytest.mark.parametrize(("later_ms", "why"), [(30 * DAY_MS - 1, "often"), (30 * DAY_MS, "")])
def test_it_asks_at_most_once_in_its_time(day: Day, later_ms: int, why: str):
    flies(day)
    day.waits(later_ms)
    flies(day, "UA2")
    day.waits(2 * HOUR_MS)
    assert [one.why for one in day.state.surveys] == ["", why]
    assert len(asked(day)) == 2 - bool(why)


def test_nobody_is_asked_while_a_case_is_open(day: Day):
    flies(day)
    day.happens("Rudeness Told", booking="B1", brand="meridian")
    day.waits(3 * HOUR_MS)
    assert asked(day) == []
    assert (last(day).why, last(day).asked_ms) == ("case", 0)


@pytest.mark.parametrize(("brand", "times"), [("meridian", 0), ("*", 0), ("bluefin", 1)])
def test_who_left_all_messages_of_the_brand_is_not_asked(day: Day, brand: str, times: int):
    flies(day)
    day.told(Unsubscribed(brand=brand, channel="*"))
    day.waits(3 * HOUR_MS)
    assert len(asked(day)) == times
    assert last(day).why == ("" if times else "unsubscribed")


def test_a_missing_fact_asks_nobody_is_noted_and_may_come_later(day: Day):
    day.happens("Leg Flown", booking="B1", flight="UA1", brand="meridian")
    day.waits(3 * HOUR_MS)
    assert (asked(day), last(day).why, last(day).missing) == ([], "missing", "event.minor")
    flies(day)
    day.waits(3 * HOUR_MS)
    assert len(asked(day)) == len(day.state.surveys) == 1


def test_a_condition_that_says_no_leaves_nothing(day: Day):
    flies(day, minor=True)
    assert day.state.surveys == day.state.timers == ()


def test_history_is_never_asked_about(day: Day):
    facts = {"booking": "B1", "flight": "UA1", "brand": "meridian", "minor": False}
    day.told(Touchpoint(name="Leg Flown", properties=facts), imported=True)
    day.waits(3 * HOUR_MS)
    assert (asked(day), last(day).why) == ([], "history")


@pytest.mark.parametrize("why", ["held", "missed", "failed"])
def test_a_question_that_never_went_out_was_not_asked(day: Day, why):
    flies(day)
    day.waits(2 * HOUR_MS)
    day.told(Dropped(command=day.commands[-1].id, step=day.commands[-1].step, why=why))
    assert (last(day).asked_ms, last(day).why) == (0, why)
    flies(day, "UA2")
    day.waits(2 * HOUR_MS)
    assert len(asked(day)) == 2


def test_a_bad_score_opens_a_case_that_holds_and_whose_owner_calls(day: Day):
    flies(day)
    day.waits(2 * HOUR_MS)
    day.told(rated(2, words="w"))
    (failure,) = day.case.failures
    assert (failure.rule, failure.about, failure.words) == ("rude_staff", f"boarding/{ABOUT}", "w")
    assert failure.details == {"survey": "boarding", "score": 2, "met": "g117"}
    assert day.case.owner
    assert day.case.call is not None
    assert day.case.call.why == "bad_score"
    assert day.asks(brand="meridian").reason == "hold"
    assert day.asks(MessageClass.SURVEY, brand="meridian").reason == "hold"


def test_a_good_score_is_remembered_and_changes_nothing_else(day: Day):
    flies(day)
    day.waits(2 * HOUR_MS)
    day.told(rated(3))
    assert (last(day).score, last(day).rated_ms) == (3, day.now_ms)
    assert day.state.cases == ()


def test_no_answer_is_no_score_however_long_it_takes(day: Day):
    flies(day)
    day.waits(90 * DAY_MS)
    assert last(day).score is None
    assert day.state.cases == ()


def test_a_later_answer_takes_the_place_of_an_earlier_one_and_fails_once(day: Day):
    flies(day)
    day.waits(2 * HOUR_MS)
    for score in (5, 1, 2):
        day.waits(1)
        day.told(rated(score))
    assert (last(day).score, last(day).again) == (2, 2)
    assert len(day.state.surveys) == len(day.state.cases) == len(day.case.failures) == 1


def test_an_answer_that_comes_first_needs_no_question(day: Day):
    flies(day)
    day.told(rated(4))
    assert not any(one.kind is TimerKind.SURVEY_AT for one in day.state.timers)
    day.waits(3 * HOUR_MS)
    assert asked(day) == []


def test_an_answer_withdraws_a_question_that_is_still_on_its_way(day: Day):
    flies(day)
    day.waits(2 * HOUR_MS)
    day.told(rated(4))
    assert day.withdrawn == [day.commands[-1].id]


def test_who_is_asked_elsewhere_is_heard_as_well(day: Day):
    day.told(rated(1, about="", met="crew", brand="meridian"))
    assert (last(day).about, last(day).met, last(day).asked_ms) == (last(day).event, "crew", 0)
    assert day.case.failures[0].rule == "rude_staff"


def test_what_is_remembered_has_an_end(day: Day):
    for n in range(MOST_KEPT + 5):
        day.waits(1)
        day.told(rated(4, about=f"B{n}"))
    assert len(day.state.surveys) == MOST_KEPT
    assert last(day).about == f"B{MOST_KEPT + 4}"


@pytest.mark.parametrize(
    ("wanted", "code", "hint"),
    [
        (rated(3, survey="boarding_"), "no_such_survey", "boarding"),
        (rated(0), "off_the_scale", "1 to 5"),
        (rated(6), "off_the_scale", "1 to 5"),
        (rated(3, brand="meridan"), "no_such_brand", "meridian"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_with_what_can(day: Day, wanted, code, hint):
    decision = decide(day.state, wanted, Asker(), day.now_ms, day.library)
    assert decision.refused is not None
    assert decision.refused.code == code
    assert hint in decision.refused.why


def test_who_wrote_an_answer_down_is_named(day: Day):
    kathy = Asker(rep=RepId("kathy"), role="agent")
    decision = decide(day.state, rated(3), kathy, day.now_ms, day.library)
    assert decision.body == rated(3, by=RepId("kathy"))
