"""Hellos on each engine: whose they are, for how many, after a no, at one brand, by fair lots."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.messages.facts import Contacted, PersonChosen, PersonRefused
from makegood.messages.hello_facts import HelloDone
from makegood.messages.ids import CustomerId
from makegood.ports.store import Store
from makegood.ports.ties import TieKind
from makegood.runtime.erasing import Erasing
from makegood.runtime.hellos import month_ms
from makegood.testing.book import DAY_MS, MINUTE_MS
from tests.conformance.test_leaving_again_on_stores import CARS, chooses_for
from tests.conformance.test_leaving_on_stores import TRIP, Leaves, allow, rules
from tests.conformance.test_rooms_on_stores import KATHY, TOM


@pytest.fixture
def firm(store: Store) -> Leaves:
    return Leaves(store)


def one_with_news(firm: Leaves, name: str, *, yes: bool = True) -> CustomerId:
    customer = firm.arrives(name)
    firm.chooses(customer, KATHY)
    if yes:
        allow(firm, customer)
    firm.happens(name, "Rental Returned", reservation=f"R-{name}")
    return customer


def test_the_months_number_holds_both_arms_back_alike(store: Store):
    hello = replace(rules().hello, control=0.4, most=5)
    firm = Leaves(store, rules(hello=hello))
    for n in range(40):
        one_with_news(firm, f"c{n}")
        firm.clock.advance(MINUTE_MS)
    firm.waits(MINUTE_MS)
    order = [tie.customer for tie in firm.ties(TieKind.READY)]
    assert len(order) == 40
    firm.hellos.give()
    assert firm.hellos.give() == 0
    treated = [tie.customer for tie in firm.ties(TieKind.HELLO)]
    waits = [tie.customer for tie in firm.ties(TieKind.READY)]
    assert len(treated) == 5
    drew = [one for one in order if firm.state(one).in_touch.lots]
    assert drew == order[: len(drew)]  # whoever comes later waits, whatever they would draw
    assert waits == order[len(drew) :]
    assert drew[-1] in treated


def test_a_hello_goes_with_the_customer_to_their_next_person(firm: Leaves):
    ana = one_with_news(firm, "ana")
    firm.waits(MINUTE_MS)
    firm.hellos.give()
    assert [tie.rep for tie in firm.ties(TieKind.HELLO)] == [KATHY]
    firm.chooses(ana, TOM)
    assert not firm.ties(TieKind.HELLO)
    firm.waits(MINUTE_MS)
    assert firm.hellos.give() == 1
    (tie,) = firm.ties(TieKind.HELLO)
    assert (tie.rep, tie.about) == (TOM, "R-ana")
    with firm.store.reading() as reading:
        assert dict(reading.tie_counts(TieKind.GREETED, 0)) == {TOM: 1}


@pytest.mark.parametrize("how", ["refuses", "wants nobody"])
def test_nobody_says_hello_to_a_customer_who_turned_away(firm: Leaves, how: str):
    ana = one_with_news(firm, "ana")
    firm.waits(MINUTE_MS)
    firm.hellos.give()
    (tie,) = firm.ties(TieKind.HELLO)
    refused = PersonRefused(rep=KATHY, side="customer")
    wanted = refused if how == "refuses" else PersonChosen(choices=())
    firm.acts.act(ana, wanted, Asker(), message_id=how)
    assert not firm.ties(TieKind.HELLO)
    assert not firm.ties(TieKind.READY)
    late = HelloDone(hello=tie.item, by=KATHY, said=True)
    firm.acts.act(ana, late, Asker(rep=KATHY, role="rep"), message_id="late")
    assert firm.state(ana).in_touch.hellos[0].ended == "moved"


@pytest.mark.parametrize("when", ["before", "ready", "due"])
def test_a_no_counts_for_thanks_as_well(firm: Leaves, when: str):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    firm.happens("ana", "Bought")
    if when == "before":
        allow(firm, ana, allowed=False)
    firm.waits(5 * 366 * DAY_MS)
    if when == "due":
        assert firm.hellos.give() == 1
    if when != "before":
        allow(firm, ana, allowed=False)
    assert firm.hellos.give() == 0
    assert not firm.ties(TieKind.HELLO)
    assert not firm.ties(TieKind.READY)


def test_who_chose_a_person_for_one_brand_alone_hears_hello_from_them(firm: Leaves):
    ana = firm.arrives("ana")
    chooses_for(firm, ana, CARS, KATHY)
    allow(firm, ana)
    firm.happens("ana", "Rental Returned", reservation="R7", brand=CARS)
    firm.waits(MINUTE_MS)
    assert firm.hellos.give() == 1
    (tie,) = firm.ties(TieKind.HELLO)
    assert (tie.rep, tie.about) == (KATHY, "R7")


def test_what_one_brand_told_is_still_said_after_another_brand_was_busy(store: Store):
    trip = replace(TRIP, after_ms=DAY_MS)
    later = replace(rules().hello, things=(trip,), by_event={"Rental Returned": (trip,)})
    firm = Leaves(store, rules(hello=later))
    none = replace(rules().hello, things=(), by_event={})
    vans = replace(firm.book, hash="vans-book", people=rules(hello=none), by_brand={})
    firm.use(replace(firm.book, by_brand={"vans": vans}))
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    allow(firm, ana)
    firm.happens("ana", "Rental Returned", reservation="R7", brand=CARS)
    spoke = Contacted(rep=TOM, channel="phone", brand="vans")
    firm.acts.act(ana, spoke, Asker(rep=TOM, role="rep"), message_id="spoke")
    firm.waits(2 * DAY_MS)
    assert firm.hellos.give() == 1


def test_who_is_away_or_has_none_left_costs_no_lock(firm: Leaves):
    for n in range(3):
        one_with_news(firm, f"c{n}")
    firm.waits(MINUTE_MS)
    assert firm.hellos.give() == 2
    firm.roster(firm.rep(KATHY, away_from_ms=1))
    assert firm.hellos.give() == 0
    assert len(firm.ties(TieKind.READY)) == 1


def test_who_was_forgotten_is_nobodys_task(firm: Leaves):
    one_with_news(firm, "ana")
    one_with_news(firm, "bo")
    firm.waits(MINUTE_MS)
    Erasing(firm.store, firm.intake.profile, dict, firm.clock).person("user:ana")
    assert firm.hellos.give() == 1
    (tie,) = firm.ties(TieKind.HELLO)
    assert tie.about == "R-bo"


def test_a_month_begins_at_midnight_of_the_firm_also_where_clocks_change():
    def at(*when: int) -> int:
        return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)

    assert month_ms(at(2026, 3, 31, 21, 59), "Europe/Berlin") == at(2026, 2, 28, 23)
    assert month_ms(at(2026, 3, 31, 22), "Europe/Berlin") == at(2026, 3, 31, 22)
    assert month_ms(at(2026, 3, 1, 7), "America/Los_Angeles") == at(2026, 2, 1, 8)
