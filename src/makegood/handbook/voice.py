"""The chapter about the public voice: where we listen, and how soon a person answers."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.searches import SearchTerms
from makegood.projections.asked import within_words

_LEAD = (
    "What is said in public is answered by a person, where it stands. Whose it is, only the "
    "customer can say; everybody gets the same answer, however many follow them."
)


def voice_chapter(source: Source) -> tuple[Chapter, ...]:
    """Say the terms; no chapter for a book that listens nowhere."""
    where = dict(source.sections()).get("voice")
    if where is None:
        return ()
    entry = Entry(
        anchor="voice-terms",
        title="How soon we answer in public",
        where=where,
        sentences=tuple(_sentences(source)),
    )
    return (Chapter(anchor="voice", title="Public voice", lead=_LEAD, entries=(entry,)),)


def _sentences(source: Source) -> Iterator[str]:
    terms = source.book.voice
    yield f"A person answers within {within_words(terms.target_ms)}."
    yield f"After {within_words(terms.breach_ms)} it is too late, and shown as that."
    yield "What a machine wrote under a post is no answer."
    if terms.keep_ms:
        span = within_words(terms.keep_ms)
        yield f"What people said who are no customers of ours is forgotten after {span}."
    if terms.bad_stars_below:
        yield f"Who gives us fewer than {terms.bad_stars_below} of five stars is unhappy."
    yield from _searches(terms.searches)
    for one in terms.listen:
        about = f" ({one.what}{' ' + one.words if one.words else ''})" if one.what else ""
        yield f"We listen to {one.id}: {one.network}{about}."


def _searches(terms: SearchTerms) -> Iterator[str]:
    for one in terms.watch:
        yield f"We watch what a search for “{one.words}” shows."
    if terms.owner and terms.watch:
        yield f"{terms.owner} is told when the first {terms.first} places change sides."
