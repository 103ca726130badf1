"""The values of a rule book that a person may change one by one, each with its place in the text.

A change rewrites the characters of one value and nothing else: comments and layout stay.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

import yaml
from msgspec import Struct
from msgspec.structs import replace

from makegood.playbooks.mistakes import Place
from makegood.playbooks.nodes import BookLoader, value_of
from makegood.playbooks.spans import span_ms

SpotKind: TypeAlias = Literal["money", "span", "number", "word", "test", "condition"]

_NOT_OFFERED = frozenset(
    {
        "makegood", "name", "umbrella", "currency", "timezone", "brands", "facts", "sensitive",
        "look_up", "laws", "sources", "messages", "examples", "sends",
    }
)  # fmt: skip
_FACTS = (("takes",), ("details",), ("binds",))  # what is told, and no amount or limit
_CONDITIONS = frozenset({"when", "severity"})
_SUMS = re.compile(r"(?:[a-z0-9_]+_)?cents|charges")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)*")  # an anchor or a tag before the value
_COMMENT = re.compile(r"(?:^|.*?\s)#\s*(.*?)\s*$")


class Spot(Struct, frozen=True, kw_only=True):
    """One value that may be changed.

    Attributes:
        path: Where it stands, by keys and ids: `remedies/ride_home/cost/cents`.
        kind: What may be written there; `money` is in cents.
        written: What stands there, without quotes.
        place: Where that begins.
        last_line: Where it ends.
        start: Its first character in the text, quotes included.
        end: The character behind it.
        style: YAML's sign for how it is written: quote, `|`, `>` or None.
        flow: It stands between braces or brackets.
        comment: What the text says beside it.
        also: Other places in which the same value counts, through an alias.
    """

    path: str
    kind: SpotKind
    written: str
    place: Place
    last_line: int
    start: int
    end: int
    style: str | None = None
    flow: bool = False
    comment: str = ""
    also: tuple[str, ...] = ()


@lru_cache(maxsize=8)  # a page reads the same text several times
def spots_of(text: str) -> tuple[Spot, ...]:
    """Give the amounts, limits and conditions of a book, in the order of the text.

    Args:
        text: The book; laws behind it are not offered. A text that is no YAML has none.
    """
    try:
        root = next(iter(yaml.compose_all(text, Loader=BookLoader)), None)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return ()
    if not isinstance(root, yaml.MappingNode):
        return ()
    finder = _Finder(text)
    for key, value in root.value:
        if isinstance(key, yaml.ScalarNode) and key.value not in _NOT_OFFERED:
            finder.look(value, (str(key.value),), flow=_is_flow(root))
    found = sorted(finder.found.values(), key=lambda spot: spot.start)
    return tuple(found)


def changed(text: str, wanted: Mapping[str, str]) -> str:
    """Write other values into a book.

    Args:
        text: The book.
        wanted: What shall stand where, by path, as it is read: without quotes.

    Raises:
        KeyError: There is no such place; nothing was changed.
    """
    spots = {spot.path: spot for spot in spots_of(text)}
    for spot in sorted((spots[path] for path in wanted), key=lambda one: -one.start):
        if wanted[spot.path] != spot.written:
            new = _written(spot, text[spot.start : spot.end], wanted[spot.path])
            text = text[: spot.start] + new + text[spot.end :]
    return text


class _Finder:
    """Walks the nodes of a book; an aliased value is found once, where it is written out."""

    def __init__(self, text: str) -> None:
        self.found: dict[int, Spot] = {}
        self._text = text
        self._under: list[int] = []

    def look(self, node: yaml.Node, path: tuple[str, ...], *, flow: bool) -> None:
        if id(node) in self._under or path[2:] in _FACTS:
            return
        self._under.append(id(node))
        if isinstance(node, yaml.ScalarNode):
            self._take(node, path, flow=flow)
        elif _is_test(path) and isinstance(node, yaml.SequenceNode) and node.flow_style:
            self._keep("test", node, path, flow=flow)
        else:
            for name, below in _below(node):
                self.look(below, (*path, name), flow=flow or _is_flow(node))
        self._under.pop()

    def _take(self, node: yaml.ScalarNode, path: tuple[str, ...], *, flow: bool) -> None:
        kind = _kind(path, node)
        if kind is not None:
            self._keep(kind, node, path, flow=flow)

    def _keep(self, kind: SpotKind, node: yaml.Node, path: tuple[str, ...], *, flow: bool) -> None:
        known = self.found.get(node.start_mark.index)
        where = "/".join(path)
        if known is not None:
            self.found[node.start_mark.index] = _also(known, where)
            return
        start = node.start_mark.index
        match = _PROPERTIES.match(self._text, start)
        begins = match.end() if match else start
        raw = self._text[begins : node.end_mark.index].rstrip()
        is_scalar = isinstance(node, yaml.ScalarNode)
        self.found[start] = Spot(
            path=where,
            kind=kind,
            written=str(node.value).rstrip() if is_scalar else raw,
            place=_place(self._text, begins),
            last_line=_place(self._text, begins + len(raw)).line,
            start=begins,
            end=begins + len(raw),
            style=node.style if isinstance(node, yaml.ScalarNode) else None,
            flow=flow,
            comment=_beside(self._text, begins, begins + len(raw)),
        )


def _also(spot: Spot, where: str) -> Spot:
    return replace(spot, also=(*spot.also, where))


def _below(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield str(key.value), value
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield _id_of(item) or str(number), item


def _is_flow(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _id_of(item: yaml.Node) -> str:
    if not isinstance(item, yaml.MappingNode):
        return ""
    named = (v for k, v in item.value if k.value == "id" and isinstance(v, yaml.ScalarNode))
    return next((str(value.value) for value in named), "")


def _kind(path: tuple[str, ...], node: yaml.ScalarNode) -> SpotKind | None:
    key = path[-1]
    value = value_of(node)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if _is_test(path):
        return "test"
    if path[0] == "standing":
        return _of_standing(path) if is_number else None  # the rest names facts and words
    if path[:2] == ("outgoing", "signals") or path[-2:-1] == ("ports",):
        return None  # words, and where a tool connects
    if path == ("goodwill", "used"):
        return "condition"
    if _SUMS.fullmatch(key):
        return "money" if type(value) is int else "condition"
    if key in _CONDITIONS:
        return "number" if is_number else "condition"
    if is_number:
        return "number"
    if span_ms(node.value) is not None and node.style is None:
        return "span"
    return "word" if path[0] == "parameters" and value is not None else None


def _of_standing(path: tuple[str, ...]) -> SpotKind:
    return "money" if path[1:3] == ("value", "bands") else "number"


def _is_test(path: tuple[str, ...]) -> bool:
    """A cell of a decision table: a column under `when` of a row."""
    return path[0] == "requests" and len(path) > 2 and path[-2] == "when"


def _place(text: str, at: int) -> Place:
    line_start = text.rfind("\n", 0, at) + 1
    return Place(text.count("\n", 0, at) + 1, at - line_start + 1)


def _beside(text: str, start: int, end: int) -> str:
    """Give the comment in the line where a value begins; a value of several lines has none."""
    if "\n" in text[start:end]:
        return ""
    line_end = text.find("\n", end)
    found = _COMMENT.match(text[end : line_end if line_end >= 0 else len(text)])
    return found[1] if found else ""


def _written(spot: Spot, raw: str, wanted: str) -> str:
    """Write a value as it was written before where that can be, else in quotes."""
    for candidate in _candidates(spot, raw, wanted):
        if _reads_as(candidate, spot, wanted):
            return candidate
    return json.dumps(wanted, ensure_ascii=False)


def _candidates(spot: Spot, raw: str, wanted: str) -> Iterator[str]:
    one_line = "\n" not in wanted
    is_plain = wanted in ("true", "false") or _NUMBER.fullmatch(wanted)
    plain_first = spot.style is None or (spot.kind == "test" and is_plain)
    if spot.style in ("|", ">"):
        head, _, rest = raw.partition("\n")
        indent = re.match(r"\n*( *)", rest)
        depth = indent[1] if indent else "  "
        yield head + "".join(f"\n{depth}{line}" if line else "\n" for line in wanted.split("\n"))
    if plain_first and one_line:
        yield wanted
    if spot.style != '"' and one_line:
        yield "'" + wanted.replace("'", "''") + "'"


def _reads_as(candidate: str, spot: Spot, wanted: str) -> bool:
    """Whether what would be written is read as what is meant, and as nothing more."""
    text = f"{{k: {candidate}}}\n" if spot.flow else f"k: {candidate}\n"
    try:
        root = yaml.compose(text, Loader=BookLoader)
    except (yaml.YAMLError, ValueError, OverflowError):
        return False
    if not isinstance(root, yaml.MappingNode) or len(root.value) != 1:
        return False
    ((_, node),) = root.value
    if isinstance(node, yaml.ScalarNode):
        return bool(node.value.rstrip() == wanted)
    is_list = isinstance(node, yaml.SequenceNode) and candidate == wanted
    return spot.kind == "test" and is_list
