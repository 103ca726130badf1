"""What is remembered to keep in touch with a customer: who comes after, true things, hellos, lots.

Source: story 5; evidence (38: a successor who is alike; 40: no claim without a lot).
"""

from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.hello_facts import HelloKind
from makegood.messages.ids import CommandId, EventId, ProfileId, RepId

MOST_THINGS = 20  # what is older than twenty other things is no news
MOST_HELLOS = 24  # two years of one a month
NOBODY = RepId("")
Ending: TypeAlias = Literal["due", "said", "let_be", "lapsed", "kept_back", "moved"]


class Succession(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Somebody leaves whom the customer had chosen, and somebody is put forward.

    Attributes:
        event: The event that put them forward.
        successor: Who; empty when nobody suits.
        choice: The choice that made `rep` theirs.
        reasons: What speaks for it, and how much.
        meets: The three are to speak together.
        met_ms: When they did.
        answered: The customer chose, whoever it was; empty until then, `yes` for who was put
            forward.
        messages: Orders that told the customer.
    """

    event: EventId
    profile: ProfileId
    rep: RepId
    successor: RepId
    choice: EventId
    at_ms: int
    leaves_ms: int
    brand: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    meets: bool = True
    met_ms: int = 0
    answered: Literal["", "yes"] = ""
    messages: tuple[CommandId, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether the customer has still to say who it is to be."""
        return not self.answered

    @property
    def waits_to_meet(self) -> bool:
        """Whether the three have still to speak."""
        return self.meets and not self.met_ms and bool(self.successor)


class Thing(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Something true that can be said to the customer.

    Attributes:
        id: What the book calls it.
        event: The event that says so.
        from_ms: Not said before.
        until_ms: Not said any more from then on.
        about: Booking, segment, order or agreement.
        ends_ms: When what it is about ends; 0 for what has no end.
        words: A wish in the customer's words, by reference.
        asked_for: The customer asked for it: no lot keeps it back.
    """

    id: str
    event: EventId
    at_ms: int
    from_ms: int
    until_ms: int
    about: str = ""
    ends_ms: int = 0
    words: str = ""
    asked_for: bool = False


class Ready(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Something may be said now, if the rep has not said as much to others as the book allows."""

    kind: HelloKind
    thing: Thing
    at_ms: int
    profile: ProfileId


class Hello(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A hello or a thank-you: to be said, said, or kept back by a lot.

    Attributes:
        event: The event that made it due.
        by_ms: Till when it is of use.
        ended: How it ended; `due` until it did. One that `moved` was never said: somebody else is
            the customer's person now.
        done_ms: When it ended.
    """

    event: EventId
    profile: ProfileId
    kind: HelloKind
    rep: RepId
    thing: Thing
    at_ms: int
    by_ms: int
    ended: Ending = "due"
    done_ms: int = 0


class Lot(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What was drawn for this customer in an experiment, and whether they came back since.

    Attributes:
        propensity: How probable being treated was.
        back_ms: When they first came back after it; 0 when they did not so far.
        good_ms: When they first answered a survey after it, and not badly; 0 for not so far.
        bad_ms: When they first answered one badly.
    """

    experiment: str
    treated: bool
    propensity: float
    at_ms: int
    event: EventId
    back_ms: int = 0
    good_ms: int = 0
    bad_ms: int = 0


class InTouch(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How the firm keeps in touch with one customer, as far as the fold remembers it.

    Attributes:
        allowed: Their person may get in touch now and then.
        allowed_ms: When they said so, or said no; 0 when nobody asked.
        things: True things, the newest last.
        ready: What may be said now.
        hellos: The last ones, the newest last.
        thanked_years: The last anniversary that was thanked for, or kept back.
        successions: Those who leave.
        lots: One for each experiment.
    """

    allowed: bool = False
    allowed_ms: int = 0
    things: tuple[Thing, ...] = ()
    ready: tuple[Ready, ...] = ()
    hellos: tuple[Hello, ...] = ()
    thanked_years: int = 0
    successions: tuple[Succession, ...] = ()
    lots: tuple[Lot, ...] = ()

    @property
    def said_no(self) -> bool:
        """Whether the customer wants nobody to get in touch unasked, for whatever reason."""
        return bool(self.allowed_ms) and not self.allowed

    @property
    def has_tasks(self) -> bool:
        """Whether something of it waits for a person, unless a case is open."""
        return bool(self.ready) or any(one.ended == "due" for one in self.hellos)

    def lot(self, experiment: str) -> Lot | None:
        """Give what was drawn in an experiment."""
        return next((one for one in self.lots if one.experiment == experiment), None)

    def hello(self, event: EventId) -> Hello | None:
        """Find a hello by the event that made it due."""
        return next((one for one in self.hellos if one.event == event), None)

    def offers(self, rep: RepId, brand: str) -> bool:
        """Whether somebody is put forward to this customer, at a brand."""
        asked = (one for one in self.successions if one.is_asked and one.brand == brand)
        return any(one.successor == rep for one in asked)

    def succession(self, brand: str = "") -> Succession | None:
        """Give the succession that the customer is asked about, at a brand or everywhere."""
        asked = [one for one in self.successions if one.is_asked and one.brand in ("", brand)]
        return max(asked, key=lambda one: one.brand, default=None)
