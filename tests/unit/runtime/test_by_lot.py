"""A rating says with what chance its person was drawn; 0 wherever a lot is not certain."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from makegood.core.routed import Routed
from makegood.core.state import decode_state
from makegood.messages.facts import Contacted, GotInTouch, Rated
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.routing_terms import RoutingRules
from makegood.playbooks.rulings import SurveyKind
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import RepRow
from makegood.runtime.by_lot import Met, chance_by_lot
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.reputations import take_ratings
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, MINUTE_MS
from makegood.testing.clock import FakeClock
from tests.unit.core.test_as_met import day

KATHY, TOM, ULI = (RepId(one) for one in ("kathy", "tom", "uli"))
DRAWN = Routed(
    EventId("e"), "k", "case", 1_000, TOM, KATHY, (KATHY, TOM, ULI), slice=500, by_chance=True
)


def rated(rep: RepId = TOM, met_ms: int = 1_000, brand: str = "cars") -> Met:
    return Met(profile=ProfileId("p"), rep=rep, brand=brand, at_ms=met_ms, for_ms=100)


def test_who_was_drawn_among_three_was_met_with_a_chance_of_a_third():
    assert chance_by_lot(rated(), [DRAWN]) == Fraction(1, 3)
    assert chance_by_lot(rated(met_ms=1_099), [DRAWN]) == Fraction(1, 3)
    first = replace(DRAWN, chosen=KATHY)  # the lot may fall on who would have been asked anyway
    assert chance_by_lot(rated(KATHY), [first]) == Fraction(1, 3)


@pytest.mark.parametrize(
    ("met", "decided"),
    [
        (rated(), ()),
        (rated(), (replace(DRAWN, by_chance=False),)),
        (rated(KATHY), (DRAWN,)),
        (rated(met_ms=999), (DRAWN,)),
        (rated(met_ms=1_100), (DRAWN,)),
        (rated(met_ms=1_050), (DRAWN, replace(DRAWN, at_ms=1_040, slice=0, by_chance=False))),
        (rated(met_ms=1_050), (DRAWN, replace(DRAWN, at_ms=1_040, chosen=ULI))),
        (rated(), (replace(DRAWN, kind="talk", answered_by=ULI),)),
        (rated(), (replace(DRAWN, brand="vans"),)),
    ],
)
def test_where_it_is_not_certain_it_was_no_lot(met, decided):
    assert chance_by_lot(met, decided) == 0


def test_what_is_taken_from_the_log_says_who_was_drawn():
    book = day().library.now()
    assert book.surveys["boarding"].kind is SurveyKind.THUMBS
    rules = RoutingRules(logged=True, slice=2000, conversations=True)
    book = replace(book, routing=rules, people=PeopleRules(choices=1, thread_ms=DAY_MS))
    library = Library(active=book.hash, books={book.hash: book})
    store, clock = MemoryStore(), FakeClock()
    intake = Intake(store, lambda: library, clock, b"key")
    hours = "mon-sun 00:00-00:00"
    with store.writing() as writing:
        writing.put_reps(
            [RepRow(rep=rep, name=rep, role="rep", hours=hours) for rep in (KATHY, TOM, ULI)]
        )

    def takes(who: int, body) -> None:
        intake.take([
            Arrival(source="shop", message_id=f"{who}{type(body)}", identifier=f"user:{who}",
                    time_ms=clock.now_ms(), body=body, body_digest=body_digest(body))
        ])  # fmt: skip

    customers = range(60)
    for who in customers:
        takes(who, GotInTouch(channel="mail", thread="t"))
    with store.reading() as reading:
        found = {one.customer: one.routed for one in reading.routings()}
    clock.advance(MINUTE_MS)
    for who in customers:
        with store.reading() as reading:
            profile = intake.profile(f"user:{who}")
            row = reading.row(reading.customers_of([profile])[profile])
        rep = decode_state(row.state).routings[-1].chosen
        takes(who, Contacted(rep=rep, channel="mail", thread="t"))
        met_ms = clock.now_ms()
        takes(who, Rated(survey="boarding", score=1, about="B", met=rep, met_ms=met_ms))
    assert take_ratings(store, library) == len(customers)
    with store.reading() as reading:
        rows = reading.ratings(0, 99)
        customer_of = reading.customers_of([row.profile for row in rows])
    for row in rows:
        drawn = found[customer_of[row.profile]].by_chance
        assert row.propensity == pytest.approx(1 / 3 if drawn else 0)
    assert {row.propensity > 0 for row in rows} == {True, False}
