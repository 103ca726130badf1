"""Goodwill: what it costs, given once, and counted against authority."""

from msgspec.structs import replace

from makegood.core.goodwill import expected_cost
from makegood.core.remedies import authority_used
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Chosen, FailureRaised, Granted
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.terms import Cause, Offer, Remedy, Tier
from makegood.testing.book import DAY_MS, small_book
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
    assert authority_used(day.state, day.case, "USD") == 0
    day.told(Granted(case=day.id, remedy="snack", cost=Money(900), by=KATHY))
    assert authority_used(day.state, day.case, "USD") == 900


def test_a_grant_that_a_late_event_left_without_a_failure_is_still_carried_out():
    day = Day()
    day.happens("Rental Unfulfilled", reservation="R1")
    day.told(Granted(case=day.id, remedy="snack", cost=Money(900), by=KATHY))
    assert len(day.case.gifts) == 1


FIFTH = Remedy(id="fifth", kind="refund", title={"en": "a fifth"}, cost_ratio=0.2, provider="pay")


def sharing(**plan: object) -> Day:
    """A day by a book that gives, or offers, a fifth of the price for a car that is not there."""
    book = small_book()
    changed = replace(
        book,
        remedies={**book.remedies, "fifth": FIFTH},
        plans={**book.plans, "no_car": replace(book.plans["no_car"], **plan)},
    )
    return Day(Library(active=book.hash, books={book.hash: changed}))


def ordered(day: Day) -> list[int]:
    orders = [one.order for one in day.commands if isinstance(one.order, Fulfil)]
    return [order.amount.cents for order in orders if order.remedy == "fifth"]


def test_a_share_of_an_unknown_price_orders_nothing_and_asks_a_person():
    day = sharing(gives=("fifth",))
    day.no_car(price_cents=None)
    assert ordered(day) == []
    assert [gift.missing for gift in day.case.gifts] == ["failure.price_cents"]
    assert ("R1", "failure.price_cents") in day.case.missing


def test_a_gift_that_waited_for_the_price_is_given_once_it_is_known():
    day = sharing(gives=("fifth",))
    day.no_car(price_cents=None)
    for _ in range(2):
        day.told(FailureRaised(failure="no_car", about="R1", price=Money(5_000), by=KATHY))
    assert ordered(day) == [1_000]
    assert day.case.missing == ()
    assert [(gift.missing, gift.expected) for gift in day.case.gifts] == [("", Money(1_000))]


def test_a_share_of_nothing_is_no_gift():
    day = sharing(gives=("fifth",))
    day.no_car(price_cents=0)
    assert ordered(day) == []
    assert day.case.gifts == ()


def test_a_chosen_share_of_an_unknown_price_waits_and_no_question_is_asked_meanwhile():
    day = sharing(offers=(Offer(id="fifth", tier=Tier.BETTER),))
    day.no_car(price_cents=None)
    day.told(Chosen(case=day.id, offer="fifth"))
    day.waits(3 * DAY_MS)
    assert (ordered(day), day.offers()) == ([], {"fifth": "chosen"})
    assert not [step for step in day.steps if "question" in step or "chosen" in step]
    day.told(FailureRaised(failure="no_car", about="R1", price=Money(5_000), by=KATHY))
    assert ordered(day) == [1_000]
    assert day.case.offers[-1].ordered
    assert day.steps[-1] == "R1/no_car/chosen#0"


def test_a_price_that_a_person_adds_changes_neither_cause_nor_severity():
    day = Day()
    day.late(storm=True)
    day.told(FailureRaised(failure="late", about="R1", price=Money(5_000), by=KATHY))
    failure = day.case.failures[0]
    assert (failure.cause, failure.severity, failure.price) == (Cause.NATURE, 2, Money(5_000))
