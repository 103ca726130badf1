"""Draws repeat, do not depend on each other's order, and keep to their shares."""

from collections import Counter

from makegood.demo.chance import Chance


def test_a_draw_depends_on_the_seed_and_its_subject_only():
    first, again, other = Chance(1), Chance(1), Chance(2)
    assert [first.unit("a", n) for n in range(5)] == [again.unit("a", n) for n in range(5)]
    assert first.unit("a", 1) != other.unit("a", 1)
    assert first.unit("a", 1) != first.unit("a", 2)


def test_shares_are_kept():
    chance = Chance(3)
    hits = sum(chance.happens(0.3, "share", n) for n in range(10_000))
    assert 2_800 < hits < 3_200
    drawn = Counter(chance.weighted({"a": 1, "b": 3}, "w", n) for n in range(10_000))
    assert 2.7 < drawn["b"] / drawn["a"] < 3.4


def test_the_ends_of_shares_are_certain():
    chance = Chance(4)
    assert not any(chance.happens(0.0, n) for n in range(1000))
    assert all(chance.happens(1.0, n) for n in range(1000))
    assert {chance.one_of("ab", n) for n in range(100)} == {"a", "b"}
