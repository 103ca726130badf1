"""A key of some brands tells of these alone, also where only the rule book names the brand."""

import pytest
from msgspec.structs import replace

from makegood.core.state import decode_state
from makegood.messages.facts import Facts, Identified, Touchpoint
from makegood.playbooks.book import Finding, Library
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.ports.rows import Taken
from makegood.runtime.intake import Intake
from makegood.store.memory import MemoryStore
from makegood.testing.book import HOUR_MS, small_library
from makegood.testing.clock import FakeClock


def _of_cars(_event: Facts, _customer: Facts) -> tuple[Finding, ...]:
    return (Finding(rule="no_car", outcome="yes", brand="cars"),)


def _perhaps_of_cars(_event: Facts, _customer: Facts) -> tuple[Finding, ...]:
    return (Finding(rule="no_car", outcome="cannot", brand="cars", missing="event.reason"),)


def _of_their_home(_event: Facts, customer: Facts) -> tuple[Finding, ...]:
    return (Finding(rule="no_car", outcome="yes", brand=str(customer.get("home", ""))),)


_NAMED = {"Always": _of_cars, "Perhaps": _perhaps_of_cars, "At Home": _of_their_home}


class Firm:
    """A firm whose book knows brands that no event names."""

    def __init__(self) -> None:
        small = small_library()
        book = small.book(small.active)
        book = replace(book, triggers={**book.triggers, **_NAMED})
        self.library = Library(books={book.hash: book}, active=book.hash)
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.intake = Intake(self.store, lambda: self.library, self.clock, b"a secret")
        self._count = 0

    def event(self, name: str, *, who: str = "user:ana", ago_ms: int = 0, **facts) -> Arrival:
        self._count += 1
        body = Touchpoint(name=name, properties=facts)
        if name == "identify":
            body = Identified(traits=facts)
        return Arrival(
            source="vans",
            message_id=str(self._count),
            identifier=who,
            time_ms=self.clock.now_ms() - ago_ms,
            body=body,
            body_digest=str(self._count).encode(),
            brands=("vans",),
        )

    def take(self, *arrivals: Arrival) -> tuple[Acknowledged, ...]:
        return self.intake.take(arrivals)

    def cases(self, who: str = "user:ana") -> int:
        profile = self.intake.profile(who)
        with self.store.reading() as reading:
            customer = reading.customers_of([profile]).get(profile)
            row = reading.row(customer) if customer else None
        return len(decode_state(row.state).cases) if row else 0


@pytest.fixture
def firm() -> Firm:
    return Firm()


@pytest.mark.parametrize("name", ["Always", "Perhaps"])
def test_what_a_rule_names_as_another_brands_is_refused_and_not_stored(firm, name):
    event = firm.event(name)
    (answer,) = firm.take(event)
    assert answer.taken is Taken.REFUSED
    assert "only for what is of vans" in answer.error
    assert firm.cases() == 0
    with firm.store.reading() as reading:
        assert not reading.customers_of([firm.intake.profile("user:ana")])
    # Nothing is lost: the same event is taken from a key that is for it.
    (again,) = firm.take(replace(event, brands=()))
    assert again.taken is Taken.NEW
    assert firm.cases() == 1


def test_its_neighbours_in_the_batch_are_taken(firm):
    lost = firm.event("Rental Unfulfilled", who="user:ben", reason="none")
    answers = firm.take(firm.event("Viewed Page"), firm.event("Always"), lost)
    assert [one.taken for one in answers] == [Taken.NEW, Taken.REFUSED, Taken.NEW]
    assert [firm.cases("user:ana"), firm.cases("user:ben")] == [0, 1]


def test_what_is_known_of_the_customer_counts_as_it_was_then(firm):
    before = firm.event("identify", home="cars", ago_ms=2)
    during = firm.event("At Home", ago_ms=1)
    after = firm.event("identify", home="vans")
    answers = firm.take(before, during, after)
    assert [one.taken for one in answers] == [Taken.NEW, Taken.REFUSED, Taken.NEW]
    assert firm.take(firm.event("At Home"))[0].taken is Taken.NEW
    late = firm.event("At Home", ago_ms=1)
    assert firm.take(late)[0].taken is Taken.REFUSED
    assert firm.cases() == 1


def test_an_event_of_no_brand_or_its_own_is_taken(firm):
    answers = firm.take(
        firm.event("identify", home="vans", ago_ms=HOUR_MS),
        firm.event("At Home"),
        firm.event("At Home", who="user:ben"),
    )
    assert {one.taken for one in answers} == {Taken.NEW}
