"""What a customer need no longer pay or do, with the precedent: the answer that said so."""

from msgspec import Struct

from makegood.messages.ids import EventId, RepId


class Waiver(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One waiver that stands.

    Attributes:
        what: Its id in the book.
        event: The answer that gave it.
        at_ms: When.
        by: Who gave it; empty for the table.
        reason: Why, by reference; empty for the table, whose row is in the answer.
        request: What had been asked for.
        once: It is used up by the first answer that needs it.
    """

    what: str
    event: EventId
    at_ms: int
    by: RepId = RepId("")
    reason: str = ""
    request: str = ""
    once: bool = False
