"""Weeks and months as the calendar of a time zone has them, the running one last."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

By: TypeAlias = Literal["week", "month"]


class Period(Struct, frozen=True, kw_only=True):
    """A week from Monday, or a month.

    Attributes:
        first: Its first day, as 2026-11-23; names it in whatever zone.
        from_ms: When that day began.
        until_ms: When the period after it begins; of the running one, now.
        is_running: It is not over yet.
    """

    first: str
    from_ms: int
    until_ms: int
    is_running: bool


def periods(now_ms: int, zone: str, by: By, back: int) -> tuple[Period, ...]:
    """Give the last whole periods and the running one, the oldest first.

    Args:
        now_ms: When it is now.
        zone: IANA name.
        by: Weeks or months.
        back: How many whole ones.
    """
    days = [_first_day(datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone)), by)]
    for _ in range(back):
        days.append(_before(days[-1], by))
    starts = [_start_ms(day, zone) for day in reversed(days)]
    ends = [*starts[1:], max(now_ms, starts[-1] + 1)]
    return tuple(
        Period(first=day.isoformat(), from_ms=start, until_ms=end, is_running=n == back)
        for n, (day, start, end) in enumerate(zip(reversed(days), starts, ends, strict=True))
    )


def edges_of(zones: Iterable[Sequence[Period]]) -> tuple[int, ...]:
    """Give every instant at which a period of any zone begins or ends, rising."""
    found = {one.from_ms for periods_ in zones for one in periods_}
    return tuple(sorted(found | {one.until_ms for one in _flat(zones)}))


def place_of(from_ms: int, periods_: Sequence[Period]) -> int:
    """Say in which period something that began then is; -1 for none."""
    found = (n for n, one in enumerate(periods_) if one.from_ms <= from_ms < one.until_ms)
    return next(found, -1)


def spans(edges: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Give each edge with the next."""
    return pairwise(edges)
