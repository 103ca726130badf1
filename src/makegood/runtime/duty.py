"""Who is on duty at an instant, the one with the fewest open cases first."""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from makegood.messages.errors import InputError
from makegood.messages.events import Absent, OnDuty
from makegood.messages.ids import RepId
from makegood.playbooks.duty import parse_hours as parse_hours
from makegood.ports.rows import RepRow

_LOG = logging.getLogger("makegood.intake")
_MIDNIGHT = time(0)
_ASKED_FOR_MS = 366 * 86_400_000  # who is gone for longer is stamped on events no more


def on_duty_until_ms(rep: RepRow, now_ms: int) -> int:
    """When a rep's present duty ends; 0 when off duty, on leave, or gone."""
    if not rep.present or rep.is_away(now_ms) or rep.has_left(now_ms):
        return 0
    now = datetime.fromtimestamp(now_ms / 1000, tz=UTC).astimezone(ZoneInfo(rep.timezone))
    ends = [
        end
        for days, begins, until in parse_hours(rep.hours)
        for back in (0, 1)
        if (end := _end(now, now - timedelta(days=back), days, begins, until)) is not None
    ]
    until_ms = max((int(end.timestamp() * 1000) for end in ends), default=0)
    stops = (at_ms for at_ms in (rep.away_from_ms, rep.left_ms) if now_ms < at_ms < until_ms)
    return min(stops, default=until_ms)


def back_ms(rep: RepRow, now_ms: int) -> int:
    """When somebody who is not on duty works again; 0 when nobody knows."""
    from_ms = rep.away_until_ms if rep.is_away(now_ms) else now_ms
    if not from_ms or not rep.present or rep.has_left(now_ms):
        return 0
    there = datetime.fromtimestamp(from_ms / 1000, tz=UTC).astimezone(ZoneInfo(rep.timezone))
    starts = [
        start
        for days, begins, until in parse_hours(rep.hours)
        for ahead in range(-1, 8)
        if (start := _next_start(there, there + timedelta(days=ahead), (days, begins, until)))
    ]
    return min((int(start.timestamp() * 1000) for start in starts), default=0)


def _next_start(
    now: datetime, day: datetime, span: tuple[frozenset[int], time, time]
) -> datetime | None:
    """When a span that begins on a day is worked: from now where it has begun already."""
    days, begins, until = span
    if _end(now, day, days, begins, until) is not None:
        return now
    start = datetime.combine(day.date(), begins, tzinfo=now.tzinfo)
    return start if day.weekday() in days and start > now else None


def _end(
    now: datetime, day: datetime, days: frozenset[int], begins: time, until: time
) -> datetime | None:
    """The end of the span that began on a day, if now lies in it."""
    if day.weekday() not in days:
        return None
    start = datetime.combine(day.date(), begins, tzinfo=now.tzinfo)
    over = until <= begins or until == _MIDNIGHT
    last = day.date() + timedelta(days=1) if over else day.date()
    end = datetime.combine(last, until, tzinfo=now.tzinfo)
    return end if start <= now < end else None


def _until_ms(rep: RepRow, now_ms: int) -> int:
    """A rep whose hours cannot be read is off duty: no failure may be lost for it."""
    try:
        return on_duty_until_ms(rep, now_ms)
    except (InputError, KeyError, ValueError):  # the last two: no such time zone
        _LOG.error("the hours or the time zone of rep %s cannot be read", rep.rep)
        return 0


def reps_on_duty(
    reps: Iterable[RepRow], now_ms: int, open_cases: Mapping[RepId, int], most_cases: int = 0
) -> tuple[OnDuty, ...]:
    """List the reps on duty.

    Args:
        reps: The roster.
        now_ms: The present.
        open_cases: Open cases of each rep.
        most_cases: With so many a rep is busy whose row does not say; 0 for never.

    Returns:
        Reps on duty, fewest open cases first, then by name.
    """
    duties = [(rep, _until_ms(rep, now_ms)) for rep in reps]
    working = [(rep, until_ms) for rep, until_ms in duties if until_ms]
    working.sort(key=lambda pair: (open_cases.get(pair[0].rep, 0), pair[0].rep))
    return tuple(
        OnDuty(
            rep.rep,
            until_ms,
            rep.brands,
            rep.languages,
            open_cases.get(rep.rep, 0),
            rep.most_cases or most_cases,
            rep.busy_until_ms if rep.busy_until_ms > now_ms else 0,
            rep.cover,
        )
        for rep, until_ms in working
    )


def reps_absent(reps: Iterable[RepRow], now_ms: int) -> tuple[Absent, ...]:
    """List the reps of whom has to be known why they are not there.

    Those on leave, those gone of whom customers may still ask, and those off duty who named a
    cover: at night that is a short list, and it is stamped on every event that may need it.
    """
    return tuple(
        Absent(rep.rep, why, _back_ms(rep, now_ms), rep.cover)
        for rep in reps
        if (why := _why_absent(rep, now_ms)) and (rep.cover or _is_asked_for(rep, why, now_ms))
    )


def _is_asked_for(rep: RepRow, why: str, now_ms: int) -> bool:
    """Whether it is told of somebody without a cover why they are not there."""
    return why == "away" or (why == "left" and not rep.has_left(now_ms - _ASKED_FOR_MS))


def _why_absent(rep: RepRow, now_ms: int) -> Literal["", "away", "off_duty", "left"]:
    if rep.has_left(now_ms):
        return "left"
    if rep.is_away(now_ms):
        return "away"
    return "" if _until_ms(rep, now_ms) else "off_duty"


def _back_ms(rep: RepRow, now_ms: int) -> int:
    """Somebody whose hours cannot be read is back nobody knows when."""
    try:
        return back_ms(rep, now_ms)
    except (InputError, KeyError, ValueError):
        return 0
