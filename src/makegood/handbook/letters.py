"""The chapter on letters: how long mail is set aside, and what may be attached to an answer."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.letters import MB
from makegood.playbooks.spans import DAY_MS

_LEAD = "Customers' letters come to the desk and are answered there, in the same conversation."


def letters_chapter(source: Source) -> Iterator[Chapter]:
    """Say it where the book has the section."""
    where = dict(source.sections()).get("letters")
    if where is None:
        return
    terms = source.book.letters
    aside, unsent = terms.set_aside_ms // DAY_MS, terms.unsent_ms // DAY_MS
    sentences = [
        f"A mail that nobody could file is kept for {_days(aside)}; then it goes.",
        f"What is attached to a draft is kept for {_days(unsent)}.",
        f"One letter takes {terms.files} attachments at most, of {terms.largest // MB} megabytes "
        f"each and {terms.together // MB} together."
        if terms.files
        else "Nothing may be attached to a letter of ours.",
    ]
    entry = Entry(
        anchor="letters-kept",
        title="What is kept, and what may be attached",
        where=where,
        sentences=tuple(sentences),
    )
    yield Chapter(anchor="letters", title="Letters", lead=_LEAD, entries=(entry,))


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"
