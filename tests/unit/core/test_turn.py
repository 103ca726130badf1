"""One turn: orders with stable names, timers in order."""

import pytest

from makegood.core.state import EMPTY
from makegood.core.timers import Origin, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.ids import CaseId, command_id
from makegood.testing.book import SMALL_BOOK, small_library
from makegood.testing.history import ANA

ORDER = SendMessage(message="sorry", brand="cars", message_class=MessageClass.SERVICE)


def turn(*, imported: bool = False) -> Turn:
    origin = Origin("booking", "e1", ANA, SMALL_BOOK, imported)
    return Turn(EMPTY, origin, small_library(), at_ms=5, known_ms=9)


def test_an_order_counts_from_when_we_knew_and_names_cause_and_step():
    one = turn()
    assert one.issue(CaseId("k1"), "a/b", ORDER, useful_ms=10) == command_id(
        "booking", "e1", "a/b", 0
    )
    command = one.commands[0]
    assert (command.due_ms, command.useful_until_ms, command.step) == (9, 19, "a/b#0")


def test_an_order_without_a_limit_never_expires():
    one = turn()
    one.issue(CaseId("k1"), "a/b", ORDER)
    assert one.commands[0].useful_until_ms == 0


def test_history_orders_nothing_and_the_id_is_the_same():
    live, history = turn(), turn(imported=True)
    assert live.issue(CaseId("k1"), "s", ORDER) == history.issue(CaseId("k1"), "s", ORDER)
    assert history.commands == []
    assert history.state.orders == live.state.orders


@pytest.mark.parametrize("later", [1, 2])
def test_timers_stand_in_firing_order_and_a_new_one_replaces_its_like(later):
    one = turn()
    one.set_timer(TimerKind.CALL_BY, 50, "k1")
    one.set_timer(TimerKind.ASK_AT, 40, "k1")
    one.set_timer(TimerKind.CALL_BY, 40 + later, "k1")
    assert [(timer.kind, timer.due_ms) for timer in one.state.timers] == [
        (TimerKind.ASK_AT, 40),
        (TimerKind.CALL_BY, 40 + later),
    ]


def test_timers_are_taken_back_by_kind_by_subject_and_by_about():
    one = turn()
    one.set_timer(TimerKind.CONFIRM_BY, 1, "k1", about="R1")
    one.set_timer(TimerKind.CONFIRM_BY, 2, "k1", about="R2")
    one.set_timer(TimerKind.CALL_BY, 3, "k1")
    one.set_timer(TimerKind.CALL_BY, 4, "k2")
    one.clear_timers("k1", TimerKind.CONFIRM_BY, about="R1")
    assert [timer.due_ms for timer in one.state.timers] == [2, 3, 4]
    one.clear_timers("k1")
    assert [timer.due_ms for timer in one.state.timers] == [4]
