"""When somebody is asked: after what was promised came, with a rest, and the apology first."""

from functools import cache

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.core.state import Phase
from makegood.core.surveys import last_asked
from makegood.messages.commands import Fulfil, SendMessage
from makegood.messages.facts import (
    Answered,
    Called,
    Carried,
    Chosen,
    RootCauseNamed,
    Unsubscribed,
)
from makegood.messages.ids import CommandId, RepId
from makegood.playbooks.asking import AskingTerms
from makegood.playbooks.book import Library
from makegood.testing.book import DAY_MS, HOUR_MS
from tests.unit.core.day import Day
from tests.unit.core.test_surveys import airline, asked, flies, last, rated

KATHY = Asker(rep=RepId("kathy"), role="supervisor")


@cache
def with_two() -> Library:
    """The airline's book with a second survey after the same touchpoint."""
    library = airline()
    book = library.now()
    boarding = book.surveys["boarding"]
    crew = replace(boarding, id="crew", every_ms=0)
    book = replace(
        book,
        surveys={"boarding": boarding, "crew": crew},
        asks_after={"Leg Flown": (boarding,), "Crew Met": (crew,)},
        asking=AskingTerms(every_ms=7 * DAY_MS),
    )
    return Library(active=book.hash, books={book.hash: book})


@pytest.fixture
def day() -> Day:
    return Day(with_two())


def meets_crew(day: Day, flight: str, brand: str = "meridian") -> None:
    facts = {"booking": "B1", "brand": brand, "minor": False, "gate_agent": "g1"}
    day.happens("Crew Met", flight=flight, **facts)
    day.waits(3 * HOUR_MS)


@pytest.mark.parametrize(("later_ms", "why"), [(6 * DAY_MS, "lately"), (8 * DAY_MS, "")])
def test_after_any_question_a_customer_has_a_rest_from_all(day: Day, later_ms: int, why: str):
    flies(day)
    day.waits(2 * HOUR_MS + later_ms)
    meets_crew(day, "UA2")
    assert last(day).why == why
    assert len(asked(day)) == (1 if why else 2)


def test_an_answer_that_somebody_else_took_gives_a_rest_as_well(day: Day):
    day.told(rated(4))
    meets_crew(day, "UA2")
    assert (last(day).why, asked(day)) == ("lately", [])


def test_the_question_of_a_case_gives_a_rest_as_well(day: Day):
    unhappy(day)
    close_it(day)
    asked_ms = day.state.cases[0].asked_ms
    assert asked_ms == 0
    day.state = replace(
        day.state,
        surveys=(),
        cases=(replace(day.state.cases[0], asked_ms=day.now_ms, lifted=True),),
    )
    meets_crew(day, "UA2")
    assert last(day).why in ("lately", "hold")


def cancelled(day: Day, *, weather: bool, flight: str = "UA1") -> None:
    facts = {
        "booking": "B1",
        "flight": flight,
        "date": "2013-02-08",
        "brand": "meridian",
        "origin": "JFK",
        "destination": "LAX",
        "carrier": "UA",
        "distance_miles": 2475,
        "domestic": True,
        "price_cents": 20_000,
        "notice_minutes": 60,
        "scheduled_ms": day.now_ms + HOUR_MS,
    }
    if weather:
        facts["weather"] = {"wind_mph": 90.0, "visibility_miles": 0.1, "inferred": False}
    day.happens("Flight Cancelled", **facts)


def chooses(day: Day) -> None:
    """The customer takes the money back, which takes its time to come."""
    day.told(Chosen(case=day.case.id, offer="refund"))


def unhappy(day: Day) -> None:
    flies(day)
    day.waits(2 * HOUR_MS)
    day.told(rated(1))
    assert day.case.failures[0].seen == (("survey.score", 1),)


def learn(day: Day) -> None:
    day.told(RootCauseNamed(case=day.case.id, cause="", kind="process", action="ref"))


def close_it(day: Day) -> None:
    day.told(Answered(case=day.case.id, answer="good"))


def grants(day: Day) -> list:
    return [one for one in day.commands if isinstance(one.order, Fulfil)]


def test_nobody_is_asked_before_what_was_promised_has_come(day: Day):
    cancelled(day, weather=False)
    paid = grants(day)
    assert paid, "the airline owes something for a cancelled flight"
    day.told(Called(case=day.case.id, by=KATHY.rep, reached=True))
    close_it(day)
    day.waits(30 * DAY_MS)  # beyond any cool-off
    flies(day, "UA7")
    day.waits(3 * HOUR_MS)
    assert (last(day).why, asked(day)) == ("remedy", [])
    for one in paid:
        day.told(Carried(command=one.id, step=one.step, paid=one.order.amount))
    meets_crew(day, "UA8")
    assert last(day).why == ""


def explained(day: Day) -> list:
    return [
        one
        for one in day.commands
        if isinstance(one.order, SendMessage) and one.order.message.startswith("weather_")
    ]


def test_where_nobody_is_at_fault_the_apology_comes_first_and_then_one_question(day: Day):
    cancelled(day, weather=True)
    chooses(day)
    flies(day)
    day.waits(2 * HOUR_MS)
    assert day.case.is_open
    assert (last(day).why, asked(day)) == ("apology", [])
    (apology,) = explained(day)
    day.told(Carried(command=apology.id, step=apology.step))
    day.waits(1)
    (order,) = asked(day)
    assert order.question
    assert day.commands[-1].case == day.case.id
    assert (last(day).case, last(day).why) == (day.case.id, "")
    day.waits(8 * DAY_MS)
    assert day.case.phase is Phase.HELPING
    meets_crew(day, "UA9")
    assert last(day).why == "one"
    assert len(asked(day)) == 1


