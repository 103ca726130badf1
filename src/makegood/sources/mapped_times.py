"""Times as other systems write them: ISO 8601, seconds since 1970, or a pattern and a zone."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from makegood.messages.errors import InputError
from makegood.playbooks.mappings import When

_LARGEST_MS = 253_402_300_799_999  # the last millisecond of the year 9999


def iso_of(value: object, at: When) -> str:
    """Bring a time to ISO 8601 in UTC.

    A time without a zone of its own is of the zone that the book names.

    Raises:
        InputError: It is not of its form.
    """
    if at.format in ("seconds", "milliseconds"):
        return _since_1970(value, 1 if at.format == "milliseconds" else 1000)
    if not isinstance(value, str):
        raise InputError(f"The time should be a text, and is {type(value).__name__}.")
    moment = _moment(value.strip(), at.format)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=_zone(at.zone))
    try:
        return aware.astimezone(UTC).isoformat(timespec="milliseconds")
    except OverflowError:
        raise InputError(f"{value[:40]!r} is no time anybody lives to see.") from None


def day_of(text: str, pattern: str) -> date:
    """Read a day, by its pattern or ISO 8601.

    Raises:
        InputError: It is none.
    """
    try:
        return datetime.strptime(text, pattern).date() if pattern else date.fromisoformat(text)  # noqa: DTZ007
    except ValueError:
        wanted = pattern or "2026-01-31"
        raise InputError(f"{text[:40]!r} is not a day written as {wanted}.") from None


def _moment(text: str, form: str) -> datetime:
    try:
        if form == "iso":
            return datetime.fromisoformat(text.removesuffix(" UTC") + "Z" * text.endswith(" UTC"))
        return datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
    except ValueError:
        wanted = "2026-01-31T09:30:00Z" if form == "iso" else form
        raise InputError(f"{text[:40]!r} is not a time written as {wanted}.") from None


def _since_1970(value: object, times: int) -> str:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:18])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("The time should be a number since 1970.")
    millis = int(value * times)
    if not 0 <= millis <= _LARGEST_MS:
        raise InputError(f"{value} is no time since 1970.")
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="milliseconds")


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def clock_of(text: str, pattern: str) -> str:
    """Read a moment of a table as ISO 8601, without a zone where it has none.

    Raises:
        InputError: It is none.
    """
    moment = _moment(text, pattern or "iso")
    if moment.time() == time() and len(text) <= len("2026-01-31") and not pattern:
        return moment.date().isoformat()
    return moment.isoformat()
