"""The chapter about everyone: whom a case or a request is compared with, in words."""

from makegood.handbook.conditions import in_row
from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.terms import EveryoneTerms

_LEAD = (
    "“If we do it for you we must do it for everyone”: the desk says who everyone is, and what it "
    "would cost. It decides nothing, and nobody gets less or more for it."
)


def everyone_chapter(source: Source) -> tuple[Chapter, ...]:
    """Say which cases are comparable; no chapter for a book that leaves it as it is."""
    where = dict(source.sections()).get("everyone")
    if where is None:
        return ()
    entry = Entry(
        anchor="everyone-alike",
        title="Which cases are alike",
        where=where,
        sentences=_sentences(source.book.everyone),
    )
    return (Chapter(anchor="everyone", title="Everyone", lead=_LEAD, entries=(entry,)),)


def _sentences(terms: EveryoneTerms) -> tuple[str, ...]:
    same = in_row([f"the same {key}" for key in terms.same])
    standing = ""
    if terms.standing:
        levels = in_row([level.replace("_", " ") for level in terms.standing])
        standing = f" The customer's standing was the same or higher: {levels}, the lowest first."
    back: tuple[str, ...] = ()
    if terms.came_back_by:
        events = in_row(sorted(terms.came_back_by))
        back = (
            f"A customer came back when this followed: {events}. This is told "
            f"{terms.judge_after_days} days later.",
        )
    return (
        f"They have {same}, and were in the last {terms.within_days} days.{standing}",
        *back,
        f"Shares of fewer than {terms.too_few} customers are not told.",
    )
