"""Each timer does one thing when nothing came first."""

import pytest

from makegood.core.firing import fire
from makegood.core.state import EMPTY, Phase
from makegood.core.timers import Origin, Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.facts import Confirmed
from makegood.testing.book import MINUTE_MS, SMALL_BOOK, small_library
from makegood.testing.history import ANA
from tests.unit.core.day import Day


@pytest.mark.parametrize("kind", [one for one in TimerKind if one is not TimerKind.SILENCE])
def test_a_timer_whose_case_is_gone_does_nothing(kind):
    origin = Origin("booking", "e1", ANA, SMALL_BOOK)
    turn = Turn(EMPTY, origin, small_library(), at_ms=1, known_ms=1)
    fire(turn, Timer(1, kind, "kgone", "", origin))
    assert turn.state is EMPTY
    assert turn.commands == []


def test_an_urgent_offer_not_opened_at_its_limit_becomes_a_call_task():
    day = Day()
    day.no_car()
    for offer in ("ride_home", "driver"):
        day.told(Confirmed(command=day.command(f"R1/no_car/confirm/{offer}")))
    day.waits(10 * MINUTE_MS - 1)
    assert day.phase() is Phase.OFFERED
    day.waits(1)
    assert day.phase() is Phase.CALLING
    assert day.case.call is not None
    assert day.case.call.why == "not_opened"


def test_a_timer_fires_at_its_own_time_however_late_somebody_looks():
    prompt, slow = Day(), Day()
    for day in (prompt, slow):
        day.no_car()
    for _ in range(40):
        prompt.waits(MINUTE_MS)
    slow.waits(40 * MINUTE_MS)
    assert prompt.state == slow.state
    assert prompt.commands == slow.commands
