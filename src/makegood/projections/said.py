"""What a customer was told, as interface and desk show it: who said it, and what came of it."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from makegood.core.said import Said, SaidKind
from makegood.core.state import State
from makegood.messages.ids import EventId
from makegood.playbooks.book import Library, RuleBook
from makegood.projections.asked import in_language

Status = Literal["open", "kept", "broken", "kept_late", "told"]
_OWN_WORDS: Mapping[SaidKind, str] = {
    SaidKind.PROMISE: "A promise",
    SaidKind.DISCLOSURE: "What it costs",
    SaidKind.REDIRECT: "Sent to somebody else",
}


class Spoken(Struct, frozen=True, kw_only=True):
    """One thing that was said.

    Attributes:
        status: Where it stands; what something costs is simply told.
        titles: What was said, by language.
    """

    said: Said
    status: Status
    titles: Mapping[str, str]

    @property
    def about(self) -> str:
        """What it is about; empty when nobody said."""
        if self.said.kind is SaidKind.REDIRECT:
            return str(self.said.facts.get("about", ""))
        return "" if self.said.is_meant(EventId(self.said.about)) else self.said.about


def spoken_in(state: State, library: Library) -> tuple[Spoken, ...]:
    """List what a customer was told, the latest first."""
    ordered = sorted(state.memory.said, key=lambda one: one.at_ms, reverse=True)
    return tuple(
        Spoken(said=one, status=_status(one), titles=titles_of(one.id, one.kind, library))
        for one in ordered
    )


def _status(one: Said) -> Status:
    if not one.due_ms:
        return "told"
    if one.kept_ms:
        return "kept_late" if one.broken else "kept"
    return "broken" if one.broken else "open"


def titles_of(name: str, kind: SaidKind, library: Library) -> Mapping[str, str]:
    """Say what was said, by language, in the words of a book that knows it."""
    active = library.books.get(library.active)
    for book in (*((active,) if active else ()), *library.books.values()):
        if says := _says(book, name):
            return says
    return {"en": _OWN_WORDS[kind]}


def _says(book: RuleBook, name: str) -> Mapping[str, str]:
    if name in book.promises:
        return book.promises[name].says
    return book.disclosures[name].says if name in book.disclosures else {}


def title_of(name: str, kind: SaidKind, library: Library) -> str:
    """Say in English what was said, to stand inside a sentence."""
    title = in_language(titles_of(name, kind, library), "en").rstrip(".")
    return title[:1].lower() + title[1:]
