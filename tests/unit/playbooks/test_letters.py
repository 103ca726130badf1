"""The section `letters`, and letters in examples: what they take, and every mistake."""

import re

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.book import RuleBook
from makegood.playbooks.letters import MB, LetterTerms
from makegood.playbooks.load import check_book
from makegood.replay.examples import run_examples
from tests.unit.playbooks.test_composing import HEAD
from tests.unit.playbooks.test_composing import HOUSE as PLAIN
from tests.unit.playbooks.test_rule_book_page import BOOK

OWN = re.compile(r"^letters:\n(?:  .*\n)+", re.MULTILINE)
DAY_MS = 86_400_000


def text_with(section: str) -> str:
    """The book of the pages, with this section in the place of its own."""
    assert OWN.search(BOOK)
    return OWN.sub(lambda _: section, BOOK, count=1)


def book_with(section: str) -> RuleBook:
    checked = check_book(text_with(section), name="book.yaml")
    assert checked.book is not None, checked.errors
    return checked.book


def test_a_book_without_the_section_has_the_usual():
    terms = book_with("").letters
    assert terms == LetterTerms()
    assert (terms.set_aside_ms, terms.unsent_ms) == (14 * DAY_MS, 30 * DAY_MS)
    assert (terms.files, terms.largest_mb, terms.together_mb) == (10, 10, 20)


def test_the_section_says_it_all():
    section = (
        "letters:\n  set_aside: 3d\n  unsent: 1d\n"
        "  attachments: {most: 2, largest_mb: 3, together_mb: 4}\n"
    )
    assert book_with(section).letters == LetterTerms(
        set_aside_ms=3 * DAY_MS, unsent_ms=DAY_MS, files=2, largest=3 * MB, together=4 * MB
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("set_aside: 23h", "It is kept for a day at least"),
        ("unsent: 367d", "and for a year at most"),
        ("attachments: {most: 51}", "50"),
        ("attachments: {largest_mb: 0}", "Nothing is as small as that."),
        ("attachments: {largest_mb: 8, together_mb: 7}", "longer than all of a letter together"),
        ("attachments: {together_mb: 21}", "20"),
        ("kept: 3d", "kept"),
    ],
)
def test_each_mistake_is_said_with_its_line(line: str, says: str):
    checked = check_book(text_with(f"letters:\n  {line}\n"), name="book.yaml")
    assert checked.book is None
    (error,) = checked.errors
    assert says in f"{error.message} {error.hint}"
    assert error.line == text_with(f"letters:\n  {line}\n").splitlines().index(f"  {line}") + 1


def test_a_brand_may_say_otherwise_for_what_goes_out_in_its_name():
    base = PLAIN + "letters:\n  set_aside: 3d\n  attachments: {most: 4, largest_mb: 2}\n"
    text = bind(HEAD + "letters:\n  attachments: {most: 1}\n", {}, {"house.yaml": base}.get)
    checked = check_book(text, name="house.yaml")
    assert checked.book is not None, checked.errors
    terms = checked.book.letters
    assert (terms.set_aside_ms, terms.files, terms.largest_mb) == (3 * DAY_MS, 1, 2)


STEPS = "      - {wrote: customer, by: mail, brand: sea_view}\n    wait: 24h\n"


def examples_with(step: str, wait: str = "24h"):
    assert STEPS in BOOK
    text = BOOK.replace(STEPS, f"      - {step}\n    wait: {wait}\n", 1)
    return check_book(text, name="book.yaml")


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("{wrote: customer, by: mial}", "No queue of `waits` hears what is written by `mial`."),
        ("{wrote: customer, by: mail, brand: nobodys}", "`nobodys` is not a brand."),
        ("{wrote: machine, by: mail}", "machine"),
        ("{wrote: customer, by: mail, with: {booking: B1}}", "with"),
    ],
)
def test_each_mistake_of_a_letter_in_an_example_is_said(step: str, says: str):
    checked = examples_with(step)
    (error,) = checked.errors
    assert says in error.message


def test_an_example_shows_that_silence_is_a_failure():
    checked = examples_with("{wrote: customer, by: mail, brand: sea_view}")
    assert checked.book is not None
    assert run_examples(checked.book, checked.examples) == ()
    early = examples_with("{wrote: customer, by: mail, brand: sea_view}", "1439m")
    assert early.book is not None
    assert {one.what for one in run_examples(early.book, early.examples)} == {"failures", "held"}
