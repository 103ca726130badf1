"""Commands: orders that effects carry out; each outcome comes back as an event."""

from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId, RepId
from makegood.messages.money import Money


class MessageClass(StrEnum):
    """What a message is for; the class decides whether a hold stops it."""

    PROMOTIONAL = "promotional"
    SURVEY = "survey"
    MIXED = "mixed"
    SERVICE = "service"
    RECEIPT = "receipt"
    SAFETY = "safety"
    LEGAL = "legal"


HELD_CLASSES = frozenset({MessageClass.PROMOTIONAL, MessageClass.SURVEY, MessageClass.MIXED})
"""Classes a hold stops; the others always pass."""


class Urgency(StrEnum):
    """How fast a message must reach the customer."""

    NOW = "now"
    SOON = "soon"
    WHEN_CONVENIENT = "when_convenient"


class SendMessage(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="send"):
    """Tell the customer something on the fastest reachable channel.

    Attributes:
        message: Id of a message template of the rule book.
        brand: Who speaks.
        message_class: Decides whether the gate is asked at hand-over.
        urgency: `NOW` prefers SMS over mail.
        variables: Facts for the template; free of personal data.
        question: True for the case's own "is it good again?", which a hold lets pass.
        survey: Id of the survey that asks; empty for every other message.
        page: The page that `$link` leads to, where it is not that of the case: `person`.
        page_brand: The brand it is about; empty for the umbrella.
        by: The rep in whose name it is; empty for the brand's.
    """

    message: str
    brand: str
    message_class: MessageClass
    urgency: Urgency = Urgency.SOON
    variables: Facts = {}
    question: bool = False
    survey: str = ""
    page: Literal["", "person"] = ""
    page_brand: str = ""
    by: RepId = RepId("")


class ConfirmOffer(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="confirm"):
    """Ask the other side whether an offer can be kept before it is made.

    Attributes:
        remedy: Id of the remedy.
        provider: Which counterpart of the deployment to ask.
        about: Booking, segment or order.
        brand: For whom.
        facts: What the other side must know.
    """

    remedy: str
    provider: str
    about: str
    brand: str
    facts: Facts = {}


class Fulfil(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="fulfil"):
    """Carry out a remedy: pay the refund, send the ride.

    Attributes:
        remedy: Id of the remedy.
        kind: Kind of remedy, for example "refund".
        provider: Which counterpart of the deployment carries it out.
        amount: What to pay, or the expected cost.
        owed: True for an entitlement, False for goodwill.
        about: Booking, segment or order.
        brand: For whom.
        basis: Id of the entitlement, empty for goodwill.
        facts: What the other side must know.
        payee: Who paid, and gets back what is refunded; empty for the customer.
    """

    remedy: str
    kind: str
    provider: str
    amount: Money
    owed: bool
    about: str
    brand: str
    basis: str = ""
    facts: Facts = {}
    payee: ProfileId = ProfileId("")


class FindPlaces(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="find"):
    """Look up which places have room, before any of them is asked.

    Attributes:
        remedy: Id of the remedy that needs a place.
        brand: Whose customer it is.
        about: Booking, segment or order.
        kinds: Kinds of place that may be asked.
        brands: Brands that may be asked; empty for all.
        near: The place that has no room, by id or by name.
        within_metres: No farther than this; 0 for no limit.
        product: What is needed: a kind of room, a class of car.
        from_: From when, as the book's facts have it: a day or an instant.
        until: Until when.
        party: How many people.
        oldest_ms: Availability older than this is not used.
        most: How many places to give at most, the nearest first.
    """

    remedy: str
    brand: str
    about: str
    kinds: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    near: str = ""
    within_metres: int = 0
    product: str = ""
    from_: str = ""
    until: str = ""
    party: int = 1
    oldest_ms: int = 0
    most: int = 20


