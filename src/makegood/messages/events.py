"""Events: past-tense facts about one customer, in the one shape the log keeps."""

from typing import TypeAlias

import msgspec
from msgspec import Struct

from makegood.messages.agreements import Agreement, Parties
from makegood.messages.facts import Body
from makegood.messages.ids import BookHash, EventId, ProfileId, RepId, event_id

OWN_SOURCE = "makegood"
"""Sources that start with this word are ours; no write key may carry one."""
CLOCK_TOLERANCE_MS = 5 * 60 * 1000  # event time may run ahead of received time by this much

OrderKey: TypeAlias = tuple[int, int, str, str]
"""(event time, received time, source, message id): the order in which a history is folded."""


class OnDuty(Struct, frozen=True, gc=False, array_like=True):
    """A rep who was on duty when the event was appended.

    Attributes:
        rep: Who.
        until_ms: End of the duty; a promise of a call may not reach past it.
        brands: Brands the rep serves; empty for all.
    """

    rep: RepId
    until_ms: int
    brands: tuple[str, ...] = ()


class Stamp(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What was true in the firm when the event was appended; a refold uses it again.

    Attributes:
        book: Hash of the active rule book.
        fold: Version of the fold.
        on_duty: Reps on duty, the one to ask first at the front.
        imported: History taken in later: it folds and sends nothing.
        agreements: What the customer's accounts had agreed and was in force at the time of the
            event, wherever it is honoured; only on events that may open a case, and requests.
        parties: Who asks, who pays and who is told; None for the customer alone.
    """

    book: BookHash
    fold: int
    on_duty: tuple[OnDuty, ...] = ()
    imported: bool = False
    agreements: tuple[Agreement, ...] = ()
    parties: Parties | None = None


class Event(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One fact about one customer.

    Attributes:
        source: Where it comes from: the name of a write key, or ours.
        message_id: Its id at that source; the pair is unique for ever.
        profile: Whom it is about, as the source named them.
        time_ms: Corrected event time, at most 5 minutes after `received_ms`.
        received_ms: When our server took it.
        body: What happened.
        stamp: What was true in the firm at that moment.
        claimed_ms: The client's own time when it was capped or corrected, else 0.
    """

    source: str
    message_id: str
    profile: ProfileId
    time_ms: int
    received_ms: int
    body: Body
    stamp: Stamp
    claimed_ms: int = 0

    @property
    def id(self) -> EventId:
        """The digest of source and message id."""
        return event_id(self.source, self.message_id)

    @property
    def order(self) -> OrderKey:
        """The place of this event in its customer's history."""
        return (self.time_ms, self.received_ms, self.source, self.message_id)

    @property
    def is_ours(self) -> bool:
        """Whether Makegood itself wrote the event."""
        return self.source.startswith(OWN_SOURCE)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Event)


def encode_event(event: Event) -> bytes:
    """Write an event in the form the log keeps (MessagePack)."""
    return _ENCODER.encode(event)


def decode_event(blob: bytes) -> Event:
    """Read an event that `encode_event` wrote.

    Raises:
        msgspec.ValidationError: The bytes are not such an event.
    """
    return _DECODER.decode(blob)


def capped_time_ms(claimed_ms: int, received_ms: int) -> int:
    """Cap a client's time at five minutes after the server received the event."""
    return min(claimed_ms, received_ms + CLOCK_TOLERANCE_MS)
