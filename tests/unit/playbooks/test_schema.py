"""The JSON Schema says what the reader says: the same fields, the same words, nothing else."""

import copy
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from makegood.books.opening import shipped_books, shipped_laws, shipped_sources
from makegood.playbooks.load import check_book
from makegood.playbooks.mistakes import Report
from makegood.playbooks.nodes import plain, read_nodes
from makegood.playbooks.reading import Section
from makegood.playbooks.schema import schema
from tests.unit.playbooks.law_book import around
from tests.unit.playbooks.test_composing import HEAD, HOUSE, LATE, whole
from tests.unit.playbooks.test_laws import with_law
from tests.unit.playbooks.test_rule_book_page import BOOK, PAGE

SCHEMA = schema()
VALID = jsonschema.Draft7Validator(SCHEMA)
FILE = Path(__file__).parents[3] / "docs/reference/rule-book.schema.json"
TEXTS = {**shipped_books(), **shipped_laws(), **shipped_sources(), "page": BOOK, "house": HOUSE}
OPEN = frozenset({"list of failures", "list", "list of details", "list of values", "list of facts",
                  "list of sums in cents", "list of bands", "list of what it binds us to",
                   "list of waivers", "match", "list of phrases", "list of columns",
                   "list of facts told", "list of loyalty numbers", "owners",
                  "words of an advertised promise", "places",
                  "title", "says", "question", "story"})  # fmt: skip
"""Mappings from names of the book's own to values."""
SOMETIMES = {
    ("survey", "bad_below"),
    ("answer to a second failure", "offer"), ("entitlement", "basis"), ("entitlement", "source"),
    ("plan", "offer_message"), ("plan", "chosen_message"), ("plan", "choose_within"),
    ("example", "given"), ("payment", "most_cents"), ("payment", "cents"),
    ("row", "says"), ("row", "charges"), ("claim", "says"), ("goodwill", "allow_because"),
    ("true thing", "on"), ("source", "signed"), ("source", "table"),
    ("gift", "cents"), ("expectation", "answer"), ("expectation", "row"),
    ("expectation", "class"), ("expectation", "brand"),
    ("expectation", "cents"), ("expectation", "charges"),
}  # fmt: skip
"""What has to be there only if something else is, or is read only where it is there."""
NO_FIELD = {("rule book", "law")}
"""What the reader looks for only to say that it does not belong there."""
NOT_BY_NODE = {("failure", "about"), ("law", "needs"), ("column", "value"),
               ("rule book", "builds_on"), ("goodwill", "allow_because"),
               ("list of doses", "used"), ("list of doses", "unused")}  # fmt: skip
"""What the reader requires, or reads, in a way of its own."""


def documents(text: str) -> list[Any]:
    return [plain(one) for one in read_nodes(text, Report("x"))]


def wrong(text: str) -> list[str]:
    return [error.message for one in documents(text) for error in VALID.iter_errors(one)]


def test_the_file_is_what_the_command_prints():
    assert json.loads(FILE.read_text()) == SCHEMA, (
        "write it again: makegood schema > docs/reference/rule-book.schema.json"
    )


def test_it_is_a_schema():
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_book_and_law_that_ships_and_the_page_fit(name):
    assert wrong(TEXTS[name]) == []


@pytest.mark.parametrize("text", [HEAD, HEAD + LATE, whole("")])
def test_a_book_that_builds_on_another_says_only_what_is_otherwise(text):
    assert wrong(text) == []


def test_a_book_that_builds_on_nothing_says_who_the_firm_is():
    assert wrong("makegood: 1\nname: x\n") != []


