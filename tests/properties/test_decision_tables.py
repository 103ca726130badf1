"""A decision table answers every input exactly once, and the checker knows what it forgets."""

import json
from collections.abc import Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from makegood.playbooks.load import CheckedBook, check_book
from makegood.playbooks.terms import Answer
from tests.unit.playbooks.small_book import SMALL

WORDS = ("red", "green", "blue")
BOUNDS = {"< ": lambda a, b: a < b, "<= ": lambda a, b: a <= b,
          "> ": lambda a, b: a > b, ">= ": lambda a, b: a >= b}  # fmt: skip
INPUTS = {"flag": (True, False), "word": (*WORDS, "pink"), "number": (-1, 0, 0.5, 1, 1.5, 2, 3)}
numbers = st.integers(0, 2)
tests_of = {
    "flag": st.booleans(),
    "word": st.one_of(st.sampled_from(WORDS), st.lists(st.sampled_from(WORDS), min_size=1)),
    "number": st.one_of(
        numbers,
        st.builds(lambda sign, n: f"{sign}{n}", st.sampled_from(sorted(BOUNDS)), numbers),
        st.builds(lambda a, b: f"{min(a, b)}..{max(a, b)}", numbers, numbers),
    ),
}


WITHOUT_REQUESTS = SMALL.partition("requests:")[0]


def book_with(table: Mapping) -> CheckedBook:
    text = f"{WITHOUT_REQUESTS}\nrequests: [{json.dumps(table)}]\n"
    return check_book(text, name="small.yaml")


def passes(test: object, value: object) -> bool:
    """Say again, in the plainest way, whether a value passes a test."""
    if isinstance(test, list):
        return any(passes(one, value) for one in test)
    if isinstance(test, str) and isinstance(value, int | float) and not isinstance(value, bool):
        if ".." in test:
            low, high = test.split("..")
            return int(low) <= value <= int(high)
        sign = next(sign for sign in BOUNDS if test.startswith(sign))
        return BOUNDS[sign](value, int(test.removeprefix(sign)))
    return test == value


@st.composite
def tables(draw: st.DrawFn) -> dict:
    kinds = draw(st.lists(st.sampled_from(sorted(INPUTS)), min_size=1, max_size=3))
    columns = {f"c{n}_{kind}": kind for n, kind in enumerate(kinds)}
    rows = []
    for n in range(draw(st.integers(1, 5))):
        asked = draw(st.lists(st.sampled_from(sorted(columns)), unique=True))
        when = {name: draw(tests_of[columns[name]]) for name in asked}
        rows.append({"id": f"r{n}", "answer": "allow", "when": when})
    return {
        "id": "wish",
        "title": {"en": "A wish"},
        "takes": {
            name: {"flag": "bool", "word": "string", "number": "double"}[kind]
            for name, kind in columns.items()
        },
        "looks_at": {name: f"request.{name}" for name in columns},
        "hit": draw(st.sampled_from(["first", "only"])),
        "rows": rows,
    }


def every_input(table: Mapping) -> list[dict]:
    kinds = {name: name.split("_")[1] for name in table["looks_at"]}
    return [
        dict(zip(kinds, values, strict=True))
        for values in product(*(INPUTS[kind] for kind in kinds.values()))
    ]


def fitting(table: Mapping, asked: Mapping) -> list[str]:
    return [
        row["id"]
        for row in table["rows"]
        if all(passes(test, asked[name]) for name, test in row["when"].items())
    ]


@given(tables())
def test_every_input_gets_one_answer_and_every_gap_and_overlap_is_told(table):
    checked = book_with(table)
    assert checked.errors == ()
    assert checked.book is not None
    rule = checked.book.requests["wish"].rule
    first = table["hit"] == "first"
    gap, winners, overlaps = False, set(), set()
    for asked in every_input(table):
        fit = fitting(table, asked)
        ruling = rule(asked, {})
        if fit and (first or len(fit) == 1):
            assert (ruling.answer, ruling.row) == (Answer.ALLOW, fit[0])
            winners.add(fit[0])
        else:
            assert (ruling.answer, ruling.row, ruling.missing) == (Answer.PERSON, "", "")
            assert ruling.also == tuple(fit)
        gap = gap or not fit
        overlaps |= {(one, other) for one in fit for other in fit if one > other}
    said = [str(warning) for warning in checked.warnings]
    assert any("No row of `wish` fits" in one for one in said) == gap
    if first:
        idle = {row["id"] for row in table["rows"]} - winners
        assert {f"r{n}" for n in range(5) if any(f"The row `r{n}`" in one for one in said)} == idle
    else:
        told = {
            (f"r{n}", f"r{m}")
            for n in range(5)
            for m in range(n)
            if any(f"`r{n}` and `r{m}` both fit" in one for one in said)
        }
        assert told == overlaps


@given(tables(), st.data())
def test_a_missing_fact_is_put_before_a_person_or_makes_no_difference(table, data):
    """Never a no, and never a yes, that the missing fact could have turned."""
    book = book_with(table).book
    assert book is not None
    asked = data.draw(st.sampled_from(every_input(table)))
    gone = data.draw(st.sampled_from(sorted(asked)))
    rule = book.requests["wish"].rule
    ruling = rule({name: value for name, value in asked.items() if name != gone}, {})
    if ruling.missing:
        assert (ruling.answer, ruling.missing) == (Answer.PERSON, f"request.{gone}")
        return
    kind = gone.split("_")[1]
    could_be = {rule({**asked, gone: value}, {}).row for value in INPUTS[kind]}
    assert could_be == {ruling.row}
