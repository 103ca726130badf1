"""Calls: promised only when somebody can make them, and never forgotten."""

from makegood.core.state import Phase
from makegood.messages.events import OnDuty
from makegood.messages.facts import Called, Chosen, Confirmed, Wrote
from makegood.messages.ids import RepId
from makegood.testing.book import HOUR_MS, MINUTE_MS
from makegood.testing.history import NOON_MS
from tests.unit.core.day import Day, library

KATHY = RepId("kathy")


def second_failure(on_duty: tuple[OnDuty, ...]) -> Day:
    day = Day()
    day.no_car("R1")
    day.on_duty = on_duty
    day.no_car("R2")
    return day


def test_a_call_is_promised_when_somebody_is_on_duty_to_its_very_end():
    for until_ms, promised in ((5 * MINUTE_MS, True), (5 * MINUTE_MS - 1, False)):
        day = second_failure((OnDuty(KATHY, NOON_MS + until_ms),))
        assert day.case.call is not None
        assert day.case.call.promised is promised


def test_a_promised_call_that_does_not_come_is_a_broken_promise():
    day = second_failure((OnDuty(KATHY, NOON_MS + HOUR_MS),))
    day.waits(5 * MINUTE_MS - 1)
    assert day.case.broken == 0
    day.waits(1)
    assert day.case.broken == 1
    assert day.case.double


def test_a_call_that_nobody_promised_breaks_no_promise():
    day = second_failure(())
    day.waits(HOUR_MS)
    assert day.case.broken == 0


def test_a_call_that_came_breaks_no_promise_and_is_helping():
    day = second_failure((OnDuty(KATHY, NOON_MS + HOUR_MS),))
    day.told(Called(case=day.id, by=KATHY, reached=True))
    assert day.case.phase is Phase.HELPING
    day.waits(HOUR_MS)
    assert day.case.broken == 0


def test_a_call_that_reached_nobody_leaves_the_task():
    day = second_failure(())
    day.told(Called(case=day.id, by=KATHY, reached=False))
    assert day.case.call is not None
    assert not day.case.call.done_ms


def test_a_call_due_sooner_keeps_its_time():
    day = second_failure(())
    assert day.case.call is not None
    due_ms = day.case.call.due_ms
    day.told(Wrote(case=day.id, text="t"))
    assert day.case.call.due_ms == due_ms


def test_a_promise_stays_one_when_a_sooner_call_is_needed():
    day = Day(library(call_within_ms=HOUR_MS))
    day.no_car()
    day.waits(2 * MINUTE_MS)
    day.told(Chosen(case=day.id, offer="call_me"))
    promised_ms = day.now_ms + HOUR_MS
    day.on_duty = ()
    day.no_car("R2")
    call = day.case.call
    assert call is not None
    assert call.due_ms == day.now_ms + 5 * MINUTE_MS
    assert (call.promised, call.promise_ms) == (True, promised_ms)
    day.waits(HOUR_MS)
    assert day.case.broken == 1


def test_choosing_does_not_cancel_a_call_about_something_else():
    day = Day()
    day.no_car()
    for offer in ("ride_home", "driver"):
        day.told(Confirmed(command=day.command(f"R1/no_car/confirm/{offer}")))
    day.told(Wrote(case=day.id, text="t"))
    day.told(Chosen(case=day.id, offer="ride_home"))
    assert day.case.call is not None
    assert day.case.call.why == "wrote"


def test_who_was_reached_is_not_called_for_lack_of_a_choice():
    day = Day()
    day.no_car()
    day.waits(2 * MINUTE_MS)
    day.told(Wrote(case=day.id, text="t"))
    day.told(Called(case=day.id, by=KATHY, reached=True))
    day.waits(30 * MINUTE_MS)
    assert day.case.call is not None
    assert day.case.call.done_ms


def test_one_promise_is_broken_once_whatever_else_asks_for_the_call():
    day = second_failure((OnDuty(KATHY, NOON_MS + HOUR_MS),))
    promised_ms = day.case.call.promise_ms if day.case.call else 0
    day.waits(5 * MINUTE_MS)
    day.on_duty = ()
    day.told(Wrote(case=day.id, text="t"))
    day.waits(HOUR_MS)
    call = day.case.call
    assert call is not None
    assert (day.case.broken, call.broken_ms) == (1, promised_ms)
    assert not call.promised


def test_after_a_broken_promise_a_new_one_can_be_given_and_broken():
    day = second_failure((OnDuty(KATHY, NOON_MS + HOUR_MS),))
    day.waits(5 * MINUTE_MS)
    day.told(Chosen(case=day.id, offer="call_me"))
    call = day.case.call
    assert call is not None
    assert call.promised
    assert call.promise_ms > day.now_ms
    day.waits(HOUR_MS)
    assert day.case.broken == 2
