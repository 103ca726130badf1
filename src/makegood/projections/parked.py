"""Parked mail as the desk shows it: how much waits and why, for whom, with addresses masked."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.ports.parking import ParkedRow

_WHY = {
    "hold": "marketing to them is held",
    "cannot_judge": "a person has still to judge what happened",
    "unsubscribed": "they unsubscribed",
    "chosen_rep": "they hear offers from their own person alone",
    "stuck": "their history could not be read",
    "unknown": "nobody is known by this address",
    "restored": "it may have gone out after the backup that was restored",
    "unclassified": "nobody knows what this mail is",
}
GUESSED = frozenset({"signals", "none"})
"""What may be wrong about a mail's class, so that a person may say otherwise."""


class ParkedCount(Struct, frozen=True, kw_only=True):
    """How many recipients of a brand wait for one reason."""

    brand: str
    why: str
    count: int


class ParkedShown(Struct, frozen=True, kw_only=True):
    """One recipient who waits.

    Attributes:
        recipient: Enough to find them in the tool that sent it, too little to write to them.
        may_release: Signs alone say that it sells, so that a person may know better.
    """

    parked: str
    recipient: str
    brand: str
    message_class: str
    says: str
    why: str
    since_ms: int
    expires_ms: int
    attempts: int
    may_release: bool


def masked(address: str) -> str:
    """Mask an address: "ana.ruiz@example.org" gives "a…z@example.org"."""
    name, at, domain = address.rpartition("@")
    if not at:
        return "…"
    return f"{name[:1]}…{name[-1:] if len(name) > 3 else ''}@{domain}"


def parked_counts(
    counts: Mapping[tuple[str, str], int], brands: Sequence[str]
) -> tuple[ParkedCount, ...]:
    """Give how many wait by brand and reason, the most first; only of some brands, or of all."""
    seen = [(key, count) for key, count in counts.items() if not brands or key[0] in brands]
    seen.sort(key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        ParkedCount(brand=brand, why=_WHY.get(reason, reason), count=count)
        for (brand, reason), count in seen
    )


def parked_shown(rows: Sequence[ParkedRow]) -> tuple[ParkedShown, ...]:
    """Give the rows as people read them."""
    return tuple(_shown(row) for row in rows)


def _shown(row: ParkedRow) -> ParkedShown:
    return ParkedShown(
        parked=row.parked,
        recipient=masked(row.recipient),
        brand=row.brand,
        message_class=row.message_class,
        says=_said_by(row),
        why=_WHY.get(row.reason, row.reason),
        since_ms=row.since_ms,
        expires_ms=row.expires_ms,
        attempts=row.attempts,
        may_release=may_release(row),
    )


def may_release(row: ParkedRow) -> bool:
    """Whether a person may say that one mail is a service message after all.

    Never past a rule of the book, and never past what a person said of its kind: those are
    changed where they stand, for every mail alike.
    """
    is_held = not row.message_class or MessageClass(row.message_class) in HELD_CLASSES
    return row.classed_by in GUESSED and is_held


def _said_by(row: ParkedRow) -> str:
    match row.classed_by:
        case "rule":
            return f"the rule {row.rule} says so"
        case "person":
            return "a person said so"
        case "signals":
            return "by its signs"
    return ""
