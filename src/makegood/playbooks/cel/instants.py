"""Timestamps and durations of conditions: exact nanoseconds, no clock, no zone files."""

import re
from datetime import date, timedelta

from msgspec import Struct

from makegood.playbooks.cel.refusals import CelEvaluationError

_SECOND = 10**9
_DAY = 86_400 * _SECOND
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FIRST = (1 - _EPOCH_DAY) * _DAY  # 0001-01-01T00:00:00Z
_LAST = (date(9999, 12, 31).toordinal() + 1 - _EPOCH_DAY) * _DAY - 1
_LONGEST = 2**63 - 1  # about 292 years, the range the specification asks for
_LONG = 100  # characters; no duration in range needs more
_UNITS = {
    "h": 3600 * _SECOND,
    "m": 60 * _SECOND,
    "s": _SECOND,
    "ms": 10**6,
    "us": 1000,
    "µs": 1000,
    "μs": 1000,
    "ns": 1,
}
_DURATION = re.compile(r"([-+]?)((?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:h|ms|m|s|us|µs|μs|ns))+)")
_AMOUNT = re.compile(r"([0-9]*)\.?([0-9]*)(h|ms|m|s|us|µs|μs|ns)")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,9}))?(?:[Zz]|([-+])([0-9]{2}):([0-9]{2}))"
)
_OFFSET = re.compile(r"([-+]?)([0-9]{2}):([0-9]{2})")


class Timestamp(Struct, frozen=True, order=True):
    """A moment between the years 1 and 9999.

    Attributes:
        nanos: Nanoseconds since 1970-01-01T00:00:00Z.
    """

    nanos: int

    def __str__(self) -> str:
        """Write it as RFC 3339 in UTC."""
        days, rest = divmod(self.nanos, _DAY)
        seconds, fraction = divmod(rest, _SECOND)
        day = date.fromordinal(days + _EPOCH_DAY).isoformat()
        minutes, second = divmod(seconds, 60)
        clock = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
        return f"{day}T{clock}{_fraction(fraction)}Z"


class Duration(Struct, frozen=True, order=True):
    """A length of time; may be negative.

    Attributes:
        nanos: Nanoseconds.
    """

    nanos: int

    def __str__(self) -> str:
        """Write it in seconds, such as `1.5s`."""
        seconds, fraction = divmod(abs(self.nanos), _SECOND)
        return f"{'-' if self.nanos < 0 else ''}{seconds}{_fraction(fraction)}s"


def _fraction(nanos: int) -> str:
    return f".{nanos:09}".rstrip("0") if nanos else ""


def timestamp_of(nanos: int) -> Timestamp:
    """Make a timestamp, or fail when it lies outside the years 1 to 9999."""
    if not _FIRST <= nanos <= _LAST:
        raise CelEvaluationError("the timestamp lies outside the years 1 to 9999.")
    return Timestamp(nanos)


def duration_of(nanos: int) -> Duration:
    """Make a duration, or fail when it is longer than 64 bits of nanoseconds."""
    if not -_LONGEST <= nanos <= _LONGEST:
        raise CelEvaluationError("the duration is longer than 292 years.")
    return Duration(nanos)


def read_duration(text: str) -> Duration:
    """Read a duration such as `1h30m` or `-1.5s`."""
    found = _DURATION.fullmatch(text)
    if text.lstrip("+-") == "0":
        return Duration(0)
    if found is None or len(text) > _LONG:
        raise CelEvaluationError(
            f"{text[:_LONG]!r} is not a duration; write it as '1h30m' or '90s'."
        )
    nanos = 0
    for whole, part, unit in _AMOUNT.findall(found.group(2)):
        nanos += int(whole or 0) * _UNITS[unit]
        nanos += int(part or 0) * _UNITS[unit] // 10 ** len(part)
    return duration_of(-nanos if found.group(1) == "-" else nanos)


def read_timestamp(text: str) -> Timestamp:
    """Read a timestamp in RFC 3339, such as `2026-02-09T14:30:00Z`."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        raise CelEvaluationError(f"{text!r} is not a timestamp such as '2026-02-09T14:30:00Z'.")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction, sign, offset_hours, offset_minutes = found.groups()[6:]
    in_range = hour < 24 and minute < 60 and second < 60
    in_range = in_range and int(offset_hours or 0) < 24 and int(offset_minutes or 0) < 60
    try:
        days = date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError:
        in_range = False
    if not in_range:
        raise CelEvaluationError(f"{text!r} names a moment that does not exist.")
    shift = int(offset_hours or 0) * 3600 + int(offset_minutes or 0) * 60
    seconds = hour * 3600 + minute * 60 + second - (-shift if sign == "-" else shift)
    nanos = int((fraction or "0").ljust(9, "0"))
    return timestamp_of(days * _DAY + seconds * _SECOND + nanos)


def offset_nanos(zone: str) -> int | None:
    """Read a fixed offset from UTC.

    Args:
        zone: `UTC`, or hours and minutes such as `+02:00`.

    Returns:
        Nanoseconds east of UTC, or None when it is not a fixed offset.
    """
    if zone == "UTC":
        return 0
    found = _OFFSET.fullmatch(zone)
    if found is None or int(found.group(2)) > 23 or int(found.group(3)) > 59:
        return None
    nanos = (int(found.group(2)) * 60 + int(found.group(3))) * 60 * _SECOND
    return -nanos if found.group(1) == "-" else nanos


def _truncated(nanos: int, unit: int) -> int:
    return nanos // unit if nanos >= 0 else -(-nanos // unit)


def date_part(part: str, moment: Timestamp, zone: str = "UTC") -> int:
    """Answer `moment.getFullYear()` and its like.

    Args:
        part: The accessor, such as `getDayOfWeek` (0 is Sunday) or `getMonth` (0 is January).
        moment: The timestamp.
        zone: A fixed offset, as `offset_nanos` reads it.

    Returns:
        The part, counted as CEL counts it.
    """
    days, rest = divmod(timestamp_of(moment.nanos + (offset_nanos(zone) or 0)).nanos, _DAY)
    if part in _CLOCK:
        unit, size = _CLOCK[part]
        return rest // unit % size
    if part == "getDayOfWeek":
        return (days + 4) % 7  # 1970-01-01 was a Thursday
    day = date(1, 1, 1) + timedelta(days=days + _EPOCH_DAY - 1)
    answers = {
        "getFullYear": day.year,
        "getMonth": day.month - 1,
        "getDate": day.day,
        "getDayOfMonth": day.day - 1,
        "getDayOfYear": day.timetuple().tm_yday - 1,
    }
    return answers[part]


_CLOCK = {
    "getHours": (3600 * _SECOND, 24),
    "getMinutes": (60 * _SECOND, 60),
    "getSeconds": (_SECOND, 60),
    "getMilliseconds": (10**6, 1000),
}


def duration_part(part: str, length: Duration) -> int:
    """Answer `length.getHours()` and its like: the whole length in that unit.

    Milliseconds are the exception of the specification: only the part below a second.
    """
    unit, size = _CLOCK[part]
    whole = _truncated(length.nanos, unit)
    if part == "getMilliseconds":
        return whole - _truncated(length.nanos, _SECOND) * size
    return whole
