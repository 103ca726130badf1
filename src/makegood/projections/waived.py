"""What a customer was let off, in words, with the precedent."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.core.state import State
from makegood.playbooks.book import Library
from makegood.ports.rows import RepRow
from makegood.projections.roster import rep_name


class WaivedRow(Struct, frozen=True, kw_only=True):
    """One waiver on the customer's page.

    Attributes:
        by: Who gave it; "the rule book" for the table.
        reason: What a person wrote.
    """

    title: str
    once: bool
    by: str
    at_ms: int
    reason: str


def waiver_words(what: str, library: Library) -> str:
    """Name what is waived, as the active rule book says it, else the first that knows it."""
    active = library.now()
    books = (active, *active.by_brand.values(), *library.books.values())
    known = next((book.waivers[what] for book in books if what in book.waivers), {})
    return known.get("en") or what.replace("_", " ")


def waived_rows(
    state: State, library: Library, reps: Sequence[RepRow], texts: Mapping[str, str]
) -> tuple[WaivedRow, ...]:
    """List what stands, the latest first."""
    return tuple(
        WaivedRow(
            title=waiver_words(one.what, library),
            once=one.once,
            by=rep_name(reps, one.by) if one.by else "the rule book",
            at_ms=one.at_ms,
            reason=texts.get(one.reason, ""),
        )
        for one in reversed(state.waivers)
    )
