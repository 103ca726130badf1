"""What is usual in a queue: robust, with an interval, and the told date holds as often as said."""

from random import Random

import pytest
from msgspec.structs import replace
from scipy.stats import CensoredData, ecdf

from makegood.analytics.waits import (
    curve_of,
    first_below,
    hour_of_week,
    interval,
    learn,
    told_after,
)
from makegood.messages.ids import EventId
from makegood.ports.silence import QueueNorms, Waited
from tests.unit.core.test_waiting import LETTERS

HOUR = 3_600_000
DAY = 24 * HOUR
MONDAY_MS = 1_767_571_200_000  # 5 January 2026, 00:00 UTC
RULE = replace(LETTERS, at_most_ms=1000 * DAY, at_least_ms=0)


def waits(rng: Random, per_day: int = 20, days: int = 56, mean_hours: float = 2.0) -> list[Waited]:
    """Waits of a queue that is the same all day; skewed, as waits are."""
    found = []
    for day in range(days):
        for number in range(per_day):
            at_ms = MONDAY_MS + day * DAY + rng.randrange(8 * HOUR, 18 * HOUR)
            wait_ms = int(rng.lognormvariate(0, 0.8) * mean_hours * HOUR)
            found.append(waited(f"{day}/{number}", at_ms, wait_ms))
    return found


def waited(name: str, at_ms: int, wait_ms: int, **more: object) -> Waited:
    ended_ms = at_ms + wait_ms if wait_ms else 0
    one = Waited(
        event=EventId(name), rule="letter_waits", brand="", channel="mail", at_ms=at_ms,
        ended_ms=ended_ms,
    )  # fmt: skip
    return replace(one, **more)


def learned(found: list[Waited], days: int = 56, **rule: object) -> QueueNorms:
    return learn(replace(RULE, **rule), found, "UTC", MONDAY_MS + days * DAY, ("", "mail"))


def test_the_norm_lies_in_its_interval_and_nine_in_ten_wait_no_longer() -> None:
    rng = Random(1)
    norm = learned(waits(rng)).whole
    assert norm.low_ms <= norm.long_ms <= norm.high_ms
    later = waits(rng)
    inside = sum(one.ended_ms - one.at_ms <= norm.long_ms for one in later) / len(later)
    assert inside == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize("share", [0.8, 0.9])
def test_a_told_date_holds_on_held_out_waits_in_about_the_stated_share(share: float) -> None:
    rng, held, told = Random(2), 0, 0
    for _ in range(40):
        norm = learned(waits(rng, per_day=8), told_share=share).whole
        assert norm.told_ms > norm.long_ms
        for one in waits(rng, per_day=8):
            wait_ms = one.ended_ms - one.at_ms
            if wait_ms > norm.long_ms:
                told += 1
                held += wait_ms <= norm.told_ms
    assert told > 1000
    assert share - 0.02 <= held / told <= share + 0.05


def test_with_too_few_waits_nothing_can_be_told() -> None:
    rng = Random(3)
    assert learned(waits(rng, per_day=2, days=40), days=40).whole.long_ms == 0
    assert learned([]).whole.waits == 0
    few = learned(waits(rng, per_day=2, days=52), days=52).whole
    assert few.long_ms > 0
    short = learned(waits(rng, per_day=2, days=52)[:104], days=52, waits=100, share=0.95).whole
    assert short.long_ms > 0
    assert short.told_ms == 0  # about five waited longer, and one in ten of five is nobody


def test_an_outlier_and_an_unnamed_holiday_do_not_move_the_norm() -> None:
    rng = Random(4)
    found = waits(rng)
    usual = learned(found).whole.long_ms
    holiday = [waited(f"h{n}", MONDAY_MS + 20 * DAY + n * 60_000, 40 * HOUR) for n in range(200)]
    spoilt = [one for one in found if not 20 * DAY <= one.at_ms - MONDAY_MS < 21 * DAY]
    assert learned([*spoilt, *holiday]).whole.long_ms == pytest.approx(usual, rel=0.05)
    odd = waited("odd", MONDAY_MS + 3 * DAY, 900 * HOUR)
    assert learned([*found, odd]).whole.long_ms == pytest.approx(usual, rel=0.03)


def test_a_named_day_teaches_nothing() -> None:
    found = waits(Random(5), days=5)
    norms = learned(found, days=5, waits=30, leave_out=frozenset({"2026-01-06"}))
    assert norms.whole.waits == 80


