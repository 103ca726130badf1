"""What the text of a book says besides what was compiled of it: expressions and their places."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from makegood.handbook.conditions import Wording
from makegood.playbooks.book import RuleBook
from makegood.playbooks.laws import bound_files
from makegood.playbooks.mistakes import Place, Report
from makegood.playbooks.nodes import Entry, Fields, Items, Node, plain, read_nodes

Plain: TypeAlias = Mapping[str, object]


class Rule(Struct, frozen=True, kw_only=True):
    """One entry of a section as it is written.

    Attributes:
        fields: Field -> plain value; what is an expression is a text.
        where: Line, and the law it stands in.
        places: The same for each mapping of its lists, by field.
    """

    fields: Plain
    where: str
    places: Mapping[str, tuple[str, ...]] = {}

    def text(self, key: str) -> str:
        """Give a field as it is written, in one line; empty when it is not there."""
        value = self.fields.get(key)
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else " ".join(str(value).split())

    def code(self, key: str) -> str:
        """Give an expression with its lines as they are written."""
        return str(self.fields.get(key, "")).strip()

    def list(self, key: str) -> tuple[str, ...]:
        """Give a field that is one text or several."""
        value = self.fields.get(key, ())
        items = value if isinstance(value, list) else [value] if value else []
        return tuple(str(item) for item in items)

    def list_of(self, key: str) -> "tuple[Rule, ...]":
        """Give the mappings of a list, such as the rows of a table."""
        places = self.places.get(key, ())
        items = _listed(self.fields.get(key)) if places else []
        return tuple(
            Rule(fields=one, where=where)
            for one, where in zip(items, places, strict=True)
            if isinstance(one, dict)
        )

    def map(self, key: str) -> Plain:
        """Give a field that is a mapping; empty when it is not there."""
        value = self.fields.get(key)
        return value if isinstance(value, dict) else {}


class Law(Struct, frozen=True, kw_only=True):
    """A law that is bound to a book.

    Attributes:
        text: Its own fields.
        kinds: Failure as the law calls it -> failures of the book.
        remedies: Remedy as the law calls it -> remedy of the book, where it differs.
        rules: What it says is owed.
    """

    text: Rule
    kinds: Mapping[str, tuple[str, ...]]
    remedies: Mapping[str, str]
    rules: tuple[Rule, ...]


class Source:
    """The text of a checked book.

    Attributes:
        book: The compiled book.
        wording: Says its expressions in words.
        laws: Those bound to it.
    """

    def __init__(self, book: RuleBook) -> None:
        self._report = Report("")
        documents = read_nodes(book.text, self._report)
        self._report.bound(bound_files(book.text, documents))
        self._top = documents[0]
        self.book = book
        self.parameters = self._parameters(documents)
        self.wording = Wording(self.parameters, book.currency)
        self.laws = tuple(self._law(one) for one in documents[1:])

    def rules(self, section: str) -> tuple[Rule, ...]:
        """Give the entries of a section, in the order of the book."""
        return tuple(self._rules(self._top, section))

    def value(self, key: str) -> object:
        """Give the plain value of a field of the book itself."""
        found = _entry(self._top, key)
        return plain(found.value) if found is not None else None

    def sections(self) -> tuple[tuple[str, str], ...]:
        """Name the sections of the book, each with where it stands."""
        return tuple((one.key, self.where(one.place)) for one in self._top.entries)

    def where(self, place: Place) -> str:
        """Say in which line something stands, and in which law."""
        file, line = self._report.locate(place)
        return f"{file}, line {line}" if file else f"line {line}"

    def _law(self, root: Fields) -> Law:
        text = Rule(fields=_plain(root), where=self.where(root.place), places=self._places(root))
        naming = self._naming(text.text("law"))
        spoken = dict.fromkeys(kind for need in text.list_of("needs") for kind in need.list("for"))
        said = naming.map("for")
        mine = Rule(fields={kind: said.get(kind, kind) for kind in spoken}, where="")
        there = self.book.failures
        return Law(
            text=text,
            kinds={kind: tuple(one for one in mine.list(kind) if one in there) for kind in spoken},
            remedies={name: str(own) for name, own in naming.map("pays").items()},
            rules=tuple(self._rules(root, "entitlements")),
        )

    def _naming(self, law: str) -> Rule:
        """Give how the book names a law; nothing more than its name says nothing."""
        for one in _listed(self.value("laws")):
            if isinstance(one, dict) and one.get("law") == law:
                return Rule(fields=one, where="")
        return Rule(fields={}, where="")

    def _rules(self, root: Fields, section: str) -> Iterator[Rule]:
        found = _entry(root, section)
        items = found.value.items if found is not None and isinstance(found.value, Items) else ()
        for item in items:
            if isinstance(item, Fields):
                yield Rule(
                    fields=_plain(item), where=self.where(item.place), places=self._places(item)
                )

    def _places(self, rule: Fields) -> Mapping[str, tuple[str, ...]]:
        return {
            one.key: tuple(self.where(item.place) for item in one.value.items)
            for one in rule.entries
            if isinstance(one.value, Items)
        }

    def _parameters(self, documents: Sequence[Fields]) -> Plain:
        """Give the parameters; the book's own take the place of a law's."""
        found: dict[str, object] = {}
        for root in (*documents[1:], documents[0]):
            entry = _entry(root, "parameters")
            found |= _plain(entry.value) if entry is not None else {}
        return found


def _entry(root: Fields, key: str) -> Entry | None:
    return next((one for one in root.entries if one.key == key), None)


def _plain(node: Node) -> dict[str, object]:
    found = plain(node)
    return found if isinstance(found, dict) else {}


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
