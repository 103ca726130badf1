"""Whatever text comes in, a rule book is loaded or its mistakes are listed; nothing else."""

from importlib.resources import files

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book, load_book
from makegood.playbooks.mistakes import BookErrors
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_composing import several

CARS = files("makegood.books").joinpath("car-rental.yaml").read_text(encoding="utf-8")
BOOK = load_book(SMALL, name="small.yaml")
PIECES = sorted(
    set(SMALL.split())
    | {"&a", "*a", "- ", "? ", "!!int", "|", "{", "}", "[", "]", "#", "'", '"', "\\x41"}
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(PIECES),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def loads_or_lists(text: str) -> None:
    checked = check_book(text, name="any.yaml")
    lines = sum(text.count(end) for end in "\n\r\x85\u2028\u2029") + 2
    for error in (*checked.errors, *checked.warnings):
        assert error.file == "any.yaml"
        assert 1 <= error.line <= lines
        assert error.column >= 1
        assert error.message
    if checked.book is None:
        with pytest.raises(BookErrors):
            load_book(text, name="any.yaml")
    else:
        assert not checked.errors
        assert load_book(checked.book.text, name="again.yaml").hash == checked.book.hash


@given(st.text(max_size=200))
def test_any_text(text: str):
    loads_or_lists(text)


@given(st.lists(st.sampled_from([*PIECES, "\n", "\n  ", ": "]), max_size=40).map("".join))
def test_pieces_of_yaml_in_any_order(text: str):
    loads_or_lists(text)


@settings(max_examples=80)
@given(
    st.integers(0, len(SMALL)), st.integers(0, 30), st.sampled_from([*PIECES, "", "\n", " ", ": "])
)
def test_a_book_with_a_piece_of_text_replaced(at: int, length: int, piece: str):
    loads_or_lists(SMALL[:at] + piece + SMALL[at + length :])


BOTH = several()


@settings(max_examples=60)
@given(
    st.integers(0, len(BOTH)), st.integers(0, 60), st.sampled_from([*PIECES, "", "\n", "---\n"])
)
def test_an_umbrella_and_its_brand_with_a_piece_of_text_replaced(at: int, length: int, piece: str):
    text = BOTH[:at] + piece + BOTH[at + length :]
    assert bind(text, {}) == text
    checked = check_book(text, name="any.yaml")
    for error in (*checked.errors, *checked.warnings):
        assert error.line >= 1
        assert error.file
    if checked.book is not None:
        assert load_book(checked.book.text, name="again.yaml").hash == checked.book.hash


@settings(max_examples=80)
@given(st.data())
def test_a_book_with_any_value_in_any_place(data: st.DataObject):
    tree = yaml.safe_load(SMALL)
    place: object = tree
    for _ in range(data.draw(st.integers(1, 4))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))  # type: ignore[arg-type]
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        inside = place[key]  # type: ignore[index]
        if not isinstance(inside, dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(VALUES)  # type: ignore[index]
            break
        place = inside
    loads_or_lists(yaml.safe_dump(tree, allow_unicode=True))


@settings(max_examples=20)
@given(st.integers(0, CARS.count("\n")), st.integers(1, 4))
def test_a_shipped_book_without_some_lines(first: int, number: int):
    lines = CARS.splitlines(keepends=True)
    loads_or_lists("".join(lines[:first] + lines[first + number :]))


@settings(max_examples=80)
@given(
    st.dictionaries(st.sampled_from(["order", "minutes", "brand", "price_cents", "van"]), VALUES)
)
def test_any_facts_give_findings_and_no_exception(facts: dict[str, object]):
    for finding in BOOK.find("Parcel Late", facts, {}):
        assert finding.outcome in ("yes", "cannot")
        assert finding.outcome == "yes" or finding.missing
    assert isinstance(BOOK.about_of["Promise Made"](facts), str)