def test_the_date_knows_of_bad_days_that_the_norm_leaves_out() -> None:
    found = waits(Random(6))
    bad = [waited(f"b{n}", MONDAY_MS + 20 * DAY + n * 60_000, 60 * HOUR) for n in range(60)]
    assert learned([*found, *bad]).whole.told_ms > learned(found).whole.told_ms


def test_waits_that_last_or_were_given_up_are_longer_than_they_were() -> None:
    found = waits(Random(7))
    usual = learned(found).whole.long_ms
    cut = [
        replace(one, ended_ms=one.at_ms + HOUR, gave_up=True)
        if n % 3 == 0 and one.ended_ms - one.at_ms > HOUR
        else one
        for n, one in enumerate(found)
    ]
    assert learned(cut).whole.long_ms == pytest.approx(usual, rel=0.15)
    as_answers = [replace(one, gave_up=False) for one in cut]
    assert learned(as_answers).whole.long_ms < usual
    lasting = [replace(one, ended_ms=0) if n % 20 == 0 else one for n, one in enumerate(found)]
    assert learned(lasting).whole.long_ms > usual
    stuck = [replace(one, ended_ms=0) if n % 2 else one for n, one in enumerate(found)]
    assert learned(stuck).whole.long_ms == 0  # so many wait that nobody can say how long


def test_an_hour_of_the_week_has_its_own_norm_only_with_enough_waits() -> None:
    rng = Random(8)
    nine = [
        waited(
            f"n{n}", MONDAY_MS + (n % 8) * 7 * DAY + 9 * HOUR + n, rng.randrange(HOUR, 2 * HOUR)
        )
        for n in range(240)
    ]
    norms = learned([*waits(rng, mean_hours=8), *nine])
    monday_at_nine = hour_of_week(MONDAY_MS + 9 * HOUR, "UTC")
    assert monday_at_nine == 9
    assert norms.hours[9].by_hour
    assert norms.hours[9].long_ms < norms.whole.long_ms
    assert 100 not in norms.hours


def test_hours_are_those_of_the_place_in_summer_and_winter() -> None:
    assert hour_of_week(MONDAY_MS, "America/New_York") == 6 * 24 + 19
    assert hour_of_week(MONDAY_MS + 182 * DAY, "America/New_York") == 6 * 24 + 20


def test_what_lies_outside_the_window_teaches_nothing() -> None:
    found = waits(Random(9))
    assert learned(found, days=400).whole.waits == 0


def test_the_curve_of_answers_alone_is_what_counting_says() -> None:
    curve = curve_of([(wait, True) for wait in (1, 2, 2, 4)])
    assert [(one.at_ms, one.longer) for one in curve] == [(1, 0.75), (2, 0.25), (4, 0.0)]
    assert first_below(curve, 0.5) == 2
    assert first_below(curve_of([(1, True), (9, False)]), 0.1) == 0
    assert curve_of([]) == []


def test_of_those_who_waited_as_long_there_have_to_be_enough() -> None:
    nine = [(10 + n, True) for n in range(9)]
    assert told_after(nine, 9, 0.9) == 18
    assert told_after(nine[1:], 9, 0.9) == 0
    assert told_after(nine, 99, 0.9) == 0
    assert told_after([*nine[:8], (17, False)], 9, 0.9) == 0


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")  # before any answer
@pytest.mark.parametrize("seed", range(20))
def test_the_curve_and_its_interval_are_those_of_a_library(seed: int) -> None:
    """Our own, because the library that has it is not part of a plain installation."""
    rng = Random(seed)
    spells = [(rng.randrange(1, 40), rng.random() < 0.7) for _ in range(rng.randrange(5, 200))]
    spells.append((100, False))  # somebody still waits: no end of the curve, where none is defined
    answered = sorted(wait for wait, ended in spells if ended)
    lasting = [wait for wait, ended in spells if not ended]
    theirs = ecdf(CensoredData(uncensored=answered, right=lasting)).sf
    bounds = theirs.confidence_interval(0.95, method="log-log")
    steps = curve_of(spells)
    assert [one.at_ms for one in steps] == list(dict.fromkeys(answered))
    for one in steps:
        assert one.longer == pytest.approx(float(theirs.evaluate(one.at_ms)), abs=1e-9)
    for share in (0.5, 0.1):
        wanted = [
            next((at for at in dict.fromkeys(answered) if side.evaluate(at) <= share), 0)
            for side in (bounds.low, bounds.high)
        ]
        assert list(interval(steps, share)) == wanted
