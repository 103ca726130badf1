"""The gate's answers: what a hold stops, and what always passes."""

import pytest

from makegood.core.holds import (
    GateRow,
    Hold,
    Question,
    decode_gate,
    encode_gate,
    gate_row,
    judge,
)
from makegood.core.state import EMPTY
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.messages.facts import Released, Unsubscribed
from makegood.messages.ids import CaseId, RepId
from tests.unit.core.day import Day

HELD = GateRow(holds=(Hold(CaseId("k1"), "*", 5),))


@pytest.mark.parametrize("message_class", list(MessageClass))
def test_a_hold_stops_what_sells_and_asks_and_nothing_else(message_class):
    answer = judge([HELD], Question(brand="cars", message_class=message_class))
    assert answer.allowed is (message_class not in HELD_CLASSES)


def test_nobody_known_may_be_written_to_and_is_told_apart():
    answer = judge([], Question(brand="cars", message_class=MessageClass.PROMOTIONAL))
    assert (answer.allowed, answer.reason) == (True, "unknown")


def test_of_several_customers_the_strictest_counts():
    answer = judge([GateRow(), HELD, GateRow(stuck=True)], _promotional())
    assert answer.reason == "stuck"
    assert not judge([GateRow(), HELD], _promotional()).allowed


def _promotional() -> Question:
    return Question(brand="cars", message_class=MessageClass.PROMOTIONAL)


def test_the_cases_own_question_passes_its_own_hold_and_no_other_customers():
    asks = Question(brand="cars", message_class=MessageClass.SURVEY, case=CaseId("k1"))
    assert judge([HELD], asks).allowed
    other = GateRow(holds=(Hold(CaseId("k2"), "*", 5),))
    assert not judge([HELD, other], asks).allowed
    mixed = Question(brand="cars", message_class=MessageClass.MIXED, case=CaseId("k1"))
    assert not judge([HELD], mixed).allowed


def test_the_own_question_passes_the_cool_off_of_an_earlier_case():
    row = GateRow(holds=(Hold(CaseId("k0"), "*", 1, lifts_ms=9), Hold(CaseId("k1"), "*", 5)))
    asks = Question(brand="cars", message_class=MessageClass.SURVEY, case=CaseId("k1"))
    assert judge([row], asks).allowed


def test_unsubscribing_leaves_the_cases_own_question_and_no_other_survey():
    day = Day()
    day.told(Unsubscribed(brand="*", channel="*"))
    day.no_car()
    assert day.asks(MessageClass.SURVEY, case=day.id).allowed
    assert not day.asks(MessageClass.SURVEY).allowed
    assert not day.asks(MessageClass.MIXED, case=day.id).allowed
    assert not day.asks(MessageClass.PROMOTIONAL, case=day.id).allowed
    day.told(Released(case=day.id, by=RepId("kathy"), reason="r"))
    assert day.asks(MessageClass.SURVEY, case=day.id).reason == "unsubscribed"


def test_the_own_question_passes_by_any_name_of_the_case():
    day = Day()
    day.no_car("R1")
    second = day.no_car("R2")
    asks = {"case": CaseId("k" + second.id)}
    assert day.asks(MessageClass.SURVEY, **asks).allowed


def test_a_hold_of_one_brand_stops_that_brand_and_the_umbrella():
    row = GateRow(holds=(Hold(CaseId("k1"), "cars", 5),))
    for brand, allowed in (("cars", False), ("", False), ("vans", True)):
        question = Question(brand=brand, message_class=MessageClass.PROMOTIONAL)
        assert judge([row], question).allowed is allowed


def test_an_answer_says_since_when_until_what_and_for_which_case():
    day = Day()
    day.no_car()
    answer = day.asks()
    assert (answer.since_ms, answer.until, answer.case) == (day.now_ms, "made_whole", day.id)


def test_unsubscribing_outlives_a_release_and_ends_only_by_asking_again():
    day = Day()
    day.told(Unsubscribed(brand="cars", channel="mail"))
    day.no_car()
    day.told(Released(case=day.id, by=RepId("kathy"), reason="r"))
    assert day.asks().reason == "unsubscribed"
    assert day.asks(channel="sms").allowed
    assert day.asks(brand="vans").allowed
    day.told(Unsubscribed(brand="*", channel="*", again=True))
    assert day.asks().allowed


def test_asking_one_brand_again_does_not_undo_unsubscribing_from_all():
    day = Day()
    day.told(Unsubscribed(brand="*", channel="*"))
    day.told(Unsubscribed(brand="cars", channel="mail", again=True))
    assert not day.asks().allowed


def test_a_gate_row_is_read_as_it_was_written():
    day = Day()
    day.no_car()
    row = gate_row(day.state)
    assert decode_gate(encode_gate(row)) == row
    assert decode_gate(b"") == GateRow() == gate_row(EMPTY)
