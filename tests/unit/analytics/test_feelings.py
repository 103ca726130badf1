"""How figures move: intervals of differences that cover, and no word where it may be chance."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.analytics.asking import figure_of
from makegood.analytics.feelings import Change, Halves, apart, lines_of, trend_of
from makegood.analytics.parity.intervals import Counted, Interval, difference, wilson, z_for
from makegood.analytics.periods import Period
from makegood.playbooks.rulings import SurveyKind, SurveyRule
from tests.unit.analytics.test_asking import count
from tests.unit.core.test_surveys import airline

Z = z_for(0.05)
FEW = 30
KINDS = [kind for kind in SurveyKind if kind is not SurveyKind.CUSTOM]


def boarding() -> SurveyRule:
    library = airline()
    return library.books[library.active].surveys["boarding"]


def scores_for(kind: SurveyKind):
    least, most = kind.scale
    return st.dictionaries(st.integers(least, most), st.integers(1, 400), min_size=1).filter(
        lambda found: sum(found.values()) >= FEW
    )


def interval_of(kind: SurveyKind, scores: dict[int, int]) -> Interval:
    found = figure_of("", kind, kind.scale, scores, FEW).interval
    assert found is not None
    return found


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), scores_for(kind))))
def test_the_same_answers_twice_are_no_change(given_):
    kind, scores = given_
    found = interval_of(kind, scores)
    change = Change(interval=apart(found, found))
    assert change.interval.value == 0
    assert change.verdict == "unsure"


@given(
    st.sampled_from(KINDS).flatmap(
        lambda kind: st.tuples(st.just(kind), scores_for(kind), scores_for(kind))
    )
)
def test_turned_round_a_difference_is_the_other_way(given_):
    kind, first, second = given_
    there = apart(interval_of(kind, first), interval_of(kind, second))
    back = apart(interval_of(kind, second), interval_of(kind, first))
    assert there.low <= there.value <= there.high
    assert (back.value, back.low, back.high) == pytest.approx(
        (-there.value, -there.high, -there.low)
    )


@given(st.integers(30, 500), st.integers(30, 500), st.data())
def test_of_two_shares_it_is_newcombes(here: int, there: int, data):
    part, other = data.draw(st.integers(0, here)), data.draw(st.integers(0, there))
    found = apart(wilson(part, here, Z), wilson(other, there, Z))
    one = Counted(part=part, whole=here, other_part=other, other_whole=there)
    known = difference((one,), Z)
    assert known is not None
    assert found.value == pytest.approx(known.interval.value)
    assert max(found.low, -1) == pytest.approx(known.interval.low)
    assert min(found.high, 1) == pytest.approx(known.interval.high)


@given(
    st.sampled_from(KINDS).flatmap(
        lambda kind: st.tuples(st.just(kind), scores_for(kind), scores_for(kind))
    ),
    st.integers(2, 200),
)
def test_the_more_are_shown_together_the_less_is_called_a_change(given_, many: int):
    kind, first, second = given_

    def verdict(at_once: int) -> str:
        parts = [
            figure_of("", kind, kind.scale, scores, FEW, at_once=at_once).interval
            for scores in (first, second)
        ]
        later, earlier = parts
        assert later is not None
        assert earlier is not None
        return Change(interval=apart(later, earlier)).verdict

    assert verdict(many) in (verdict(1), "unsure")


@pytest.mark.parametrize("kind", KINDS)
def test_the_interval_of_a_difference_covers_what_is_true(kind: SurveyKind):
    rng = Random(20261126)
    least, most = kind.scale
    steps = range(least, most + 1)
    weights = [[1 + (n * 7) % 5 for n in steps], [1 + (n * 3) % 4 for n in steps]]
    true = [interval_of(kind, dict(zip(steps, (w * 10**6 for w in ws), strict=True))).value
            for ws in weights]  # fmt: skip
    held = 0
    rounds = 1_000
    for _ in range(rounds):
        drawn = []
        for ws, n in zip(weights, (60, 45), strict=True):
            scores: dict[int, int] = {}
            for score in rng.choices(steps, ws, k=n):
                scores[score] = scores.get(score, 0) + 1
            drawn.append(interval_of(kind, scores))
        held += not apart(drawn[0], drawn[1]).excludes(true[0] - true[1])
    assert 0.93 <= held / rounds <= 0.99


def weeks(*goods: int | None, many: int = 200, is_running: bool = True):
    """Counts of one week each: so many of a hundred are good; None for a week of few answers."""
    found = []
    for n, good in enumerate(goods):
        whole = many if good is not None else 10
        share = whole * (good or 0) // 100
        period = Period(
            first=f"2026-01-{n + 1:02}", from_ms=n, until_ms=n + 1,
            is_running=is_running and n == len(goods) - 1,
        )  # fmt: skip
        rows = (
            count(score=5, replied=True, n=share), count(score=2, replied=True, n=whole - share),
        )  # fmt: skip
        found.append((period, rows))
    return found


def test_a_week_is_compared_with_the_one_before_where_both_tell():
    question = boarding().questions[0]
    points = trend_of(question, weeks(50, 90, None, 90, 88, 10), FEW)
    assert [one.change.verdict if one.change else "" for one in points] == [
        "", "better", "", "", "unsure", "",
    ]  # fmt: skip
    assert [one.figure.interval is None for one in points] == [n == 2 for n in range(6)]


def test_ranges_of_more_weeks_are_wider_because_they_hold_together():
    question = boarding().questions[0]
    widths = []
    for many in (1, 4, 12):
        interval = trend_of(question, weeks(*[50] * many), FEW)[0].figure.interval
        assert interval is not None
        widths.append(interval.high - interval.low)
    assert all(first < second for first, second in pairwise(widths))


def test_a_line_tells_the_later_half_from_the_earlier():
    earlier = (count(score=2, replied=True, n=150), count(score=5, replied=True, n=50))
    later = (count(score=5, replied=True, n=180), count(score=2, replied=True, n=20))
    rest = (count(score=5, replied=True, n=40), count(asked=True, n=10))
    halves = Halves(name="meridian", rule=boarding(), earlier=earlier, later=later, rest=rest)
    (one,) = lines_of((halves,), FEW, only="")
    assert (one.whole.n, one.asked, one.answered) == (440, 450, 440)
    assert one.change is not None
    assert one.change.verdict == "better"
    assert one.change.interval.value == pytest.approx(65)


def test_of_a_half_with_few_answers_no_change_is_told():
    some = (count(score=5, replied=True, n=200),)
    few = (count(score=2, replied=True, n=29),)
    (one,) = lines_of((Halves(name="m", rule=boarding(), earlier=few, later=some),), FEW, only="")
    assert one.whole.interval is not None
    assert one.change is None
