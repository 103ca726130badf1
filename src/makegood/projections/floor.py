"""Where a case stands, for whoever raised it or looks after it: a sentence and no more."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.messages.ids import CaseId
from makegood.playbooks.book import Library
from makegood.ports.rows import CaseRow
from makegood.projections.orders import failure_words

_STANDS: Mapping[str, tuple[str, str]] = {
    "unclear": ("A person looks at what happened.", "warn"),
    "opened": ("It is being looked after.", "warn"),
    "offered": ("The customer was offered help and chooses.", "warn"),
    "calling": ("Somebody calls the customer.", "warn"),
    "helping": ("Help is on its way.", "warn"),
    "asked": ("The customer was asked whether it is good again.", "warn"),
    "made_whole": ("Made whole: the customer says it is good again.", "ok"),
    "released": ("Ended by a supervisor, with a reason.", ""),
    "dismissed": ("A person found that it was no failure.", ""),
}


class Stands(Struct, frozen=True, kw_only=True):
    """One case in a list of one's own."""

    case: CaseId
    title: str
    says: str
    mark: str
    owner: str
    opened_ms: int
    is_open: bool


def stands(row: CaseRow, owner: str, library: Library) -> Stands:
    """Say where a case stands.

    Args:
        row: The case.
        owner: The name of who looks after it.
        library: For the words of what went wrong.
    """
    says, mark = _STANDS.get(row.phase, ("It is being looked after.", "warn"))
    failure = row.line.partition(",")[0] if row.phase != "unclear" else ""
    return Stands(
        case=row.case,
        title=failure_words(failure, library),
        says=says,
        mark=mark,
        owner=owner,
        opened_ms=row.opened_ms,
        is_open=row.is_open,
    )
