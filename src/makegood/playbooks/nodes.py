"""Rule book text to nodes that know their place; plain YAML data, and nothing that can run."""

import json
import re
from collections.abc import Callable, Mapping
from typing import ClassVar, TypeAlias

import yaml
from msgspec import Struct

from makegood.playbooks.mistakes import Place, Report

MAX_CHARACTERS = 1_000_000  # a book is read by people; beyond this it is not one
MAX_DEPTH = 30  # far above what the grammar nests
MAX_NODES = 100_000  # aliases of aliases must not grow without end
_CORE = "tag:yaml.org,2002:"


class Scalar(Struct, frozen=True, kw_only=True):
    """One value.

    Attributes:
        value: Null, yes or no, number or text.
        written: The characters between the quotes, if there are quotes.
        style: YAML's sign for how it was written: quote, `|`, `>` or None.
    """

    place: Place
    value: bool | int | float | str | None
    written: str
    style: str | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One `key: value`."""

    place: Place
    key: str
    value: "Node"


class Fields(Struct, frozen=True, kw_only=True):
    """A mapping; every key stands once."""

    place: Place
    entries: tuple[Entry, ...]


class Items(Struct, frozen=True, kw_only=True):
    """A list."""

    place: Place
    items: tuple["Node", ...]


Node: TypeAlias = Scalar | Fields | Items


class BookLoader(yaml.SafeLoader):
    """YAML 1.2 scalars only: `on`, `no`, 12:30 and dates stay text."""

    yaml_implicit_resolvers: ClassVar = {}  # type: ignore[misc]
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        """Refuse what is nested so deep that reading it would fail."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {MAX_DEPTH} deep", problem_mark=mark
            )
        node = super().compose_node(parent, index)  # type: ignore[arg-type]
        self.depth -= 1
        return node


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"[-+]?[0-9]{1,18}", list("-+0123456789")),
    ("float", r"[-+]?[0-9]{1,15}\.[0-9]{1,15}", list("-+0123456789")),
):
    BookLoader.add_implicit_resolver(_CORE + _tag, re.compile(rf"^(?:{_pattern})$"), _first)


def read_nodes(text: str, report: Report) -> tuple[Fields, ...]:
    """Read the text of a book and of the laws that are bound to it.

    Args:
        text: YAML; every document after the first is a law.
        report: Takes every mistake.

    Returns:
        The top mapping of each document; none when the text is no YAML mapping.
    """
    start = Place(1, 1)
    if len(text) > MAX_CHARACTERS:
        report.error(start, f"The book is longer than {MAX_CHARACTERS} characters.", "Split it.")
        return ()
    roots = _compose(text, report)
    reader = _Reader(report)
    found: list[Fields] = []
    for root in roots:
        node = reader.node(root)
        if not isinstance(node, Fields):
            what = "A law" if found else "A rule book"
            start_with = "law: its_name" if found else "makegood: 1"
            report.error(node.place, f"{what} is a mapping.", f"Start with `{start_with}`.")
            return ()
        found.append(node)
    return tuple(found)


def canonical(node: Node) -> str:
    """Write what was read as JSON with sorted keys: comments and order of keys do not count."""
    return json.dumps(plain(node), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def plain(node: Node) -> object:
    """Give the JSON value of a node."""
    match node:
        case Scalar(value=value):
            return value
        case Items(items=items):
            return [plain(item) for item in items]
        case Fields(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}


def value_of(node: yaml.ScalarNode) -> bool | int | float | str | None:
    """Give the value of a scalar that was composed; a text where it is no other."""
    try:
        return _VALUES[node.tag.removeprefix(_CORE)](node.value)
    except (ValueError, KeyError):
        return str(node.value)


def _compose(text: str, report: Report) -> tuple[yaml.Node, ...]:
    start = Place(1, 1)
    try:
        roots = tuple(yaml.compose_all(text, Loader=BookLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else start
        report.error(place, f"This is not YAML: {error.problem or error.context}.", _YAML_HINT)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        report.error(start, f"This is not YAML: {str(error).splitlines()[0]}.", _YAML_HINT)
    else:
        if not roots:
            report.error(start, "The book is empty.", "Start with `makegood: 1`.")
        return roots
    return ()


_YAML_HINT = "Check the indentation, and quote text that contains `: ` or ` #`."


class _Reader:
    """Turns composed YAML into nodes, with every alias written out."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.active: set[int] = set()
        self.count = 0

    def node(self, node: yaml.Node) -> Node:
        place = _place(node)
        self.count += 1
        if id(node) in self.active:
            self.report.error(place, "An alias stands inside what it names.", "Write it out.")
            return Scalar(place=place, value=None, written="")
        if self.count > MAX_NODES:
            if self.count == MAX_NODES + 1:
                self.report.error(
                    place, f"The book has more than {MAX_NODES} values.", "Split it."
                )
            return Scalar(place=place, value=None, written="")
        self.active.add(id(node))
        try:
            return self._of_kind(node, place)
        finally:
            self.active.discard(id(node))

    def _of_kind(self, node: yaml.Node, place: Place) -> Node:
        match node:
            case yaml.MappingNode() if node.tag == _CORE + "map":
                return Fields(place=place, entries=self._entries(node))
            case yaml.SequenceNode() if node.tag == _CORE + "seq":
                return Items(place=place, items=tuple(self.node(item) for item in node.value))
            case yaml.ScalarNode():
                return self._scalar(node, place)
        return self._strange(node, place)

    def _entries(self, node: yaml.MappingNode) -> tuple[Entry, ...]:
        entries: dict[str, Entry] = {}
        for key, value in node.value:
            place = _place(key)
            if not isinstance(key, yaml.ScalarNode):
                self.report.error(place, "A key is one word or name.", "Write `name: value`.")
                continue
            name = str(self._scalar(key, place).written)
            entry = Entry(place=place, key=name, value=self.node(value))
            first = entries.setdefault(name, entry)
            if first is not entry:
                before = self.report.line(first.place.line)
                self.report.error(
                    place,
                    f"`{name}` stands here twice; it stood in {before} before.",
                    "Keep one of them.",
                )
        return tuple(entries.values())

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Scalar:
        written: str = node.value
        if any("\ud800" <= sign <= "\udfff" for sign in written):
            self.report.error(
                place, "Half of a character pair is no text.", "Write the sign itself."
            )
            written = ""
        kind = node.tag.removeprefix(_CORE)
        if kind not in _VALUES:
            return self._strange(node, place)
        try:
            value = _VALUES[kind](written)
        except (ValueError, KeyError):
            return self._strange(node, place)
        return Scalar(place=place, value=value, written=written, style=node.style)

    def _strange(self, node: yaml.Node, place: Place) -> Scalar:
        self.report.error(
            place,
            f"The tag {node.tag} does not belong here.",
            "Write plain text, numbers or lists.",
        )
        return Scalar(place=place, value=None, written="")


def _whole(written: str) -> int:
    if len(written) > 19:  # a sign and 18 digits: what fits in 64 bits
        raise ValueError(written)
    return int(written)


def _number(written: str) -> float:
    if not re.fullmatch(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?", written):
        raise ValueError(written)
    return float(written)


_VALUES: Mapping[str, Callable[[str], bool | int | float | str | None]] = {
    "null": lambda _: None,
    "bool": {"true": True, "false": False}.__getitem__,
    "int": _whole,
    "float": _number,
    "str": str,
}


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
