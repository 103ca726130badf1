"""The section `advertised`: read with what it names, and every mistake is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.books import opening
from makegood.playbooks.advertising import MOST_ADVERTISED, Advertised, stars_of
from makegood.playbooks.load import check_book

BOOK = opening.read_book("telecom")[0]
OTHER = opening.read_book("car-rental")[0]
DAY_MS = 86_400_000


def checked(section: str, book: str = OTHER):
    return check_book(f"{book}\nadvertised:\n{section}", name="book.yaml")


def promise(**more: object) -> Advertised:
    return Advertised(id="ready", says={"en": "Ready"}, **more)


def test_a_shipped_book_advertises_what_its_queue_is_measured_by():
    book = check_book(BOOK, name="telecom.yaml").book
    assert book is not None
    (one,) = book.advertised
    assert (one.id, one.waits, one.within_ms, one.stars) == (
        "five_minutes",
        "call_waits",
        300_000,
        2,
    )
    assert one.is_named("Media hora EN ESPERA", "es-MX")
    assert not one.is_named("Nobody answered", "de")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("words: {en: [late]}, stars: 5", "from 0 to 4"),
        ("stars: 2, failures: [other]", "of what is about it"),
        ("url: https://a.example", "Nothing says whether"),
        ("url: 'javascript:x', words: {en: [late]}", "no web address"),
        ("words: {english: [late]}", "not a language"),
        ("words: {en: []}", "is empty"),
        ("failures: [lat]", "names no `lat`"),
        ("promises: [x]", "names no `x`"),
        ("waits: x, within: 2d", "names no `x`"),
        ("within: 2d, failures: [other]", "No queue is named"),
        ("brands: [x], failures: [other]", "not a brand"),
        ("since: 2026-02-02, until: 2026-02-01, failures: [other]", "before it begins"),
        ("since: soon, failures: [other]", "not a day"),
        ("read_from: 0.4, failures: [other]", "less is a guess"),
        ("read_from: 1.1, failures: [other]", "less is a guess"),
        ("read_from: 0.9, words: {en: [late]}", "no failure to be read of"),
        ("strange: 1, failures: [other]", "strange"),
    ],
)
def test_a_mistake_is_told_with_its_place(fields, why):
    found = checked(f"  - {{id: ready, says: {{en: Ready}}, {fields}}}")
    assert found.book is None
    assert any(why in one.message and one.line > 100 for one in found.errors), found.errors


def test_a_queue_needs_to_be_told_how_long_a_wait_keeps_it():
    book = BOOK.replace("    waits: call_waits\n    within: 5m\n", "    waits: call_waits\n")
    found = check_book(book, name="telecom.yaml")
    assert any("how long a wait keeps it" in one.message for one in found.errors)


def test_there_are_not_more_than_are_counted_in_one_page_of_work():
    one = "  - {{id: p{n}, says: {{en: Ready}}, failures: [other]}}\n"
    many = "".join(one.format(n=n) for n in range(MOST_ADVERTISED + 1))
    assert any("more than 200" in it.message for it in checked(many).errors)


@pytest.mark.parametrize(
    ("rating", "stars"),
    [("2 of 5", 2.0), ("4 of 10", 2.0), ("2.5 of 5", 2.5), ("0 of 5", 0.0), ("9 of 5", None),
     ("1 of 0", None), ("", None), ("two", None), ("5", None)],
)  # fmt: skip
def test_stars_are_read_as_of_five(rating, stars):
    assert stars_of(rating) == stars


def test_only_so_few_stars_as_the_book_says_are_against_it():
    one = promise(words={"en": ("late",)}, stars=2)
    assert [one.is_against(f"{n} of 5") for n in range(1, 6)] == [True, True, False, False, False]
    assert not promise(words={"en": ("late",)}).is_against("1 of 5")


def test_a_word_is_found_whole_in_the_language_of_the_post_or_in_any():
    one = promise(words={"en": ("late",), "de": ("spät",), "zh": ("迟到",)})
    assert one.is_named("So LATE.", "en-GB")
    assert not one.is_named("Chocolate, latent.", "en")
    assert not one.is_named("late", "de")
    assert one.is_named("late", "")
    assert one.is_named("viel zu spät!", "fr")
    assert one.is_named("司机迟到了", "zh")


def test_it_is_said_by_its_brands_from_its_first_day_until_its_last():
    one = promise(brands=("a",), since_ms=DAY_MS, until_ms=2 * DAY_MS)
    assert [one.is_said("a", at) for at in (DAY_MS - 1, DAY_MS, 2 * DAY_MS - 1, 2 * DAY_MS)] == [
        False,
        True,
        True,
        False,
    ]
    assert one.is_said("", DAY_MS)
    assert not one.is_said("b", DAY_MS)


@given(st.text(), st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_no_word_and_no_text_is_too_strange(text, words):
    promise(words={"en": tuple(words)}).is_named(text, "en")
