"""Plan B: confirmed before it is offered, chosen once, carried out."""

import pytest
from msgspec.structs import replace

from makegood.core.state import Phase
from makegood.messages.facts import Answered, Called, Carried, Chosen, Confirmed, Declined
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.terms import Offer, Tier
from makegood.testing.book import HOUR_MS, MINUTE_MS
from tests.unit.core.day import Day, library


@pytest.fixture
def day() -> Day:
    day = Day()
    day.no_car()
    return day


def confirm(day: Day, *offers: str) -> None:
    for offer in offers:
        day.told(Confirmed(command=day.command(f"R1/no_car/confirm/{offer}")))


def test_an_offer_is_made_only_when_all_are_answered_for(day):
    confirm(day, "ride_home")
    assert day.phase() is Phase.OPENED
    assert "R1/no_car/offers#0" not in day.steps
    confirm(day, "driver")
    assert day.phase() is Phase.OFFERED
    assert day.steps[-1] == "R1/no_car/offers#0"


def test_who_has_not_answered_at_the_limit_is_taken_for_a_no(day):
    confirm(day, "driver")
    day.waits(2 * MINUTE_MS - 1)
    assert day.offers()["ride_home"] == "asking"
    day.waits(1)
    assert day.offers() == {
        "ride_home": "unavailable",
        "driver": "confirmed",
        "call_me": "confirmed",
    }
    assert day.phase() is Phase.OFFERED


def test_with_nothing_confirmed_the_owner_calls():
    day = Day()
    day.on_duty = ()
    day.no_car()
    day.waits(2 * MINUTE_MS)
    assert day.phase() is Phase.CALLING
    assert day.case.call is not None
    assert day.case.call.why == "no_offer"


def test_questions_that_a_second_failure_let_go_of_ask_for_no_call_when_their_time_is_up(day):
    day.waits(MINUTE_MS)
    day.no_car("R2")
    day.told(Called(case=day.case.id, by=RepId("kathy"), reached=True))
    for offer in ("ride_home", "driver"):
        day.told(Confirmed(command=day.command(f"R2/no_car/confirm/{offer}")))
    assert day.phase() is Phase.OFFERED
    day.waits(MINUTE_MS)
    assert day.case.call is None or day.case.call.done_ms
    assert day.phase() is Phase.OFFERED


def test_a_late_yes_joins_the_page_without_another_message(day):
    day.waits(2 * MINUTE_MS)
    told = len(day.commands)
    confirm(day, "driver")
    assert day.offers()["driver"] == "confirmed"
    assert len(day.commands) == told


def test_a_yes_that_is_taken_back_is_no_longer_on_offer(day):
    confirm(day, "ride_home", "driver")
    day.told(Declined(command=day.command("R1/no_car/confirm/driver"), why="broke down"))
    assert day.offers()["driver"] == "unavailable"


def test_an_answer_after_the_case_was_closed_offers_nothing_and_calls_nobody(day):
    day.told(Answered(case=day.id, answer="good"))
    before, told = day.state, len(day.commands)
    confirm(day, "ride_home", "driver")
    day.told(Declined(command=day.command("R1/no_car/confirm/driver")))
    assert len(day.commands) == told
    assert day.state.cases == before.cases


def test_a_choice_orders_the_remedy_and_lets_the_others_lapse(day):
    confirm(day, "ride_home", "driver")
    day.told(Chosen(case=day.id, offer="driver"))
    assert day.offers() == {"ride_home": "lapsed", "driver": "chosen", "call_me": "lapsed"}
    assert "R1/no_car/keep/driver#0" in day.steps
    assert day.phase() is Phase.HELPING


def test_a_choice_before_everybody_answered_moves_the_case_on(day):
    confirm(day, "ride_home")
    day.told(Chosen(case=day.id, offer="ride_home"))
    assert day.phase() is Phase.HELPING
    assert day.command("R1/no_car/confirm/driver") in day.withdrawn


def test_the_same_choice_again_orders_nothing(day):
    confirm(day, "ride_home", "driver")
    day.told(Chosen(case=day.id, offer="driver"))
    told = len(day.commands)
    day.told(Chosen(case=day.id, offer="driver"))
    assert len(day.commands) == told


def test_a_choice_of_what_is_not_offered_becomes_a_call(day):
    day.told(Chosen(case=day.id, offer="balloon"))
    assert day.case.call is not None


def test_no_choice_in_time_becomes_a_call_and_choosing_then_cancels_it(day):
    confirm(day, "ride_home", "driver")
    day.waits(15 * MINUTE_MS)
    assert day.phase() is Phase.CALLING
    day.told(Chosen(case=day.id, offer="ride_home"))
    assert day.case.call is None
    assert day.phase() is Phase.HELPING


def test_choosing_a_call_promises_it():
    day = Day()
    day.no_car()
    day.waits(2 * MINUTE_MS)
    day.told(Chosen(case=day.id, offer="call_me"))
    call = day.case.call
    assert call is not None
    assert (call.why, call.promised, call.promise_ms) == ("asked_for", True, day.now_ms + HOUR_MS)


def test_declining_the_service_is_met_by_what_is_owed_and_paid_once():
    day = Day(library(offers=(Offer(id="refund", tier=Tier.BETTER, declines=True),)))
    day.no_car()
    day.told(Chosen(case=day.id, offer="refund"))
    assert day.case.failures[0].declined
    assert [step for step in day.steps if "refund" in step] == ["R1/owed/refund_all#0"]
    day.told(Carried(command=day.command("R1/owed/refund_all"), paid=Money(21_000)))
    assert day.offers() == {"refund": "kept"}


def test_choosing_what_was_paid_already_is_kept_at_once():
    day = Day(library(offers=(Offer(id="refund", tier=Tier.BETTER, declines=True),)))
    day.no_car()
    day.told(Carried(command=day.command("R1/owed/refund_all"), paid=Money(21_000)))
    day.told(Chosen(case=day.id, offer="refund"))
    assert day.offers() == {"refund": "kept"}


def test_an_offer_without_need_of_a_yes_is_made_at_once():
    books = library(offers=(Offer(id="snack", tier=Tier.BETTER),))
    day = Day(books)
    day.no_car()
    assert day.phase() is Phase.OFFERED


def test_a_failure_without_choices_leaves_the_open_plan_b_as_it_is(day):
    confirm(day, "ride_home", "driver")
    day.late("R2")
    assert day.offers()["driver"] == "confirmed"


def test_offers_of_an_earlier_failure_lapse_when_there_are_new_ones(day):
    confirm(day, "ride_home", "driver")
    day.no_car("R2")
    assert [one.status.value for one in day.case.offers if one.about == "R1"] == ["lapsed"] * 3
    assert replace(day.case.offers[-1]).about == "R2"
