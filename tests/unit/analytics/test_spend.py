"""Costs by month: currencies apart, a mean only of enough cases, no quotient without its parts."""

from math import sqrt
from statistics import NormalDist, fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.analytics.spend import (
    FEWEST_CASES,
    Sums,
    by_month,
    in_chart,
    mean_cost,
    months_until,
)
from makegood.analytics.spend_chart import chart
from makegood.ports.spend import UNKNOWN, Acquisition, EndedSum, SpendSum

NOW_MS = 1_772_366_400_000  # 1 March 2026, noon in UTC
MONTHS = months_until(NOW_MS, "UTC", 2)
TOLD = Acquisition(brand="one", month="2026-02", channel="search", cents=100_000, currency="USD")
GOOD = EndedSum(
    month=1, brand="one", phase="made_whole", currency="USD", cases=2, friends=1, cents=700,
    squares=250_000.0,
)  # fmt: skip


def rows(spent=(), ended=(), books=()):
    return by_month(Sums(spent=spent, ended=ended, books=books), MONTHS, lambda _: "USD")


def spent(**more):
    fields = {"month": 1, "brand": "one", "account": "marketing", "currency": "USD",
              "cents": 700, "payments": 2}  # fmt: skip
    return SpendSum(**{**fields, **more})


def test_months_follow_each_other_by_the_clock_of_a_place():
    assert [one.name for one in MONTHS] == ["2026-01", "2026-02", "2026-03"]
    assert [one.is_running for one in MONTHS] == [False, False, True]
    assert MONTHS[0].until_ms == MONTHS[1].from_ms
    east = months_until(NOW_MS, "Pacific/Kiritimati", 0)
    assert east[0].from_ms == MONTHS[2].from_ms - 14 * 3_600_000
    over = months_until(1_767_225_600_000, "UTC", 1)  # midnight of new year
    assert [one.name for one in over] == ["2025-12", "2026-01"]


def test_goodwill_owed_and_the_books_of_one_month_stand_in_one_row():
    (one,) = rows(
        [spent(), spent(account="owed", cents=5_000)], [GOOD],
        [Acquisition(brand="one", month="2026-02", channel="post", cents=20_000, currency="USD",
                     customers=4),
         Acquisition(brand="one", month="2026-02", channel="search", cents=10_000,
                     currency="USD", customers=6)],
    )  # fmt: skip
    assert (one.month, one.goodwill_cents, one.owed_cents, one.made_good, one.friends) == (
        "2026-02", 700, 5_000, 2, 1,
    )  # fmt: skip
    assert (one.acquisition_cents, one.new_customers, one.per_new_cents) == (30_000, 10, 3_000)
    assert one.cost is None


def test_currencies_are_never_added():
    found = rows([spent(), spent(currency="EUR")], [], [TOLD])
    assert [(one.currency, one.goodwill_cents, one.acquisition_cents) for one in found] == [
        ("EUR", 700, UNKNOWN), ("USD", 700, 100_000),
    ]  # fmt: skip
    assert list(in_chart(found, "USD")) == [("2026-02", 7.0, 1_000.0)]


def test_a_channel_without_a_count_leaves_the_cost_of_a_new_customer_open():
    counted = Acquisition(
        brand="one", month="2026-02", channel="post", cents=5, currency="USD", customers=4
    )
    (one,) = rows(books=[TOLD, counted])
    assert (one.acquisition_cents, one.new_customers, one.per_new_cents) == (
        100_005, UNKNOWN, None,
    )  # fmt: skip
    (none,) = rows(books=[Acquisition(brand="one", month="2026-02", channel="post", cents=5,
                                      currency="USD", customers=0)])  # fmt: skip
    assert none.per_new_cents is None


def test_cases_that_cost_nothing_are_in_the_mean_and_others_than_made_good_are_not():
    free = EndedSum(
        month=1, brand="one", phase="made_whole", currency="", cases=98, friends=0, cents=0,
        squares=0.0,
    )  # fmt: skip
    let_go = EndedSum(
        month=1, brand="one", phase="released", currency="USD", cases=900, friends=0, cents=1,
        squares=1.0,
    )  # fmt: skip
    (one,) = rows(ended=[GOOD, free, let_go])
    assert one.made_good == 100
    assert one.cost is not None
    assert one.cost.value == 7.0


@given(st.lists(st.integers(0, 10**7), min_size=FEWEST_CASES, max_size=200))
def test_the_mean_is_the_one_of_a_library_with_its_range(costs):
    z = NormalDist().inv_cdf(0.975)
    found = mean_cost(len(costs), sum(costs), float(sum(one * one for one in costs)), z)
    assert found is not None
    value, reach = fmean(costs), z * stdev(costs) / sqrt(len(costs))
    assert found.value == pytest.approx(value)
    assert found.low == pytest.approx(max(value - reach, 0), rel=1e-4, abs=1)
    assert found.high == pytest.approx(value + reach, rel=1e-4, abs=1)


def test_of_too_few_cases_no_mean_is_told():
    assert mean_cost(FEWEST_CASES - 1, 1_000, 1e9, 1.96) is None


def test_the_newest_month_comes_first_and_nothing_makes_no_drawing():
    found = rows([spent(month=0), spent(month=2)])
    assert [one.month for one in found] == ["2026-03", "2026-01"]
    assert chart((), "USD") == ("", "")
    assert chart(found, "EUR") == ("", "")
    wide, narrow = chart(found, "USD")
    assert wide.startswith("<svg")
    assert "Winning customers" in narrow
