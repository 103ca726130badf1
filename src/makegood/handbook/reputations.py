"""The chapter about reputations: from when something is said of whom."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.projections.asked import within_words

_LEAD = (
    "What customers say of the people they met is told apart from what they say of the rules, the "
    "places and the day. It ranks nobody, and nothing follows from it by itself."
)


def reputation_chapter(source: Source) -> tuple[Chapter, ...]:
    """Say the terms; no chapter for a book that leaves them as they are."""
    where = dict(source.sections()).get("reputation")
    if where is None:
        return ()
    entry = Entry(
        anchor="reputation-terms",
        title="From when something is said",
        where=where,
        sentences=tuple(_sentences(source)),
    )
    return (Chapter(anchor="reputation", title="Reputations", lead=_LEAD, entries=(entry,)),)


def _sentences(source: Source) -> Iterator[str]:
    terms = source.book.reputation
    yield f"Below {terms.shown_from} ratings we cannot tell yet, and say so."
    few = terms.blind_below
    yield f"Nothing is published, and nothing changes, for fewer than {few} customers."
    settles = within_words(terms.late_ms)
    yield f"What was met counts for a rule at once, and for a person after {settles}."
    within = within_words(source.book.owners.answer_ms)
    yield f"Whoever answers for a rule that customers find worse has {within} to say why it is so."
    yield f"Whoever looks at an appeal has {within} as well; until then nothing changes."
