"""What a week amounts to follows from what was counted, whatever the order of the rows."""

import random

from hypothesis import given
from hypothesis import strategies as st

from makegood.analytics.monday.figures import Counts, Pair, RuleFigure, figures_of, part_of
from makegood.messages.ids import RepId
from makegood.ports.reckoned import (
    ClosedCount,
    CustomerCount,
    LetDownCount,
    OverdueCount,
    RequestCount,
    StandingCount,
)
from makegood.ports.voice import VoiceCount

BRANDS = st.sampled_from(["cars", "vans", ""])
LETS = st.builds(
    LetDownCount,
    week=st.integers(0, 1),
    brand=BRANDS,
    rule=st.sampled_from(["late", "lost", "fee"]),
    cause=st.sampled_from(["firm", "nature", "policy"]),
    root=st.sampled_from(["", "rule:fee", "rule:late", "other:snow"]),
    root_kind=st.sampled_from(["", "policy", "outside"]),
    failures=st.integers(1, 9),
    again=st.integers(0, 1),
)
CLOSED = st.builds(
    ClosedCount,
    week=st.integers(0, 1),
    brand=BRANDS,
    phase=st.sampled_from(["made_whole", "released", "dismissed"]),
    minutes=st.integers(0, 5_000),
    cases=st.integers(1, 9),
)
REQUESTS = st.builds(
    RequestCount,
    week=st.integers(0, 1),
    name=st.sampled_from(["refund", "change"]),
    how=st.sampled_from(["allowed", "denied", "appealed"]),
    by_rule=st.booleans(),
    again=st.booleans(),
    requests=st.integers(1, 9),
)


@given(st.lists(LETS), st.lists(CLOSED), st.lists(REQUESTS), st.randoms(use_true_random=False))
def test_the_same_rows_in_another_order_give_the_same_figures(
    lets, closed, requests, chance: random.Random
):
    counts = Counts(let_down=lets, closed=closed, requests=requests)
    mixed = Counts(
        let_down=chance.sample(lets, len(lets)),
        closed=chance.sample(closed, len(closed)),
        requests=chance.sample(requests, len(requests)),
    )
    assert figures_of(counts) == figures_of(mixed)


@given(st.lists(LETS))
def test_kinds_and_brands_add_up_to_all_failures(lets):
    found = figures_of(Counts(let_down=lets))
    assert sum(pair.now for _, pair in found.kinds) == found.failures.now
    assert sum(pair.before for _, pair in found.kinds) == found.failures.before
    assert sum(one.failures for one in found.brands) == found.failures.now
    assert found.unsettled.now <= found.failures.now


def test_customers_of_several_brands_count_once():
    rows = [
        CustomerCount(week=1, brand="cars", customers=2),
        CustomerCount(week=1, brand="vans", customers=2),
        CustomerCount(week=1, brand=None, customers=3),
    ]
    assert figures_of(Counts(customers=rows)).customers == Pair(now=3)


def test_the_rule_that_caused_most_comes_first_with_its_exceptions():
    let = LetDownCount(
        week=1, brand="", rule="late", cause="firm", root="rule:late", root_kind="policy",
        failures=2, again=0,
    )  # fmt: skip
    no = RequestCount(week=1, name="refund", how="allowed", by_rule=True, again=True, requests=3)
    found = figures_of(Counts(let_down=[let], requests=[no]))
    assert found.rules == (
        RuleFigure(rule="refund", refused=3, exceptions=3),
        RuleFigure(rule="late", let_down=2),
    )
    assert found.exceptions == Pair(now=3)


def test_too_few_have_counts_and_no_interval():
    assert part_of(1, 4).interval is None
    enough = part_of(1, 5).interval
    assert enough is not None
    assert 0 < enough.low < 0.2 < enough.high < 1


def test_a_median_comes_with_its_interval_and_a_dismissed_question_is_no_case():
    rows = [
        ClosedCount(week=1, brand="", phase="made_whole", minutes=60, cases=30),
        ClosedCount(week=1, brand="", phase="dismissed", minutes=1, cases=30),
        ClosedCount(week=1, brand="", phase="released", minutes=1, cases=10),
    ]
    found = figures_of(Counts(closed=rows))
    assert found.said_good[0].whole == 40
    assert found.took[0].interval is not None
    assert found.took[0].interval.value == 60
    assert found.took[1].interval is None


def test_owners_of_what_waits_come_the_busiest_first_and_nobody_is_told_apart():
    def stood(owner: str, cases: int, oldest_ms: int) -> StandingCount:
        return StandingCount(
            brand="", owner=RepId(owner), cases=cases, unclear=0, oldest_ms=oldest_ms
        )

    now = (stood("", 2, 9), stood("vera", 1, 5), stood("ana", 4, 7))
    found = figures_of(Counts(standing=(now, ())))
    assert found.owners == (("ana", 4), ("", 2), ("vera", 1))
    assert found.oldest_ms == 5
    assert found.ownerless == Pair(now=2)


def test_what_is_overdue_is_told_by_kind_and_public_answers_with_their_share():
    late = OverdueCount(kind="promise", brand="", items=2, oldest_ms=1)
    posts = VoiceCount(
        source="x", brand="", language="en", posts=10, answered=9, not_late=8, in_time=5
    )
    found = figures_of(Counts(overdue=((late,), ()), posts=((posts,), ())))
    assert (found.promises, found.waits) == (Pair(now=2), Pair())
    assert (found.in_time[0].part, found.in_time[0].whole) == (8, 10)
