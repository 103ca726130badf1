"""A guest found by the room, in the book of the hotels: what is seen, what is the same thing."""

from collections.abc import Iterator

import pytest

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.messages.facts import Identified, Touchpoint
from tests.e2e.screens import serving, take
from tests.unit.desk.browsing import words_of
from tests.unit.desk.conftest import _signed_in

SAID = {"raise": "yes", "failure": "other", "brand": "fernlight", "words": "No towels again."}


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    with serving(read_book("hotel-group")[0]) as (opened, _):
        yield opened


def guest(makegood: Makegood, who: str, room: str, booking: str) -> None:
    traits = {"room": room, "booking": booking, "stays_until": "Friday", "nights_a_year": 40}
    take(makegood, f"user:{who}", Identified(traits=traits), f"{who}-{room}")


def look(mira, who: str) -> str:
    return words_of(mira.post("/desk/floor/raise", {"who": who}))


def test_a_room_finds_one_guest_and_shows_what_the_book_lets_everybody_see(makegood: Makegood):
    mira = _signed_in("mira")
    guest(makegood, "ana", "412", "Q-7")
    for word in ("412", "q-7", " Q-7 "):
        found = look(mira, word)
        assert "Room 412" in found
        assert "Stays until Friday" in found
        assert "40" not in found.replace("412", "")
    assert "Nobody is found by this" in look(mira, "41")


def test_a_word_that_several_have_finds_nobody(makegood: Makegood):
    mira = _signed_in("mira")
    guest(makegood, "ana", "412", "Q-7")
    guest(makegood, "ben", "412", "Q-8")
    assert "Nobody is found by this" in look(mira, "412")
    assert "Room 412" in look(mira, "Q-8")
    guest(makegood, "ana", "9", "Q-7")  # moved
    assert "Room 412" in look(mira, "412")


def test_what_fails_already_is_the_same_thing_and_no_second_failure(makegood: Makegood):
    mira = _signed_in("mira")
    facts = {"reservation": "Q-7", "hotel": "h1", "brand": "fernlight", "late_minutes": 200}
    facts |= {"price_cents": 9_000}
    guest(makegood, "ana", "412", "Q-7")
    take(makegood, "user:ana", Touchpoint(name="Room Handed Over", properties=facts), "late")
    with makegood.store.reading() as reading:
        (before,) = reading.cases()
    mira.post("/desk/floor/raise", SAID | {"who": "Q-7", "token": "a"})
    with makegood.store.reading() as reading:
        (after,) = reading.cases()
        assert [one.key for one in reading.pointed("raised", "mira")] == ["mira"]
    assert (before.double, after.double) == (False, False)
    assert after.line == before.line
