"""Who leaves changes the day, or comes back; who comes after leaves as well; two brands: on each
engine, and nobody is forgotten, moved, or told what is so no longer."""

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.core.my_person import person_of
from makegood.messages.errors import Refused
from makegood.messages.facts import FailureRaised, PersonChosen
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.employees import EMPLOYEE
from makegood.ports.rows import OutboxStatus
from makegood.ports.store import Store
from makegood.ports.ties import TieKind
from makegood.testing.book import DAY_MS
from tests.conformance.test_leaving_on_stores import ULI, Leaves, rules
from tests.conformance.test_rooms_on_stores import KATHY, TOM

CARS, VANS = "cars", "vans"
ZED = RepId("zed")


@pytest.fixture
def firm(store: Store) -> Leaves:
    return Leaves(store)


def chooses_for(firm: Leaves, customer: CustomerId, brand: str, *reps: RepId) -> None:
    name = f"{customer}/{brand}/{reps}/{firm.clock.now_ms()}"
    wanted = PersonChosen(choices=reps, brand=brand)
    assert not isinstance(firm.acts.act(customer, wanted, Asker(), message_id=name), Refused)


def messages(firm: Leaves) -> list[str]:
    with firm.store.reading() as reading:
        rows = reading.outbox(OutboxStatus.WAITING, "", 50)
    return [row.command.order.message for row in rows]


def leaves(firm: Leaves, rep: RepId, days: int) -> int:
    firm.leavings.begin(rep, firm.clock.now_ms() + days * DAY_MS if days else 0, "sue")
    return firm.leavings.go_on()


