"""How large an event may be, and which values no store can keep."""

import re
from math import isfinite

from makegood.messages.errors import InputError

MAX_EVENT_BYTES = 32 * 1024  # Segment's limit for one event
MAX_BATCH_BYTES = 500 * 1024  # Segment's limit for one request
MAX_BATCH_ITEMS = 2_500  # Segment's limit for one request
MAX_ID_LENGTH = 255  # ids are index keys in every store
MAX_KEY_LENGTH = 255

_LEAST, _LARGEST = -(2**63), 2**63 - 1  # what JSON readers, MessagePack and databases agree on
# Tab and line ends are text. Half an emoji, which JSON can say alone, is no character at all.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def check_integer(value: int, where: str) -> None:
    """Refuse a whole number that does not fit into 64 bits."""
    if not _LEAST <= value <= _LARGEST:
        raise InputError(f"{where} does not fit into 64 bits; send it as text.")


def check_fraction(value: float, where: str) -> None:
    """Refuse what JSON cannot say: no number, or one that is too large to be one."""
    if not isfinite(value):
        raise InputError(f"{where} is no finite number; leave it out, or send it as text.")


def check_text(value: str, where: str) -> None:
    """Refuse control characters and half characters, which no database or mail can carry."""
    if value.isprintable():
        return  # no control character is
    found = _CONTROL.search(value)
    if found is not None:
        raise InputError(
            f"{where} holds U+{ord(found.group()):04X}, which is no text; take it out."
        )


def writable(text: str, longest: int) -> str:
    """Give what somebody typed, fit to be kept: no control characters, no space around it."""
    return without_control(text).strip()[:longest]


def without_control(text: str) -> str:
    """Take out what no text of a database can hold."""
    return _CONTROL.sub("", text)


def check_key(key: str, where: str) -> None:
    """Refuse keys that nobody could name in a rule."""
    if not key or len(key) > MAX_KEY_LENGTH:
        raise InputError(
            f"{where} has a key of {len(key)} characters; keys have 1 to {MAX_KEY_LENGTH}."
        )
    check_text(key, f"A key of {where}")


def check_id(value: str, where: str) -> str:
    """Give an id without the space around it.

    Raises:
        InputError: It is empty, too long, or holds a control character.
    """
    stripped = value.strip()
    if not stripped or len(stripped) > MAX_ID_LENGTH:
        raise InputError(f"{where} has {len(stripped)} characters; ids have 1 to {MAX_ID_LENGTH}.")
    check_text(stripped, where)
    return stripped
