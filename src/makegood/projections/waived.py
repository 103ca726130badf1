"""What a customer was let off, in words, with the precedent."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.core.state import State
from makegood.playbooks.book import Library, RuleBook
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


def waiver_words(what: str, book: RuleBook) -> str:
    """Name what is waived, as the rule book says it."""
    return book.waivers.get(what, {}).get("en") or what.replace("_", " ")


def waived_rows(
    state: State, library: Library, reps: Sequence[RepRow], texts: Mapping[str, str]
) -> tuple[WaivedRow, ...]:
    """List what stands, the latest first."""
    book = library.book(library.active)
    return tuple(
        WaivedRow(
            title=waiver_words(one.what, book),
            once=one.once,
            by=rep_name(reps, one.by) if one.by else "the rule book",
            at_ms=one.at_ms,
            reason=texts.get(one.reason, ""),
        )
        for one in reversed(state.waivers)
    )
