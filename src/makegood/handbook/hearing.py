"""The chapter on sources: which systems tell us by themselves, and of what."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.mappings import Form, Mapped
from makegood.playbooks.mappings import Source as Told
from makegood.playbooks.mistakes import Place

_LEAD = (
    "These systems tell us by themselves, so that nobody has to type it again. What they say and "
    "we cannot use is kept, and a person sees why."
)


def sources_chapter(source: Source) -> Iterator[Chapter]:
    """Say who tells us what; nothing when the book names no source."""
    if not source.book.sources:
        return
    entries = tuple(_entry(one, source) for one in source.book.sources.values())
    yield Chapter(anchor="sources", title="Who tells us", lead=_LEAD, entries=entries)


def _entry(one: Told, source: Source) -> Entry:
    return Entry(
        anchor=f"source-{one.id}",
        title=one.title,
        rule=one.id,
        where=source.where(Place(one.line, 1)),
        sentences=tuple(_sentences(one)),
    )


def _sentences(one: Told) -> Iterator[str]:
    yield (
        "It tells us at once."
        if one.form is Form.WEBHOOK
        else "A file that comes again and again; what changed since the last time is news."
    )
    for mapped in one.events:
        yield _said(mapped)


def _said(mapped: Mapped) -> str:
    if mapped.raises is not None:
        return f"“{mapped.id.replace('_', ' ')}” opens a case, as if a person had raised it."
    return f"“{mapped.id.replace('_', ' ')}” becomes the event “{mapped.event}”."
