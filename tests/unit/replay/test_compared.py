"""The three forms of a comparison: a table, JSON, one page; the same numbers, no address."""

import json
import re
from html.parser import HTMLParser

import msgspec
import pytest
import typer
from msgspec.structs import replace
from typer.testing import CliRunner

from makegood.cli.compared import print_comparison
from makegood.cli.output import CONSOLE
from makegood.cli.replaying import register
from makegood.messages.errors import InputError
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import RepId
from makegood.replay.comparing import Comparison, compare
from makegood.replay.page import page_of
from makegood.replay.wording import headline
from tests.unit.replay.test_comparing import (
    LATER,
    OLD,
    TEXT,
    arrived,
    delays,
    event,
    log_of,
    without,
)

ATTACK = '<script>alert("gone")</script>'


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


@pytest.fixture
def found(tmp_path) -> Comparison:
    return compare(delays(tmp_path), OLD, LATER)


def run(*words: str):
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def files(tmp_path):
    delays(tmp_path)
    new = tmp_path / "new.yaml"
    new.write_text(TEXT.replace("delay_minutes: 180 ", "delay_minutes: 240 ", 1))
    return tmp_path / "log.jsonl", new


def test_a_log_without_events_is_said_to_be_empty(found):
    assert "until" in headline(found)
    empty = replace(found, customers=0, events=0, changed=0, until="1970-01-01T00:00:00Z")
    assert headline(empty) == "There is nothing to judge: the log holds no event."


def test_the_page_says_each_number_and_draws_it(found):
    page = page_of(found)
    tags = _Tags()
    tags.feed(page)
    assert {"svg", "table", "details"} <= tags.tags
    assert not {"script", "img", "link", "iframe"} & tags.tags
    assert headline(found) in page
    assert "Budget not simulated" in page
    for figure in found.figures:
        for example in figure.examples:
            assert example.says.replace("'", "&#x27;") in page
    assert page == page_of(found)


def test_nothing_on_the_page_is_taken_for_markup(tmp_path):
    events = [event(arrived(200, origin=ATTACK, carrier=ATTACK), "p1", 1)]
    raised = FailureRaised(failure="boarding_denied", about=ATTACK, by=RepId(ATTACK))
    events.append(event(raised, "p1", 2, hours=1))
    log = log_of(tmp_path, events, [{"profile": "p1", "email": f"{ATTACK}@example.org"}])
    page = page_of(compare(log, OLD, without("boarding_denied")))
    assert "<script" not in page
    assert "Decisions that could not be applied" in page


def test_the_table_says_why_once_for_each_customer(found):
    with CONSOLE.capture() as said:
        print_comparison(found)
    text = re.sub(r"\s+", " ", said.get())
    assert "Something changes for 3 of 8 customers and 9 events" in text
    assert "3 only by the old one" in text
    reason = found.of("failures")[0].examples[0].says
    assert text.count(f"1 -> 0. {reason}") == 1
    assert "Budget not simulated" in text


def test_the_command_prints_what_it_found_and_writes_the_page(files, tmp_path):
    log, new = files
    page = tmp_path / "report.html"
    words = ("--log", str(log), "--rule-book", str(new), "--against", "airline")
    done = run(*words, "-o", str(page), "--format", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert msgspec.convert(told, Comparison) == compare_files(files)
    assert page.read_text() == page_of(compare_files(files))
    assert "report.html" in run(*words, "-o", str(page)).stdout.replace("\n", "")


def compare_files(files) -> Comparison:
    return compare(delays(files[0].parent), OLD, LATER)


def test_the_own_log_is_compared_with_the_active_book(files, tmp_path):
    database = f"sqlite:///{tmp_path}/own.db"
    environ = {"MAKEGOOD_BOOK": "airline"}
    app = typer.Typer()
    register(app)
    words = ["--database", database, "--rule-book", str(files[1]), "--format", "json"]
    done = CliRunner().invoke(app, words, env=environ)
    assert done.exit_code == 0, done.output
    told = msgspec.json.decode(done.stdout, type=Comparison)
    assert (told.old.hash, told.new.hash) == (OLD.hash, LATER.hash)
    assert (told.customers, told.events) == (0, 0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--against", "airline"), "Say which rule book to try"),
        (("--log", "log.jsonl", "--rule-book", "airline"), "Say what to compare with"),
        (("--rule-book", "airline", "--adopt"), "only tried"),
        (("--rule-book", "no-such-book"), "no-such-book"),
    ],
)
def test_what_cannot_be_tried_is_said(words, says):
    done = run(*words)
    assert isinstance(done.exception, InputError)
    assert says in str(done.exception)
