"""What a customer was told: promises and fees, as far as the fold has to remember it."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from makegood.messages.body import Facts
from makegood.messages.ids import EventId, ProfileId, RepId

MOST_KEPT = 200  # nobody is told more than that; of whom is, what is oldest is no longer known


class SaidKind(StrEnum):
    """What kind of thing was said."""

    PROMISE = "promise"
    DISCLOSURE = "disclosure"
    REDIRECT = "redirect"


class Said(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One thing that was said about a booking, segment or order; said again, it is one still.

    Attributes:
        event: The event that said it.
        profile: Whom that event was about; what is said of it later is filed there.
        id: The promise or disclosure of the book, or "other".
        by: Who said it; empty when an event told it and names nobody.
        words: What was said, by reference.
        facts: What it binds us to, as conditions read it.
        due_ms: Until when a promise is to be kept, or a place is held; 0 for what is neither.
        kept_ms: When it was kept; 0 until then.
        broken: It was not kept in time.
        again: Events that said the same once more.
    """

    event: EventId
    profile: ProfileId
    kind: SaidKind
    id: str
    about: str
    at_ms: int
    brand: str = ""
    by: RepId = RepId("")
    words: str = ""
    facts: Facts = {}
    due_ms: int = 0
    kept_ms: int = 0
    broken: bool = False
    again: tuple[EventId, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be kept in time."""
        return bool(self.due_ms) and not self.kept_ms and not self.broken

    def is_meant(self, event: EventId) -> bool:
        """Whether this event said it, the first time or once more."""
        return event == self.event or event in self.again


class Memory(Struct, frozen=True, gc=False, omit_defaults=True):
    """All that a customer was told.

    Attributes:
        said: Oldest first; one for each id and `about`.
        lost: Something was let go of because there was too much: what is not here may have been
            said all the same.
    """

    said: tuple[Said, ...] = ()
    lost: bool = False

    def find(self, event: EventId) -> Said | None:
        """Find something by an event that said it."""
        return next((one for one in self.said if one.is_meant(event)), None)

    def about(self, name: str, about: str) -> Said | None:
        """Find what was said under a name about one thing."""
        return next((one for one in self.said if one.id == name and one.about == about), None)

    def facts(self, about: str) -> Facts | None:
        """Give what was said about one thing, as conditions read it.

        Args:
            about: Booking, segment or order.

        Returns:
            Id -> what was said; None when that cannot be known, and so nobody may hear no for it.
        """
        found: Facts = {one.id: _readable(one) for one in self.said if one.about == about}
        return None if not about or (not found and self.lost) else found

    def with_one(self, one: Said) -> "Memory":
        """Put a new or changed thing in its place."""
        said = self.said
        if self.about(one.id, one.about) is not None:
            return Memory(tuple(_same(one, other) for other in said), self.lost)
        return _bounded(Memory((*said, one), self.lost))


def _same(one: Said, other: Said) -> Said:
    return one if (other.id, other.about) == (one.id, one.about) else other


def _readable(one: Said) -> Facts:
    """Give the facts of one; a promise also tells its end, and whether it was kept."""
    known: Facts = {**one.facts, "at_ms": one.at_ms}
    if one.by:
        known["by"] = str(one.by)
    if one.kind is SaidKind.PROMISE:
        known |= {"due_ms": one.due_ms, "kept": bool(one.kept_ms), "broken": one.broken}
    return known


def _bounded(memory: Memory) -> Memory:
    """Let go of what is oldest, all that is about one thing together; promises stay until kept."""
    if len(memory.said) <= MOST_KEPT:
        return memory
    last: dict[str, int] = {}
    for one in memory.said:
        last[one.about] = max(one.at_ms, last.get(one.about, one.at_ms))
    needed = {one.about for one in memory.said if one.is_open} | {memory.said[-1].about}
    kept = list(memory.said)
    for about in _by_age(last, needed):
        kept = [one for one in kept if one.about != about]
        if len(kept) <= MOST_KEPT:
            break
    return Memory(tuple(kept), lost=memory.lost or len(kept) < len(memory.said))


def _by_age(last: dict[str, int], needed: Iterable[str]) -> list[str]:
    return sorted((about for about in last if about not in set(needed)), key=lambda a: last[a])
