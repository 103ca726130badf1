"""Spans of time and days, as a rule book writes them: 15m, 4h, 7d, 2024-10-28."""

import re
from datetime import UTC, date, datetime, timedelta

_UNITS_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
SPAN = re.compile(r"([0-9]{1,5})(s|m|h|d)", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
DAY_MS = _UNITS_MS["d"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def span_ms(written: str) -> int | None:
    """Read a span of time.

    Args:
        written: A whole number and `s`, `m`, `h` or `d`.

    Returns:
        Milliseconds; None when it is no span.
    """
    found = SPAN.fullmatch(written)
    return int(found[1]) * _UNITS_MS[found[2]] if found else None


def day_ms(written: str) -> int | None:
    """Read a day.

    Args:
        written: Year, month and day, as in 2024-10-28.

    Returns:
        The day's first millisecond in UTC; None when there is no such day.
    """
    if not DAY.fullmatch(written):
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def day_of(at_ms: int) -> str:
    """Write the day of an instant, UTC, as in 2024-10-28; days compare as texts."""
    try:
        return (_EPOCH + timedelta(milliseconds=at_ms)).date().isoformat()
    except OverflowError:
        return "9999-12-31" if at_ms > 0 else "0001-01-01"
