"""Beside a case and a request that waits: who everyone is, and what it costs for all of them."""

from makegood.bootstrap import Makegood
from makegood.messages.facts import Touchpoint
from makegood.testing.clock import FakeClock
from tests.e2e.screens import MINUTE_MS, introduce, no_car, take
from tests.unit.desk.browsing import words_of

DAY_MS = 24 * 60 * MINUTE_MS
MANY = 25


def crowd(makegood: Makegood, clock: FakeClock, count: int = MANY) -> str:
    """Let people down forty days ago, every second of whom came back; then let Ana down."""
    for number in range(count):
        introduce(makegood, f"user:c{number}", "Syn Thetic")
        no_car(makegood, f"user:c{number}")
    clock.advance(10 * DAY_MS)
    for number in range(0, count, 2):
        body = Touchpoint(name="Reservation Made", properties={"reservation": "N"})
        take(makegood, f"user:c{number}", body, f"again {number}")
    clock.advance(30 * DAY_MS)
    introduce(makegood)
    return no_car(makegood)


def panel(browser, case: str) -> str:
    words = words_of(browser.get(f"/desk/cases/{case}"))
    return words.partition("we do it for everyone")[2].partition("Why this plan")[0]


def test_the_case_page_says_who_everyone_is_and_what_it_costs_for_all(makegood, clock, kathy):
    words = panel(kathy, crowd(makegood, clock))
    assert "26 customers in 12 months with the same failure and loss, 26 cases, gold or" in words
    assert "All of your money back 26 of 26 $4,742.40 then came back: 13 of 25 (33 %" in words
    assert "A ride home, and we pay never $2,470" in words
    assert "Call me" not in words
    assert "came back, all 13 of 25 (33 % to 70 %)" in words
    assert "of those whose last time was 30 days ago or more" in words


def test_few_customers_tell_their_counts_and_no_share(makegood, clock, kathy):
    words = panel(kathy, crowd(makegood, clock, count=3))
    assert "4 customers in 12 months" in words
    assert "2 of 3, too few to tell (3)" in words
    assert "Too few to tell anything of all (4)." in words
    assert "%" not in words


def test_somebody_who_serves_some_brands_sees_cases_of_this_brand_only(makegood, clock, vera):
    crowd(makegood, clock, count=2)
    introduce(makegood, "user:ben", "Ben Ode")
    words = panel(vera, no_car(makegood, "user:ben", brand="northwind_vans", reservation="R9"))
    assert "1 customer in 12 months" in words
    assert "1 case, gold or higher, of this brand" in words


def test_a_case_that_nobody_could_judge_yet_is_compared_with_nothing(makegood, kathy):
    introduce(makegood)
    page = kathy.get(f"/desk/cases/{no_car(makegood, reason=None)}")
    assert "we do it for everyone" not in words_of(page)
