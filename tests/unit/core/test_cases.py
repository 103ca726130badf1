"""Opening, growing, second failures, what cannot be judged."""

from msgspec.structs import replace

from makegood.core.failures import NEWS_MS
from makegood.core.state import Phase
from makegood.messages.facts import Answered, Chosen, Confirmed, FailureRaised, Judged, Released
from makegood.messages.ids import RepId
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS
from tests.unit.core.day import Day, library

KATHY = RepId("kathy")


def made_whole(day: Day) -> Day:
    day.no_car()
    day.waits(HOUR_MS)
    day.told(Answered(case=day.id, answer="good"))
    assert day.case.phase is Phase.MADE_WHOLE
    return day


def test_a_failure_opens_a_case_with_an_owner_a_hold_and_an_apology():
    day = Day()
    failure = day.no_car()
    assert day.case.id == "k" + failure.id
    assert day.case.owner == "kathy"
    assert not day.case.lifted
    assert day.steps[0] == "R1/owed/refund_all#0"
    assert "R1/no_car/apology#0" in day.steps


def test_a_touchpoint_that_is_no_failure_changes_nothing_at_all():
    day = Day()
    before = day.state
    day.happens("Rental Unfulfilled", reservation="R1", reason="no_show")
    day.happens("Rental Late", reservation="R1", delay_minutes=59)
    assert day.state is before


def test_a_delay_at_the_limit_is_a_failure():
    day = Day()
    day.late()
    assert [failure.rule for failure in day.case.failures] == ["late"]


def test_a_failure_that_grows_stays_one_and_gets_the_worse_plan():
    day = Day()
    day.late()
    day.no_car()
    assert [(one.rule, one.severity) for one in day.case.failures] == [("no_car", 4)]
    assert not day.case.double
    assert "R1/no_car/apology#0" in day.steps
    assert day.offers()["ride_home"] == "asking"


def test_a_failure_told_again_less_badly_keeps_its_kind_and_apologises_once():
    day = Day()
    day.no_car()
    told = len(day.commands)
    day.late()
    assert day.case.failures[0].rule == "no_car"
    assert len(day.commands) == told


def test_a_failure_that_grows_after_a_choice_gets_a_plan_b_of_its_own():
    offers = library().book(library().active).plans["no_car"].offers
    day = Day(library("late", offers=offers))
    day.late()
    day.told(Chosen(case=day.id, offer="ride_home"))
    day.no_car()
    day.told(Confirmed(command=day.command("R1/no_car/confirm/driver")))
    day.waits(2 * MINUTE_MS)
    assert day.case.phase is Phase.OFFERED
    assert "R1/no_car/offers#0" in day.steps


def test_another_about_in_an_open_case_is_a_double_deviation():
    day = Day()
    day.no_car("R1")
    day.no_car("R2")
    assert len(day.state.cases) == 1
    assert day.case.double
    assert day.case.call is not None
    assert day.case.call.why == "second_failure"


def test_another_about_at_the_end_of_the_window_is_a_double_deviation_and_later_is_none():
    for later_ms, double in ((180 * DAY_MS, True), (180 * DAY_MS + 1, False)):
        day = made_whole(Day())
        day.waits(later_ms - HOUR_MS)
        day.no_car("R2")
        assert len(day.state.cases) == 2
        assert day.case.double is double


def test_news_about_a_failure_in_a_closed_case_opens_nothing():
    day = made_whole(Day())
    day.waits(NEWS_MS)
    day.no_car()
    assert len(day.state.cases) == 1
    assert day.asks().allowed


def test_the_same_thing_going_wrong_days_after_it_was_made_good_holds_again():
    day = made_whole(Day())
    day.waits(NEWS_MS + 1)
    day.no_car()
    assert len(day.state.cases) == 2
    assert day.asks().reason == "hold"
    assert not day.case.double


def test_a_failure_that_grows_worse_after_its_case_was_closed_holds_again_and_is_no_second():
    day = Day()
    day.late()
    day.told(Answered(case=day.id, answer="good"))
    day.no_car()
    assert [case.phase for case in day.state.cases] == [Phase.MADE_WHOLE, Phase.OPENED]
    assert day.asks().reason == "hold"
    assert not day.case.double


