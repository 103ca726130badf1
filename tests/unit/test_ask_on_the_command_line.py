"""A service manager tries a decision table on the command line, without a server."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.cli import app
from makegood.messages.errors import InputError
from tests.e2e.agency import AGENCY


@pytest.fixture
def book(tmp_path: Path) -> str:
    path = tmp_path / "agency.yaml"
    path.write_text(AGENCY, encoding="utf-8")
    return str(path)


def facts(book: str, **told: object) -> str:
    path = Path(book).with_name("facts.json")
    path.write_text(json.dumps(told), encoding="utf-8")
    return str(path)


def ask(book: str, *words: str, **told: object) -> str:
    given = facts(book, **told)
    result = CliRunner().invoke(app, ["ask", book, "move_date", "--with", given, *words])
    if result.exception:
        raise result.exception
    return result.stdout


def test_the_answer_comes_with_its_reasons(book):
    text = ask(book, days_before=9, moves=0, tour_cents=90_000)
    assert text.splitlines() == [
        "Yes, for $90.",
        f"Row at_a_tenth, line {line_of('- id: at_a_tenth')}, agency handbook 4.2.",
        "Looked at: days is 9, moves is 0.",
        "Read: request.days_before = 9, request.moves = 0, request.tour_cents = 90000.",
    ]
    assert ask(book, days_before=1, moves=0).startswith("No: The coach is paid for already.")
    assert ask(book, days_before=40, moves=0).startswith("Yes, with A new parcel ($9).")


def line_of(text: str) -> int:
    return [line.strip() for line in AGENCY.splitlines()].index(text) + 1


def test_a_missing_fact_is_named(book):
    first, second, *_ = ask(book, moves=0).splitlines()
    assert first == "A person answers within 4 hours."
    assert second == "This is missing: request.days_before, agency handbook 4.2."


def test_a_program_reads_the_same_and_who_the_customer_is_changes_nothing(book, tmp_path):
    customer = tmp_path / "c.json"
    customer.write_text('{"tier": "platinum"}', encoding="utf-8")
    told = {"days_before": 9, "moves": 0, "tour_cents": 90_000}
    plain = json.loads(ask(book, "--format", "json", **told))
    platinum = json.loads(ask(book, "--format", "json", "--customer", str(customer), **told))
    assert (plain["answer"], plain["row"], plain["charge"]["cents"]) == (
        "allow",
        "at_a_tenth",
        9_000,
    )
    assert platinum == plain
    waits = json.loads(ask(book, "--format", "json", moves=0))
    assert (waits["answer"], waits["missing"]) == ("person", "request.days_before")


def test_a_fact_that_the_table_does_not_take_is_named_with_the_nearest(book):
    with pytest.raises(InputError, match="`days_before`"):
        ask(book, days_befour=9)
    with pytest.raises(InputError, match="cannot be read"):
        ask(book, "--customer", "nowhere.json")
