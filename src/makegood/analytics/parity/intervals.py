"""How sure a share, a median or a difference is; like is compared with like, stratum by stratum.

No library that the product rests on has these, and all are closed forms: Wilson 1927 and
Newcombe 1998 (method 10) for shares and their difference, in strata as Yan and Su 2010; order
statistics around a median; and for times and amounts the share of pairs in which one side has
more, with the variance of its placements (DeLong et al. 1988). Nothing is drawn by chance, so a
report is the same each time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import floor, inf, sqrt
from statistics import NormalDist, fmean, variance

from msgspec import Struct

SPARSE = 5
"""A stratum with fewer on one side tells nothing about the difference."""
_NORMAL = NormalDist()
_ROUNDING = 1e-9  # a sum of floats is not quite what it should be


class Interval(Struct, frozen=True, kw_only=True):
    """A figure and how far it may be off."""

    value: float
    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Whether a value is out of the question."""
        return not self.low - _ROUNDING <= value <= self.high + _ROUNDING


class Counted(Struct, frozen=True, kw_only=True):
    """How many of how many, here and elsewhere, in one stratum."""

    part: int
    whole: int
    other_part: int
    other_whole: int


class Compared(Struct, frozen=True, kw_only=True):
    """A difference over strata.

    Attributes:
        here: How many could be compared on this side.
        elsewhere: How many on the other.
        strata: In how many strata.
    """

    interval: Interval
    here: int
    elsewhere: int
    strata: int


def z_for(alpha: float, comparisons: int = 1) -> float:
    """Give the normal quantile for so many two-sided intervals that hold at once (Bonferroni)."""
    return _NORMAL.inv_cdf(1 - alpha / (2 * max(comparisons, 1)))


def wilson(part: float, whole: int, z: float) -> Interval:
    """Give Wilson's interval of a share; of nothing, that it can be anything."""
    if not whole:
        return Interval(value=0.0, low=0.0, high=1.0)
    share = part / whole
    centre = share + z * z / (2 * whole)
    reach = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    low = 0.0 if part <= 0 else max((centre - reach) / scale, 0.0)
    high = 1.0 if part >= whole else min((centre + reach) / scale, 1.0)
    return Interval(value=share, low=low, high=high)


def difference(strata: Sequence[Counted], z: float) -> Compared | None:
    """Compare two shares, like with like: the differences of strata, by Mantel-Haenszel weights.

    The interval is Newcombe's, from stratified Wilson limits; with one stratum it is his own.

    Returns:
        This side less the other; None when no stratum has enough on both sides.
    """
    kept = [one for one in strata if min(one.whole, one.other_whole) >= SPARSE]
    if not kept:
        return None
    weights = _weights([(one.whole, one.other_whole) for one in kept])
    here = [(one.part, one.whole) for one in kept]
    other = [(one.other_part, one.other_whole) for one in kept]
    first, second = _stratified(here, weights, z), _stratified(other, weights, z)
    spread, other_spread = _spread(here, weights), _spread(other, weights)
    value = first.value - second.value

    def reach(mine: float, theirs: float) -> float:
        return z * sqrt(spread * mine * (1 - mine) + other_spread * theirs * (1 - theirs))

    interval = Interval(
        value=value,
        low=max(value - reach(first.low, second.high), -1.0),
        high=min(value + reach(first.high, second.low), 1.0),
    )
    return _compared(interval, here, other)


def pairs(strata: Sequence[tuple[Sequence[float], Sequence[float]]], z: float) -> Compared | None:
    """Compare times or amounts, like with like: in which share of pairs has this side more?

    A tie counts half, so that 0.5 is no difference; what never came is infinite.

    Returns:
        The share; None when no stratum has enough on both sides.
    """
    kept = [(a, b) for a, b in strata if min(len(a), len(b)) >= SPARSE]
    if not kept:
        return None
    weights = _weights([(len(a), len(b)) for a, b in kept])
    value = spread = 0.0
    for weight, (mine, theirs) in zip(weights, kept, strict=True):
        above, below = placements(mine, theirs), placements(theirs, mine)
        value += weight * fmean(above)
        unsure = variance(above) / len(above) + variance(below) / len(below)
        spread += weight * weight * unsure
    reach = z * sqrt(spread)
    interval = Interval(value=value, low=max(value - reach, 0.0), high=min(value + reach, 1.0))
    sizes = [(0, len(a)) for a, _ in kept], [(0, len(b)) for _, b in kept]
    return _compared(interval, *sizes)


def placements(mine: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """For each of mine, the share of theirs that is less; a tie counts half."""
    ordered = sorted(theirs)
    whole = 2 * len(ordered)
    return [(bisect_left(ordered, one) + bisect_right(ordered, one)) / whole for one in mine]


def median(values: Sequence[float], z: float) -> Interval:
    """Give the median with the interval of its order statistics; what never came is infinite."""
    if not values:
        return Interval(value=inf, low=0.0, high=inf)
    ordered = sorted(values)
    count = len(ordered)
    reach = z * sqrt(count) / 2
    low, high = floor(count / 2 - reach), floor(count / 2 + reach)
    return Interval(
        value=_middle(ordered),
        low=ordered[low] if low >= 0 else -inf,
        high=ordered[high] if high < count else inf,
    )


def _middle(ordered: Sequence[float]) -> float:
    half, is_odd = divmod(len(ordered), 2)
    if is_odd:
        return ordered[half]
    below, above = ordered[half - 1], ordered[half]
    return below if below == above else (below + above) / 2


def _weights(sizes: Sequence[tuple[int, int]]) -> list[float]:
    """Give each stratum the weight of its smaller side, nearly: Mantel and Haenszel's."""
    raw = [a * b / (a + b) for a, b in sizes]
    whole = sum(raw)
    return [one / whole for one in raw]


def _spread(counts: Sequence[tuple[int, int]], weights: Sequence[float]) -> float:
    return sum(w * w / whole for w, (_, whole) in zip(weights, counts, strict=True))


def _stratified(counts: Sequence[tuple[int, int]], weights: Sequence[float], z: float) -> Interval:
    """Give the weighted share with stratified Wilson limits (Yan and Su 2010)."""
    own = z
    if len(counts) > 1:
        unsure = [_unsure(part, whole, z) for part, whole in counts]
        both = sum(w * w * u * u for w, u in zip(weights, unsure, strict=True))
        apart = sum(w * u for w, u in zip(weights, unsure, strict=True))
        own = z * sqrt(both) / apart
    each = [wilson(part, whole, own) for part, whole in counts]
    return Interval(
        value=sum(w * one.value for w, one in zip(weights, each, strict=True)),
        low=sum(w * one.low for w, one in zip(weights, each, strict=True)),
        high=sum(w * one.high for w, one in zip(weights, each, strict=True)),
    )


def _unsure(part: int, whole: int, z: float) -> float:
    """The standard error of a share, never nothing: as if z squared more were half and half."""
    share = (part + z * z / 2) / (whole + z * z)
    return sqrt(share * (1 - share) / (whole + z * z))


def _compared(
    interval: Interval, here: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]
) -> Compared:
    return Compared(
        interval=interval,
        here=sum(whole for _, whole in here),
        elsewhere=sum(whole for _, whole in other),
        strata=len(here),
    )
