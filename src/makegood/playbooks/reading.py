"""Read the fields of one entry of a rule book, and note every mistake on the way."""

import re
from collections.abc import Collection, Iterator

from makegood.playbooks.mistakes import Place, Report, nearest
from makegood.playbooks.nodes import Entry, Fields, Items, Node, Scalar
from makegood.playbooks.spans import day_ms, span_ms

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_NAME_HINT = "A name is small letters, digits and `_`, and starts with a letter."


class Section:
    """A mapping that is being read.

    Every field that is asked for is thereby known; `done` reports all others. A field that is
    wrong is reported and read as its default, so that reading goes on.

    Attributes:
        place: Where it starts.
        what: What it is, for messages: "failure", "plan".
        report: Takes the mistakes.
    """

    def __init__(self, fields: Fields, what: str, report: Report) -> None:
        self.place = fields.place
        self.what = what
        self.report = report
        self._entries = {entry.key: entry for entry in fields.entries}
        self._asked: dict[str, None] = {}

    def node(self, key: str, *, required: bool = False) -> Node | None:
        """Give the value of a field, None when it is not there."""
        self._asked[key] = None
        entry = self._entries.get(key)
        if entry is None and required:
            self.report.error(self.place, f"This {self.what} has no `{key}`.", f"Add `{key}:`.")
        return entry.value if entry is not None else None

    def has(self, key: str) -> bool:
        """Whether the field is there."""
        self._asked[key] = None
        return key in self._entries

    def at(self, key: str) -> Place:
        """Where the value of a field stands, else where the entry starts."""
        entry = self._entries.get(key)
        return entry.value.place if entry is not None else self.place

    def error(self, key: str, message: str, hint: str = "") -> None:
        """Note a mistake at a field."""
        self.report.error(self.at(key), message, hint)

    def scalar(self, key: str, expected: str, *, required: bool) -> Scalar | None:
        """Give a single value; None when it is absent, empty, or not single."""
        node = self.node(key, required=required)
        if node is None or (isinstance(node, Scalar) and node.value is not None):
            return node
        self.error(key, f"`{key}` should be {expected}.")
        return None

    def text(self, key: str, default: str | None = None) -> str:
        """Read a text; required unless there is a default."""
        found = self.scalar(key, "a text", required=default is None)
        if found is None:
            return default or ""
        if not found.written.strip():
            self.error(key, f"`{key}` is empty.", "Write it, or leave the field out.")
        return found.written.strip()

    def name(self, key: str, default: str | None = None) -> str:
        """Read the name of something."""
        found = self.text(key, default)
        if found and found != default and not NAME.fullmatch(found):
            self.error(key, f"`{found}` is not a name.", _NAME_HINT)
        return found

    def choice(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """Read one of several words."""
        found = self.text(key, default)
        if found and found not in known:
            self.error(key, f"`{key}` cannot be `{found}`.", nearest(found, known))
            return default or next(iter(known), "")
        return found or next(iter(known), "")

    def whole(self, key: str, default: int | None = None, *, most: int = 10**12) -> int:
        """Read a whole number that is not negative."""
        expected = f"a whole number from 0 to {most}"
        found = self.scalar(key, expected, required=default is None)
        if found is None:
            return default or 0
        value = found.value
        if type(value) is int and 0 <= value <= most:
            return value
        self.error(key, f"`{key}` should be {expected}, not `{found.written}`.")
        return default or 0

    def ratio(self, key: str, default: float | None = None) -> float:
        """Read a share of a price: 1.0 is all of it; at most 10."""
        found = self.scalar(key, "a number from 0 to 10", required=default is None)
        if found is None:
            return default or 0.0
        value = found.value
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10:
            return float(value)
        self.error(
            key,
            f"`{key}` should be a number from 0 to 10, not `{found.written}`.",
            "1.0 is the whole price.",
        )
        return default or 0.0

    def flag(self, key: str) -> bool:
        """Read true or false; false when absent."""
        found = self.scalar(key, "true or false", required=False)
        if found is None or isinstance(found.value, bool):
            return found is not None and found.value is True
        self.error(key, f"`{key}` should be true or false, not `{found.written}`.")
        return False

    def span_ms(self, key: str, default: int | None = None) -> int:
        """Read a span of time such as 15m."""
        found = self.scalar(key, "a span of time such as 15m, 4h or 7d", required=default is None)
        if found is None:
            return default or 0
        value = span_ms(found.written)
        if value is None:
            self.error(
                key,
                f"`{found.written}` is not a span of time.",
                "Write a whole number and s, m, h or d, for example 15m, 4h or 7d.",
            )
        return value if value is not None else default or 0

    def day_ms(self, key: str) -> int:
        """Read a day; 0 when absent."""
        found = self.scalar(key, "a day such as 2024-10-28", required=False)
        if found is None:
            return 0
        value = day_ms(found.written)
        if value is None:
            self.error(
                key, f"`{found.written}` is not a day.", "Write year-month-day, as in 2024-10-28."
            )
        return value or 0

    def texts(self, key: str, *, required: bool = False) -> tuple[tuple[str, Place], ...]:
        """Read one text or a list of texts, each with its place."""
        node = self.node(key, required=required)
        found: list[tuple[str, Place]] = []
        for item in _items(node):
            if isinstance(item, Scalar) and item.value is not None and item.written.strip():
                found.append((item.written.strip(), item.place))
            else:
                self.report.error(item.place, f"`{key}` should be a text or a list of texts.")
        if required and node is not None and not _items(node):
            self.error(key, f"`{key}` is empty.", "Name at least one.")
        return tuple(found)

    def section(self, key: str, what: str, *, required: bool = False) -> "Section | None":
        """Open a mapping inside this one."""
        node = self.node(key, required=required)
        if isinstance(node, Fields):
            return Section(node, what, self.report)
        if node is not None:
            self.error(key, f"`{key}` should be a mapping.", "Write `name: value` below it.")
        return None

    def sections(self, key: str, what: str) -> "tuple[Section, ...]":
        """Open a list of mappings; empty when absent."""
        node = self.node(key)
        if node is None:
            return ()
        if not isinstance(node, Items):
            self.error(key, f"`{key}` should be a list.", "Start each entry with `- `.")
            return ()
        return tuple(self._opened(node.items, what))

    def named(self, key: str, what: str) -> tuple[Entry, ...]:
        """Give the entries of a mapping from names to values; empty when absent."""
        node = self.node(key)
        if node is None:
            return ()
        if not isinstance(node, Fields):
            self.error(
                key, f"`{key}` should map each {what} to its value.", "Write `name: value`."
            )
            return ()
        return node.entries

    def done(self) -> None:
        """Report every field that nobody asked for."""
        for entry in self._entries.values():
            if entry.key not in self._asked:
                self.report.error(
                    entry.place,
                    f"A {self.what} has no field `{entry.key}`.",
                    nearest(entry.key, self._asked),
                )

    def _opened(self, items: tuple[Node, ...], what: str) -> "Iterator[Section]":
        for item in items:
            if isinstance(item, Fields):
                yield Section(item, what, self.report)
            else:
                self.report.error(item.place, f"A {what} is a mapping.", "Write `- id: ...`.")


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, Items) else (node,)


def without_repeats(
    sections: tuple[Section, ...], ids: tuple[str, ...]
) -> Iterator[tuple[Section, str]]:
    """Pair sections with their ids, and report an id that stands twice."""
    first: dict[str, Section] = {}
    for section, name in zip(sections, ids, strict=True):
        if name and name in first:
            line = section.report.line(first[name].place.line)
            section.error(
                "id", f"Another {section.what} in {line} is called `{name}`.", "Rename one."
            )
        first.setdefault(name, section)
        yield section, name