def test_one_that_came_back_beside_another_failure_is_a_second():
    day = Day()
    day.late("R1")
    day.told(Answered(case=day.id, answer="good"))
    day.waits(181 * DAY_MS)
    day.late("R2")
    day.no_car("R1")
    assert day.case.double


def test_what_cannot_be_judged_waits_for_a_person_and_holds():
    day = Day()
    day.happens("Rental Unfulfilled", reservation="R1")
    assert day.case.phase is Phase.UNCLEAR
    assert day.commands == []
    assert day.asks().reason == "cannot_judge"


def test_a_person_who_finds_no_failure_ends_what_could_not_be_judged():
    day = Day()
    asked = day.happens("Rental Unfulfilled", reservation="R1")
    day.told(Judged(question=asked.id, failure="", by=KATHY))
    assert day.case.phase is Phase.DISMISSED
    assert day.asks().allowed


def test_a_person_who_finds_a_failure_opens_its_plan_and_a_second_judgement_changes_nothing():
    day = Day()
    asked = day.happens("Rental Unfulfilled", reservation="R1")
    day.told(Judged(question=asked.id, failure="no_car", by=KATHY))
    assert day.case.phase is Phase.OPENED
    assert day.case.failures[0].by == "kathy"
    before = day.state
    day.told(Judged(question=asked.id, failure="", by=KATHY))
    assert day.state == before


def test_what_cannot_be_judged_beside_a_failure_leaves_the_case_open_when_dismissed():
    day = Day()
    day.no_car("R1")
    asked = day.happens("Rental Unfulfilled", reservation="R2")
    day.told(Judged(question=asked.id, failure="", by=KATHY))
    assert day.case.is_open
    assert day.case.unclear == ()


def test_a_failure_without_a_plan_is_paid_what_is_owed_and_gets_a_call():
    books = library()
    book = books.book(books.active)
    plans = {name: plan for name, plan in book.plans.items() if name != "no_car"}
    bare = replace(book, plans=plans)
    day = Day(replace(books, books={bare.hash: bare}))
    day.no_car()
    assert day.steps == ["R1/owed/refund_all#0"]
    assert day.case.call is not None
    assert day.case.call.why == "no_plan"


def test_a_hold_of_one_brand_becomes_the_umbrellas_with_a_second_failure_of_another():
    terms = library().book(library().active).plans["no_car"].hold
    day = Day(library("no_car", hold=replace(terms, scope="brand")))
    day.no_car(brand="cars")
    assert day.case.scope == "cars"
    assert day.asks(brand="vans").allowed
    day.late("R2")
    assert day.case.scope == "*"
    assert not day.asks(brand="vans").allowed


def test_a_hold_of_one_brand_is_the_umbrellas_while_something_is_unclear():
    terms = library().book(library().active).plans["no_car"].hold
    day = Day(library("no_car", hold=replace(terms, scope="brand")))
    day.no_car(brand="cars")
    asked = day.happens("Rental Unfulfilled", reservation="R2")
    assert not day.asks(brand="vans").allowed
    day.told(Judged(question=asked.id, failure="", by=KATHY))
    assert day.asks(brand="vans").allowed


def test_anybody_may_raise_a_failure_and_a_release_ends_it():
    day = Day()
    day.told(FailureRaised(failure="other", about="R9", severity=2))
    assert day.case.call is not None
    assert day.asks().reason == "hold"
    day.told(Released(case=day.id, by=KATHY, reason="r"))
    assert day.asks().allowed


def test_a_complaint_about_the_same_thing_takes_nothing_away_from_what_is_owed():
    day = Day()
    day.no_car(price_cents=21_000)
    day.told(FailureRaised(failure="other", about="R1", severity=5))
    day.no_car(price_cents=25_000)
    assert [(one.rule, one.severity) for one in day.case.failures] == [("no_car", 5)]
    assert day.case.failures[0].owed[0].amount.cents == 25_000


def test_what_a_rule_finds_takes_over_from_a_complaint_that_came_first():
    day = Day()
    day.told(FailureRaised(failure="other", about="R1", severity=5))
    day.no_car(price_cents=21_000)
    assert day.case.failures[0].rule == "no_car"
    assert "R1/owed/refund_all#0" in day.steps
    assert "R1/no_car/apology#0" in day.steps
