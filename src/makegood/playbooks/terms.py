"""The terms of a rule book: plans, offers, remedies, entitlements, messages, as plain values."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from makegood.messages.commands import MessageClass, Urgency
from makegood.messages.facts import Facts
from makegood.playbooks.standing import TierPart


class Cause(StrEnum):
    """Who or what made the service fail."""

    FIRM = "firm"
    PARTNER = "partner"
    CUSTOMER = "customer"
    NATURE = "nature"
    POLICY = "policy"

    @property
    def is_outside(self) -> bool:
        """Whether the firm could not have prevented it."""
        return self in _OUTSIDE


_OUTSIDE = frozenset({Cause.NATURE, Cause.CUSTOMER})


class Loss(StrEnum):
    """What the customer lost; remedies are matched to it."""

    MONEY = "money"
    GOODS = "goods"
    SERVICE = "service"
    TIME = "time"
    ATTENTION = "attention"


class Tier(StrEnum):
    """How far an offer goes; `LEAST` is given by itself and is never a choice."""

    LEAST = "least"
    BETTER = "better"
    BEYOND = "beyond"


class Answer(StrEnum):
    """What a customer who asks for something hears."""

    ALLOW = "allow"
    DENY = "deny"
    PERSON = "person"


class FailureRule(Struct, frozen=True, kw_only=True):
    """What counts as a failure, by event.

    Attributes:
        id: Name of the failure kind.
        on: Event that may be one; several are joined by " or ", and none is empty.
        title: What went wrong, in words a customer understands.
        loses: What the customer lost.
        reads: Dotted fact paths its conditions read, for reasons.
        source: Where the rule comes from, if the book says.
        line: Line in the book.
        details: What messages say of a failure that no event tells about: one raised by hand.
    """

    id: str
    on: str
    title: str
    loses: Loss
    reads: tuple[str, ...]
    line: int
    source: str = ""
    details: Mapping[str, object] = {}


class SilenceRule(Struct, frozen=True, kw_only=True):
    """A failure without an event: a promise that is overdue.

    Attributes:
        after: Event that makes the promise.
        unless: Event that keeps it, for the same `about`.
        within_ms: How long it may take.
        severity: 1 to 5.
        cause: Who is answerable.
    """

    id: str
    after: str
    unless: str
    within_ms: int
    title: str
    loses: Loss
    severity: int
    cause: Cause
    line: int


class Remedy(Struct, frozen=True, kw_only=True):
    """One thing that can be given.

    Attributes:
        kind: refund, credit, ride, driver, rebook, care, points, apology and so on.
        title: What the customer gets, in their words.
        cost_cents: Expected cost, when it is a fixed sum.
        cost_ratio: Else its share of the affected price; 0 for nothing to pay.
        dosed: Else the share is a dose: it follows severity and whether the service was used.
        provider: Counterpart of the deployment that carries it out; empty when nobody need.
        confirm_within_ms: How long that counterpart has to say yes before the offer lapses;
            0 when no yes is needed.
        accepted_by: Counterpart that says yes when the customer is sent to somebody else; empty
            when they are not.
        expires_ms: How long that yes stands at most.
        places: Rule about places: one of them takes the customer in; empty when none is asked.
        brings: Remedy that comes with it when it is chosen, such as the ride there; or empty.
    """

    id: str
    kind: str
    title: Mapping[str, str]
    cost_cents: int = 0
    cost_ratio: float = 0.0
    dosed: bool = False
    provider: str = ""
    confirm_within_ms: int = 0
    accepted_by: str = ""
    expires_ms: int = 0
    detail: Mapping[str, str] = {}
    line: int = 0
    places: str = ""
    brings: str = ""

    @property
    def asks(self) -> str:
        """The counterpart that is asked for a yes."""
        return self.accepted_by or self.provider


class Offer(Struct, frozen=True, kw_only=True):
    """A remedy as one choice of Plan B.

    Attributes:
        id: The remedy's id.
        tier: How far it goes.
        declines: Choosing it means the customer no longer wants the service (does not travel).
        calls: Choosing it asks for a call by the owner.
    """

    id: str
    tier: Tier
    declines: bool = False
    calls: bool = False


class HoldTerms(Struct, frozen=True, kw_only=True):
    """How a failure of this plan stops the marketing.

    Attributes:
        scope: Whole umbrella, or only the brand that failed.
        cool_off_ms: How long the hold stays after "made whole".
        longest_ms: After this a person is asked; the hold stays.
    """

    scope: Literal["umbrella", "brand"] = "umbrella"
    cool_off_ms: int = 0
    longest_ms: int = 30 * 86_400_000


class DoubleTerms(Struct, frozen=True, kw_only=True):
    """What a second failure brings at once.

    Attributes:
        tiers: Tiers offered from then on.
        call_within_ms: The owner calls within this time; needs a person on duty.
        apology: Message id; compensation and apology go together.
    """

    tiers: tuple[Tier, ...]
    call_within_ms: int
    apology: str = ""


class MadeWholeTerms(Struct, frozen=True, kw_only=True):
    """When the case ends well.

    Attributes:
        question: Message id of "is it good again?".
        ask_after_ms: Asked this long after the last remedy was delivered.
        ask_again_ms: Asked once more after this, when nothing was answered; 0 for never.
        by_criterion: True when delivery of the least tier is enough by the rule itself.
    """

    question: str
    ask_after_ms: int
    ask_again_ms: int = 0
    by_criterion: bool = False


class ThenOffer(Struct, frozen=True, kw_only=True):
    """What may be sold once the customer was made whole, and not before.

    Attributes:
        message: Id of a promotional message.
        after_ms: How long after "made whole".
        by_owner: Signed by the owner of the case.
        by_chosen_rep: Signed by the customer's own person, and by the owner where there is none.
    """

    message: str
    after_ms: int
    by_owner: bool = True
    by_chosen_rep: bool = False


class Plan(Struct, frozen=True, kw_only=True):
    """Plan B for one or more kinds of failure.

    Attributes:
        id: First failure it is for.
        failures: Failure kinds it serves.
        hold: How marketing stops.
        apology: Message id sent at once; `explanation` goes instead when the cause is outside.
        apology_kind: basic, status or commitment.
        gives: Remedies of the least tier, given by themselves.
        gives_outside: Given instead when the cause lies outside the firm.
        offers: What the customer may choose; each is confirmed before it is offered.
        tiers: Tiers of choice after a first failure.
        offer_message: Message id that carries the choice.
        chosen_message: Message id that confirms the choice.
        choose_within_ms: Then the owner calls.
        open_within_ms: An urgent offer not opened in this time becomes a call task.
        call_within_ms: How long the owner has for that call.
        useful_ms: Messages of the plan are useless after this.
    """

    id: str
    failures: tuple[str, ...]
    hold: HoldTerms
    apology: str
    explanation: str
    apology_kind: str
    gives: tuple[str, ...]
    gives_outside: tuple[str, ...] = ()
    offers: tuple[Offer, ...]
    tiers: tuple[Tier, ...] = (Tier.BETTER, Tier.BEYOND)
    offer_message: str
    chosen_message: str
    choose_within_ms: int
    open_within_ms: int
    call_within_ms: int
    useful_ms: int
    double: DoubleTerms | None
    made_whole: MadeWholeTerms
    then_offer: ThenOffer | None
    line: int


class MessageText(Struct, frozen=True, kw_only=True):
    """A message in one language; `$name` stands for a variable."""

    subject: str
    text: str


class MessageTemplate(Struct, frozen=True, kw_only=True):
    """What is said, with its class.

    Attributes:
        texts: By language; "en" is always there.
        canned: Reps put it into their answers to letters; nothing sends it by itself.
    """

    id: str
    message_class: MessageClass
    urgency: Urgency
    texts: Mapping[str, MessageText]
    line: int = 0
    canned: bool = False


class Brand(Struct, frozen=True, kw_only=True):
    """A label under the umbrella.

    Attributes:
        sender: Address of service mail.
        offers_sender: Address of promotional mail; receivers want the two apart.
    """

    id: str
    name: str
    sender: str
    offers_sender: str
    phone: str = ""
    strict: bool = False


class EveryoneTerms(Struct, frozen=True, kw_only=True):
    """Who is like a customer, for "if we do it for you we must do it for everyone".

    Attributes:
        same: What comparable cases have in common: failure, loss, brand, severity.
        tier: The tiers of the book's `standing`; the same or a higher one is comparable.
        came_back_by: Events by which a customer came back.
        within_days: How far back a question looks, today included.
        judge_after_days: From when on it can be told whether somebody came back.
        too_few: Shares of fewer customers than this are not told.
    """

    same: tuple[str, ...] = ("failure", "loss")
    tier: TierPart | None = None
    came_back_by: frozenset[str] = frozenset()
    within_days: int = 365
    judge_after_days: int = 30
    too_few: int = 20

    @property
    def standing(self) -> tuple[str, ...]:
        """The levels, the lowest first."""
        return self.tier.order if self.tier is not None else ()

    def level_of(self, customer: Facts) -> str:
        """Give a customer's level; empty when it is none of them. Only ever shown."""
        return self.tier.level(customer) if self.tier is not None else ""
