"""Intervals against published examples, against brute force, and in the long run."""

from math import inf, isclose
from random import Random

import pytest

from makegood.analytics.parity.intervals import (
    SPARSE,
    Counted,
    Interval,
    difference,
    median,
    pairs,
    placements,
    wilson,
    z_for,
)

Z = z_for(0.05)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_as_newcombe_published_it_in_1998(part, whole, low, high):
    found = wilson(part, whole, Z)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_the_difference_in_one_stratum_is_newcombes_method_10(first, second, low, high):
    one = Counted(part=first[0], whole=first[1], other_part=second[0], other_whole=second[1])
    found = difference([one], Z)
    assert found is not None
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (low, high)


def test_nothing_of_nothing_can_be_anything():
    assert wilson(0, 0, Z) == Interval(value=0.0, low=0.0, high=1.0)
    assert difference([], Z) is None
    assert pairs([], Z) is None


def test_like_is_compared_with_like():
    """Each side does the same in each kind; only the mixture differs (Simpson)."""
    kinds = [
        Counted(part=90, whole=100, other_part=9, other_whole=10),
        Counted(part=1, whole=10, other_part=10, other_whole=100),
    ]
    found = difference(kinds, Z)
    assert found is not None
    assert isclose(found.interval.value, 0.0, abs_tol=1e-12)
    assert (found.here, found.elsewhere, found.strata) == (110, 110, 2)


def test_a_stratum_with_a_few_on_one_side_tells_nothing():
    one = Counted(part=SPARSE - 1, whole=SPARSE - 1, other_part=0, other_whole=900)
    assert difference([one], Z) is None
    assert pairs([([1.0] * (SPARSE - 1), [2.0] * 900)], Z) is None


def test_pairs_are_counted_as_by_hand_also_with_ties_and_what_never_came():
    chance = Random(7)
    values = [1.0, 2.0, 2.0, 3.0, inf]
    for _ in range(30):
        mine = chance.choices(values, k=chance.randrange(5, 12))
        theirs = chance.choices(values, k=chance.randrange(5, 12))
        wins = sum((a > b) + (a == b) / 2 for a in mine for b in theirs)
        found = pairs([(mine, theirs)], Z)
        assert found is not None
        assert isclose(found.interval.value, wins / (len(mine) * len(theirs)))
        assert isclose(sum(placements(mine, theirs)) * len(theirs), wins)


def test_the_same_everywhere_is_no_difference_whatever_the_rounding():
    found = pairs([([1.0] * n, [1.0] * (n + 3)) for n in (5, 7, 11, 13)], Z)
    assert found is not None
    assert not found.interval.excludes(0.5)


def test_the_median_has_the_interval_of_its_order_statistics():
    found = median([float(n) for n in range(1, 101)], Z)
    assert (found.value, found.low, found.high) == (50.5, 41.0, 60.0)
    assert median([1.0, inf, inf], Z).value == inf


def test_more_comparisons_make_wider_intervals():
    assert z_for(0.05) < z_for(0.05, 10) < z_for(0.05, 100)
    assert round(z_for(0.05), 4) == 1.96


def test_the_intervals_hold_as_often_as_they_say():
    """400 worlds of two strata with a true difference: at least 93 of 100 intervals have it."""
    chance = Random(3)
    held_shares = held_pairs = 0
    for _ in range(400):
        counted, valued = [], []
        for size, other, base in ((60, 90, 0.5), (40, 30, 0.85)):
            mine = [chance.random() < base - 0.1 for _ in range(size)]
            theirs = [chance.random() < base for _ in range(other)]
            counted.append(
                Counted(part=sum(mine), whole=size, other_part=sum(theirs), other_whole=other)
            )
            valued.append(
                (
                    [chance.gauss(0.3, 1) for _ in range(size)],
                    [chance.gauss(0, 1) for _ in range(other)],
                )
            )
        shares, times = difference(counted, Z), pairs(valued, Z)
        assert shares is not None
        assert times is not None
        held_shares += not shares.interval.excludes(-0.1)
        held_pairs += not times.interval.excludes(0.5840)  # Phi(0.3 / sqrt(2))
    assert held_shares >= 372
    assert held_pairs >= 372
