"""Each brand's week is that of its own clocks, in one question for all."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from makegood.playbooks.book import Library
from makegood.ports.answers import AnswerRow
from makegood.runtime.feelings import Felt, Wanted, brands_asked, felt, heard_of, touches_asked
from makegood.store.memory import MemoryStore
from makegood.testing.store_answer_conformance import answer
from tests.unit.core.test_surveys import airline


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("UTC")).timestamp() * 1000)


@pytest.fixture
def library() -> Library:
    """An airline whose brand down under has a book with a time zone of its own."""
    given = airline()
    book = given.books[given.active]
    under = replace(book, timezone="Pacific/Auckland", by_brand={})
    whole = replace(book, timezone="UTC", by_brand={"under": under})
    return replace(given, books={**given.books, given.active: whole})


def looked(library: Library, now: str, *rows: AnswerRow, brands=(), is_coarse=False) -> Felt:
    store = MemoryStore()
    with store.writing() as writing:
        writing.put_answers(rows, ())
    wanted = Wanted(library=library, now_ms=ms(now), brands=(), by="week")
    with store.reading() as reading:
        return felt(reading, wanted, brands=brands, is_coarse=is_coarse)


def boarded(name: str, at: str, **more) -> AnswerRow:
    given = {"survey": "boarding", "brand": "meridian", "touch": "Leg Flown", "at_ms": ms(at)}
    return replace(answer(name), **given | more)


def weeks_of(found: Felt) -> dict[str, list[str]]:
    pairs = zip(found.periods, found.counts, strict=True)
    return {one.first: [it.brand for it in counts] for one, counts in pairs if counts}


def test_what_is_monday_for_one_brand_is_sunday_for_another(library):
    found = looked(
        library,
        "2026-11-26T12:00",
        boarded("a", "2026-11-15T20:00", brand="under"),
        boarded("b", "2026-11-15T20:00"),
    )
    assert weeks_of(found) == {"2026-11-09": ["meridian"], "2026-11-16": ["under"]}


def test_one_brand_alone_has_the_weeks_of_its_own_zone(library):
    now = "2026-11-22T20:00"  # Monday already, down under
    row = boarded("a", "2026-11-22T13:00", brand="under")
    assert [one.is_running for one in looked(library, now, row).periods[-2:]] == [True, True]
    alone = looked(library, now, row, brands=("under",))
    assert [one.is_running for one in alone.periods[-2:]] == [False, True]
    assert weeks_of(alone) == {"2026-11-23": ["under"]}


@pytest.mark.parametrize("is_coarse", [False, True])
def test_halves_are_the_same_however_finely_it_is_counted(library, is_coarse):
    rows = [boarded(f"{n}", f"2026-{9 + n // 28:02}-{1 + n % 28:02}T12:00") for n in range(84)]
    found = looked(library, "2026-11-26T12:00", *rows, is_coarse=is_coarse)
    one = brands_asked(found, "boarding")["meridian"]
    assert [sum(it.n for it in part) for part in (one.earlier, one.later, one.rest)] == [
        sum(ms(a) <= row.at_ms < ms(b) for row in rows)
        for a, b in (
            ("2026-08-31T00:00", "2026-10-12T00:00"),
            ("2026-10-12T00:00", "2026-11-23T00:00"),
            ("2026-11-23T00:00", "2026-11-26T12:01"),
        )
    ]


def test_brands_and_touchpoints_that_nobody_answered_about_are_there_too(library):
    found = looked(library, "2026-11-26T12:00")
    assert "meridian" in brands_asked(found, "boarding")
    assert set(touches_asked(found, "boarding")) == {"Leg Flown"}


def test_cases_and_periods_are_of_the_same_weeks(library):
    wanted = Wanted(library=library, now_ms=ms("2026-11-22T20:00"), brands=(), by="week")
    with MemoryStore().reading() as reading:
        for brands in ((), ("under",), ("meridian", "")):
            found = felt(reading, wanted, brands=brands)
            assert len(heard_of(reading, wanted, brands).opened) == len(found.periods)


def test_what_a_brand_asks_is_known_only_to_who_serves_it(library):
    book = library.books[library.active]
    under = book.by_brand["under"]
    own = replace(under, surveys={**under.surveys, "barge": under.surveys["boarding"]})
    book = replace(book, by_brand={"under": own})
    whole = replace(library, books={**library.books, library.active: book})
    seen = {
        brands: set(Wanted(library=whole, now_ms=0, brands=brands, by="week").surveys)
        for brands in ((), ("under", ""), ("meridian", ""))
    }
    assert seen[()] == seen["under", ""] == {*book.surveys, "barge"}
    assert seen["meridian", ""] == set(book.surveys)
