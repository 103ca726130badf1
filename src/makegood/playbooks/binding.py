"""Bind to a book what it names: the books it builds on, those of its brands, and its laws.

Binding puts their texts behind the book, as further YAML documents, before anything is read:
what is checked, hashed, stored and judged by is one text, and whoever reads a stored book reads
what was in force in it. Which file a name means is for the shell to say; nothing is opened here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import yaml

from makegood.playbooks.nodes import Fields, Items, Node, Scalar

Find: TypeAlias = Callable[[str], str | None]
"""A file, as seen from the folder of the book -> its text, or None: it is not there."""

_LAW = re.compile(r"^law\s*:\s*([a-z][a-z0-9_]*)", re.MULTILINE)
_SOURCE = re.compile(r"^source\s*:\s*([a-z][a-z0-9_]*)", re.MULTILINE)
_NAME = re.compile(r"^name\s*:\s*(.+?)\s*(?:#.*)?$", re.MULTILINE)
_BOOK = re.compile(r"^makegood\s*:", re.MULTILINE)
_DOCUMENT = re.compile(r"^---[^\n]*\n", re.MULTILINE)


def bind(
    text: str,
    laws: Mapping[str, str],
    find: Find = lambda _: None,
    sources: Mapping[str, str] | None = None,
) -> str:
    """Put behind a book the books, the laws and the sources that it names.

    Args:
        text: The book; what is bound to it already stays as it is.
        laws: The text of every law that can be had, by name.
        find: Gives the text of another book.
        sources: The text of every source that can be had, by name.

    Returns:
        One text; what cannot be had is left out, and the check says so.
    """
    text = _with_books(text, find)
    there = set(_LAW.findall(text))
    named = [law for one in _DOCUMENT.split(text) for law in _names(one, "laws", "law")]
    for name in dict.fromkeys(named):
        if name in laws and name not in there:
            text = _behind(text, laws[name])
    packs = sources or {}
    there = set(bound_sources(text))
    wanted = [one for part in _DOCUMENT.split(text) for one in _names(part, "sources", "source")]
    for name in dict.fromkeys(wanted):
        if name in packs and name not in there:
            text = _behind(text, packs[name])
    return text


def unbound(text: str) -> str:
    """Give a book without the books and laws that are bound behind it."""
    return _parted(text)[0]


def bound_laws(text: str) -> Mapping[str, str]:
    """Give the laws that are bound behind a book, by name."""
    parts = _parted(text)[1:]
    return {found[1]: part for part in parts if (found := _LAW.search(part))}


def bound_sources(text: str) -> Mapping[str, str]:
    """Give the sources that are bound behind a book, by name."""
    parts = [part for part in _parted(text)[1:] if not _LAW.search(part)]
    return {found[1]: part for part in parts if (found := _SOURCE.search(part))}


def bound_books(text: str) -> Find:
    """Find the books that are bound behind a book, as if their files lay beside it."""
    parts = [part for part in _parted(text)[1:] if _BOOK.search(part)]
    books = {_name(part): part for part in parts}
    return lambda file: books.get(name_of(file))


def _parted(text: str) -> list[str]:
    """Cut a text where something is bound behind the book: the book first."""
    parts = _DOCUMENT.split(text)
    book = next((n for n, part in enumerate(parts) if _BOOK.search(part)), len(parts))
    return ["---\n".join(parts[: book + 1]), *parts[book + 1 :]]


def file_of(reference: str, beside: str = "") -> str:
    """Say which file a reference means: a name, or a path from the folder of who refers.

    Args:
        reference: As in `builds_on: house` or `builds_on: ../chain/house.yaml`.
        beside: The file that refers.
    """
    folder = beside.rpartition("/")[0]
    file = reference if reference.endswith((".yaml", ".yml")) else f"{reference}.yaml"
    return f"{folder}/{file}" if folder else file


def name_of(reference: str) -> str:
    """Say what the book is called that a reference means: like its file, without the ending."""
    return reference.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")


def references_of(book: Fields) -> tuple[tuple[Scalar, ...], tuple[Scalar, ...]]:
    """Give what a book names as (what it builds on, the books of its brands)."""
    fields = {entry.key: entry.value for entry in book.entries}
    under, brands = fields.get("builds_on"), fields.get("brands")
    items = brands.items if isinstance(brands, Items) else ()
    named = (
        entry.value
        for item in items
        if isinstance(item, Fields)
        for entry in item.entries
        if entry.key == "book"
    )
    return _written(under), tuple(one for value in named for one in _written(value))


def _written(node: Node | None) -> tuple[Scalar, ...]:
    return (node,) if isinstance(node, Scalar) and node.written else ()


def bound_files(
    text: str, documents: tuple[Fields, ...], file: str
) -> tuple[tuple[int, str], ...]:
    """Say behind which line of the whole text each bound document starts, and what it is called.

    Args:
        text: The whole text.
        documents: Its documents, the book first.
        file: What the book is called.
    """
    lines = text.splitlines()
    files = _files(documents, file)
    found = []
    for root in documents[1:]:
        above = range(min(root.place.line, len(lines)) - 1, -1, -1)
        before = next((n + 1 for n in above if lines[n].startswith("---")), 0)
        law, name = (_field(root, key) for key in ("law", "name"))
        is_book = not law and _field(root, "makegood")
        source = "" if law else _field(root, "source")
        kind = f"source {source}" if source else f"law {law or '?'}"
        called = files.get(name, file_of(name, file)) if is_book else kind
        found.append((before, called))
    return tuple(found)


def _files(documents: tuple[Fields, ...], file: str) -> Mapping[str, str]:
    """Give the file of each book that is named, by the name of the book."""
    books = {_field(one, "name"): one for one in documents[1:]}
    found: dict[str, str] = {}
    todo = [(documents[0], file)] if documents else []
    for book, beside in todo:
        for one in (reference for group in references_of(book) for reference in group):
            name = name_of(one.written)
            if name not in found:
                found[name] = file_of(one.written, beside)
                todo += [(books[name], found[name])] if name in books else []
    return found


def _field(root: Fields, key: str) -> str:
    node = next((entry.value for entry in root.entries if entry.key == key), None)
    return node.written if isinstance(node, Scalar) else ""


def _with_books(text: str, find: Find) -> str:
    documents = [one for one in _DOCUMENT.split(text) if _BOOK.search(one)]
    there = {name for one in documents if (name := _name(one))}
    todo = [(one, "") for one in documents]
    for n, (document, file) in enumerate(todo):
        wanted = [*_names(document, "builds_on", "")]
        wanted += _names(document, "brands", "book") if n == 0 else ()
        for reference in wanted:
            other = file_of(reference, file)
            found = None if name_of(reference) in there else find(other)
            there.add(name_of(reference))
            if found is not None:
                todo.append((found, other))
                text = _behind(text, found)
    return text


def _behind(text: str, more: str) -> str:
    return f"{text.rstrip()}\n---\n{more.rstrip()}\n"


def _name(document: str) -> str:
    found = _NAME.search(document)
    return found.group(1).strip("\"'") if found else ""


def _names(document: str, key: str, inside: str) -> Iterator[str]:
    """Give what one field at the top of a document names, as far as its text can be read.

    Only the lines of that field are read: a book is bound before it is checked, and read once.
    """
    begins = re.search(rf"^{key}\s*:", document, re.MULTILINE)
    if begins is None:
        return
    ends = re.compile(r"^[^\s#-]", re.MULTILINE).search(document, begins.end())
    lines = document[begins.start() : ends.start() if ends else None]
    for part in (lines, document):  # an anchor may stand outside
        try:
            root = next(iter(yaml.compose_all(part, Loader=yaml.SafeLoader)), None)
        except (yaml.YAMLError, ValueError, RecursionError):
            continue
        entries = root.value if isinstance(root, yaml.MappingNode) else ()
        value = next((value for one, value in entries if one.value == key), None)
        items = value.value if isinstance(value, yaml.SequenceNode) else (value,)
        yield from (name for item in items if (name := _name_in(item, inside)))
        return


def _name_in(item: yaml.Node | None, inside: str) -> str:
    if isinstance(item, yaml.MappingNode):
        item = next((value for key, value in item.value if key.value == inside), None)
    elif inside == "book":
        item = None
    return str(item.value) if isinstance(item, yaml.ScalarNode) else ""
