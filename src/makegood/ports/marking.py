"""Marking: holding marketing at a campaign tool by a tag or a property, never by unsubscribing.

A customer's own no is theirs: what we write must be something that we may take back. A mark holds
nothing by itself; the tool's campaigns have to leave out who carries it, so `check` says which do
not. What leaves this way is as old as its measured lag, and is called synced.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from makegood.messages.errors import EffectFailed


class KeyRefused(EffectFailed):
    """The campaign tool refused the key: a person has to give another one."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


class NotTaken(EffectFailed):
    """The campaign tool would not take what was sent; one address in it may be at fault."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


class Place(Struct, frozen=True, kw_only=True):
    """Where marks are kept.

    Attributes:
        vendor: `mailchimp` or `hubspot`.
        id: The audience and its tag, or the property.
        brand: Whose contacts they are; empty for the umbrella, where a hold of any brand counts.
    """

    vendor: str
    id: str
    brand: str = ""

    @property
    def key(self) -> str:
        """One word for the place."""
        return f"{self.vendor}:{self.id}"


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of some addresses, each in exactly one of the first three.

    Attributes:
        done: They are as they should be, by the vendor's own word.
        absent: The vendor has no such contact; none is made.
        refused: The vendor has them, or may have, and would not.
        changed: Those of `done` that were otherwise before.
    """

    done: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class Page(Struct, frozen=True, kw_only=True):
    """Some of those who are marked.

    Attributes:
        contacts: Every address of each contact, in lower case; the first is what `unmark` takes.
        following: Give this for the next page; empty at the end.
    """

    contacts: tuple[tuple[str, ...], ...]
    following: str = ""


class Lacking(Struct, frozen=True, kw_only=True):
    """Something that may send marketing and does not leave out who is marked.

    Attributes:
        kind: campaign, automation, email or workflow.
        status: In the vendor's word.
        do: One sentence: what a person has to do there.
    """

    kind: str
    id: str
    name: str
    status: str
    do: str


class Checked(Struct, frozen=True, kw_only=True):
    """What a look at the vendor's campaigns found.

    Attributes:
        lacking: What lacks the exclusion.
        more: There is more than was looked at.
        blind: What the vendor's interface cannot tell, one sentence each.
    """

    lacking: tuple[Lacking, ...] = ()
    more: bool = False
    blind: tuple[str, ...] = ()


class Placed(Struct, frozen=True, kw_only=True):
    """A marker, and how often its place is compared with what holds.

    Attributes:
        every_ms: At most once in so long.
    """

    marker: "Marker"
    every_ms: int


class Marker(Protocol):
    """Marks the contacts of one place. Safe to use from many threads.

    Every method raises `EffectFailed` (with `retry` and `after_ms`), `KeyRefused` when no call can
    succeed until a person acts, and `NotTaken` when fewer addresses might be taken. No method
    changes a subscription, and none makes a contact.
    """

    @property
    def place(self) -> Place:
        """The place."""

    @property
    def most(self) -> int:
        """Addresses that one call takes."""

    def mark(self, emails: Sequence[str], *, ask: bool = True) -> Outcome:
        """Mark contacts. Marked ones stay marked.

        Args:
            emails: In lower case; at most `most`.
            ask: Look each one up of whom the vendor's answer says nothing. Without it, those
                count as absent: for callers who know from `marked` that they carry no mark.
        """

    def unmark(self, emails: Sequence[str]) -> Outcome:
        """Take marks away; who carries none stays so."""

    def marked(self, after: str = "", gone: int = 0) -> Page:
        """Page through who is marked.

        Args:
            after: `following` of the page before; empty for the first.
            gone: How many of the pages before have been unmarked meanwhile, where pages are
                counted from the beginning.
        """

    def check(self) -> Checked:
        """List what lacks the exclusion, by a bounded number of calls."""

    def set_up(self) -> tuple[str, ...]:
        """Make what marks need at the vendor; give one sentence for each thing made or found."""

    def close(self) -> None:
        """Give back connections."""
