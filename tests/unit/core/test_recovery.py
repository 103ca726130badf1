"""The machine: moves it knows, moves it does not."""

import pytest

from makegood.core.recovery import TRANSITIONS, Move, can, moved
from makegood.core.state import CLOSED, Phase
from tests.unit.core.day import Day


@pytest.fixture
def case():
    day = Day()
    day.no_car()
    return day.case


def test_a_move_brings_the_next_phase(case):
    assert moved(case, Move.OFFERS_MADE, 7).phase is Phase.OFFERED


def test_a_move_that_the_phase_does_not_know_leaves_the_case_as_it_is(case):
    assert moved(case, Move.QUESTION_ASKED, 7) is case
    assert not can(case, Move.QUESTION_ASKED)


def test_an_end_writes_down_when(case):
    assert moved(case, Move.SAID_GOOD, 7).closed_ms == 7
    assert moved(case, Move.OFFERS_MADE, 7).closed_ms == 0


def test_good_and_release_end_every_case_that_knows_a_failure():
    for phase in set(Phase) - CLOSED - {Phase.UNCLEAR}:
        assert TRANSITIONS[phase][Move.SAID_GOOD] is Phase.MADE_WHOLE
        assert TRANSITIONS[phase][Move.RELEASED] is Phase.RELEASED


def test_a_choice_is_possible_wherever_something_may_be_on_offer():
    for phase in (Phase.OPENED, Phase.OFFERED, Phase.CALLING, Phase.ASKED):
        assert TRANSITIONS[phase][Move.CHOSEN] is Phase.HELPING
