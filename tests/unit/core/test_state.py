"""The state: read as written, and what it knows about itself."""

import pytest
from msgspec.structs import replace

from makegood.core.owed import Owed, Payment
from makegood.core.state import CLOSED, EMPTY, decode_state, encode_state
from makegood.core.timers import TimerKind
from makegood.messages.ids import CaseId, CommandId, RepId
from makegood.messages.money import Money
from tests.unit.core.day import Day


def test_a_state_is_read_as_it_was_written():
    day = Day()
    day.no_car()
    day.no_car("R2")
    assert decode_state(encode_state(day.state)) == day.state
    assert decode_state(b"") == EMPTY


def test_a_case_is_found_by_any_of_its_events_and_a_foreign_one_is_not():
    day = Day()
    day.no_car("R1")
    second = day.no_car("R2")
    unclear = day.happens("Rental Unfulfilled", reservation="R3")
    assert day.state.case("k" + second.id) is day.case
    assert day.state.case("k" + unclear.id) is day.case
    assert day.state.case(CaseId("kforeign")) is None


def test_at_most_one_case_is_open():
    day = Day()
    assert day.state.open_case is None
    day.no_car()
    assert day.state.open_case is day.case
    assert day.case.phase not in CLOSED


@pytest.mark.parametrize(
    ("payments", "short", "paid"),
    [((), 100, 0), ((100, -1), 0, 0), ((100, 60), 40, 60), ((100, 130), -30, 130)],
)
def test_what_is_short_counts_what_is_under_way_and_what_was_paid(payments, short, paid):
    made = (Payment(CommandId("m1"), *payments),) if payments else ()
    owed = Owed(entitlement="e", remedy="r", amount=Money(100), due_ms=0, payments=made)
    assert (owed.short_cents, owed.paid_cents) == (short, paid)


def test_what_was_ordered_in_an_earlier_case_is_not_short():
    owed = Owed(entitlement="e", remedy="r", amount=Money(100), due_ms=0, elsewhere_cents=100)
    assert owed.short_cents == 0


def test_the_hold_ends_before_the_offer_goes_when_both_are_due_at_once():
    assert TimerKind.LIFT_AT < TimerKind.OFFER_AT


def test_a_first_owner_takes_the_case_over_from_nobody():
    day = Day()
    day.no_car()
    case = replace(day.case, owner=RepId(""), alone_ms=5)
    first = case.given_to(RepId("uli"), 9)
    assert (first.owner, first.alone_ms, first.moved) == ("uli", 0, ())
    assert first.given_to(RepId("uli"), 10) == first
    assert first.given_to(RepId("tom"), 11).moved == ((11, "uli", "tom"),)
