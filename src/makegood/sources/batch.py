"""A request's body, taken apart so that one bad item does not spoil its neighbours."""

import re
from typing import TypeAlias

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.sources.limits import MAX_BATCH_ITEMS
from makegood.sources.segment import Envelope, Read, read_item


class Rejected(Struct, frozen=True, gc=False, kw_only=True):
    """An item that cannot be taken.

    Attributes:
        message_id: Its id, when that much could be read.
        error: What is wrong and what to do.
    """

    message_id: str
    error: str


Outcome: TypeAlias = Read | Rejected


class _Batch(Struct, kw_only=True, gc=False):
    batch: list[msgspec.Raw]
    sentAt: str | None = None  # noqa: N815 - the name of the wire


class _Id(Struct, kw_only=True, gc=False):
    messageId: str = ""  # noqa: N815 - the name of the wire


# A pair of escapes that make one character, half a pair, or any other escape.
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
_BATCH = msgspec.json.Decoder(_Batch)
_ID = msgspec.json.Decoder(_Id)


def read_batch(body: bytes, envelope: Envelope) -> tuple[Outcome, ...]:
    """Read the body of a batch call, each item by itself.

    Raises:
        InputError: The body as a whole cannot be read.
    """
    try:
        batch = _decoded(body)
    except RecursionError:
        raise InputError("The body is nested too deep.") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InputError(f"The body is not a batch: {error}.") from None
    if len(batch.batch) > MAX_BATCH_ITEMS:
        raise InputError(
            f"The batch has {len(batch.batch):,} events; the limit is {MAX_BATCH_ITEMS:,}."
        )
    sent = msgspec.structs.replace(envelope, sent=batch.sentAt or "")
    return tuple(read_one(raw, sent) for raw in batch.batch)


def _decoded(body: bytes) -> _Batch:
    """Decode a batch; a text that was cut inside an emoji must not cost the other events."""
    try:
        return _BATCH.decode(body)
    except msgspec.DecodeError:
        mended = _with_whole_characters(body)
        if mended == body:
            raise
        return _BATCH.decode(mended)


def _with_whole_characters(body: bytes) -> bytes:
    """Put the sign for an unreadable character where half of a pair of escapes stands alone."""
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found[1] else found[0], body)


def read_one(raw: bytes | msgspec.Raw, envelope: Envelope) -> Outcome:
    """Read one item; what is wrong with it becomes a value."""
    try:
        return _item(raw, envelope)
    except InputError as error:
        return Rejected(message_id=_message_id(raw), error=str(error))


def _item(raw: bytes | msgspec.Raw, envelope: Envelope) -> Read:
    try:
        return read_item(raw, envelope)
    except InputError:
        body = bytes(memoryview(raw))
        mended = _with_whole_characters(body)
        if mended == body:
            raise
        return read_item(mended, envelope)


def _message_id(raw: bytes | msgspec.Raw) -> str:
    try:
        return _ID.decode(memoryview(raw)).messageId[:255]
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ""
