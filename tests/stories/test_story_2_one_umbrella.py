"""Story 2, one umbrella: while a house has no room for a guest, none under the roof sells to them.

How a sister house says yes is in `test_story_2_umbrella.py`. And, of story 4, a fee that nobody
had mentioned: years with us say how soon, never how much.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from makegood.bootstrap import open_makegood
from makegood.demo.car import KATHY
from makegood.messages.commands import HELD_CLASSES
from makegood.messages.facts import Body, Facts, Identified, Touchpoint
from makegood.messages.ids import ProfileId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import PersonRow
from makegood.settings import Settings
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from makegood.testing.counterparts import LocalCounterpart, Received, Reply
from tests.integration.mail_server import MailServer
from tests.stories.conftest import Firm, World

GUEST = "guest@example.org"
ASKED = {
    "enquiry": "E1",
    "hotel": "Lakeside",
    "brand": "quillmere_grand",
    "sold_out": True,
    "rate_cents": 24_000,
}
AGREED = {"agreement": "A-77", "agreed_rate_cents": 16_500, "agreed_until": "2026-12-31"}
FEE = {
    "bill": "B1",
    "fee": "upgrade",
    "brand": "tamarel_mobile",
    "amount_cents": 3_600,
    "disclosed": False,
}


class Houses(Firm):
    """The other houses and systems: what each was asked, in full."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[dict[str, Any]] = []

    def answer(self, received: Received) -> Reply:
        self.heard.append(dict(received.content))
        return super().answer(received)

    def about(self, remedy: str) -> list[dict[str, Any]]:
        return [one for one in self.heard if one["remedy"] == remedy]


@contextmanager
def opened(book: str, *providers: str) -> Iterator[World]:
    clock, firm = FakeClock(), Houses()
    with MailServer() as mail, LocalCounterpart(firm.answer) as counterpart:
        settings = Settings(
            database="memory:",
            key=b"the secret of a story that ends well",
            book=book,
            smtp=f"smtp://127.0.0.1:{mail.port}",
            counterparts=tuple(counterpart.as_counterpart(name) for name in providers),
            threads=1,
        )
        makegood = open_makegood(settings, clock=clock, store=MemoryStore())
        with makegood.store.writing() as writing:
            writing.put_reps([KATHY])
        yield World(makegood, clock, mail, firm)
        makegood.close()


def told_of(world: World, message_id: str, body: Body, *, person: bool = False) -> Arrival:
    known = PersonRow(profile=ProfileId(""), name="Ira Lund", email=GUEST, language="en")
    return Arrival(
        source="front-desk",
        message_id=message_id,
        identifier="user:ira",
        time_ms=world.clock.now_ms(),
        body=body,
        body_digest=message_id.encode().ljust(16),
        lookups=(f"email:{GUEST}",) if person else (),
        person=known if person else None,
    )


def lives(world: World, event: str, facts: Facts, traits: Facts) -> None:
    """Let somebody come in, with or without a history, and something happen to them."""
    world.happens(told_of(world, "known", Identified(traits=dict(traits)), person=True))
    world.happens(told_of(world, "m1", Touchpoint(name=event, properties=dict(facts))))


@pytest.fixture
def hotel() -> Iterator[World]:
    with opened("hotel-group", "sister_hotels", "partner_hotels", "payments") as world:
        yield world


@pytest.fixture
def telecom() -> Iterator[World]:
    with opened("telecom", "billing") as world:
        yield world


def houses(world: World) -> Houses:
    assert isinstance(world.firm, Houses)
    return world.firm


@pytest.mark.parametrize("brand", ["quillmere_grand", "fernlight", "oakrow"])
def test_no_brand_under_the_roof_sells_to_the_guest_meanwhile(hotel, brand):
    lives(hotel, "Room Asked For", ASKED, AGREED)
    answers = [hotel.gate(one, f"email:{GUEST}", brand) for one in HELD_CLASSES]
    assert not any(answer.allowed for answer in answers)


@pytest.mark.parametrize("traits", [{}, {"tenure_years": 12, "pays_on_time": True}])
def test_a_fee_nobody_mentioned_comes_back_whole_to_whoever_paid_it(telecom, traits):
    lives(telecom, "Fee Charged", FEE, traits)
    (given,) = houses(telecom).about("fee_reversed")
    assert given["amount_cents"] == 3_600
    assert "We charged you a fee that nobody had mentioned" in telecom.subjects


def test_years_with_us_say_who_is_answered_first(telecom):
    lives(telecom, "Fee Charged", FEE, {"tenure_years": 12})
    assert [one.severity for one in telecom.case.failures] == [3]


def test_and_nobody_who_is_new_is_left_out(telecom):
    lives(telecom, "Fee Charged", FEE, {})
    assert [one.severity for one in telecom.case.failures] == [2]
