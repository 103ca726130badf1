"""What a person of the firm said to a customer: a promise, a fee, a way to somebody else."""

from makegood.messages.body import FactBody, Facts, TextRef
from makegood.messages.ids import EventId, RepId
from makegood.messages.money import Money


class Promised(FactBody, frozen=True, kw_only=True, tag="promised"):
    """A person promised something, with words and an end.

    Attributes:
        promise: Id of a promise of the book, or "other".
        about: Booking, segment or order; empty for a promise about nothing in particular.
        brand: Whose promise it is.
        due_ms: Until when it is to be kept.
        by: Who promised.
        words: What was said.
        binds: What it binds us to, as the book's promise names it.
    """

    promise: str
    due_ms: int
    about: str = ""
    brand: str = ""
    by: RepId = RepId("")
    words: TextRef = ""
    binds: Facts = {}


class Kept(FactBody, frozen=True, kw_only=True, tag="kept"):
    """A promise was kept, and a person says so.

    Attributes:
        said: The event that made the promise.
        by: Who says so.
        note: How.
    """

    said: EventId
    by: RepId = RepId("")
    note: TextRef = ""


class Disclosed(FactBody, frozen=True, kw_only=True, tag="disclosed"):
    """A person told the customer what something costs.

    Attributes:
        disclosure: Id of a disclosure of the book.
        about: Booking, segment or order.
        brand: Who told it.
        amount: What it costs.
        channel: Where it was said: phone, desk, mail, chat, web, contract; empty when not known.
        by: Who told it.
        words: What was said.
    """

    disclosure: str
    about: str
    amount: Money
    brand: str = ""
    channel: str = ""
    by: RepId = RepId("")
    words: TextRef = ""


class Redirected(FactBody, frozen=True, kw_only=True, tag="redirected"):
    """A person sent the customer to somebody else, who accepted them.

    Attributes:
        to: Where: a hotel, a branch, a team; free of personal data.
        accepted_by: Name of the person on the other side who accepted, by reference.
        expires_ms: Until when they hold the place.
        about: Booking, segment or order.
        brand: Whose customer it is.
        by: Who sent them.
        words: The story as it was told to the other side, so that the customer repeats nothing.
    """

    to: str
    accepted_by: TextRef
    expires_ms: int
    about: str = ""
    brand: str = ""
    by: RepId = RepId("")
    words: TextRef = ""


class Arrived(FactBody, frozen=True, kw_only=True, tag="arrived"):
    """What became of a customer who was sent to somebody else.

    Attributes:
        said: The event that sent them.
        taken: Whether they were taken in; False when they were refused there.
        by: Who says so.
        note: What happened.
    """

    said: EventId
    taken: bool
    by: RepId = RepId("")
    note: TextRef = ""
