"""Weeks and months as the calendar of a time zone has them, the running one last."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

By: TypeAlias = Literal["week", "month"]


class Period(Struct, frozen=True, kw_only=True):
    """A week from Monday, or a month.

    Attributes:
        first: Its first day, as 2026-11-23; names it in whatever zone.
        from_ms: When that day began.
        until_ms: When the period after it begins; of the running one, just after now.
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
    ends = [*starts[1:], now_ms + 1]
    return tuple(
        Period(first=day.isoformat(), from_ms=start, until_ms=end, is_running=n == back)
        for n, (day, start, end) in enumerate(zip(reversed(days), starts, ends, strict=True))
    )


class Cut(Struct, frozen=True, kw_only=True):
    """The periods of several time zones, so that all are counted at once.

    Attributes:
        zones: IANA name -> its periods.
        edges: Every instant at which one of them begins or ends, rising.
        whole: The periods by their names, from the first that every zone has; running where it
            is in one of them. What one zone alone has before them would be compared with all.
    """

    zones: Mapping[str, tuple[Period, ...]]
    edges: tuple[int, ...]
    whole: tuple[Period, ...]

    @property
    def coarse(self) -> tuple[int, ...]:
        """Give the edges that tell the halves apart, and what is in neither."""
        earlier, later = halves(self.whole)
        starts = {self.whole[n].first for n in (0, earlier.start, later.start, later.stop)}
        found = {one.from_ms for own in self.zones.values() for one in own if one.first in starts}
        ends = {edge for own in self.zones.values() for edge in (own[0].from_ms, own[-1].until_ms)}
        return tuple(sorted(found | ends))

    def place_of(self, at_ms: int, zone: str) -> int:
        """Say in which one of `whole` something happened by the clocks of a zone; -1 for none."""
        first = next(
            (one.first for one in self.zones[zone] if one.from_ms <= at_ms < one.until_ms), ""
        )
        return next((n for n, one in enumerate(self.whole) if one.first == first), -1)


def cut(zones: Iterable[str], now_ms: int, by: By, back: int) -> Cut:
    """Cut the time that is over into periods, as each of these zones has them."""
    found = {zone: periods(now_ms, zone, by, back) for zone in sorted(set(zones))}
    every = [one for own in found.values() for one in own]
    edges = sorted({edge for one in every for edge in (one.from_ms, one.until_ms)})
    since = max(own[0].first for own in found.values())
    names = sorted({one.first for one in every if one.first >= since})
    return Cut(zones=found, edges=tuple(edges), whole=tuple(_joined(n, every) for n in names))


def halves(whole: Sequence[Period]) -> tuple[range, range]:
    """Give the places of the earlier and of the later half of the periods that are over.

    Of an odd number the oldest is in neither.
    """
    over = sum(not one.is_running for one in whole)
    half = over // 2
    return range(over - 2 * half, over - half), range(over - half, over)


def _joined(name: str, every: Sequence[Period]) -> Period:
    same = [one for one in every if one.first == name]
    return Period(
        first=name,
        from_ms=min(one.from_ms for one in same),
        until_ms=max(one.until_ms for one in same),
        is_running=any(one.is_running for one in same),
    )


def _first_day(at: datetime, by: By) -> date:
    day = at.date()
    return day - timedelta(days=day.weekday()) if by == "week" else day.replace(day=1)


def _before(day: date, by: By) -> date:
    before = day - timedelta(days=7 if by == "week" else 1)
    return before if by == "week" else before.replace(day=1)


def _start_ms(day: date, zone: str) -> int:
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    return int(midnight.timestamp() * 1000)
