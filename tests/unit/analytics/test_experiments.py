"""What an experiment shows: nothing too early, and an interval that holds at every look."""

from random import Random

import pytest
from msgspec.structs import replace

from makegood.analytics.experiments import Effect, boundary, effects
from makegood.core.lots import draw
from makegood.ports.lots import LotCount


def count(*, treated: bool, seen: int, back: int, propensity: float = 0.5) -> LotCount:
    return LotCount(
        experiment="hello", treated=treated, propensity=propensity, seen=seen, back=back, young=0
    )


def effect_of(rows: list[LotCount]) -> Effect:
    (effect,) = effects(rows, 20, {"hello": ("came_back",)})["hello"]
    return effect


def test_with_too_few_on_one_side_nothing_is_said():
    effect = effect_of(
        [count(treated=True, seen=500, back=400), count(treated=False, seen=19, back=1)]
    )
    assert effect.value is None
    assert not effect.can_tell


def test_a_large_difference_is_sure_and_its_interval_holds_the_truth():
    effect = effect_of(
        [count(treated=True, seen=1_000, back=600), count(treated=False, seen=1_000, back=300)]
    )
    assert effect.value == pytest.approx(0.3)
    assert 0 < effect.low < 0.3 < effect.high
    assert effect.can_tell


def test_a_share_that_changed_over_time_is_weighed_by_what_was_written_down():
    rows = [
        count(treated=True, seen=900, back=450, propensity=0.9),
        count(treated=False, seen=100, back=50, propensity=0.9),
        count(treated=True, seen=500, back=100, propensity=0.5),
        count(treated=False, seen=500, back=100, propensity=0.5),
    ]
    effect = effect_of(rows)
    assert effect.value == pytest.approx(0.0, abs=1e-9)  # the raw shares differ: 39 % and 25 %
    assert not effect.can_tell


def test_what_they_do_and_what_they_say_are_told_apart_and_all_of_it_holds_together():
    rows = [
        replace(count(treated=True, seen=1_000, back=300), good=500, bad=20),
        replace(count(treated=False, seen=1_000, back=300), good=200, bad=21),
    ]
    named = ("came_back", "good_answer", "bad_answer")
    back, good, bad = effects(rows, 20, {"hello": named})["hello"]
    assert (back.can_tell, good.can_tell, bad.can_tell) == (False, True, False)
    assert good.value == pytest.approx(0.3)
    assert (bad.treated_so, bad.control_so) == (20, 21)
    (alone,) = effects(rows, 20, {"hello": ("came_back",)})["hello"]
    assert back.low < alone.low < 0 < alone.high < back.high


@pytest.mark.parametrize("seed", [3, 11])
def test_a_small_control_and_a_month_that_is_full_mislead_nobody(seed: int):
    """Nine of ten are treated, and each looks daily; without any effect it is seldom sure."""
    random, wrong, runs = Random(seed), 0, 150
    for _ in range(runs):
        seen, back = [0, 0], [0, 0]
        for _look in range(40):
            for _customer in range(12):
                arm = int(random.random() < 0.9)
                seen[arm] += 1
                back[arm] += random.random() < 0.4
            rows = [count(treated=bool(n), seen=seen[n], back=back[n], propensity=0.9)
                    for n in (0, 1)]  # fmt: skip
            if effect_of(rows).can_tell:
                wrong += 1
                break
    assert wrong / runs <= 0.05 + 0.036  # two standard errors of 150 runs


def test_who_looks_every_day_is_seldom_misled():
    """Without any effect, and 60 looks each, an ordinary interval is wrong in about a third."""
    random, wrong, runs = Random(7), 0, 200
    for _ in range(runs):
        seen, back = [0, 0], [0, 0]
        for _look in range(60):
            for _customer in range(30):
                arm = int(random.random() < 0.5)
                seen[arm] += 1
                back[arm] += random.random() < 0.3
            rows = [count(treated=bool(n), seen=seen[n], back=back[n]) for n in (0, 1)]
            effect = effect_of(rows)
            if effect.can_tell:
                wrong += 1
                break
    assert wrong / runs <= 0.05 + 0.03  # two standard errors of 200 runs


def test_the_boundary_narrows_and_is_never_that_of_one_look():
    assert boundary(0) == float("inf")
    assert boundary(100) > boundary(1_000) > boundary(10_000)
    assert boundary(10_000) > 1.96 / 100


def test_a_lot_is_the_same_whenever_it_is_drawn_and_as_probable_as_it_says():
    lots = [draw(f"c{n}", "hello", 0.2) for n in range(5_000)]
    assert lots == [draw(f"c{n}", "hello", 0.2) for n in range(5_000)]
    share = sum(not one.treated for one in lots) / len(lots)
    assert share == pytest.approx(0.2, abs=0.02)
    other = [draw(f"c{n}", "thanks", 0.2).treated for n in range(5_000)]
    both = sum(a.treated and b for a, b in zip(lots, other, strict=True)) / len(lots)
    assert both == pytest.approx(0.64, abs=0.03)
    assert all(draw(f"c{n}", "hello", 0.0).treated for n in range(50))
