"""A flight from Frankfurt to New York is cancelled: two laws owe, in two currencies.

Wanted: Europe's compensation is on its way in euros before anybody asks, the fare comes back once
and not twice when the passenger stays at home, no two currencies are ever one sum, and a flight
within the United States is not put before a person for the sake of Europe's law.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.test import Client

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.state import Case, decode_state
from makegood.messages.commands import Fulfil
from makegood.messages.errors import Refused
from makegood.messages.facts import Chosen, Touchpoint
from makegood.messages.money import Money
from makegood.projections.sentence import sentence_about
from makegood.runtime.shelf import Shelf
from makegood.settings import Settings
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    BASE_URL,
    KEY,
    NINE_MS,
    REPS,
    carry_out,
    case_of,
    confirm_offers,
    customer_of,
    introduce,
    portal_path,
    profile_of,
    ready_django,
    take,
)
from tests.unit.desk.browsing import words_of

WHO = "user:ana"


class World(NamedTuple):
    """An airline by the book that ships."""

    makegood: Makegood

    def cancels(self, origin: str, destination: str, **more: object) -> None:
        """Cancel the passenger's flight an hour before it leaves."""
        facts: dict[str, object] = {
            "flight": "UA961", "date": "2026-01-01", "origin": origin, "destination": destination,
            "carrier": "UA", "brand": "meridian", "booking": "B1", "price_cents": 31_000,
            "notice_minutes": 60, **more,
        }  # fmt: skip
        happened = Touchpoint(name="Flight Cancelled", properties=facts)
        take(self.makegood, WHO, happened, f"{origin}-{destination}")

    def stays_at_home(self) -> None:
        """Choose the fare back instead of another flight."""
        confirm_offers(self.makegood)
        chosen = Chosen(case=case_of(self.makegood), offer="refund")
        customer = customer_of(self.makegood, WHO)
        answer = self.makegood.acts.act(customer, chosen, Asker(), message_id="refund, please")
        assert not isinstance(answer, Refused), answer

    @property
    def case(self) -> Case:
        with self.makegood.store.reading() as reading:
            row = reading.row(customer_of(self.makegood, WHO))
        assert row is not None
        return decode_state(row.state).cases[-1]

    @property
    def ordered(self) -> list[Money]:
        """What was ordered because it is owed, in order."""
        with self.makegood.store.reading() as reading:
            profile = profile_of(WHO)
            orders = [row.command.order for row in reading.outbox_of([profile])]
        return [one.amount for one in orders if isinstance(one, Fulfil) and one.owed]

    @property
    def waits_for(self) -> list[str]:
        """Facts that somebody has to find."""
        return [
            one.missing for failure in self.case.failures for one in failure.owed if one.missing
        ]


@pytest.fixture
def world() -> Iterator[World]:
    """Given an airline on whose rule book nothing was changed."""
    store = MemoryStore()
    settings = Settings(database="memory:", key=KEY, book="airline", base_url=BASE_URL)
    clock = FakeClock(NINE_MS)
    makegood = Makegood(settings, store, clock, Shelf(store, clock))
    makegood.shelf.settle(*read_book("airline"))
    with store.writing() as writing:
        writing.put_reps(REPS)
    ready_django(makegood)
    introduce(makegood)
    yield World(makegood)
    makegood.close()


def test_europe_owes_six_hundred_euros_before_anybody_asks(world: World):
    world.cancels("FRA", "EWR")
    assert world.ordered == [Money(60_000, "EUR")]
    assert world.waits_for == []
    (failure,) = world.case.failures
    assert failure.details["distance_km"] == 6210
    assert (failure.details["origin_country"], failure.details["destination_country"]) == (
        "DE", "US",
    )  # fmt: skip


def test_the_fare_comes_back_once_and_the_two_currencies_stay_two(world: World):
    world.cancels("FRA", "EWR")
    world.stays_at_home()
    assert sorted(world.ordered) == sorted([Money(60_000, "EUR"), Money(31_000, "USD")])
    with world.makegood.store.reading() as reading:
        history = reading.history(customer_of(world.makegood, WHO))
    words = "".join(
        part.words for part in sentence_about(world.case, "Ana", history, world.makegood.library)
    )
    assert "What is owed, €600 and $310, is on its way." in words
    page = words_of(Client().get(portal_path(world.makegood)))
    assert "€600" in page
    assert "$310" in page
    assert "910" not in page + words
    carry_out(world.makegood)
    with world.makegood.store.reading() as reading:
        lines = reading.ledger(case_of(world.makegood))
    owed = {(line.cents, line.currency) for line in lines if line.account == "owed"}
    assert owed == {(60_000, "EUR"), (31_000, "USD")}


def test_a_flight_at_home_is_not_put_before_a_person_for_the_law_of_europe(world: World):
    world.cancels("EWR", "IAH", notice_minutes=None)
    assert world.ordered == []
    assert world.waits_for == []
    world.stays_at_home()
    assert world.ordered == [Money(31_000)]
    assert world.waits_for == []


def test_an_airport_that_nobody_knows_is_put_before_a_person(world: World):
    world.cancels("FRA", "QQQ")
    assert world.ordered == []
    assert set(world.waits_for) == {"failure.distance_km"}
    assert world.case.missing
