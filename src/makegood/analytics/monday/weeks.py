"""Weeks of a time zone: where they begin and end, what they are called, when a letter is due."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

_NAMED = re.compile(r"([0-9]{4})-W([0-9]{2})", re.ASCII)
_SECOND_MS = 1000
_FIRST_YEAR = 1970


class Week(Struct, frozen=True, kw_only=True):
    """An ISO week: from Monday at midnight to the next, as clocks of a zone show it.

    Attributes:
        name: As ISO 8601 writes it: 2026-W47.
        before_ms: When the week before began.
        begins_ms: Its first instant.
        ends_ms: The first instant that is no longer in it.
        first: Its Monday.
        zone: Whose days these are.
    """

    name: str
    before_ms: int
    begins_ms: int
    ends_ms: int
    first: date
    zone: str

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def bounds(self) -> tuple[int, int, int]:
        """The week before, the week, its end."""
        return (self.before_ms, self.begins_ms, self.ends_ms)

    def earlier(self) -> "Week":
        """The week before."""
        return _week(self.first - timedelta(days=7), self.zone)


def week_named(name: str, zone: str) -> Week | None:
    """Find a week by its ISO name; None for what is none, and of before any log."""
    found = _NAMED.fullmatch(name.strip())
    if found is None or int(found[1]) < _FIRST_YEAR:
        return None
    try:
        first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return _week(first, zone)
    except (ValueError, OverflowError):
        return None


def week_of(at_ms: int, zone: str) -> Week:
    """Give the week that an instant lies in."""
    day = datetime.fromtimestamp(at_ms / _SECOND_MS, UTC).astimezone(ZoneInfo(zone)).date()
    return _week(day - timedelta(days=day.weekday()), zone)


def last_due(now_ms: int, weekday: int, minute: int, zone: str) -> tuple[Week, int]:
    """Give the latest week whose letter is due by now, and when it became due.

    A letter is due in the week after the one it is about. An hour that a clock skips counts as the
    one after, an hour that it shows twice as the first of both.

    Args:
        now_ms: The present.
        weekday: On which day, from 0 for Monday.
        minute: At which minute of that day.
        zone: Whose clock.
    """
    week = week_of(now_ms, zone)
    due_ms = due_of(week.earlier(), weekday, minute)
    if due_ms > now_ms:
        week = week.earlier()
        due_ms = due_of(week.earlier(), weekday, minute)
    return week.earlier(), due_ms


def due_of(week: Week, weekday: int, minute: int) -> int:
    """Say when the letter about a week is due."""
    day = week.first + timedelta(days=7 + weekday)
    return _instant(datetime.combine(day, time(minute // 60, minute % 60)), week.zone)


def _week(first: date, zone: str) -> Week:
    year, number, _ = first.isocalendar()
    before, begins, ends = (
        _instant(datetime.combine(first + timedelta(days=days), time()), zone)
        for days in (-7, 0, 7)
    )
    return Week(
        name=f"{year:04}-W{number:02}",
        before_ms=before,
        begins_ms=begins,
        ends_ms=ends,
        first=first,
        zone=zone,
    )


def _instant(wall: datetime, zone: str) -> int:
    """Read a clock: an hour that it skips is read as before the change, so as the one after."""
    return round(wall.replace(tzinfo=ZoneInfo(zone)).timestamp()) * _SECOND_MS
