"""Parity in words and numbers, the same on the terminal and on the page."""

from collections.abc import Callable
from math import isinf

from makegood.analytics.parity.figures import Comparison, Group, Measure, Parity
from makegood.analytics.parity.intervals import Interval

_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000


def headline(found: Parity) -> str:
    """Say in one sentence what was found."""
    if not found.cases and not found.requests:
        return "There is nothing to compare: the log holds no case that had time to be answered."
    if all(len(measure.groups) < 2 for measure in found.measures):
        return f"There is one group by {found.by}: nothing to compare."
    if not _told(found):
        return f"Too few to tell whether service differs by {found.by}."
    differing = found.differing
    if not differing:
        return f"No difference of service by {found.by} was found in {_told(found)} comparisons."
    groups = sorted({one.group for _, one in differing})
    named = ", ".join(groups[:3]) + (" and others" if len(groups) > 3 else "")
    how_many = f"{len(differing)} of {_told(found)} comparisons"
    return f"Service differs by {found.by} in {how_many}: {named}."


def _told(found: Parity) -> int:
    return sum(one.difference is not None for m in found.measures for one in m.comparisons)


def figure_words(measure: Measure, group: Group) -> str:
    """Write what a group had, with its interval."""
    figure = group.figure
    if figure is None:
        return "too few to tell"
    if measure.unit == "share":
        return _between(_percent, figure)
    if measure.unit == "milliseconds":
        return _between(time_words, figure)
    mean = f", on average {_percent(group.mean)}" if group.mean is not None else ""
    return f"{_between(_percent, figure)}{mean}"


def difference_words(measure: Measure, one: Comparison) -> str:
    """Write how a group differs from everybody else with the same failure."""
    found = one.difference
    if found is None:
        return "too few to tell"
    if measure.unit == "share":
        value, low, high = (f"{100 * x:+.1f}" for x in (found.value, found.low, found.high))
        return f"{value} points ({low} to {high})"
    more = "longer" if measure.unit == "milliseconds" else "more"
    return f"{more} in {_between(_percent, found)} of pairs"


def time_words(ms: float) -> str:
    """Write a span in two units at most: 40 s, 12 min, 3 h 20 min, 2 d 4 h; never."""
    if isinf(ms):
        return "never" if ms > 0 else "0 s"
    for unit_ms, name, rest_ms, rest in (
        (_DAY_MS, "d", _HOUR_MS, "h"),
        (_HOUR_MS, "h", _MINUTE_MS, "min"),
        (_MINUTE_MS, "min", 0, ""),
    ):
        if ms >= unit_ms:
            more = int(ms % unit_ms // rest_ms) if rest_ms else 0
            return f"{int(ms // unit_ms)} {name}" + (f" {more} {rest}" if more else "")
    return f"{int(ms // 1000)} s"


def _between(write: Callable[[float], str], interval: Interval) -> str:
    return f"{write(interval.value)} ({write(interval.low)} to {write(interval.high)})"


def _percent(share: float) -> str:
    if isinf(share):
        return "any" if share > 0 else "nothing"
    return f"{100 * share:,.0f}%"
