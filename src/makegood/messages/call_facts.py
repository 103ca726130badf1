"""Facts about telephone calls: what systems call them, and what people say of them."""

from typing import Final

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import EventId, RepId

RINGING: Final = "Call Ringing"
QUEUED: Final = "Call Queued"
PICKED_UP: Final = "Call Answered"
HELD: Final = "Call Held"
TRANSFERRED: Final = "Call Transferred"
TOLD_AGAIN: Final = "Call Told Again"
HUNG_UP: Final = "Call Hung Up"
FLAGGED: Final = "Call Flagged"
TRANSCRIBED: Final = "Call Transcribed"
CALL_EVENTS: Final = frozenset(
    {RINGING, QUEUED, PICKED_UP, HELD, TRANSFERRED, TOLD_AGAIN, HUNG_UP, FLAGGED, TRANSCRIBED}
)
"""Touchpoints that a book with the section `calls` folds to calls."""


class CalledBack(FactBody, frozen=True, kw_only=True, tag="called_back"):
    """Somebody called the customer back for a call that a person of ours spoiled.

    Attributes:
        call_back: Which.
        reached: False leaves it open, and its clock goes on.
        by: Who called.
        note: What was said, by reference.
    """

    call_back: EventId
    reached: bool
    by: RepId = RepId("")
    note: TextRef = ""


class CallWished(FactBody, frozen=True, kw_only=True, tag="call_wished"):
    """The customer said what they want of a call-back: later, elsewhere, or none at all.

    Attributes:
        call_back: Which.
        from_ms: Not before this; 0 leaves the time as it is.
        number: The number to call, by reference; empty leaves the one that is known.
        needless: They want no call.
        by: Who wrote it down; empty for the customer themselves.
    """

    call_back: EventId
    from_ms: int = 0
    number: TextRef = ""
    needless: bool = False
    by: RepId = RepId("")


class HintSettled(FactBody, frozen=True, kw_only=True, tag="hint_settled"):
    """A person read what a transcript suggests, and said whether it is so.

    Attributes:
        hint: Which.
        accepted: True makes it the failure that is suggested; False lays it aside.
        by: Who.
    """

    hint: EventId
    accepted: bool
    by: RepId = RepId("")
