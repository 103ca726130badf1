"""A promise is kept in time or is a failure; what no rule can judge is put before a person."""

from typing import Literal

from msgspec.structs import replace

from makegood.core.failures import silence_id
from makegood.messages.facts import Judged
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Finding, Library
from makegood.testing.book import HOUR_MS, small_book
from tests.unit.core.day import Day


def promised(about: str = "R1") -> Day:
    day = Day()
    day.happens("Callback Promised", reservation=about)
    return day


def test_a_promise_that_is_kept_is_no_failure():
    day = promised()
    day.waits(4 * HOUR_MS - 1)
    day.happens("Callback Made", reservation="R1")
    day.waits(HOUR_MS)
    assert day.state.cases == ()
    assert day.state.timers == ()


def test_a_promise_is_broken_at_the_very_end_of_its_time():
    day = promised()
    day.waits(4 * HOUR_MS - 1)
    assert day.state.cases == ()
    day.waits(1)
    failure = day.case.failures[0]
    assert (failure.rule, failure.about) == ("callback_overdue", "callback_overdue/R1")
    assert failure.event == silence_id("booking", "e1", "callback_overdue")
    assert day.asks().reason == "hold"


def test_a_promise_about_something_else_keeps_nothing():
    day = promised()
    day.happens("Callback Made", reservation="R2")
    day.waits(4 * HOUR_MS)
    assert day.case.failures[0].rule == "callback_overdue"


def test_asking_again_gives_us_no_more_time():
    day = promised()
    day.waits(3 * HOUR_MS)
    day.happens("Callback Promised", reservation="R1")
    day.waits(HOUR_MS)
    assert day.case.failures[0].rule == "callback_overdue"


def test_a_call_that_does_not_say_which_promise_it_keeps_keeps_the_one_due_first():
    day = promised("R1")
    day.waits(HOUR_MS)
    day.happens("Callback Promised", reservation="R2")
    day.happens("Callback Made")
    assert [timer.about for timer in day.state.timers] == ["R2"]


def test_a_promise_broken_in_an_open_case_is_a_double_deviation():
    day = promised()
    day.no_car()
    day.waits(4 * HOUR_MS)
    assert day.case.double
    assert len(day.case.failures) == 2


def test_a_second_promise_after_the_first_was_kept_has_its_own_time():
    day = promised()
    day.happens("Callback Made", reservation="R1")
    day.waits(HOUR_MS)
    day.happens("Callback Promised", reservation="R1")
    assert day.state.next_due_ms == day.now_ms + 4 * HOUR_MS


def test_facts_add_up_while_a_failure_grows():
    day = Day()
    day.late()
    day.no_car(branch="Airport")
    day.no_car(booking="B1", branch=None)
    details = day.case.failures[0].details
    assert (details["branch"], details["booking"]) == (None, "B1")


def test_a_broken_promise_speaks_in_the_brand_that_gave_it():
    day = Day()
    day.happens("Callback Promised", reservation="R1", brand="cars")
    day.waits(4 * HOUR_MS)
    assert (day.case.failures[0].brand, day.case.brand) == ("cars", "cars")


def test_a_promise_of_a_brand_the_book_does_not_know_is_the_umbrellas():
    day = Day()
    day.happens("Callback Promised", reservation="R1", brand="boats")
    day.waits(4 * HOUR_MS)
    assert day.case.brand == ""


def finding(outcome: Literal["yes", "cannot"], rule: str, about: str) -> Finding:
    return Finding(
        rule=rule, outcome=outcome, about=about, severity=4, price=Money(21_000),
        details={"booking": about}, missing="event.reason" if outcome == "cannot" else "",
    )  # fmt: skip


def hearing(*found: Finding) -> Day:
    """A day by a book that finds these on every car that is not there."""
    book = small_book()
    triggers = {"Rental Unfulfilled": lambda _event, _customer: found}
    changed = replace(book, triggers=triggers)
    return Day(Library(active=book.hash, books={book.hash: changed}))


def test_what_a_person_judges_to_be_a_failure_is_paid_by_the_price_the_event_told():
    day = hearing(finding("cannot", "no_car", "R1"))
    event = day.no_car()
    day.told(Judged(question=event.id, failure="no_car", by=RepId("kathy")))
    failure = day.case.failures[0]
    assert (failure.price, failure.severity) == (Money(21_000), 4)
    assert failure.details == {"booking": "R1"}
    assert "R1/owed/refund_all#0" in day.steps


def test_a_clear_failure_about_something_else_leaves_the_unclear_one_to_a_person():
    day = hearing(finding("yes", "no_car", "R1"), finding("cannot", "late", "R2"))
    day.no_car()
    assert [one.rule for one in day.case.unclear] == ["late"]
    assert [one.rule for one in day.case.failures] == ["no_car"]


def test_a_clear_failure_about_the_same_thing_settles_it():
    day = hearing(finding("yes", "no_car", "R1"), finding("cannot", "late", "R1"))
    day.no_car()
    assert day.case.unclear == ()