def test_another_day_takes_the_place_of_the_one_that_was_said(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    leaves(firm, KATHY, 10)
    assert leaves(firm, KATHY, 40) == 1
    assert firm.leavings.go_on() == 0
    (one,) = firm.state(ana).in_touch.successions
    assert one.leaves_ms == firm.clock.now_ms() + 40 * DAY_MS
    assert messages(firm) == ["meet"]  # the one with the other day never went out
    firm.waits(20 * DAY_MS)
    assert firm.state(ana).my_person.heir(KATHY, firm.clock.now_ms()) == ""
    assert firm.loads()[one.successor].heir == 1


def test_a_successor_who_leaves_as_well_is_not_put_forward_any_more(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY, TOM)
    leaves(firm, KATHY, 10)
    assert firm.named(ana)[-1].successor == TOM
    assert leaves(firm, TOM, 5) == 1
    assert firm.leavings.go_on() == 0
    (one,) = firm.state(ana).in_touch.successions
    assert one.successor == ULI
    assert firm.loads()[ULI].heir == 1
    firm.chooses(ana, ULI)
    assert firm.person(ana) == ULI


def test_where_the_last_who_suited_leaves_the_customer_is_asked_to_choose(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    leaves(firm, KATHY, 10)
    leaves(firm, TOM, 10)
    leaves(firm, ULI, 10)
    (one,) = firm.state(ana).in_touch.successions
    assert one.successor == ""
    assert person_of(firm.state(ana).my_person) == KATHY
    assert messages(firm) == ["gone"]


def test_room_with_whom_they_waited_for_is_the_answer_and_hides_nobody_else(store: Store):
    firm = Leaves(store, rules(room="room", waiting_list=5))
    firm.roster(firm.rep(TOM, capacity=1))
    ana, bo, dan = (firm.arrives(name) for name in ("ana", "bo", "dan"))
    firm.chooses(dan, TOM)
    firm.chooses(ana, TOM, KATHY)
    assert firm.person(ana) == KATHY
    leaves(firm, KATHY, 10)
    firm.roster(firm.rep(TOM, capacity=9))
    assert firm.rooms.fill() == 1
    assert firm.person(ana) == TOM
    assert not firm.ties(TieKind.LEAVING)
    firm.leavings.begin(KATHY, 0, "sue")
    firm.chooses(bo, KATHY)
    assert leaves(firm, KATHY, 10) == 1
    assert firm.named(bo)


def test_nobody_is_put_forward_who_could_not_be_chosen(firm: Leaves):
    firm.roster(firm.rep(TOM, role=EMPLOYEE), firm.rep(ULI, capacity=0))
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    leaves(firm, KATHY, 10)
    assert firm.named(ana)[0].successor == ""


def test_each_brand_has_its_own_successor_and_its_own_answer(firm: Leaves):
    firm.roster(firm.rep(TOM, brands=(CARS,)), firm.rep(ULI, brands=(VANS,)))
    ana = firm.arrives("ana")
    chooses_for(firm, ana, CARS, KATHY)
    chooses_for(firm, ana, VANS, KATHY)
    assert leaves(firm, KATHY, 10) == 2
    firm.waits(11 * DAY_MS)
    mine, now_ms = firm.state(ana).my_person, firm.clock.now_ms()
    assert (mine.heir(KATHY, now_ms, CARS), mine.heir(KATHY, now_ms, VANS)) == (TOM, ULI)
    chooses_for(firm, ana, CARS, TOM)
    (tie,) = firm.ties(TieKind.LEAVING)
    assert (tie.brand, tie.then) == (VANS, ULI)


def test_an_open_case_goes_to_the_one_who_comes_after_at_its_brand(firm: Leaves):
    firm.roster(firm.rep(TOM, brands=(VANS,)), firm.rep(ULI, brands=(CARS,)),
                firm.rep(ZED, brands=(VANS,), capacity=1))  # fmt: skip
    ana = firm.arrives("ana")
    chooses_for(firm, ana, VANS, ZED)
    chooses_for(firm, ana, CARS, KATHY)
    raised = FailureRaised(failure="no_car", about="R1", brand=CARS)
    firm.acts.act(ana, raised, Asker(), message_id="raised")
    assert firm.state(ana).cases[0].owner == KATHY
    leaves(firm, ZED, 1)
    leaves(firm, KATHY, 1)
    firm.waits(2 * DAY_MS)
    firm.leavings.go_on()
    assert firm.state(ana).cases[0].owner == ULI


def test_yes_at_one_brand_hands_over_no_case_of_another(firm: Leaves):
    ana = firm.arrives("ana")
    chooses_for(firm, ana, VANS, KATHY)
    chooses_for(firm, ana, CARS, KATHY)
    raised = FailureRaised(failure="no_car", about="R1", brand=CARS)
    firm.acts.act(ana, raised, Asker(), message_id="raised")
    leaves(firm, KATHY, 10)
    chooses_for(firm, ana, VANS, TOM)
    assert firm.state(ana).cases[0].owner == KATHY
    chooses_for(firm, ana, CARS, ULI)
    assert firm.state(ana).cases[0].owner == ULI


def test_no_call_of_three_is_put_to_a_lot_when_one_is_gone_already(store: Store):
    leaving = replace(rules().leaving, control=0.5)
    firm = Leaves(store, rules(leaving=leaving))
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    firm.leavings.begin(KATHY, firm.clock.now_ms(), "sue")
    assert firm.leavings.go_on() == 1
    assert firm.state(ana).in_touch.lots == ()


def test_who_was_told_hears_once_that_their_person_stays_and_who_answered_hears_nothing(
    firm: Leaves,
):
    ana, bo, cy = (firm.arrives(name) for name in ("ana", "bo", "cy"))
    for one in (ana, bo):
        firm.chooses(one, KATHY, TOM)
    firm.chooses(cy, TOM)
    leaves(firm, KATHY, 10)
    firm.chooses(bo, TOM)
    assert leaves(firm, KATHY, 0) == 1
    assert firm.leavings.go_on() == 0
    assert messages(firm) == ["stays"]
    with firm.store.reading() as reading:
        (row,) = reading.outbox(OutboxStatus.WAITING, "", 50)
    assert row.command.step == f"person/stays/{KATHY}#0"
    assert row.command.order.variables["owner"] == KATHY
    assert not firm.state(ana).in_touch.successions
    assert leaves(firm, KATHY, 10) == 1
    assert leaves(firm, KATHY, 0) == 1
    assert sorted(messages(firm)) == ["stays", "stays"]
