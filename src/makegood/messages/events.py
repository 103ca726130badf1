"""Events: past-tense facts about one customer, in the one shape the log keeps."""

from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from makegood.messages.agreements import Agreement, Parties
from makegood.messages.facts import Body
from makegood.messages.ids import BookHash, EventId, ProfileId, RepId, event_id
from makegood.messages.waits import WaitNorm

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
        languages: Languages the rep speaks, as BCP 47 tags; empty when the roster does not say.
        open_cases: Open cases the rep owns.
        most_cases: With so many the rep is busy; 0 for no limit.
        busy_until_ms: The rep is in a conversation till then; 0 when not.
        cover: Who looks after their customers while they are busy; empty for nobody named.
    """

    rep: RepId
    until_ms: int
    brands: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    open_cases: int = 0
    most_cases: int = 0
    busy_until_ms: int = 0
    cover: RepId = RepId("")

    def serves(self, brand: str) -> bool:
        """Whether the rep serves a brand; everybody serves the umbrella."""
        return not brand or not self.brands or brand in self.brands

    def is_busy(self, at_ms: int) -> bool:
        """Whether the rep has their hands full at an instant."""
        return at_ms < self.busy_until_ms or 0 < self.most_cases <= self.open_cases


class Absent(Struct, frozen=True, gc=False, array_like=True):
    """A rep who was not on duty when the event was appended, as far as that has to be known.

    Attributes:
        rep: Who.
        why: `away` on leave, `off_duty` by the hours of the roster, or `left` the firm.
        until_ms: When they are back; 0 when nobody knows.
        cover: Who looks after their customers meanwhile, as they asked; empty for nobody named.
    """

    rep: RepId
    why: Literal["away", "off_duty", "left"]
    until_ms: int = 0
    cover: RepId = RepId("")


class NextDuty(Struct, frozen=True, gc=False, array_like=True):
    """When somebody who may have to call, and is not on duty, works next.

    Attributes:
        rep: Who.
        from_ms: Its beginning.
        until_ms: Its end.
        brands: Brands they serve; empty for all.
    """

    rep: RepId
    from_ms: int
    until_ms: int
    brands: tuple[str, ...] = ()


class Stamp(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What was true in the firm when the event was appended; a refold uses it again.

    Attributes:
        book: Hash of the active rule book.
        fold: Version of the fold.
        on_duty: Reps on duty, the one to ask first at the front.
        imported: History taken in later: it folds and sends nothing.
        absent: Reps who are away or gone, and those off duty whose cover is named.
        agreements: What the customer's accounts had agreed and was in force at the time of the
            event, wherever it is honoured; only on events that may open a case, and requests.
        parties: Who asks, who pays and who is told; None for the customer alone.
        keeps: Who looked after the customer's open case already, when an event came late that
            happened before the case was opened; they keep it. Empty otherwise.
        norms: How long is usual where the event begins to wait; only on events that do.
        above: Who stands above the person of a call, the nearest first; only on events after which
            one of them may have to call back.
        next_duty: When those of them work next who are not on duty.
    """

    book: BookHash
    fold: int
    on_duty: tuple[OnDuty, ...] = ()
    imported: bool = False
    absent: tuple[Absent, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    parties: Parties | None = None
    keeps: RepId = RepId("")
    norms: tuple[WaitNorm, ...] = ()
    above: tuple[RepId, ...] = ()
    next_duty: tuple[NextDuty, ...] = ()


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
