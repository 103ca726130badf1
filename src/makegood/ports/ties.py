"""What ties customers and the people who look after them: who is whose, who waits, who is apart.

The rows follow each customer's state; they are what a question over all customers reads.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias

from msgspec import Struct

from makegood.core.my_person import Reason
from makegood.messages.ids import CaseId, CustomerId, EventId, ProfileId, RepId
from makegood.messages.person_facts import Side

MOST_TIES = 200
"""The longest page."""


class TieKind(StrEnum):
    """What a tie is."""

    THEIRS = "theirs"
    WAITING = "waiting"
    TALK = "talk"
    APART = "apart"
    LEAVING = "leaving"
    HEIR = "heir"
    MEETING = "meeting"
    READY = "ready"
    HELLO = "hello"
    GREETED = "greeted"
    THANKED = "thanked"
    CALL_BACK = "call_back"


class Tie(Struct, frozen=True, gc=False, kw_only=True):
    """One tie of a customer and a rep.

    Attributes:
        kind: `theirs` and `waiting` are choices; `talk` is a conversation in which the customer
            waits for an answer; `apart` is a wish to have nothing to do with each other.
            Of somebody who leaves, `leaving` is a customer who has still to say who it is to be,
            `heir` the same for who is put forward, and `meeting` a call of the three. `ready` may
            be said, `hello` is to be said, and `greeted` and
            `thanked` are each of these, over or not. A `call_back` is a call that a supervisor
            owes for somebody (`asked_for`); its `at_ms` is its end: the most urgent is first. Its
            `words` are the number that the customer named, and before `ends_ms` they want none.
        item: Tells ties of one kind and customer apart.
        rep: Whose: the person, who is waited for, who is to answer now, who is kept apart. Empty
            for a conversation that whoever is free may take, or a call-back of any supervisor.
        at_ms: Since when.
        choice: The event that chose.
        until_ms: Till when a conversation waits for `rep` alone; 0 for no end.
        asked_for: Whom a conversation is for, whoever answers.
        then: Who takes it after `until_ms`.
        last: Whom the customer spoke to last in it.
        words: What was said last, by reference.
        side: Whose wish it is to be kept apart.
        why: The reason by reference, for a supervisor alone.
        likeness: What speaks for who is put forward, and how much.
        thing: What is true, as the book calls it.
        about: What that is about.
        source: The event that says so.
        said_ms: When that was.
        ends_ms: When what it is about ends.
    """

    customer: CustomerId
    profile: ProfileId
    kind: TieKind
    item: str
    rep: RepId
    at_ms: int
    brand: str = ""
    choice: EventId = EventId("")
    channel: str = ""
    case: CaseId = CaseId("")
    until_ms: int = 0
    asked_for: RepId = RepId("")
    then: RepId = RepId("")
    last: RepId = RepId("")
    reasons: tuple[Reason, ...] = ()
    words: str = ""
    side: Side = "customer"
    by: RepId = RepId("")
    why: str = ""
    likeness: tuple[tuple[str, str], ...] = ()
    thing: str = ""
    about: str = ""
    source: EventId = EventId("")
    said_ms: int = 0
    ends_ms: int = 0

    @property
    def key(self) -> "TieKey":
        """Its place in a list, the oldest first."""
        return (self.at_ms, self.customer, self.item)


TieKey: TypeAlias = tuple[int, CustomerId, str]


class Load(Struct, frozen=True, gc=False, kw_only=True):
    """How many customers somebody has.

    Attributes:
        theirs: Whose person they are.
        waiting: Who are on the waiting list.
        leaving: Customers of somebody who leaves, who have still to say who it is to be.
        heir: Customers to whom they are put forward.
    """

    theirs: int = 0
    waiting: int = 0
    leaving: int = 0
    heir: int = 0


class TieReading(Protocol):
    """Looking."""

    def ties(
        self,
        kind: TieKind,
        *,
        rep: RepId | None = None,
        after: TieKey | None = None,
        limit: int = 50,
    ) -> tuple[Tie, ...]:
        """Page through ties of a kind, the oldest first.

        Args:
            kind: Which.
            rep: Only of this rep; "" has the conversations that whoever is free may take.
            after: `key` of the last one of the page before.
            limit: At most `MOST_TIES`.
        """

    def loads(self, reps: Sequence[RepId] | None = None) -> Mapping[RepId, Load]:
        """Count the customers of reps; of all of them for None. Who has none may be left out."""

    def tie_counts(self, kind: TieKind, since_ms: int) -> Mapping[RepId, int]:
        """Count the ties of a kind of each rep since a moment."""

    def places_in_line(self, customer: CustomerId) -> Mapping[tuple[RepId, str], int]:
        """Say where a customer stands in each waiting list, by rep and brand; 1 is next."""


class TieWriting(TieReading, Protocol):
    """Writing."""

    def hold_loads(self, reps: Sequence[RepId]) -> Mapping[RepId, Load]:
        """Count the customers of reps; others who do so for one of them wait until the end.

        Lock the customer first: whoever takes the locks in another order may be refused.
        """

    def project_ties(self, customers: Sequence[CustomerId], ties: Sequence[Tie]) -> None:
        """Replace all ties of customers by those that are now."""
