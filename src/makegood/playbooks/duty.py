"""The section `duty`: in which hours of the week the firm is there, by its own clock.

A span that counts in these hours stands still while nobody is there. Days begin and end where the
firm is, so a night in which the clocks change is an hour longer or shorter, as it is for people.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.playbooks.mistakes import Place
from makegood.playbooks.reading import Section
from makegood.playbooks.spans import day_ms

Span: TypeAlias = tuple[frozenset[int], time, time]
"""Weekdays, from, to; Monday is 0, and an end not after the beginning is of the next day."""

NEVER, IN_HOURS = "never", "in_hours"
NO_ROSTER: Final = (NEVER, IN_HOURS)
MOST_CLOSED = 100
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"^(\w{3})(?:-(\w{3}))?\s+(\d{2}:\d{2})-(\d{2}:\d{2})$", re.ASCII)
_FURTHEST_DAYS = 800  # two years of holidays: whoever is never there has no hours
_WEEK_MS = 7 * 86_400_000


def parse_hours(text: str) -> tuple[Span, ...]:
    """Read weekly hours.

    Args:
        text: For example "mon-fri 08:00-18:00; sat 09:00-13:00"; an end of 00:00 is midnight
            and an end before the beginning reaches into the next day. Empty is never.

    Returns:
        (weekdays, from, to) for each span; Monday is 0.

    Raises:
        InputError: A span is not of that form.
    """
    spans = []
    for part in filter(None, (piece.strip() for piece in text.casefold().split(";"))):
        match = _SPAN.match(part)
        if not match or {match[1], match[2] or match[1]} - set(_DAYS):
            raise InputError(f"{part!r} are not hours: write mon-fri 08:00-18:00.")
        first, last = _DAYS.index(match[1]), _DAYS.index(match[2] or match[1])
        days = frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))
        try:
            spans.append((days, time.fromisoformat(match[3]), time.fromisoformat(match[4])))
        except ValueError as error:
            raise InputError(f"{part!r} names a time that does not exist.") from error
    return tuple(spans)


class DutyHours(Struct, frozen=True, kw_only=True):
    """When somebody is there, week by week.

    Attributes:
        hours: As the book writes them; empty where it says nothing.
        spans: The same, read.
        zone: IANA name of the zone they are in.
        closed: Days on which nobody is there, as in 2026-12-25; a duty that began the day before
            is worked to its end.
        no_roster: Who has no hours in the roster is on duty `never`, or in these (`in_hours`).
    """

    hours: str = ""
    spans: tuple[Span, ...] = ()
    zone: str = "UTC"
    closed: frozenset[str] = frozenset()
    no_roster: str = NEVER

    def after(self, from_ms: int, span_ms: int) -> int:
        """Say when a span is over that counts while somebody is there.

        Args:
            from_ms: Its beginning, in the hours or outside of them.
            span_ms: How long it is.

        Returns:
            The instant. Without hours, or where nobody comes any more, it counts all the time.
        """
        left_ms, at_ms = span_ms, from_ms
        for begins_ms, ends_ms in self._openings(from_ms):
            at_ms = max(at_ms, begins_ms)
            if ends_ms <= at_ms:
                continue
            if at_ms + left_ms <= ends_ms:
                return at_ms + left_ms
            left_ms -= ends_ms - at_ms
            at_ms = ends_ms
        return from_ms + span_ms

    def is_shut(self, at_ms: int) -> bool:
        """Whether somebody would be there by the week, and is not, as the day is closed."""
        zone = ZoneInfo(self.zone)
        today = datetime.fromtimestamp(at_ms / 1000, tz=zone).date()
        began = [
            day.isoformat()
            for day in (today - timedelta(days=1), today)
            for begins_ms, ends_ms in self._of_day(day, zone)
            if begins_ms <= at_ms < ends_ms
        ]
        return bool(began) and self.closed.issuperset(began)

    @property
    def week_ms(self) -> int:
        """How long somebody is there in a usual week, at most; hours that overlap count twice."""
        found = 0
        for days, begins, until in self.spans:
            minutes = _minutes(until) - _minutes(begins)
            found += len(days) * (minutes if minutes > 0 else minutes + 1440) * 60_000
        return min(found, _WEEK_MS)

    def _openings(self, from_ms: int) -> Iterator[tuple[int, int]]:
        """Give when somebody comes and goes, by their beginnings, from the day before on."""
        if not self.spans:
            return
        zone = ZoneInfo(self.zone)
        first = datetime.fromtimestamp(from_ms / 1000, tz=zone).date() - timedelta(days=1)
        for ahead in range(_FURTHEST_DAYS):
            day = first + timedelta(days=ahead)
            if day.isoformat() not in self.closed:
                yield from sorted(self._of_day(day, zone))

    def _of_day(self, day: date, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
        for days, begins, until in self.spans:
            if day.weekday() in days:
                last = day if until > begins else day + timedelta(days=1)
                yield _ms(day, begins, zone), _ms(last, until, zone)


def _ms(day: date, at: time, zone: ZoneInfo) -> int:
    """Give the instant of a wall clock; an hour that is skipped counts from its end."""
    return int(datetime.combine(day, at, tzinfo=zone).astimezone(UTC).timestamp() * 1000)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def read_duty(top: Section, zone: str) -> DutyHours:
    """Read the section; without it there are no hours, and clocks never stand still.

    Args:
        top: The book.
        zone: The book's.
    """
    section = top.section("duty", "section about duty")
    if section is None:
        return DutyHours(zone=zone)
    written = section.text("hours")
    found = DutyHours(
        hours=written,
        spans=_spans(section, written),
        zone=zone,
        closed=_closed(section),
        no_roster=section.choice("no_roster", NO_ROSTER, default=NEVER),
    )
    section.done()
    return found


def _spans(section: Section, written: str) -> tuple[Span, ...]:
    try:
        return parse_hours(written)
    except InputError as error:
        section.error("hours", str(error), "Several: mon-fri 08:00-20:00; sat 09:00-13:00.")
        return ()


def _closed(section: Section) -> frozenset[str]:
    days: tuple[tuple[str, Place], ...] = tuple(section.texts("closed"))
    if len(days) > MOST_CLOSED:
        section.error(
            "closed", f"At most {MOST_CLOSED} days are named.", "Take those out that are over."
        )
    for day, place in days:
        if day_ms(day) is None:
            section.report.error(place, f"`{day}` is no day.", "Write for example 2026-12-25.")
    return frozenset(day for day, _ in days)
