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


Order: TypeAlias = SendMessage | ConfirmOffer | Fulfil


LEAST_URGENT = 4


def rank_of(order: Order) -> int:
    """Say who is served first: 0 waits at a kerb, `LEAST_URGENT` is an offer or a survey.

    The outbox is emptied in this order, so that a morning's mailing never stands before a ride.
    """
    match order:
        case SendMessage(urgency=Urgency.NOW):
            return 0
        case ConfirmOffer():
            return 1
        case Fulfil():
            return 2
        case SendMessage(message_class=message_class) if message_class in HELD_CLASSES:
            return LEAST_URGENT
        case SendMessage():
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
    """

    id: CommandId
    profile: ProfileId
    case: CaseId
    cause: EventId
    step: str
    due_ms: int
    useful_until_ms: int
    order: Order


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Command)


def encode_command(command: Command) -> bytes:
    """Write a command in the form the outbox keeps (MessagePack)."""
    return _ENCODER.encode(command)


def decode_command(blob: bytes) -> Command:
    """Read a command that `encode_command` wrote."""
    return _DECODER.decode(blob)
