"""Story 1: a customer of whom nothing is known gets the same floor as one who is platinum.

Wanted: the same failure brings the same money, the same help and the same choices, whoever it
happens to; who somebody is may set how soon a person looks, and never what they get.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.state import Case, State, decode_state
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Touchpoint
from makegood.messages.money import Money
from makegood.runtime.shelf import Shelf
from makegood.settings import Settings
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.e2e.screens import KEY, NINE_MS, REPS, customer_of, introduce, take

STRANGER, PLATINUM = "user:stranger", "user:platinum"


class World(NamedTuple):
    """An airline by the book that ships, and two passengers of one cancelled flight."""

    makegood: Makegood

    def cancels_for(self, who: str) -> None:
        facts: dict[str, object] = {
            "flight": "UA1545", "date": "2026-01-01", "origin": "EWR", "destination": "IAH",
            "carrier": "UA", "brand": "meridian", "booking": who, "price_cents": 31_000,
            "domestic": True,
        }  # fmt: skip
        take(self.makegood, who, Touchpoint(name="Flight Cancelled", properties=facts), f"x {who}")

    def state(self, who: str) -> State:
        with self.makegood.store.reading() as reading:
            row = reading.row(customer_of(self.makegood, who))
        assert row is not None
        return decode_state(row.state)

    def case(self, who: str) -> Case:
        return self.state(who).cases[-1]

    def ordered(self, who: str) -> list[tuple[str, Money, bool]]:
        """What was ordered for a passenger: the remedy, its amount, whether it is owed."""
        with self.makegood.store.reading() as reading:
            profiles = reading.profiles_of([customer_of(self.makegood, who)])
            rows = reading.outbox_of(next(iter(profiles.values())))
        orders = [row.command.order for row in rows]
        return sorted((o.remedy, o.amount, o.owed) for o in orders if isinstance(o, Fulfil))


@pytest.fixture
def world() -> Iterator[World]:
    store, clock = MemoryStore(), FakeClock(NINE_MS)
    shelf = Shelf(store, clock)
    shelf.settle(*read_book("airline"))
    settings = Settings(database="memory:", key=KEY, book="airline")
    makegood = Makegood(settings, store, clock, shelf)
    with makegood.store.writing() as writing:
        writing.put_reps(REPS)
    introduce(
        makegood, PLATINUM, "Pat Prince", tier="platinum", followers=2_000_000, public_voice=True,
        lifetime_value_cents=9_000_000, loyalty_status="centurion",
    )  # fmt: skip
    world = World(makegood)
    for who in (STRANGER, PLATINUM):
        world.cancels_for(who)
    yield world
    makegood.close()


def test_the_first_failure_of_a_stranger_brings_what_it_brings_to_a_platinum_customer(world):
    assert world.state(STRANGER).facts == {}
    assert world.state(PLATINUM).facts["tier"] == "platinum"
    assert world.ordered(STRANGER) == world.ordered(PLATINUM)
    goodwill = [(one.remedy, one.expected.cents) for one in world.case(STRANGER).gifts]
    assert goodwill == [("meal", 1_500), ("goodwill", 2_500)]


def test_the_choices_are_the_same_too(world):
    offers = [
        [(one.offer, one.tier, one.status, one.cost) for one in world.case(who).offers]
        for who in (STRANGER, PLATINUM)
    ]
    assert offers[0] == offers[1] != []


def test_somebody_is_looking_after_the_stranger_as_well(world):
    assert world.case(STRANGER).owner
    assert world.case(STRANGER).severity == world.case(PLATINUM).severity
