"""What the firm's books say: read whole or not at all, told again it is one still."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.messages.errors import InputError
from makegood.ports.spend import UNKNOWN, Acquisition
from makegood.runtime.spend import SpendRoom, in_hundredths, read_books
from tests.e2e.screens import new_makegood

HEAD = "brand,month,channel,amount,currency,new_customers\n"
BRANDS = ("one", "two")
ROW = Acquisition(
    brand="northwind_cars", month="2026-03", channel="search", cents=500, currency="USD"
)


@pytest.fixture
def it() -> Iterator[Makegood]:
    made, _ = new_makegood()
    yield made
    made.close()


def room(it: Makegood) -> SpendRoom:
    return SpendRoom(it.store, lambda: it.book, it.clock)


def kept(it: Makegood) -> list[Acquisition]:
    with it.store.reading() as reading:
        return list(reading.acquisition("1900-01", "2100-01"))


def test_a_table_is_read_in_minor_units_of_each_currency():
    text = f"\ufeff{HEAD}one,2026-03,search,125,USD,3\n\n,2026-03,tv,7,JPY,\n"
    books = read_books(text, BRANDS)
    assert books.wrong == ()
    first, second = books.rows
    assert (first.cents, first.customers) == (125, 3)
    assert (second.brand, second.cents, second.customers) == ("", 700, UNKNOWN)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("three,2026-03,search,1,USD,", "no brand `three`"),
        ("one,2026-13,search,1,USD,", "no month"),
        ("one,March,search,1,USD,", "no month"),
        ("one,2026-03,Search Ads,1,USD,", "small letters"),
        ("one,2026-03,search,1,XYZ,", "no currency"),
        ("one,2026-03,search,1,KWD,", "two decimal places"),
        ("one,2026-03,search,1.5,USD,", "minor units"),
        ("one,2026-03,search,-1,USD,", "minor units"),
        ("one,2026-03,search,,USD,", "minor units"),
        ("one,2026-03,search,999999999999999,USD,", "whole number of hundredths"),
        ("one,2026-03,search,1,USD,many", "`new_customers`"),
        ("one,2026-03,search", "3 cells"),
        ("one,2026-03,search,1,USD,\none,2026-03,search,2,USD,", "twice"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(row, why):
    books = read_books(HEAD + row, BRANDS)
    assert len(books.wrong) == 1
    assert why in books.wrong[0].why
    assert books.wrong[0].line in (0, 2)


@pytest.mark.parametrize("head", ["", "brand,month", HEAD.replace("brand", "firm"), "brand,brand"])
def test_a_file_without_the_columns_is_refused(head):
    with pytest.raises(InputError, match="first line"):
        read_books(head, BRANDS)


@given(st.text())
def test_no_file_is_too_strange(text):
    with suppress(InputError):
        read_books(HEAD + text, BRANDS)


@given(st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "EUR", "KRW"]))
def test_minor_units_become_hundredths(minor, currency):
    assert in_hundredths(minor, currency) == minor * (100 if currency in ("JPY", "KRW") else 1)


def test_told_again_it_is_one_and_nothing_is_written(it):
    assert room(it).take([ROW], "anna") == 1
    assert room(it).take([ROW], "ben") == 0
    (one,) = kept(it)
    assert (one.cents, one.by) == (500, "anna")
    with it.store.reading() as reading:
        acts = [act.after for act in reading.acts() if act.what == "acquisition.told"]
    assert acts == [{"rows": "1"}]


def test_what_is_told_otherwise_takes_the_place_of_what_was(it):
    room(it).take([ROW], "anna")
    assert room(it).take([replace(ROW, cents=9), replace(ROW, channel="tv")], "anna") == 2
    assert [(one.channel, one.cents) for one in kept(it)] == [("search", 9), ("tv", 500)]
    assert room(it).take([], "anna") == 0


def test_one_wrong_row_and_nothing_is_taken(it):
    with pytest.raises(InputError, match="no brand"):
        room(it).take([ROW, replace(ROW, brand="nobody")], "anna")
    with pytest.raises(InputError, match="more than a year ahead"):
        room(it).take([ROW, replace(ROW, month="2062-03")], "anna")
    assert kept(it) == []


def test_what_is_told_twice_at_once_is_refused_however_it_comes(it):
    with pytest.raises(InputError, match="stands there twice"):
        room(it).take([ROW, replace(ROW, cents=900)], "anna")
    assert kept(it) == []