@pytest.fixture(scope="module")
def asked() -> dict[str, dict[str, bool]]:
    """What the reader asks for in each kind of mapping, and whether it has to be there."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    node, has = Section.node, Section.has

    def recorded(self: Section, key: str, *, required: bool = False) -> Any:
        found[self.what][key] = found[self.what].get(key, False) or required
        return node(self, key, required=required)

    def looked_for(self: Section, key: str) -> bool:
        if (self.what, key) not in NO_FIELD:
            found[self.what].setdefault(key, False)
        return has(self, key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Section, "node", recorded)
        patch.setattr(Section, "has", looked_for)
        for text in (BOOK, HOUSE, *shipped_books().values(), around("eu261"), with_law()):
            check_book(text, name="x")
    return found


KINDS = sorted(SCHEMA["definitions"].keys() - {"facts", "texts"})


def test_every_kind_of_mapping_is_in_it(asked):
    assert set(KINDS) == set(asked) - OPEN


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_the_fields_that_the_reader_asks_for_and_no_other(asked, kind):
    known = set(SCHEMA["definitions"][kind]["properties"]) - {"replaces"}
    assert known == set(asked[kind]) | {key for one, key in NOT_BY_NODE if one == kind}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"rule book"}))
def test_what_has_to_be_there_is_what_the_reader_requires(asked, kind):
    required = set(SCHEMA["definitions"][kind].get("required", ()))
    by_reader = {key for key, needed in asked[kind].items() if needed}
    by_reader |= {key for one, key in NOT_BY_NODE if one == kind}
    assert required == by_reader - {key for one, key in SOMETIMES if one == kind}


WHOLE = documents(BOOK)
Place = tuple[str | int, ...]


def instances(node: Any, rule: Any, at: Place = ()) -> Iterator[tuple[str, Place]]:
    """Give the kind and the place of every mapping in a document, as the schema sees them."""
    for option in rule.get("anyOf", ()):
        kind = option.get("$ref", "").rpartition("/")[2]
        needed = SCHEMA["definitions"][kind].get("required", ()) if kind else ()
        if not isinstance(node, dict) or set(needed) <= set(node):  # of two kinds, the one it is
            yield from instances(node, option, at)
    if kind := rule.get("$ref", "").rpartition("/")[2]:
        if isinstance(node, dict) and kind not in ("facts", "texts"):
            yield kind, at
        yield from instances(node, SCHEMA["definitions"][kind], at)
    if isinstance(node, dict):
        other = rule.get("additionalProperties")
        for key, value in node.items():
            inner = rule.get("properties", {}).get(key, other)
            yield from instances(value, inner, (*at, key)) if isinstance(inner, dict) else ()
    if isinstance(node, list) and "items" in rule:
        for n, value in enumerate(node):
            yield from instances(value, rule["items"], (*at, n))


PLACES: dict[str, Place] = {}
for _n, _document in enumerate(WHOLE):
    _top = next((one for one in ("law", "source") if one in _document), "rule book")
    for _kind, _at in instances(_document, {"$ref": f"#/definitions/{_top}"}):
        PLACES.setdefault(_kind, (_n, *_at))


def refused_by_both(kind: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the first mapping of a kind in the page's book; neither may take it then."""
    changed = copy.deepcopy(WHOLE)
    place: Any = changed
    for step in PLACES[kind]:
        place = place[step]
    change(place)
    assert any(not VALID.is_valid(one) for one in changed)
    text = "\n---\n".join(json.dumps(one) for one in changed)
    assert check_book(text, name="changed").errors != ()


def test_the_page_has_a_mapping_of_every_kind():
    assert set(PLACES) == set(KINDS)
    text = "\n---\n".join(json.dumps(one) for one in WHOLE)
    assert check_book(text, name="unchanged").errors == ()


@pytest.mark.parametrize("kind", KINDS)
def test_neither_takes_a_field_that_nobody_knows(kind):
    refused_by_both(kind, lambda place: place.update(surprise=1))


REQUIRED = [
    (kind, key) for kind in KINDS for key in SCHEMA["definitions"][kind].get("required", ())
]


@pytest.mark.parametrize(("kind", "key"), REQUIRED)
def test_neither_does_without_what_has_to_be_there(kind, key):
    refused_by_both(kind, lambda place: place.pop(key))


CHOICES = [
    (kind, key)
    for kind in KINDS
    for key, rule in SCHEMA["definitions"][kind]["properties"].items()
    if "enum" in json.dumps(rule)
]


@pytest.mark.parametrize(("kind", "key"), CHOICES)
def test_neither_takes_a_word_that_is_none_of_the_choices(kind, key):
    refused_by_both(kind, lambda place: place.update({key: "nonsense"}))


FORMS = [
    (kind, key)
    for kind in KINDS
    for key, rule in SCHEMA["definitions"][kind]["properties"].items()
    if rule.get("type") in ("string", "integer", "boolean") and key != "replaces"
]


@pytest.mark.parametrize(("kind", "key"), FORMS)
def test_neither_takes_a_value_of_another_form(kind, key):
    refused_by_both(kind, lambda place: place.update({key: "- ? -"}))


def test_editors_find_the_schema_by_the_first_line_of_a_book():
    line = "# yaml-language-server: $schema=rule-book.schema.json\n"
    assert check_book(line + BOOK, name="x").errors == ()
    assert re.search(r"yaml-language-server: \$schema=", PAGE)