def test_who_is_let_down_by_us_meanwhile_is_not_asked_any_more(day: Day):
    cancelled(day, weather=True)
    chooses(day)
    flies(day)
    day.waits(2 * HOUR_MS)
    (apology,) = explained(day)
    day.told(Carried(command=apology.id, step=apology.step))
    day.waits(1)
    command = last(day).command
    day.happens("Rudeness Told", booking="B1", brand="meridian")
    assert command in day.withdrawn
    assert (last(day).why, last(day).asked_ms) == ("case", 0)


def test_who_left_a_channel_of_the_brand_meanwhile_is_not_asked_any_more(day: Day):
    cancelled(day, weather=True)
    chooses(day)
    flies(day)
    day.waits(2 * HOUR_MS)
    (apology,) = explained(day)
    day.told(Carried(command=apology.id, step=apology.step))
    day.waits(1)
    command = last(day).command
    assert last(day).asked_ms
    day.told(Unsubscribed(brand="meridian", channel="mail"))
    assert command in day.withdrawn
    assert last(day).asked_ms == 0
    assert last(day).why == "unsubscribed"


def asked_in_a_case(day: Day) -> CommandId:
    cancelled(day, weather=True)
    chooses(day)
    flies(day)
    day.waits(2 * HOUR_MS)
    (apology,) = explained(day)
    day.told(Carried(command=apology.id, step=apology.step))
    day.waits(1)
    assert last(day).asked_ms
    return last(day).command


@pytest.mark.parametrize("late", [False, True])
def test_a_question_that_reached_them_is_not_taken_back_and_gives_them_their_rest(
    day: Day, late: bool
):
    command = asked_in_a_case(day)
    came = Carried(command=command, step=f"survey/boarding/{last(day).about}")
    if not late:
        day.told(came)
    day.happens("Rudeness Told", booking="B1", brand="meridian")
    assert (command in day.withdrawn) is late
    if late:
        assert last(day).why == "case"
        day.told(came)  # the mail was on its way already
    assert (last(day).why, bool(last(day).asked_ms)) == ("", True)
    assert last_asked(day.state, "boarding", last(day).about) is not None
    turn_ms = day.now_ms - last(day).asked_ms
    assert turn_ms < 7 * DAY_MS
    meets_crew(day, "UA2")
    assert last(day).why in ("case", "lately")


def test_what_another_case_still_owes_comes_before_the_question_of_this_one(day: Day):
    cancelled(day, weather=False)
    assert grants(day)
    day.told(Called(case=day.case.id, by=KATHY.rep, reached=True))
    close_it(day)
    day.waits(30 * DAY_MS)
    first = day.case.id
    cancelled(day, weather=True, flight="UA5")
    assert day.case.id != first
    day.told(Called(case=day.case.id, by=KATHY.rep, reached=True))
    chooses(day)
    (apology,) = explained(day)
    day.told(Carried(command=apology.id, step=apology.step))
    flies(day, "UA7")
    day.waits(3 * HOUR_MS)
    assert (last(day).why, asked(day)) == ("remedy", [])


def test_what_nobody_ever_reports_silences_questions_only_as_long_as_the_book_says(day: Day):
    cancelled(day, weather=False)
    day.told(Called(case=day.case.id, by=KATHY.rep, reached=True))
    close_it(day)
    day.waits(89 * DAY_MS)
    flies(day, "UA7")
    day.waits(3 * HOUR_MS)
    assert last(day).why == "remedy"
    day.waits(2 * DAY_MS)
    flies(day, "UA8")
    day.waits(3 * HOUR_MS)
    assert last(day).why == ""


def test_a_book_may_wait_for_ever_for_what_nobody_reports(day: Day):
    book = replace(day.library.now(), asking=AskingTerms(unreported_ms=0))
    day.library = Library(active=book.hash, books={book.hash: book})
    cancelled(day, weather=False)
    day.told(Called(case=day.case.id, by=KATHY.rep, reached=True))
    close_it(day)
    day.waits(900 * DAY_MS)
    flies(day, "UA7")
    day.waits(3 * HOUR_MS)
    assert last(day).why == "remedy"


def test_the_rest_that_a_brand_gives_is_the_one_of_its_own_book(day: Day):
    book = day.library.now()
    theirs = replace(book, asking=AskingTerms(every_ms=2 * DAY_MS))
    book = replace(book, by_brand={"meridian": theirs})
    day.library = Library(active=book.hash, books={book.hash: book})
    flies(day)
    day.waits(2 * HOUR_MS + 3 * DAY_MS)
    meets_crew(day, "UA2")
    assert last(day).why == ""


def test_who_left_a_channel_of_the_brand_is_not_asked_within_a_case(day: Day):
    cancelled(day, weather=True)
    chooses(day)
    day.told(Unsubscribed(brand="meridian", channel="mail"))
    flies(day)
    day.waits(2 * HOUR_MS)
    assert (last(day).why, asked(day)) == ("unsubscribed", [])


def test_where_we_are_at_fault_no_apology_opens_a_question(day: Day):
    cancelled(day, weather=False)
    flies(day)
    day.waits(2 * HOUR_MS)
    assert last(day).why == "case"
    for one in day.commands:
        if isinstance(one.order, SendMessage):
            day.told(Carried(command=one.id, step=one.step))
    day.waits(HOUR_MS)
    assert asked(day) == []
