"""`makegood rules`: what does not hold is refused, and every change is told with who and why."""

import json

import pytest
from typer.testing import CliRunner

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.cli import app
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE
from makegood.core.decide import Asker
from makegood.messages.errors import InputError
from makegood.messages.facts import FailureRaised

CARS = read_book("car-rental")[0]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path}/own.db")
    monkeypatch.setattr(CONSOLE, "width", 200)
    monkeypatch.delenv("MAKEGOOD_BOOK", raising=False)
    return lambda *words: CliRunner().invoke(app, ["rules", *words])


def kinds(run) -> list[str]:
    return [row["kind"] for row in json.loads(run("list", "--format", "json").stdout)]


def let_down(makegood: Makegood) -> None:
    body = FailureRaised(failure="other")
    makegood.raising.raise_failure("user:ana", body, Asker(), message_id="1", words="")


def test_a_good_book_is_activated_listed_and_rolled_back(run, tmp_path, monkeypatch):
    book = tmp_path / "new.yaml"
    book.write_text(CARS.replace("cost: {cents: 9500}", "cost: {cents: 9900}"))
    assert kinds(run) == ["setting"]  # a new deployment has begun
    done = run("activate", str(book), "--because", "rides cost more", "--by", "kathy")
    assert done.exit_code == 0, done.output
    assert "is active" in done.stdout
    assert run("rollback", "--because", "too dear").exit_code == 0
    assert kinds(run) == ["rolled_back", "activated", "setting"]
    table = run("list").stdout
    assert "rides cost more" in table
    assert "kathy" in table
    monkeypatch.setattr(CONSOLE, "width", 80)
    assert "…" not in run("list").stdout  # nothing is cut off


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('event.reason != "no_show"', "event.reasons"),
        ("pays: {remedy: refund, ratio: 1.0}", "pays: {remedy: refund, ratio: 0.5}"),
    ],
    ids=["a mistake", "an example that comes out otherwise"],
)
def test_a_book_that_does_not_hold_is_refused(run, tmp_path, before, after):
    assert before in CARS
    book = tmp_path / "new.yaml"
    book.write_text(CARS.replace(before, after, 1))
    done = run("activate", str(book), "--because", "hope", "--by", "kathy")
    assert done.exit_code == 1
    assert "Not activated" in done.stdout
    assert "new.yaml:" in done.stdout
    assert kinds(run) == ["setting"]


def test_a_reason_is_needed(run):
    assert run("activate", "airline", "--by", "kathy").exit_code == 2
    done = run("activate", "airline", "--because", " ", "--by", "kathy")
    assert isinstance(done.exception, InputError)
    assert kinds(run) == ["setting"]


def test_whoever_activates_first_of_all_leaves_one_line(run):
    assert run("activate", "airline", "--because", "we begin", "--by", "kathy").exit_code == 0
    assert kinds(run) == ["activated"]
    assert run("rollback", "--because", "habit").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        "replay",
        "replay --rule-book BOOK",
        "rules list",
        "export -o OUT",
        "erase user:ana",
        "key list",
        "gate user:ana --brand northwind_cars --class service",
        "ingest EVENTS",
        "raise user:ana",
    ],
)
def test_what_does_not_serve_takes_up_no_book_that_was_edited(run, tmp_path, monkeypatch, words):
    book, events = tmp_path / "mine.yaml", tmp_path / "none.jsonl"
    book.write_text(CARS)
    events.write_text("")
    monkeypatch.setenv("MAKEGOOD_BOOK", str(book))
    assert run("activate", str(book), "--because", "we begin", "--by", "kathy").exit_code == 0
    with opened(takes_up=True) as makegood:
        let_down(makegood)
    assert kinds(run) == ["activated"]
    book.write_text(CARS.replace("cost: {cents: 9500}", "cost: {cents: 9900}"))
    files = {"BOOK": str(book), "EVENTS": str(events), "OUT": str(tmp_path / "out.jsonl")}
    done = CliRunner().invoke(app, [files.get(word, word) for word in words.split()])
    assert done.exit_code == 0, done.output
    assert kinds(run) == ["activated"]
