"""Money, times and spans read as people write them."""

import pytest

from makegood.messages.errors import InputError
from makegood.messages.money import Money
from makegood.projections.amounts import read_cents
from makegood.projections.figures import (
    ago_words,
    listed,
    locale_for,
    moment_words,
    money_words,
    span_words,
    times_words,
)

NINE_MS = 1_767_276_000_000  # 2026-01-01 14:00 UTC


@pytest.mark.parametrize(
    ("cents", "language", "words"),
    [
        (18_240, "en", "$182.40"),
        (9_500, "en", "$95"),
        (0, "en", "$0"),
        (120_000_00, "en", "$120,000"),
        (18_240, "de-AT", "182,40\xa0$"),
        (18_240, "es", "182,40\xa0US$"),
    ],
)
def test_money_is_written_in_the_reader_s_language(cents: int, language: str, words: str):
    assert money_words(Money(cents), locale_for(language)) == words


@pytest.mark.parametrize(
    ("span_ms", "words"),
    [(0, "00:00"), (252_000, "04:12"), (3_599_999, "59:59"), (3_600_000, "1 h 0 min"),
     (-90_000, "01:30"), (5 * 86_400_000, "5 d")],
)  # fmt: skip
def test_a_span_shows_seconds_only_while_they_matter(span_ms: int, words: str):
    assert span_words(span_ms) == words


def test_a_moment_has_its_date_only_on_another_day():
    assert moment_words(NINE_MS, NINE_MS + 60_000, "America/New_York") == "09:00"
    assert moment_words(NINE_MS, NINE_MS + 86_400_000, "America/New_York") == "1 Jan, 09:00"
    assert "2026" in moment_words(NINE_MS, NINE_MS + 400 * 86_400_000, "America/New_York")


def test_the_time_zone_decides_the_clock():
    assert moment_words(NINE_MS, NINE_MS, "UTC") == "14:00"


def test_short_words():
    assert [ago_words(ms) for ms in (5, 720_000, 7_200_000)] == [
        "just now",
        "12 min ago",
        "2 h ago",
    ]
    assert [times_words(n) for n in (1, 2, 9)] == ["once", "twice", "9 times"]
    assert listed(("a", "b", "c"), "or") == "a, b or c"
    assert (listed(()), listed(("a",))) == ("", "a")


@pytest.mark.parametrize(
    ("text", "cents"),
    [("", 0), ("95", 9_500), ("$95.50", 9_550), ("95,5", 9_550), ("1,200", 120_000),
     ("1.200,05", 120_005), ("€ 3", 300)],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text: str, cents: int):
    assert read_cents(text) == cents


@pytest.mark.parametrize("text", ["ninety", "-5", "1.2.3", "95.5555", "99999999999"])
def test_what_is_no_amount_is_refused_with_words(text: str):
    with pytest.raises(InputError, match="amount"):
        read_cents(text)
