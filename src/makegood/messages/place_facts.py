"""What houses and branches say: where there is room, who accepts whom, and who asked again."""

from typing import Literal

from msgspec import Struct

from makegood.messages.body import FactBody, Facts, TextRef
from makegood.messages.ids import CaseId, CommandId, RepId

Asking = Literal["customer", "rep", "place"]
"""Who says that a customer was asked for what is known already."""


class Candidate(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A place that could be asked, as it was when it was looked up.

    Attributes:
        place: Its id.
        name: What it is called.
        brand: Whose it is.
        kind: Kind of place, for example "hotel".
        metres: How far it is from the place that had no room; -1 when nobody knows.
        rank: How good it is, higher is better; 0 when nobody said.
        room: Whether it has room: `yes`, or `unknown` when nobody says, or what is said is too
            old to be used.
        left: How many rooms or cars it has; 0 when unknown.
        own_rate_cents: What it asks for itself; -1 when unknown.
        as_of_ms: When that was so; 0 when nothing was said.
        stale: Something was said, too long ago to be used.
    """

    place: str
    name: str
    brand: str
    kind: str = ""
    metres: int = -1
    rank: int = 0
    room: Literal["yes", "unknown"] = "unknown"
    left: int = 0
    own_rate_cents: int = -1
    as_of_ms: int = 0
    stale: bool = False


class PlacesFound(FactBody, frozen=True, kw_only=True, tag="places_found"):
    """It was looked up which places could take a customer in.

    Attributes:
        command: The order to look.
        step: Its plan step.
        places: Those that may be asked; none that said it is full.
        near: The place that had no room, if it is one we know.
        near_rank: How good that one is.
        full: How many said that they are full themselves.
        silent: Sources of availability that could not be asked.
    """

    command: CommandId
    step: str = ""
    places: tuple[Candidate, ...] = ()
    near: str = ""
    near_rank: int = 0
    full: int = 0
    silent: tuple[str, ...] = ()


class PlaceAnswered(FactBody, frozen=True, kw_only=True, tag="place_answered"):
    """A person at a place said whether they take a customer in.

    Attributes:
        case: The case.
        command: The ask that is answered.
        accepted: Yes or no; a no after a yes takes it back.
        until_ms: Until when the place is kept; 0 for a no.
        by: Name of the person there, by reference.
        why: Why not, by reference.
        rep: Who of us wrote it down, when they rang there; empty when the place itself answered.
    """

    case: CaseId
    command: CommandId
    accepted: bool
    until_ms: int = 0
    by: TextRef = ""
    why: TextRef = ""
    rep: RepId = RepId("")


class AskedAgain(FactBody, frozen=True, kw_only=True, tag="asked_again"):
    """A customer was asked to tell what we know already; the target is that this never happens.

    Attributes:
        case: The case.
        who: Who says so: the customer, a rep, or the place that asked back itself.
        by: The rep, if one says so.
        place: Where it happened; empty when it was not at a place.
        words: What was asked, by reference.
        known: Facts of ours that the question was about, free of personal data.
    """

    case: CaseId
    who: Asking
    by: RepId = RepId("")
    place: str = ""
    words: TextRef = ""
    known: Facts = {}
