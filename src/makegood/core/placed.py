"""Asking places to take a customer in, as far as the fold has to remember it."""

from enum import StrEnum

from msgspec import Struct

from makegood.messages.ids import CommandId, EventId, RepId


class PlaceStatus(StrEnum):
    """Where the asking of one place stands."""

    LISTED = "listed"
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "silent"
    EXPIRED = "expired"
    NOT_NEEDED = "not_needed"


class PlaceAsk(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One place that may take a customer in.

    Attributes:
        place: Its id.
        name: What it is called.
        brand: Whose it is.
        metres: How far it is; -1 when nobody knows.
        has_room: It said so itself, not long ago; else nobody knows.
        own_rate_cents: What it asks for itself; -1 when unknown.
        rate_cents: What the customer pays there: what was agreed, or less; -1 when unknown.
        agreement: By which agreement, as booking systems call it; empty for none.
        agreed_until_ms: The first instant at which that no longer holds; 0 for no end.
        status: Where it stands.
        command: The last time it was asked; empty until then.
        earlier: The times before that; a link from then opens the same page.
        by_ms: Until when it has to answer.
        until_ms: Until when its yes stands.
        by: Name of the person who answered, by reference.
        why: Why not, by reference.
        rung: Nobody there can be written to, so that one of ours has to ring.
    """

    place: str
    name: str
    brand: str
    metres: int = -1
    has_room: bool = False
    own_rate_cents: int = -1
    rate_cents: int = -1
    status: PlaceStatus = PlaceStatus.LISTED
    command: CommandId = CommandId("")
    earlier: tuple[CommandId, ...] = ()
    by_ms: int = 0
    until_ms: int = 0
    by: str = ""
    why: str = ""
    agreement: str = ""
    agreed_until_ms: int = 0
    rung: bool = False

    @property
    def times(self) -> int:
        """How often it was asked."""
        return len(self.earlier) + bool(self.command)

    def is_meant(self, command: str) -> bool:
        """Whether an ask is one of this place."""
        return bool(command) and (command == self.command or command in self.earlier)


class ToldTwice(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The customer was asked for what we know already.

    Attributes:
        event: Who said so, and when.
        who: `customer`, `rep` or `place`.
        by: The rep.
        place: Where.
        words: What was asked, by reference.
    """

    event: EventId
    at_ms: int
    who: str
    by: RepId = RepId("")
    place: str = ""
    words: str = ""
