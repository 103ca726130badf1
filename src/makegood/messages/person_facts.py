"""Facts about a customer and their own person: who was chosen, who is kept apart, who spoke."""

from typing import Literal, TypeAlias

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import CaseId, EventId, RepId

Side: TypeAlias = Literal["customer", "rep"]
"""Whose wish it is that two people have nothing to do with each other."""


class PersonChosen(FactBody, frozen=True, kw_only=True, tag="person_chosen"):
    """The customer (or a rep for them) said whom they want to be looked after by, in order.

    Attributes:
        choices: Whom, the dearest first; empty takes the choice back.
        brand: Where this counts; empty for the whole umbrella.
        by: Rep who wrote it down, or empty when the customer chose.
        theirs: Who of them had room, and is the customer's person from now on.
        waits: Those who were full, and whose waiting list the customer is on.
        full: Those whose waiting list was full too.
        instead_of: The choice that this one replaces; another one was made without knowing it.
    """

    choices: tuple[RepId, ...]
    brand: str = ""
    by: RepId = RepId("")
    theirs: RepId = RepId("")
    waits: tuple[RepId, ...] = ()
    full: tuple[RepId, ...] = ()
    instead_of: EventId = EventId("")


class RoomGiven(FactBody, frozen=True, kw_only=True, tag="room_given"):
    """Somebody whom the customer waited for has room for them now.

    Attributes:
        rep: Who.
        brand: Where the choice counts.
        choice: The choice that waited; one that was changed since gets nothing.
    """

    rep: RepId
    choice: EventId
    brand: str = ""


class PersonRefused(FactBody, frozen=True, kw_only=True, tag="person_refused"):
    """A customer and a rep are to have nothing to do with each other; neither hears of it.

    Attributes:
        rep: Who.
        side: Whose wish it is.
        by: Rep who said it or wrote it down; empty when the customer said it.
        why: The reason, for a supervisor alone.
        again: True takes it back.
    """

    rep: RepId
    side: Side
    by: RepId = RepId("")
    why: TextRef = ""
    again: bool = False


class GotInTouch(FactBody, frozen=True, kw_only=True, tag="got_in_touch"):
    """The customer wrote, called or came by, and somebody has to answer.

    Attributes:
        channel: mail, phone, chat, or what else the firm calls it.
        thread: The conversation it continues; empty begins a new one.
        brand: Whom they wrote to.
        case: The case it is about, when known.
        to: The person they asked for, by a direct line or by name.
        another: They asked for somebody else than whom they spoke to last.
        words: What they said.
    """

    channel: str
    thread: str = ""
    brand: str = ""
    case: CaseId = CaseId("")
    to: RepId = RepId("")
    another: bool = False
    words: TextRef = ""


class Contacted(FactBody, frozen=True, kw_only=True, tag="contacted"):
    """A rep and the customer spoke; the conversation stays with this rep.

    Attributes:
        rep: Who spoke with the customer.
        channel: mail, phone, chat, or what else the firm calls it.
        thread: The conversation; empty for one that nobody had begun.
        brand: For whom the rep spoke.
        case: What it was about, when it was about a case.
        note: What whoever comes next should know.
    """

    rep: RepId
    channel: str
    thread: str = ""
    brand: str = ""
    case: CaseId = CaseId("")
    note: TextRef = ""
