"""What a case is made of: failures, offers, gifts, calls, and what nobody could judge."""

from enum import StrEnum

from msgspec import Struct

from makegood.core.owed import Owed
from makegood.core.placed import PlaceAsk
from makegood.messages.agreements import Agreement, Parties
from makegood.messages.facts import Facts
from makegood.messages.ids import BookHash, CommandId, EventId, RepId
from makegood.messages.money import Money
from makegood.playbooks.terms import Cause, Tier

PRICE = "failure.price_cents"
"""The fact that is missing when a share of a price cannot be worked out."""


class Failure(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One service failure; it may grow, and stays one by its `about`.

    Attributes:
        event: The event that first showed it.
        rule: Failure kind of the book.
        about: Booking, segment or order.
        at_ms: When it first showed.
        severity: 1 to 5; only ever rises.
        declined: The customer no longer wants the service.
        by: Rep who raised it by hand; empty for rules and customers.
        words: What was said, by reference.
        seen: Facts the rule read, for the reasons.
        line: The rule's line in its book.
        given: The least tier was given, or the plan has none.
        agreements: Those of the customer's accounts that held there and then.
        parties: Who asks, pays and is told; None for the customer alone.
    """

    event: EventId
    rule: str
    about: str
    brand: str
    at_ms: int
    severity: int
    cause: Cause
    book: BookHash
    inferred: bool = False
    price: Money | None = None
    details: Facts = {}
    declined: bool = False
    by: RepId = RepId("")
    words: str = ""
    seen: tuple[tuple[str, object], ...] = ()
    line: int = 0
    owed: tuple[Owed, ...] = ()
    given: bool = False
    agreements: tuple[Agreement, ...] = ()
    parties: Parties | None = None


class OfferStatus(StrEnum):
    """Where an offer of Plan B stands."""

    ASKING = "asking"
    CONFIRMED = "confirmed"
    UNAVAILABLE = "unavailable"
    CHOSEN = "chosen"
    KEPT = "kept"
    BROKEN = "broken"
    LAPSED = "lapsed"


class OfferState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One offer of a case.

    Attributes:
        offer: The remedy's id.
        about: The failure it is for.
        rule: The kind that failure had; one that grows worse has a Plan B of its own.
        asked: Command that asked the other side; empty when no yes is needed.
        ordered: Command that carries it out, once chosen.
        expires_ms: Until when the other side's yes stands; 0 for no end.
        detail: What the other side said, for example minutes until arrival.
        by: Rep who chose it on the phone.
        cost: Expected cost, and what it did cost once kept.
        why: Why it is not made, as in `Withheld`; empty when the other side said no.
        asks: Places that may take the customer in, in the order in which they are asked.
    """

    offer: str
    about: str
    tier: Tier
    status: OfferStatus
    rule: str = ""
    declines: bool = False
    calls: bool = False
    asked: CommandId = CommandId("")
    ordered: CommandId = CommandId("")
    expires_ms: int = 0
    detail: Facts = {}
    by: RepId = RepId("")
    cost: Money = Money(0)
    why: str = ""
    asks: tuple[PlaceAsk, ...] = ()

    @property
    def waits_for_price(self) -> bool:
        """Whether it was chosen and cannot be ordered: a share of a price nobody told."""
        return self.status is OfferStatus.CHOSEN and not self.ordered


class Gift(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A remedy given as goodwill, by the plan itself or by a rep.

    Attributes:
        command: Empty while it cannot be ordered.
        by: Rep; empty when the plan gave it.
        expected: What it was expected to cost.
        paid: What the outcome says; None until then.
        failed: Nobody carried it out.
        about: What failed; empty for what a rep gave.
        missing: The fact without which its size cannot be told; a person finds it.
        instead: The remedy it stands for, which did not fit or could not be had.
    """

    remedy: str
    command: CommandId
    at_ms: int
    expected: Money
    by: RepId = RepId("")
    paid: Money | None = None
    failed: bool = False
    off_script: bool = False
    reason: str = ""
    about: str = ""
    missing: str = ""
    instead: str = ""


class Withheld(Struct, frozen=True, gc=False, array_like=True):
    """A remedy of the plan that was not given by itself.

    Attributes:
        remedy: Which.
        about: The failure it was for.
        why: `match` (it does not fit the loss) or `most` (the cap of goodwill).
    """

    remedy: str
    about: str
    why: str


class Call(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A call the owner has to make.

    Attributes:
        due_ms: Until when.
        promised: The customer was told; late is a broken promise.
        promise_ms: Until when the customer was told it would come; 0 when not told.
        broken_ms: Until when it was promised in vain, and so is late; 0 when no promise broke.
        why: second_failure, no_choice, no_offer, not_opened, asked_for, not_yet, wrote,
            broken_promise, no_plan, unreached, not_asked, apology, bad_score, place_not_told,
            lapsed or still_unhappy.
    """

    due_ms: int
    why: str
    promised: bool = False
    promise_ms: int = 0
    broken_ms: int = 0
    done_ms: int = 0


class Unclear(Struct, frozen=True, gc=False, array_like=True):
    """An event that a rule could not judge because a fact was missing.

    Attributes:
        event: The event.
        rule: The rule that could not say.
        missing: The fact it needs.
        about: What it is about; the event's id when that could not be read either.
        at_ms: When it happened.
        severity: Of the rule; 0 when only its facts could tell.
        price: Of what was affected, when the event told it.
        details: What the event told.
        agreements: Those of the customer's accounts that held there and then.
        parties: Who asks, pays and is told; None for the customer alone.
    """

    event: EventId
    rule: str
    missing: str
    about: str
    brand: str
    at_ms: int
    severity: int = 0
    price: Money | None = None
    details: Facts = {}
    agreements: tuple[Agreement, ...] = ()
    parties: Parties | None = None
