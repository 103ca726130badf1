"""Places in a history as words of a link: where the next page of evidence begins."""

import base64
import binascii

import msgspec

from makegood.messages.errors import InputError
from makegood.messages.events import OrderKey

LONGEST = 4_000
_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[OrderKey] = msgspec.msgpack.Decoder(OrderKey)
_MOST_MS = 10**15


def written(place: OrderKey) -> str:
    """Write a place."""
    return base64.urlsafe_b64encode(_ENCODER.encode(place)).rstrip(b"=").decode()


def read(text: str) -> OrderKey | None:
    """Read what `written` wrote; nothing is the beginning.

    Raises:
        InputError: It is not such a place.
    """
    if not text:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        place = _DECODER.decode(raw)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise InputError(_WRONG) from error
    is_told = len(text) <= LONGEST and all(abs(one) < _MOST_MS for one in place[:2])
    if not is_told or any("\0" in one for one in place[2:]):
        raise InputError(_WRONG)
    return place


_WRONG = "`after` is not a place that a page before it gave."
