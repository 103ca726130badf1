"""What is remembered of a failure and of a request: who it was then, what was given, and after."""

from makegood.core.everyone import comparables
from makegood.core.precedents import MOST_ASKED
from makegood.messages.facts import Dropped, Granted, Identified, Requested, Settled
from makegood.messages.ids import CaseId, EventId, RepId
from makegood.messages.money import Money
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS
from tests.unit.core.day import Day


def one(day: Day):
    (row,) = comparables(day.state, day.library)
    return row


def let_down(day: Day, **more: object) -> CaseId:
    facts = {"reservation": "R1", "reason": "overbooked", "price_cents": 20_000}
    day.happens("Rental Unfulfilled", **(facts | more))
    return day.state.cases[-1].id


def asks(day: Day, answer: str = "person", **more: object) -> EventId:
    body = Requested(request="keep_longer", answer=answer, within_ms=HOUR_MS, **more)
    return day.told(body).id


def test_who_the_customer_was_then_stays():
    day = Day()
    day.told(Identified(traits={"tier": "gold"}))
    let_down(day)
    day.told(Identified(traits={"tier": "silver"}))
    day.happens("Page Viewed")
    row = one(day)
    assert (row.kind, row.what, row.loss, row.severity) == ("failure", "no_car", "service", 4)
    assert (row.standing, row.price, row.at_ms // DAY_MS) == ("gold", Money(20_000), row.day)


def test_coming_back_counts_after_the_failure_and_never_before():
    day = Day()
    day.happens("Page Viewed")
    let_down(day)
    assert one(day).back is False
    day.happens("Page Viewed")
    assert one(day).back is True
    first = day.state.precedents[0].back_ms
    day.waits(MINUTE_MS)
    day.happens("Page Viewed")
    assert day.state.precedents[0].back_ms == first


def test_somebody_to_whom_nothing_happened_costs_nothing():
    day = Day()
    before = day.state
    day.happens("Page Viewed")
    assert day.state is before
    assert comparables(day.state, day.library) == ()


def test_a_failure_of_a_promise_that_time_breaks_is_remembered_too():
    day = Day()
    day.happens("Callback Promised", reservation="R1")
    day.waits(3 * DAY_MS)
    assert one(day).kind == "failure"
    assert one(day).event == day.state.cases[0].failures[0].event


def test_what_was_given_is_what_was_owed_what_the_plan_gives_and_what_a_person_gave():
    day = Day()
    case = let_down(day)
    before = {name: cents for name, cents, _ in one(day).given}
    day.told(Granted(case=case, remedy="snack", cost=Money(1_500), by=RepId("kathy")))
    day.told(Granted(case=case, remedy="snack", cost=Money(500), by=RepId("kathy")))
    after = {name: cents for name, cents, _ in one(day).given}
    assert after == {**before, "snack": before.get("snack", 0) + 2_000}
    assert one(day).answer == "given"


def test_a_gift_of_a_person_is_for_the_last_failure_before_it():
    day = Day()
    case = let_down(day)
    day.waits(HOUR_MS)
    let_down(day, reservation="R2")
    day.told(Granted(case=case, remedy="driver", cost=Money(9_000), by=RepId("kathy")))
    first, second = comparables(day.state, day.library)
    assert "driver" not in {name for name, *_ in first.given}
    assert ("driver", 9_000, "USD") in second.given


def test_a_request_waits_is_answered_and_then_the_customer_may_come_back():
    day = Day()
    event = asks(day)
    day.happens("Page Viewed")
    assert (one(day).answer, one(day).back) == ("waiting", False)
    day.told(Settled(asked=event, answer="deny", by=RepId("kathy"), reason="r"))
    assert (one(day).answer, one(day).back) == ("denied", False)
    day.happens("Page Viewed")
    assert (one(day).answer, one(day).back, one(day).given) == ("denied", True, ())


def test_what_was_allowed_says_what_was_given():
    day = Day()
    asks(day, "allow", remedy="snack", amount=Money(900))
    assert (one(day).answer, one(day).given) == ("allowed", (("snack", 900, "USD"),))


def test_a_request_that_left_the_state_is_still_comparable_and_the_oldest_go_at_last():
    day = Day()
    for _ in range(MOST_ASKED + 5):
        asks(day, "deny")
        day.waits(MINUTE_MS)
    assert len(day.state.requests) < 30
    rows = comparables(day.state, day.library)
    assert len(rows) == MOST_ASKED
    assert {row.answer for row in rows} == {"denied"}
    assert min(row.at_ms for row in rows) == day.now_ms - MOST_ASKED * MINUTE_MS


def test_a_yes_that_was_not_kept_gave_nothing():
    day = Day()
    asked = asks(day, "allow", remedy="snack", amount=Money(900))
    assert one(day).given == (("snack", 900, "USD"),)
    request = day.state.request(asked)
    assert request is not None
    day.told(Dropped(command=request.command, why="failed"))
    row = next(row for row in comparables(day.state, day.library) if row.kind == "request")
    assert (row.answer, row.given) == ("allowed", ())


def test_what_the_rule_paid_of_a_claim_counts_with_what_a_person_added():
    day = Day()
    asked = asks(day, about="R1", remedy="refund", amount=Money(8000), claimed=Money(9500))
    assert one(day).given == (("refund", 8000, "USD"),)
    day.told(Settled(asked=asked, answer="allow", remedy="refund", cost=Money(1500)))
    assert one(day).given == (("refund", 9500, "USD"),)
