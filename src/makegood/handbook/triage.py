"""The chapter on triage: what becomes of a letter that a model has read."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Cell, Chapter, Entry, Grid
from makegood.playbooks.triage import CHANNELS

_LEAD = (
    "A model reads what customers write, and says which kind of failure it tells of and how "
    "sure it is. What follows is said here. What people say of a letter counts for more, and the "
    "next model learns from it."
)


def triage_chapter(source: Source) -> Iterator[Chapter]:
    """Say it where the book has the section."""
    where = dict(source.sections()).get("triage")
    if where is None:
        return
    terms = source.book.triage
    rows = tuple(
        tuple(Cell(text=one) for one in (name.replace("_", " "), kind.failure, ask, opens))
        for name, kind in terms.kinds.items()
        for ask, opens in [(_hundred(kind.ask_from), _hundred(kind.open_from))]
    )
    heads = ("Kind", "Failure", "A person is asked from", "Opened by itself from")
    sentences = ["A kind that is not listed is shown, and does nothing."]
    read = ", ".join(name.replace("_", " ") for name in CHANNELS if name in terms.channels)
    sentences.append(f"Read is what customers wrote themselves: {read}.")
    if terms.train.by_itself:
        sentences.append(
            f"After {terms.train.after} corrections a new model is trained in the night, and "
            "taken where it is not worse."
        )
    if terms.urgent:
        sentences.append(f"A letter is urgent that says: {', '.join(terms.urgent)}.")
    entry = Entry(
        anchor="triage-kinds",
        title="When a person is asked",
        where=where,
        sentences=tuple(sentences),
        grid=Grid(heads=heads, rows=rows) if rows else None,
    )
    yield Chapter(
        anchor="triage", title="What customers write about", lead=_LEAD, entries=(entry,)
    )


def _hundred(chance: float) -> str:
    return f"{chance * 100:g} in 100" if chance else "never"
