"""The section `triage`: what it takes, and every mistake."""

import re

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import check_book, load_book
from makegood.playbooks.triage import CHANNELS, KindTerms
from tests.unit.playbooks.test_composing import HEAD
from tests.unit.playbooks.test_composing import HOUSE as PLAIN
from tests.unit.playbooks.test_rule_book_page import BOOK

SECTION = """
triage:
  channels: [mail]
  kinds:
    not_working: {failure: room_not_ready, ask_from: 0.4, open_from: 0.95}
    lost: {failure: other}
  urgent: [Stranded, at the airport]
  fewest_labels: 8
  most_of_one: 0.25
  train: {after: 20, between: 22:30-04:00, timezone: Asia/Tokyo, precision: 0.9, longest: 10m}
"""
OWN = re.compile(r"^triage:\n(?:  .*\n)+", re.MULTILINE)


def text_with(section: str) -> str:
    """The book of the pages, with this section in the place of its own."""
    return OWN.sub(lambda _: section.lstrip(), BOOK, count=1)


def book_with(section: str) -> RuleBook:
    checked = check_book(text_with(section), name="book.yaml")
    assert checked.book is not None, checked.errors
    return checked.book


def test_the_section_says_what_follows():
    terms = book_with(SECTION).triage
    assert terms.channels == {"mail"}
    assert terms.kinds["lost"] == KindTerms(failure="other", ask_from=0.5)
    assert terms.urgent == ("stranded", "at the airport")
    assert (terms.fewest_labels, terms.most_of_one) == (8, 0.25)
    train = terms.train
    assert (train.by_itself, train.after, train.precision, train.longest_ms) == (
        True, 20, 0.9, 600_000,
    )  # fmt: skip
    assert (train.from_minute, train.until_minute, train.timezone) == (1350, 240, "Asia/Tokyo")
    assert (train.memory_mb, train.keep) == (3_000, 5)
    assert not book_with("").triage.channels
    assert not book_with("triage: {urgent: [stranded]}\n").triage.train.by_itself


@pytest.mark.parametrize(
    ("chance", "verdict"), [(0.39, "nothing"), (0.4, "ask"), (0.949, "ask"), (0.95, "open")]
)
def test_the_bands_begin_where_they_say(chance: float, verdict: str):
    kind = book_with(SECTION).triage.kinds["not_working"]
    assert kind.verdict(chance) == verdict


def test_without_a_place_to_open_a_person_is_always_asked():
    assert KindTerms(failure="other", ask_from=0.5).verdict(1.0) == "ask"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("failure: room_not_ready", "failure: room_not_redy", "cannot be `room_not_redy`"),
        ("open_from: 0.95", "open_from: 0.3", "surer than even"),
        ("open_from: 0.95", "open_from: 1.5", "at most 1"),
        ("ask_from: 0.4", "ask_from: 0", "more than 0"),
        ("fewest_labels: 8", "fewest_labels: 2", "fewer than 5"),
        ("[mail]", "[letter]", "Nothing is looked at in `letter`"),
        ("lost: {failure: other}", "lost: yes", "what becomes of it"),
        ("lost: {failure: other}", "none: {failure: other}", "without a failure"),
        ("lost: {failure: other}", "a/b: {failure: other}", "is not a name"),
        ("most_of_one: 0.25", "most_of_one: 2", "at most 1"),
        ("between: 22:30-04:00", "between: night", "not two times of the day"),
        ("between: 22:30-04:00", "between: 22:30-24:00", "not two times of the day"),
        ("timezone: Asia/Tokyo", "timezone: Mars/Base", "no time zone"),
        ("after: 20", "after: 0", "at least 1"),
        ("precision: 0.9", "precision: 0", "more than 0"),
        ("longest: 10m", "longest: 13h", "from 1m to 12h"),
        ("longest: 10m", "memory_mb: 100", "at least 1500"),
        ("longest: 10m", "keep: 0", "at least 1"),
        ("longest: 10m", "longst: 10m", "longst"),
    ],
)
def test_a_mistake_is_said_with_its_line(old: str, new: str, said: str):
    checked = check_book(text_with(SECTION.replace(old, new)), name="book.yaml")
    assert any(said in error.message for error in checked.errors), checked.errors
    assert all(error.line for error in checked.errors)


def test_what_a_brand_says_is_put_over_the_umbrellas_kind_by_kind():
    house = PLAIN + (
        "triage:\n  kinds:\n    late: {failure: parcel_late, ask_from: 0.4}\n"
        "    lost: {failure: other, ask_from: 0.6}\n  urgent: [stranded]\n  most_of_one: 1\n"
    )
    brand = "triage:\n  kinds:\n    lost: {failure: other, ask_from: 0.9}\n  urgent: [alone]\n"
    terms = load_book(bind(HEAD + brand, {}, {"house.yaml": house}.get), name="acme.yaml").triage
    assert terms.kinds["late"] == KindTerms(failure="parcel_late", ask_from=0.4)
    assert terms.kinds["lost"].ask_from == 0.9
    assert (terms.urgent, terms.most_of_one, terms.channels) == (("alone",), 1, set(CHANNELS))
