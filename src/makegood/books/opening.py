"""Open rule books: those that ship, and files, with the books and the laws that they name."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from makegood.messages.errors import InputError
from makegood.playbooks.binding import Find, bind


def shipped_books() -> Mapping[str, str]:
    """Give the rule books that ship, by name, each with the laws it names."""
    laws, texts, sources = shipped_laws(), _texts(files("makegood.books")), shipped_sources()
    return {name: bind(text, laws, _beside("", texts), sources) for name, text in texts.items()}


def shipped_laws() -> Mapping[str, str]:
    """Give the laws that ship, by name."""
    return _texts(files("makegood.books").joinpath("laws"))


def shipped_sources() -> Mapping[str, str]:
    """Give the sources that ship, by name."""
    return _texts(files("makegood.books").joinpath("sources"))


def _texts(folder: Traversable) -> Mapping[str, str]:
    return {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda one: one.name)
        if entry.name.endswith(".yaml")
    }


def laws_for(name: str) -> Mapping[str, str]:
    """Give the laws a book may name: those that ship, and those in `laws` beside its file."""
    return {**shipped_laws(), **_texts_beside(name, "laws")}


def sources_for(name: str) -> Mapping[str, str]:
    """Give the sources a book may name: those that ship, and those in `sources` beside it."""
    return {**shipped_sources(), **_texts_beside(name, "sources")}


def _texts_beside(name: str, folder: str) -> Mapping[str, str]:
    beside = Path(name).parent / folder
    is_file = name.endswith((".yaml", ".yml"))
    return _texts(beside) if is_file and beside.is_dir() else {}


def _beside(book: str, shipped: Mapping[str, str]) -> Find:
    """Find other books in the folder of a book, else among those that ship."""

    def find(file: str) -> str | None:
        path = Path(book).parent / file
        if book.endswith((".yaml", ".yml")) and path.is_file():
            return path.read_text(encoding="utf-8")
        return shipped.get(file.removesuffix(".yaml"))

    return find


def read_book(name: str) -> tuple[str, str]:
    """Read a rule book's text with what it names; give it with the name that errors call it.

    Args:
        name: A path, or the name of a book that ships. Laws and sources are those that ship, and
            those in the folders `laws` and `sources` beside the book; books it builds on lie
            beside it, or ship.

    Raises:
        InputError: There is no such file or book.
    """
    shipped = _texts(files("makegood.books"))
    find = _beside(name, shipped)
    if name in shipped:
        text = bind(shipped[name], shipped_laws(), find, shipped_sources())
        return text, f"{name}.yaml"
    try:
        text = Path(name).read_text(encoding="utf-8")
        return bind(text, laws_for(name), find, sources_for(name)), name
    except (OSError, UnicodeError) as error:
        known = ", ".join(shipped)
        raise InputError(f"Rule book {name}: {error}. Those that ship: {known}.") from error
