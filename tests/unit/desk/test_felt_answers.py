"""Answers under the line of how a customer feels: whose they are to read, and page by page."""

import re
from collections.abc import Iterator

import pytest

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.messages.facts import Rated, Touchpoint
from makegood.testing.book import HOUR_MS
from makegood.testing.clock import FakeClock
from tests.e2e.screens import introduce, serving, take
from tests.unit.desk.browsing import questions
from tests.unit.desk.test_felt import ANA, path, read


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(read_book("airline")[0]) as both:
        introduce(both[0])
        yield both


def rate(makegood: Makegood, n: int, score: int, **more: str) -> None:
    fixed = {"survey": "boarding", "score": score, "about": f"B{n}", "brand": "meridian"}
    body = Rated(**fixed | more)  # type: ignore[arg-type]
    take(makegood, ANA, body, f"rated {n} {score}")


def test_what_was_said_of_a_person_is_not_theirs_to_read(makegood, clock, kathy, omar):
    rate(makegood, 1, 2, met="kathy")
    rate(makegood, 2, 4)
    assert "about Kathy Moreno" in read(omar, path(makegood))
    told = read(kathy, path(makegood))
    assert "Answered 4 of 5" in told
    assert "Answered 2 of 5" not in told


def test_a_later_answer_takes_the_place_of_an_earlier_one(makegood, clock, omar):
    rate(makegood, 1, 1)
    clock.advance(HOUR_MS)
    rate(makegood, 1, 5)
    told = read(omar, path(makegood))
    assert "Last said: happy." in told
    assert "A later answer took its place." in told


def test_it_pages_to_the_end_with_each_thing_once_and_as_many_questions(makegood, clock, omar):
    for n in range(70):
        clock.advance(HOUR_MS)
        rate(makegood, n, 4)
    where, seen, asked = path(makegood), [], set()
    while where:
        page = omar.get(where).content.decode()
        seen += re.findall(r"#(e[0-9a-f]{32})", page)
        asked.add(questions(makegood, omar, where)[0])
        found = re.search(r'rel="next" href="[^?]*(\?after=[^"]+)"', page)
        where = path(makegood, found[1]) if found else ""
    assert len(seen) == len(set(seen)) == 70
    assert len(asked) <= 2, "the first page, and every other one"
    for wrong in ("?after=nonsense!", "?after=AAAA", f"?after={'A' * 2000}"):
        assert omar.get(path(makegood, wrong)).status_code == 404


def test_of_a_long_history_only_the_end_is_read_and_that_is_said(makegood, clock, omar):
    rate(makegood, 0, 4)
    for n in range(1_010):
        clock.advance(1_000)
        take(makegood, ANA, Touchpoint(name="Page Seen", properties={}), f"seen {n}")
    told = read(omar, path(makegood))
    assert "Has not said how they feel lately." in told
    after = re.search(r'rel="next" href="[^?]*(\?after=[^"]+)"',
                      omar.get(path(makegood)).content.decode())  # fmt: skip
    assert after is not None
    assert "Answered 4 of 5" in read(omar, path(makegood, after[1]))
