"""Goodwill: what it costs, given once, and counted against authority."""

from makegood.core.remedies import authority_used, expected_cost
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Granted
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.terms import Remedy
from tests.unit.core.day import Day

KATHY = RepId("kathy")


def test_a_fixed_sum_costs_that_and_a_share_costs_its_part_rounded_half_up():
    fixed = Remedy(id="r", kind="ride", title={}, cost_cents=950)
    share = Remedy(id="r", kind="refund", title={}, cost_ratio=0.25)
    assert expected_cost(fixed, Money(10_000), "USD") == Money(950)
    assert expected_cost(share, Money(10_002), "USD") == Money(2_501)
    assert expected_cost(share, None, "USD") == Money(0)


def test_the_least_tier_is_given_by_itself_and_once():
    day = Day()
    day.late()
    day.late()
    gifts = [one.order for one in day.commands if isinstance(one.order, Fulfil)]
    assert [(one.remedy, one.owed) for one in gifts] == [("snack", False)]


def test_nothing_is_given_by_itself_for_a_cause_outside_the_firm():
    day = Day()
    day.late(storm=True)
    assert day.case.gifts == ()
    assert day.steps == ["R1/late/apology#0"]


def test_the_same_remedy_granted_twice_is_two_orders():
    day = Day()
    day.no_car()
    for _ in range(2):
        day.told(Granted(case=day.id, remedy="snack", cost=Money(900), by=KATHY))
    given = [one for one in day.commands if one.step.startswith("grant/")]
    assert len({one.id for one in given}) == len({one.step for one in given}) == 2


def test_what_the_plan_gives_by_itself_uses_nobodys_authority():
    day = Day()
    day.late()
    assert authority_used(day.case) == 0
    day.told(Granted(case=day.id, remedy="snack", cost=Money(900), by=KATHY))
    assert authority_used(day.case) == 900


def test_a_grant_that_a_late_event_left_without_a_failure_is_still_carried_out():
    day = Day()
    day.happens("Rental Unfulfilled", reservation="R1")
    day.told(Granted(case=day.id, remedy="snack", cost=Money(900), by=KATHY))
    assert len(day.case.gifts) == 1
