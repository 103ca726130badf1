"""Reputations find a sealed truth that a share of thumbs misses, and say when they cannot tell."""

import numpy as np
import polars as pl
import pytest

from benchmarks.reputation import DAY_MS, covered, table, tau
from makegood.analytics.reputation.estimates import (
    Terms,
    rep_estimates,
    rule_estimates,
    since_when,
)
from makegood_sim.reputation import Plan, World, make


@pytest.fixture(scope="module")
def world() -> World:
    return make(Plan(reps=30, ratings=240), seed=1)


@pytest.fixture(scope="module")
def reps(world: World):
    return rep_estimates(table(world.seen), Terms())


def test_people_are_told_apart_where_a_share_of_thumbs_misleads(world: World, reps):
    truth = world.truth.reps[[int(one.name[1:]) for one in reps]]
    shares = table(world.seen).group_by("rep").agg(pl.col("up").mean()).sort("rep")["up"]
    own = tau([one.share for one in reps], truth)
    assert own > 0.5
    assert own > tau(shares.to_list(), truth) + 0.15
    assert covered(reps, truth) >= 0.75


def test_a_rule_that_became_bad_is_named_and_no_other(world: World):
    bad = make(Plan(reps=30, ratings=240, bad_rule_days=14), seed=1)
    assert [it.name for it in rule_estimates(table(bad.seen), Terms()) if it.worse_lately] == [
        "f0000"
    ]
    assert not any(it.worse_lately for it in rule_estimates(table(world.seen), Terms()))


@pytest.mark.parametrize(("reason", "worse"), [("policy", ["f0000"]), ("product", [])])
def test_what_is_laid_on_a_rule_names_it_sooner_than_thumbs_alone(world: World, reason, worse):
    seen = table(world.seen)
    late = pl.col("at_ms") > pl.col("at_ms").max() - 14 * DAY_MS
    ups = seen.with_row_index().filter(late & (pl.col("rule") == "f0000") & (pl.col("up") == 1))
    turned = pl.int_range(pl.len()).is_in(ups["index"].head(5).to_list())
    vexed = seen.with_columns(
        up=pl.when(turned).then(0).otherwise(pl.col("up")),
        about=pl.when(turned).then(pl.lit(reason)).otherwise(pl.col("about")),
    )
    assert [it.name for it in rule_estimates(vexed, Terms()) if it.worse_lately] == worse


def test_what_a_rule_brings_since_it_became_worse_is_laid_on_no_person(world: World):
    seen = table(world.seen)
    since = {"f0000": seen["at_ms"].max() - 14 * DAY_MS}
    theirs = (pl.col("at_ms") >= since["f0000"]) & (pl.col("rule") == "f0000")
    vexed = seen.with_columns(up=pl.when(theirs).then(0).otherwise(pl.col("up")))
    glad = seen.with_columns(up=pl.when(theirs).then(1).otherwise(pl.col("up")))
    assert not vexed.equals(seen)
    assert rep_estimates(vexed, Terms(), since) == rep_estimates(glad, Terms(), since)
    assert rep_estimates(vexed, Terms()) != rep_estimates(glad, Terms())


@pytest.mark.parametrize("days", [5, 14, 21])
def test_it_is_found_since_when_a_rule_is_worse(world: World, days: int):
    seen = table(world.seen)
    last = seen["at_ms"].max()
    turned = (pl.col("at_ms") > last - days * DAY_MS) & (pl.col("rule") == "f0000")
    worse = seen.with_columns(up=pl.when(turned).then(0).otherwise(pl.col("up")))
    found = since_when(worse, ["f0000"], Terms())["f0000"]
    assert abs((last - found) / DAY_MS - days) <= 6


def test_a_rule_that_is_new_is_worse_since_it_began_to_be():
    new = pl.DataFrame({"rule": ["fee"] * 30, "at_ms": [n * DAY_MS for n in range(30)],
                        "up": [1] * 20 + [0] * 10})  # fmt: skip
    assert since_when(new, ["fee"], Terms()) == {"fee": 20 * DAY_MS}
    assert since_when(new, [], Terms()) == {}


def test_a_lot_that_is_known_is_used_and_none_is_needed(world: World, reps):
    seen = table(world.seen)
    assert (seen["propensity"] > 0).any()
    unknown = rep_estimates(seen.with_columns(propensity=pl.lit(0.0)), Terms())
    truth = world.truth.reps[[int(one.name[1:]) for one in unknown]]
    assert tau([one.share for one in unknown], truth) > 0.5
    assert [one.n for one in unknown] == [one.n for one in reps]
    assert [one.share for one in unknown] != [one.share for one in reps]


def test_below_thirty_ratings_nothing_can_be_told(world: World, reps):
    few = table(world.seen).group_by("rep", maintain_order=True).head(29)
    assert {one.standing for one in rep_estimates(few, Terms())} == {"cannot_tell"}
    assert {one.standing for one in reps} > {"alike"}


def test_the_order_of_the_ratings_changes_nothing(world: World, reps):
    mixed = table(world.seen).sample(fraction=1.0, shuffle=True, seed=3)
    again = rep_estimates(mixed, Terms())
    assert np.allclose([one.share for one in again], [one.share for one in reps], atol=1e-6)


def test_an_empty_table_and_one_without_rules_say_nothing_of_rules(world: World):
    seen = table(world.seen)
    assert rep_estimates(seen.head(0), Terms()) == ()
    assert rule_estimates(seen.with_columns(rule=pl.lit("")), Terms()) == ()
    with pytest.raises(ValueError, match="0 or 1"):
        rep_estimates(seen.with_columns(up=pl.lit(2)), Terms())
