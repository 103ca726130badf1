"""Rows of what is asked of places, of what was asked twice, and of who was walked and why."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.messages.ids import CaseId, CustomerId, ProfileId


class RedirectRow(Struct, frozen=True, kw_only=True):
    """One place that was asked to take a customer in, or one time they were asked twice.

    Attributes:
        row: The ask's command, or the event that said so.
        kind: `ask` or `told_twice`.
        customer: Whom it is about.
        profile: Whose page a link opens.
        case: The case.
        brand: Whose customer it is.
        place: The place that was asked, or where it was asked twice; may be empty.
        place_name: What it is called.
        status: Where the asking stands, or who said that it was asked twice.
        is_open: Somebody has still to answer, or to arrive.
        at_ms: Until when they have to answer, or when it was asked twice.
        until_ms: Until when a yes stands.
    """

    row: str
    kind: Literal["ask", "told_twice"]
    customer: CustomerId
    profile: ProfileId
    case: CaseId
    brand: str
    place: str
    place_name: str = ""
    status: str = ""
    is_open: bool = False
    at_ms: int = 0
    until_ms: int = 0


class Walker(Struct, frozen=True, kw_only=True):
    """One arrival among whom somebody has to go elsewhere.

    Attributes:
        arrival: Its reservation; free of personal data.
        profile: Who they are, as a pseudonym; empty when nobody told.
        facts: What the rule reads.
        points: How much harm it does to walk them.
        reasons: Why, in words.
        never: The rule says never to walk them.
        volunteer: They offered to go.
        chosen: A person decided that they go.
    """

    arrival: str
    profile: ProfileId = ProfileId("")
    facts: Facts = {}
    points: int = 0
    reasons: tuple[str, ...] = ()
    never: bool = False
    volunteer: bool = False
    chosen: bool = False


class WalkRow(Struct, frozen=True, kw_only=True):
    """One time when not all could stay: who was ranked how, who decided and why.

    Attributes:
        walk: Its id.
        rule: Rule of the book.
        book: Hash of the book that ranked.
        brand: Whose house it is.
        at_ms: When it was ranked.
        need: How many have to go.
        walkers: All arrivals, least harm first.
        by: Who ranked.
        decided_by: Who decided; empty until then.
        decided_ms: When.
        because: Why, where the decision is another than the ranking.
    """

    walk: str
    rule: str
    book: str
    brand: str
    at_ms: int
    need: int
    walkers: tuple[Walker, ...]
    by: str = ""
    decided_by: str = ""
    decided_ms: int = 0
    because: str = ""


class RedirectReading(Protocol):
    """What is asked of places, and who was walked."""

    def redirects(
        self,
        *,
        open_only: bool = False,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[RedirectRow, ...]:
        """Page through what was asked of places, the latest first.

        Args:
            open_only: Only what somebody has still to answer, or where somebody is to arrive.
            brands: Only of these; none for all.
            after: (at_ms, row) of the last one of the page before.
            limit: At most so many.
        """

    def told_twice(self, since_ms: int) -> Mapping[str, int]:
        """Count by brand how often customers were asked for what we knew, since a moment."""

    def walks(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[WalkRow, ...]:
        """Page through the walks, the latest first."""

    def walk(self, walk: str) -> WalkRow | None:
        """Give one walk."""


class RedirectWriting(Protocol):
    """What changes them."""

    def project_redirects(
        self, customers: Sequence[CustomerId], rows: Sequence[RedirectRow]
    ) -> None:
        """Replace all rows of some customers by those of now."""

    def put_walk(self, row: WalkRow) -> bool:
        """Keep a walk, or what was decided about it.

        Returns:
            False when it was decided before (nothing is changed then).
        """
