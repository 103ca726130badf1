"""Facts about keeping in touch: who comes after a rep who leaves, a hello, a lot."""

from typing import Literal, TypeAlias

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import AgreementId, EventId, RepId

HelloKind: TypeAlias = Literal["hello", "thanks"]
"""A word because something true can be said, or a thank-you for the years."""


class Assigned(FactBody, frozen=True, kw_only=True, tag="assigned"):
    """A lot was drawn for this customer in an experiment; the first one drawn counts.

    Attributes:
        experiment: Its name.
        treated: False is the control.
        propensity: How probable it was that this customer is treated.
    """

    experiment: str
    treated: bool
    propensity: float


class SuccessorNamed(FactBody, frozen=True, kw_only=True, tag="successor_named"):
    """The customer's person leaves, and somebody alike is put forward; nobody is moved by it.

    Attributes:
        rep: Who leaves.
        leaves_ms: When.
        choice: The choice that made them the customer's person; a changed one is left alone.
        successor: Who is put forward; empty when nobody suits and the customer is only asked.
        brand: Where the choice counts.
        reasons: Why this one: what speaks for it, and how much, the weightiest first.
        meets: The three are to speak together while the one who leaves is still there.
    """

    rep: RepId
    leaves_ms: int
    choice: EventId
    successor: RepId = RepId("")
    brand: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    meets: bool = True


class RepStays(FactBody, frozen=True, kw_only=True, tag="rep_stays"):
    """The customer's person does not leave after all; what was put forward is taken back."""

    rep: RepId
    choice: EventId


class Introduced(FactBody, frozen=True, kw_only=True, tag="introduced"):
    """The customer, who leaves and who comes after have spoken together.

    Attributes:
        rep: Who leaves.
        successor: Who comes after.
        by: Who wrote it down.
        brand: Where the choice counts.
    """

    rep: RepId
    successor: RepId
    by: RepId
    brand: str = ""


class HelloAllowed(FactBody, frozen=True, kw_only=True, tag="hello_allowed"):
    """The customer said whether their person may get in touch now and then.

    Attributes:
        allowed: Whether.
        by: Rep who wrote it down; empty when the customer said it.
    """

    allowed: bool
    by: RepId = RepId("")


class WishNoted(FactBody, frozen=True, kw_only=True, tag="wish_noted"):
    """The customer wished for something, and somebody wrote it down to come back to it.

    Attributes:
        words: What.
        by: Who wrote it down; empty when the customer did.
        brand: Of which brand they wished it.
    """

    words: TextRef
    by: RepId = RepId("")
    brand: str = ""


class AgreementEnds(FactBody, frozen=True, kw_only=True, tag="agreement_ends"):
    """An agreement that the customer has ends soon, or does not after all.

    Attributes:
        agreement: Its number.
        ends_ms: The first instant it no longer holds; 0 when there is no such end any more.
    """

    agreement: AgreementId
    ends_ms: int = 0


class HelloDue(FactBody, frozen=True, kw_only=True, tag="hello_due"):
    """A rep is to say something true to a customer, or is not, because a lot said so.

    Attributes:
        kind: A hello or a thank-you.
        rep: Whose task it is.
        thing: What is true, as the book calls it.
        source: The event that says so.
        treated: False keeps it back: the customer is of the control.
    """

    kind: HelloKind
    rep: RepId
    thing: str
    source: EventId
    treated: bool = True


class HelloDone(FactBody, frozen=True, kw_only=True, tag="hello_done"):
    """A rep said it, or let it be.

    Attributes:
        hello: The event that made it due.
        by: The rep.
        said: False lets it be.
        note: How it went, for whoever comes next.
    """

    hello: EventId
    by: RepId
    said: bool
    note: TextRef = ""
