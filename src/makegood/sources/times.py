"""When it happened: the client's clock is put right by the server's."""

from datetime import UTC, datetime, timedelta

from makegood.messages.errors import InputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def instant_ms(text: str, where: str) -> int:
    """Read an ISO 8601 instant; without an offset it is UTC.

    Raises:
        InputError: It is not one, or lies before 1970.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        since = (aware - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        raise InputError(
            f"{where} is {text[:40]!r}, not an ISO 8601 time such as 2026-01-31T09:30:00Z."
        ) from None
    if since < 0:
        raise InputError(f"{where} is {text[:40]!r}, a time before 1970.")
    return since


def corrected(original: str, sent: str, received_ms: int) -> tuple[int, int]:
    """Put a client's time right: received - (sent - original).

    Args:
        original: The client's clock when it happened; empty when it did not say.
        sent: The client's clock when the request left; empty when it did not say.
        received_ms: The server's clock.

    Returns:
        (event time, the client's own time when it was corrected, else 0).
    """
    if not original:
        return received_ms, 0
    original_ms = instant_ms(original, "timestamp")
    if not sent:
        return original_ms, 0
    time_ms = max(0, received_ms - (instant_ms(sent, "sentAt") - original_ms))
    return time_ms, original_ms if time_ms != original_ms else 0
