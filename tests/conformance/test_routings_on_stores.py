"""Decisions about who looks after whom on each engine: written with the event, and only then."""

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.core.routed import NOT_YET
from makegood.core.state import decode_state
from makegood.messages.facts import Body, Contacted, GotInTouch, Identified, Touchpoint
from makegood.messages.ids import EventId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.routing_terms import RoutingRules
from makegood.ports.arrivals import Arrival
from makegood.ports.routings import Routing
from makegood.ports.rows import RepRow
from makegood.ports.store import Store
from makegood.replay.again import replay
from makegood.runtime.intake import Intake, body_digest
from makegood.testing.book import DAY_MS, MINUTE_MS, small_book
from makegood.testing.clock import FakeClock
from makegood.testing.store_conformance import at_once
from tests.conformance.engines import ENGINES
from tests.conformance.test_intake_on_stores import Counted
from tests.conformance.test_rooms_on_stores import ALWAYS

REPS = [RepId(one) for one in ("kathy", "tom", "uli")]
QUIET = Touchpoint(name="Rental Late", properties={"reservation": "Q", "delay_minutes": 1})
ROUTING = RoutingRules(logged=True, slice=2000, conversations=True)


class Firm:
    """Three people, and a book that leaves a fifth to chance."""

    def __init__(self, store: Store, routing: RoutingRules = ROUTING) -> None:
        people = PeopleRules(choices=3, capacity=9, thread_ms=DAY_MS)
        book = replace(small_book(), people=people, routing=routing)
        self.library = Library(active=book.hash, books={book.hash: book})
        self.store, self.clock = store, FakeClock()
        self.intake = Intake(store, lambda: self.library, self.clock, b"key of the tests")
        with store.writing() as writing:
            writing.put_book(book.hash, "book", activate=True)
            writing.put_reps([RepRow(rep=rep, name=rep, role="rep", hours=ALWAYS) for rep in REPS])

    def takes(self, *arrivals: Arrival) -> list[EventId]:
        return [one.event for one in self.intake.take(arrivals)]

    def arrival(self, name: str, body: Body, id_: str, late_ms: int = 0, **more) -> Arrival:
        return Arrival(
            source="shop", message_id=id_, identifier=f"user:{name}", body=body,
            time_ms=self.clock.now_ms() - late_ms, body_digest=body_digest(body), **more,
        )  # fmt: skip

    def late(self, name: str, id_: str, late_ms: int = 0) -> Arrival:
        told = {"reservation": id_, "delay_minutes": 60}
        body = Touchpoint(name="Rental Late", properties=told)
        return self.arrival(name, body, id_, late_ms)

    def routings(self) -> tuple[Routing, ...]:
        with self.store.reading() as reading:
            return reading.routings()

    def proven(self) -> bool:
        return replay(self.store, self.library).is_identical


@pytest.fixture
def firm(store: Store) -> Firm:
    return Firm(store)


def test_a_decision_is_kept_with_the_event_that_made_it_necessary(firm: Firm):
    ids = firm.takes(*(firm.late(f"c{n}", f"R{n}") for n in range(40)))
    found = firm.routings()
    assert {one.routed.event for one in found} == set(ids)
    assert {one.routed.chosen for one in found} == set(REPS)
    for one in found:
        assert sum(map(one.routed.chance_of, one.routed.eligible)) == 1
    with firm.store.reading() as reading:
        counts = reading.routing_counts(0)
    assert sum(one.n for one in counts) == 40
    assert sum(one.by_chance for one in counts) == sum(it.routed.by_chance for it in found)
    assert firm.proven()


@pytest.mark.parametrize("together", [True, False])
def test_many_who_get_in_touch_are_not_all_given_to_one(firm: Firm, together: bool):
    firm = Firm(firm.store, replace(ROUTING, slice=0))
    came = [firm.arrival(f"c{n}", GotInTouch(channel="phone"), f"m{n}") for n in range(12)]
    for some in [came] if together else [[one] for one in came]:
        firm.takes(*some)
    assert Counter(one.routed.chosen for one in firm.routings()) == dict.fromkeys(REPS, 4)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [("narrow", "load"), ("share", "load")])
def test_a_storm_fills_nobody_beyond_what_makes_them_busy(firm: Firm, together: bool, order):
    firm = Firm(firm.store, replace(ROUTING, slice=0, order=order))
    kathy, tom, uli = REPS
    with firm.store.writing() as writing:
        most = {kathy: ("acme",), tom: ("acme", "bolt"), uli: ("acme", "bolt", "city")}
        writing.put_reps(
            [replace(one, brands=most[one.rep], most_cases=4) for one in writing.reps()]
        )
    came = [firm.late(f"c{n}", f"R{n}") for n in range(10)]
    calm = [firm.arrival(f"q{n}", QUIET, f"q{n}") for n in range(10)]  # no failure, so no case
    mixed = [one for pair in zip(calm, came, strict=True) for one in pair]
    for some in [mixed] if together else [[one] for one in mixed]:
        firm.takes(*some)
    found = Counter(one.routed.chosen for one in firm.routings())
    assert found == ({kathy: 4, tom: 4, uli: 2} if order[0] == "narrow" else
                     {kathy: 4, tom: 3, uli: 3})  # fmt: skip
    assert {one.routed.relaxed for one in firm.routings()} == {()}
    assert firm.proven()


