"""Who owns a case, and whether a call can be promised."""

from makegood.core.routing import can_promise_call, owner_for
from makegood.messages.events import OnDuty
from makegood.messages.facts import HandedOver
from makegood.messages.ids import RepId
from tests.unit.core.day import Day

KATHY = OnDuty(RepId("kathy"), 1_000)
BO = OnDuty(RepId("bo"), 2_000, ("vans",))


def test_the_first_who_serves_the_brand_owns_the_case():
    assert owner_for("vans", (BO, KATHY)) == "bo"
    assert owner_for("cars", (BO, KATHY)) == "kathy"


def test_when_nobody_serves_the_brand_somebody_still_owns_it():
    assert owner_for("cars", (BO,)) == "bo"
    assert owner_for("cars", ()) == ""


def test_a_call_is_promised_up_to_the_end_of_a_duty_and_for_the_right_brand():
    assert can_promise_call(900, 100, "cars", (KATHY,))
    assert not can_promise_call(901, 100, "cars", (KATHY,))
    assert not can_promise_call(1, 0, "cars", (BO,))
    assert not can_promise_call(1, 0, "cars", ())


def test_a_case_without_an_owner_takes_the_first_person_on_duty():
    day = Day()
    duty, day.on_duty = day.on_duty, ()
    day.no_car()
    assert day.case.owner == ""
    day.on_duty = duty
    day.no_car()
    assert day.case.owner == "kathy"


def test_a_hand_over_changes_the_owner_and_nothing_takes_it_back():
    day = Day()
    day.no_car()
    day.told(HandedOver(case=day.id, to=RepId("bo"), by=RepId("kathy")))
    day.no_car("R2")
    assert day.case.owner == "bo"
