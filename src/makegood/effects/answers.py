"""What counterparts say back, checked at the edge: to us at once, or later in a callback."""

import re
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from makegood.messages.errors import EffectFailed, InputError
from makegood.messages.facts import Confirmed, Declined, Facts
from makegood.messages.ids import CommandId
from makegood.messages.money import Money

LONGEST_TEXT = 120  # a fact, not a letter; letters may hold personal data
LARGEST = 2**53  # what JSON, MessagePack and every store agree on
_MOST_FACTS = 12
_EMAIL = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_CURRENCY = re.compile(r"[A-Za-z]{3}")  # ISO 4217


class FulfilAnswer(Struct, frozen=True, kw_only=True):
    """A remedy was carried out.

    Attributes:
        reference: The other side's reference.
        paid_cents: What moved or was spent; absent means the amount that was asked for.
        currency: ISO 4217; absent means the currency that was asked for.
        detail: Facts worth telling, free of personal data.
    """

    reference: str = ""
    paid_cents: int | None = None
    currency: str = ""
    detail: Facts = {}


class ConfirmAnswer(Struct, frozen=True, kw_only=True):
    """Whether an offer can be kept.

    Attributes:
        confirmed: Yes or no.
        expires_ms: Until when the yes stands, milliseconds since the epoch; 0 for no end.
        expires_at: The same as RFC 3339 text.
        why: Why not.
        detail: Facts worth telling, free of personal data.
    """

    confirmed: bool
    expires_ms: int = 0
    expires_at: datetime | None = None
    why: str = ""
    detail: Facts = {}


_A = TypeVar("_A", FulfilAnswer, ConfirmAnswer)


def read_answer(content: bytes, as_type: type[_A], counterpart: str) -> _A:
    """Read the JSON of a 2xx answer.

    Raises:
        EffectFailed: It is not of this form. The other side may have done it all the same: the
            repeat carries the same id, and the last one is put before a person.
    """
    try:
        return msgspec.json.decode(content, type=as_type)
    except RecursionError:
        raise EffectFailed(f"{counterpart} answered in another form: nested too deep.") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise EffectFailed(f"{counterpart} answered in another form: {error}.") from error


def confirmed_or_declined(command: CommandId, answer: ConfirmAnswer) -> Confirmed | Declined:
    """Turn the answer about an offer into the event of it."""
    if not answer.confirmed:
        return Declined(command=command, why=without_addresses(answer.why))
    expires_ms = answer.expires_ms
    if answer.expires_at is not None:
        expires_ms = _instant_ms(answer.expires_at)
    expires_ms = min(max(0, expires_ms), LARGEST)
    return Confirmed(command=command, expires_ms=expires_ms, detail=plain_facts(answer.detail))


def _instant_ms(moment: datetime) -> int:
    """Without an offset it is UTC, wherever this server stands."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)


def moved(cents: int, currency: str) -> Money:
    """Give a sum that a counterpart says has moved.

    Raises:
        InputError: It is negative, beyond counting, or of no currency.
    """
    if not 0 <= cents <= LARGEST or not _CURRENCY.fullmatch(currency):
        raise InputError("a sum needs a currency such as EUR and is not negative")
    return Money(cents, currency.upper())


def without_addresses(words: str) -> str:
    """Make one short line without e-mail addresses: it goes into the log, for ever."""
    return _EMAIL.sub("…", one_line(words[: 4 * LONGEST_TEXT]))[:LONGEST_TEXT]


def one_line(words: str) -> str:
    """Take control characters and line ends out."""
    return _CONTROL.sub(" ", words)


def plain_facts(detail: Facts) -> Facts:
    """Keep what may stand in the log: few, short, scalar facts."""
    kept = [
        (without_addresses(name), one_line(value) if isinstance(value, str) else value)
        for name, value in detail.items()
        if _is_plain(value)
    ]
    return dict(kept[:_MOST_FACTS])


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and _EMAIL.search(value) is None
    if isinstance(value, int):
        return abs(value) <= LARGEST
    return isinstance(value, float)
