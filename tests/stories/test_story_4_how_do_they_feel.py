"""Story 4: an airline asks after every leg how boarding and the person at the gate were.

Wanted: every touchpoint can be asked about, by name of the person met; nobody is asked while we
have something to make good; rudeness reaches a person who calls, in the customer's words.
"""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.core.state import State, decode_state
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.facts import Touchpoint
from makegood.testing.book import HOUR_MS
from makegood.testing.clock import FakeClock
from tests.e2e.screens import PASSWORD, customer_of, introduce, profile_of, serving, take
from tests.unit.desk.browsing import words_of

ANA, BEN = "user:ana", "user:ben"


class World:
    """The airline's day, by the book that ships."""

    def __init__(self, makegood: Makegood, clock: FakeClock) -> None:
        self.makegood, self.clock = makegood, clock
        introduce(makegood, ANA, "Ana Ruiz")
        introduce(makegood, BEN, "Ben Osei")

    def flies(self, who: str, flight: str) -> None:
        facts: dict[str, object] = {
            "booking": who[-3:], "flight": flight, "brand": "meridian", "gate_agent": "kathy",
            "minor": False,
        }  # fmt: skip
        take(self.makegood, who, Touchpoint(name="Leg Flown", properties=facts), f"{who} {flight}")

    def waits(self, hours: int) -> None:
        self.clock.advance(hours * HOUR_MS)
        customers = [customer_of(self.makegood, who) for who in (ANA, BEN)]
        self.makegood.intake.advance(customers, self.clock.now_ms())

    def asked(self, who: str) -> list[str]:
        with self.makegood.store.reading() as reading:
            rows = reading.outbox_of([profile_of(who)])
        orders = [row.command.order for row in rows]
        return [one.survey for one in orders if isinstance(one, SendMessage) and one.survey]

    def answers(self, who: str, about: str, score: int, words: str) -> None:
        token = self.makegood.links.survey_token(profile_of(who), "meridian", "boarding", about)
        sent = Client().post(f"/s/{token}", {"score": score, "words": words, "form": f"f{score}"})
        assert sent.status_code == 302

    def state(self, who: str) -> State:
        with self.makegood.store.reading() as reading:
            row = reading.row(customer_of(self.makegood, who))
        assert row is not None
        return decode_state(row.state)

    def may_sell(self, who: str) -> bool:
        asked = Question(brand="meridian", message_class=MessageClass.PROMOTIONAL, channel="mail")
        return self.makegood.gate.ask(who, asked).allowed

    def timeline(self, who: str, reader: str = "kathy") -> str:
        desk = Client()
        assert desk.login(username=reader, password=PASSWORD)
        return words_of(desk.get(f"/desk/customers/{customer_of(self.makegood, who)}"))


@pytest.fixture
def world() -> Iterator[World]:
    with serving(read_book("airline")[0]) as (makegood, clock):
        yield World(makegood, clock)


def test_every_leg_is_asked_about_and_each_answer_is_heard(world: World):
    world.flies(ANA, "UA1")
    world.flies(BEN, "UA1")
    world.waits(2)
    assert world.asked(ANA) == world.asked(BEN) == ["boarding"]
    world.answers(ANA, "ana/UA1", 5, "She remembered my name.")
    world.answers(BEN, "ben/UA1", 1, "She told me to be quiet.")
    assert world.may_sell(ANA)
    assert not world.may_sell(BEN)
    case = world.state(BEN).open_case
    assert case is not None
    assert case.failures[0].rule == "rude_staff"
    assert case.owner
    assert case.call is not None
    assert world.state(ANA).open_case is None
    words = "She told me to be quiet."
    assert words not in world.timeline(BEN), "what was said of Kathy is not hers to read"
    told = world.timeline(BEN, "omar")
    assert "The customer answered 1 of 5 to “How was boarding?”, about Kathy Moreno" in told
    assert words in told


def test_nobody_is_asked_while_we_have_something_to_make_good(world: World):
    rude = Touchpoint(name="Rudeness Told", properties={"booking": "ben", "brand": "meridian"})
    take(world.makegood, BEN, rude, "rude")
    world.flies(BEN, "UA1")
    world.waits(3)
    assert world.asked(BEN) == []
    assert "Not asked “How was boarding?”: a case is open." in world.timeline(BEN)
