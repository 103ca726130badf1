"""Learns from waits how long is usual in a queue, and by when who waits longer has an answer.

Waits that last, and those of customers who gave up, are known only to be longer than they were, so
a Kaplan-Meier curve is read and no average. Which date can be told is asked of those alone who
waited as long already, with one wait more than there was (the next one), so that about the stated
share of the dates holds; where too few waited as long, no date can be told.
Source: Kaplan and Meier 1958; Brookmeyer and Crowley 1982 (interval of a quantile); Vovk,
Gammerman and Shafer 2005 (one more than there was).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil, exp, log, sqrt
from statistics import median
from typing import TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.messages.waits import WaitNorm
from makegood.playbooks.waiting import WaitRule
from makegood.ports.silence import QueueNorms, Waited

Z_95 = 1.959964  # two sides of the normal curve leave 5 % out
ODD_TIMES = 4  # a day whose usual wait is so many times that of usual days was no usual day
FEWEST_DAYS = 10  # of fewer days nobody can say which one is odd
Spell: TypeAlias = tuple[int, bool]
"""(how long, an answer ended it)."""


class Step(Struct, frozen=True, gc=False, array_like=True):
    """The curve at one answer: so many waits are longer, with the variance of Greenwood's sum."""

    at_ms: int
    longer: float
    variance: float


def hour_of_week(at_ms: int, timezone: str) -> int:
    """Give the hour of the week, from 0 for Monday at midnight, by the clock of a place."""
    at = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(timezone))
    return at.weekday() * 24 + at.hour


def learn(
    rule: WaitRule, waits: Sequence[Waited], timezone: str, now_ms: int, queue: tuple[str, str]
) -> QueueNorms:
    """Learn what is usual in one queue, as a whole and by hour of the week.

    Args:
        rule: Says which share, from how many waits, and which days are left out.
        waits: Of this queue.
        timezone: Whose clock the hours and days are of.
        now_ms: The present.
        queue: Brand and channel.
    """
    recent = [one for one in waits if now_ms - rule.over_ms <= one.at_ms <= now_ms]
    days: dict[str, list[Waited]] = defaultdict(list)
    for one in recent:
        days[_day(one.at_ms, timezone)].append(one)
    days = {day: some for day, some in days.items() if day not in rule.leave_out}
    odd = _odd_days(days, now_ms)
    hours: dict[int, list[tuple[Waited, bool]]] = defaultdict(list)
    whole: list[tuple[Waited, bool]] = []
    for day, some in days.items():
        for one in some:
            hours[hour_of_week(one.at_ms, timezone)].append((one, day in odd))
            whole.append((one, day in odd))
    norms = {hour: _norm(rule, some, now_ms, by_hour=True) for hour, some in sorted(hours.items())}
    return QueueNorms(
        rule=rule.id,
        brand=queue[0],
        channel=queue[1],
        at_ms=now_ms,
        whole=_norm(rule, whole, now_ms, by_hour=False),
        hours={hour: one for hour, one in norms.items() if one.long_ms},
    )


def _day(at_ms: int, timezone: str) -> str:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(timezone)).date().isoformat()


def _spell(one: Waited, now_ms: int) -> Spell:
    if not one.ended_ms or one.ended_ms > now_ms:
        return max(now_ms - one.at_ms, 0), False
    return max(one.ended_ms - one.at_ms, 0), not one.gave_up


def _odd_days(days: dict[str, list[Waited]], now_ms: int) -> frozenset[str]:
    """Find holidays and days of trouble: what is usual is not learned from them."""
    if len(days) < FEWEST_DAYS:
        return frozenset()
    usual = {day: median(_spell(one, now_ms)[0] for one in some) for day, some in days.items()}
    most = ODD_TIMES * median(usual.values())
    return frozenset(day for day, wait in usual.items() if wait > most)


def _norm(
    rule: WaitRule, waits: Sequence[tuple[Waited, bool]], now_ms: int, *, by_hour: bool
) -> WaitNorm:
    """Read the norm off the usual days, and the date off all days: trouble comes again."""
    usual = [_spell(one, now_ms) for one, is_odd in waits if not is_odd]
    answers = sum(answered for _, answered in usual)
    nothing = WaitNorm(rule=rule.id, waits=len(usual), by_hour=by_hour)
    if answers < rule.waits:
        return nothing
    curve = curve_of(usual)
    long_ms = first_below(curve, 1 - rule.share)
    if not long_ms:
        return nothing
    low_ms, high_ms = interval(curve, 1 - rule.share)
    after_ms = rule.due_after_ms(long_ms)
    told_ms = told_after([_spell(one, now_ms) for one, _ in waits], after_ms, rule.told_share)
    return WaitNorm(
        rule=rule.id,
        waits=len(usual),
        long_ms=long_ms,
        low_ms=low_ms,
        high_ms=high_ms,
        told_ms=told_ms,
        by_hour=by_hour,
    )


def curve_of(spells: Iterable[Spell]) -> list[Step]:
    """Say after each answer which share of waits is longer."""
    ordered = sorted(spells)
    at_risk, longer, greenwood = len(ordered), 1.0, 0.0
    steps: list[Step] = []
    place = 0
    while place < len(ordered):
        at_ms = ordered[place][0]
        same = [answered for wait, answered in ordered[place : _end(ordered, place)]]
        answers = sum(same)
        if answers:
            longer *= 1 - answers / at_risk
            left = at_risk - answers
            greenwood += answers / (at_risk * left) if left else 0.0
            steps.append(Step(at_ms, longer, greenwood))
        at_risk -= len(same)
        place += len(same)
    return steps


def _end(ordered: Sequence[Spell], place: int) -> int:
    end = place
    while end < len(ordered) and ordered[end][0] == ordered[place][0]:
        end += 1
    return end


def first_below(curve: Sequence[Step], longer: float) -> int:
    """Give the wait that no more than a share exceeds; 0 when the curve does not say."""
    return next((one.at_ms for one in curve if one.longer <= longer + 1e-12), 0)


def interval(curve: Sequence[Step], longer: float) -> tuple[int, int]:
    """Give the 95 % interval of `first_below`; an end that the curve does not say is 0."""
    low = next((one.at_ms for one in curve if _bounds(one)[0] <= longer), 0)
    high = next((one.at_ms for one in curve if _bounds(one)[1] <= longer), 0)
    return low, high


def _bounds(step: Step) -> tuple[float, float]:
    """Give the 95 % interval of the share that waits longer, on the log-log scale."""
    if not 0 < step.longer < 1:
        return step.longer, step.longer
    spread = Z_95 * sqrt(step.variance) / abs(log(step.longer))
    power = exp(spread)
    return step.longer**power, step.longer ** (1 / power)


def told_after(spells: Sequence[Spell], after_ms: int, share: float) -> int:
    """Say by when a share of those had an answer who waited longer than `after_ms`.

    Returns:
        A wait from its beginning; 0 where those who waited as long are too few, or the curve ends.
    """
    longer = [one for one in spells if one[0] > after_ms]
    if not longer or not share:
        return 0
    wanted = ceil((len(longer) + 1) * share - 1e-9) / len(longer)
    if wanted > 1:
        return 0
    return first_below(curve_of(longer), 1 - wanted)
