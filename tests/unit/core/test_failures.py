"""Silence: a promise is kept in time, by its own event, or it is a failure."""

from makegood.core.failures import silence_id
from makegood.testing.book import HOUR_MS
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
