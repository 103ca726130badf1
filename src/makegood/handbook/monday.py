"""The chapter about letters to management: who gets one, and when."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.monday import WEEKDAYS, MondayRule

_LEAD = (
    "One page about each week goes to management: who was let down, held, made good, who still "
    "waits, what was said in public and what our rules caused. It names no customer."
)
_LANGUAGES = {"en": "English", "de": "German", "es": "Spanish"}


def monday_chapter(source: Source) -> tuple[Chapter, ...]:
    """Say who gets one; no chapter for a book that writes to nobody."""
    where = dict(source.sections()).get("monday")
    if where is None:
        return ()
    entry = Entry(
        anchor="monday-letters",
        title="Who gets the letter",
        where=where,
        sentences=tuple(_sentences(source)),
    )
    return (Chapter(anchor="monday", title="Letters to management", lead=_LEAD, entries=(entry,)),)


def _sentences(source: Source) -> Iterator[str]:
    terms = source.book.monday
    for one in terms.letters:
        yield f"{one.id}: {_when(one)}, in {_LANGUAGES[one.language]}, {_about(source, one)}."
    if not terms.letters:
        yield "Nobody gets one yet."
    yield f"What was sent is kept for {terms.keep_ms // 86_400_000} days."


def _when(one: MondayRule) -> str:
    if one.paused:
        return "paused"
    hour = f"{one.minute // 60:02}:{one.minute % 60:02}"
    return f"{WEEKDAYS[one.weekday].capitalize()} at {hour} ({one.timezone})"


def _about(source: Source, one: MondayRule) -> str:
    if not one.brands:
        return "about all brands"
    names = source.book.brands
    return f"about {', '.join(names[brand].name for brand in one.brands if brand in names)}"