def test_two_at_once_for_the_last_one_free_are_both_looked_after_and_written_down(firm: Firm):
    firm = Firm(firm.store, replace(ROUTING, slice=0))
    full = firm.clock.now_ms() + DAY_MS
    with firm.store.writing() as writing:
        busy = [replace(one, busy_until_ms=full) for one in writing.reps() if one.rep != REPS[1]]
        last = [replace(one, most_cases=1) for one in writing.reps() if one.rep == REPS[1]]
        writing.put_reps([*busy, *last])
    at_once(lambda thread: firm.takes(firm.late(f"c{thread}", f"R{thread}")))
    firm.takes(firm.late("cy", "cy"))
    found = {one.routed.event: one.routed for one in firm.routings()}
    assert len(found) == 3
    assert all(one.chosen and one.waited_ms == 0 for one in found.values())
    relaxed = [one.relaxed for one in found.values()]
    assert () in relaxed
    assert ("language", "capacity") in relaxed
    assert firm.proven()


def test_an_answer_ends_the_wait_that_was_written_down(firm: Firm):
    firm.takes(firm.arrival("ana", GotInTouch(channel="phone", thread="t"), "m1"))
    (before,) = firm.routings()
    assert before.routed.waited_ms == NOT_YET
    firm.clock.advance(MINUTE_MS)
    firm.takes(firm.arrival("ana", Contacted(rep=REPS[2], channel="phone", thread="t"), "m2"))
    (after,) = firm.routings()
    assert (after.routed.waited_ms, after.routed.answered_by) == (MINUTE_MS, REPS[2])


def test_a_late_event_that_opens_the_case_first_takes_the_other_decision_away(firm: Firm):
    firm.takes(firm.late("ana", "R1"))
    firm.clock.advance(MINUTE_MS)
    (early,) = firm.takes(firm.late("ana", "R0", late_ms=5 * MINUTE_MS))
    (only,) = firm.routings()
    assert only.routed.event == early
    with firm.store.reading() as reading:
        row = reading.row(only.customer)
    assert row is not None
    assert decode_state(row.state).routings == (only.routed,)
    assert firm.proven()


def asked_by(store: Store, routing: RoutingRules, names: range) -> tuple[Counter[str], int]:
    """Let cars be late in one batch: what that asks of a store."""
    firm, counted = Firm(store, routing), Counted(store)
    firm.intake = Intake(counted, lambda: firm.library, firm.clock, b"key of the tests")
    firm.takes(*(firm.late(f"c{n}", f"R{n}") for n in names))
    return counted.calls, counted.statements


@pytest.mark.parametrize("engine", ENGINES)
def test_decisions_of_a_batch_cost_one_statement_however_many_they_are(request, engine):
    store = request.getfixturevalue(engine)
    one, many = asked_by(store, ROUTING, range(1)), asked_by(store, ROUTING, range(1, 41))
    assert one == many
    plain = asked_by(store, RoutingRules(), range(41, 81))
    assert many[0] - plain[0] == Counter(project_routings=1)
    assert many[1] - plain[1] == (engine != "memory")


def test_a_late_event_takes_nobodys_case_away_and_draws_nobody_anew(firm: Firm):
    firm.takes(*(firm.late(f"c{n}", f"R{n}") for n in range(12)))
    before = {one.customer: one.routed.chosen for one in firm.routings()}
    firm.clock.advance(MINUTE_MS)
    late = [firm.late(f"c{n}", f"S{n}", late_ms=5 * MINUTE_MS) for n in range(12)]
    for one in late:
        firm.takes(one)
    assert {one.customer: one.routed.chosen for one in firm.routings()} == before
    for one in firm.routings():
        assert (one.routed.why, one.routed.spared, one.routed.propensity) == ("thread",) * 2 + (1,)
        with firm.store.reading() as reading:
            row = reading.row(one.customer)
            assert row is not None
            assert decode_state(row.state).cases[-1].owner == before[one.customer]
            outbox = reading.outbox_of(reading.profiles_of([one.customer])[one.customer])
        said = [it.command.order.variables for it in outbox if "owner" in str(it.command.order)]
        assert {it["owner"] for it in said} == {before[one.customer]}
    assert firm.proven()


def test_an_event_that_is_no_older_than_the_case_says_nothing_of_who_keeps_it(firm: Firm):
    firm.takes(firm.late("ana", "R1"))
    firm.clock.advance(MINUTE_MS)
    firm.takes(firm.late("ana", "R2", late_ms=MINUTE_MS // 2))
    with firm.store.reading() as reading:
        assert [event.stamp.keeps for _, event in reading.log(0, 9)] == ["", ""]


def test_two_who_become_one_keep_the_decisions_about_either(firm: Firm):
    talk = GotInTouch(channel="mail")
    firm.takes(firm.arrival("ana", talk, "m1"), firm.arrival("bo", talk, "m2"))
    assert len({one.customer for one in firm.routings()}) == 2
    firm.takes(firm.arrival("ana", Identified(), "m3", also=("user:bo",)))
    found = firm.routings()
    assert len(found) == 2
    assert len({one.customer for one in found}) == 1
    assert firm.proven()


def test_nothing_is_written_where_nothing_was_decided(tmp_path: Path):
    firm = Firm(memory_store())
    firm.takes(firm.late("ana", "R1"))
    before = firm.routings()
    firm.takes(firm.arrival("ana", Touchpoint(name="Page Viewed", properties={}), "m1"))
    assert firm.routings() == before
    plain = Firm(memory_store(), RoutingRules())
    plain.takes(plain.late("ana", "R1"))
    assert plain.routings() == ()


def memory_store() -> Store:
    from makegood.store.memory import MemoryStore

    return MemoryStore()
