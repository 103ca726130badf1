"""What each timer does when nothing came first.

Source: ideas, "Time and order": timers live in the state, a firing is not logged.
"""

from collections.abc import Callable, Mapping

from makegood.core import (
    after_closing,
    call_backs,
    call_telling,
    calls,
    ending,
    hellos,
    lapses,
    offers,
    places,
    promises,
    proposals,
    reaching,
    requests,
    successions,
    surveys,
    waiting,
)
from makegood.core.state import Case
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn


def fire(turn: Turn, timer: Timer) -> None:
    """Do what a timer was set for; one whose case is gone does nothing.

    Args:
        turn: A turn at the instant the timer was due, with the event that set it as its cause.
        timer: Already taken out of the state.
    """
    if timer.kind in _OF_CUSTOMER:
        _OF_CUSTOMER[timer.kind](turn, timer)
        return
    case = turn.state.case(timer.subject)
    if case is not None:
        _DOES[timer.kind](turn, case, timer)


def _needs_call(why: str) -> Callable[[Turn, Case, Timer], object]:
    def does(turn: Turn, case: Case, _timer: Timer) -> object:
        plan = turn.plan_of(case)
        within_ms = plan.call_within_ms if plan else ending.CALL_BACK_MS
        return calls.need_call(turn, case, why, within_ms)

    return does


_OF_CUSTOMER: Mapping[TimerKind, Callable[[Turn, Timer], None]] = {
    TimerKind.SILENCE: promises.overdue,
    TimerKind.LAPSE_AT: lapses.quiet,
    TimerKind.WAIT_OVER: waiting.too_long,
    TimerKind.SURVEY_AT: surveys.due,
    TimerKind.SURVEY_AGAIN: after_closing.due,
    TimerKind.PERSON_BY: reaching.waited_enough,
    TimerKind.CALL_BACK_BY: call_backs.overdue,
    TimerKind.CALL_BACK_SOON: call_telling.will_be_late,
    TimerKind.ANSWER_BY: requests.unanswered,
    TimerKind.SUCCESSOR_BY: successions.ask_again,
    TimerKind.HELLO_AT: hellos.due,
    TimerKind.HELLO_BY: hellos.too_late,
}
_DOES: Mapping[TimerKind, Callable[[Turn, Case, Timer], object]] = {
    TimerKind.CONFIRM_BY: lambda turn, case, timer: offers.confirm_overdue(
        turn, case, timer.about
    ),
    TimerKind.OPEN_BY: _needs_call("not_opened"),
    TimerKind.CHOOSE_BY: _needs_call("no_choice"),
    TimerKind.CALL_BY: lambda turn, case, _timer: calls.call_overdue(turn, case),
    TimerKind.ASK_AT: lambda turn, case, _timer: ending.ask(turn, case),
    TimerKind.ASK_AGAIN: lambda turn, case, _timer: ending.ask(turn, case, again=True),
    TimerKind.LIFT_AT: lambda turn, case, _timer: ending.lift(turn, case),
    TimerKind.OFFER_AT: lambda turn, case, _timer: ending.offer_at_last(turn, case),
    TimerKind.APPROVE_BY: proposals.unapproved,
    TimerKind.PLACE_BY: places.silent,
    TimerKind.KEPT_UNTIL: places.expired,
    TimerKind.LONGEST: lambda turn, case, _timer: ending.look_closer(turn, case),
}