class AskPlace(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="ask_place"):
    """Ask a person at a place whether they take the customer in, or tell them what came of it.

    Attributes:
        what: `ask` for a yes; `expect` when the customer chose them; `free` when the room that
            they keep is no longer needed.
        place: Which place.
        remedy: Id of the remedy.
        rule: Id of the book's rule about places: its words are used.
        about: Booking, segment or order.
        brand: Whose customer it is.
        ask: The ask that this is about; the link of the page is made from it. Empty for an ask.
        answer_by_ms: Until when an answer counts.
        amount: What it is expected to cost, booked when the customer is sent there.
        facts: The story, free of personal data.
    """

    what: Literal["ask", "expect", "free"]
    place: str
    remedy: str
    rule: str
    about: str
    brand: str
    ask: CommandId = CommandId("")
    answer_by_ms: int = 0
    amount: Money | None = None
    facts: Facts = {}


class AskOwner(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="ask_owner"):
    """Tell who answers for a rule or a place that an answer is due; it is about no one customer.

    Attributes:
        about: `cause`: what is behind cases; `rule`: customers find it worse; `search`: what
            people find who search for us changed, which asks for no answer.
        subject: The root cause, or the id of the rule.
        title: What it is called.
        owner: Who is asked.
        due_ms: Until when.
        cases: How many cases wait for the answer.
        late: Somebody else let the time pass.
        brand: Empty: a root cause is one for all brands.
        words: What changed, a line each.
    """

    about: Literal["cause", "rule", "search"]
    subject: str
    title: str
    owner: RepId
    due_ms: int
    cases: int = 0
    late: bool = False
    brand: str = ""
    words: tuple[str, ...] = ()


class TellManagement(Struct, frozen=True, gc=False, kw_only=True, tag="tell_management"):
    """Send a letter about a week to one of those whom the rule book names; it is about nobody.

    Attributes:
        letter: Which letter, as it is kept.
        place: Which of its recipients.
        brand: Empty: who sends it stands in the letter.
    """

    letter: str
    place: int
    brand: str = ""


class SendReply(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="reply"):
    """Send what a rep wrote to a customer, in a conversation of theirs; always service.

    Attributes:
        letter: The letter that is answered: it says to which address, and under which subject;
            empty where the rep writes first.
        words: What they wrote, by reference.
        brand: Who speaks.
        by: The rep who wrote it.
        to: The address, by reference, where no letter says it.
        subject: By reference, where no letter says it.
        files: What is attached, by the names it is kept under.
    """

    letter: str
    words: str
    brand: str
    by: RepId = RepId("")
    to: str = ""
    subject: str = ""
    files: tuple[str, ...] = ()


Order: TypeAlias = (
    SendMessage
    | ConfirmOffer
    | Fulfil
    | FindPlaces
    | AskPlace
    | AskOwner
    | SendReply
    | TellManagement
)


LEAST_URGENT = 4


def rank_of(order: Order) -> int:
    """Say who is served first: 0 waits at a kerb, `LEAST_URGENT` is an offer or a survey.

    The outbox is emptied in this order, so that a morning's mailing never stands before a ride.
    """
    match order:
        case SendMessage(urgency=Urgency.NOW):
            return 0
        case ConfirmOffer() | FindPlaces() | AskPlace():
            return 1
        case Fulfil() | SendReply():
            return 2
        case SendMessage(message_class=message_class) if message_class in HELD_CLASSES:
            return LEAST_URGENT
        case SendMessage() | AskOwner() | TellManagement():
            return 3


class Command(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One order with its stable id and its time window.

    Attributes:
        id: Derived from the cause; the same after a refold or a merge.
        profile: Profile of the event that caused it; finds today's customer.
        case: The case it belongs to.
        cause: The event that caused it, or that set the timer which did.
        step: The plan step with its ordinal; tells a repeat under another cause.
        due_ms: Not before.
        useful_until_ms: After this it is recorded as missed, never sent late; 0 never expires.
        order: What to do.
        to: Whom it reaches, where that is not the customer; empty for the customer.
    """

    id: CommandId
    profile: ProfileId
    case: CaseId
    cause: EventId
    step: str
    due_ms: int
    useful_until_ms: int
    order: Order
    to: ProfileId = ProfileId("")


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Command)


def encode_command(command: Command) -> bytes:
    """Write a command in the form the outbox keeps (MessagePack)."""
    return _ENCODER.encode(command)


def decode_command(blob: bytes) -> Command:
    """Read a command that `encode_command` wrote."""
    return _DECODER.decode(blob)
