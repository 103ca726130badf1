"""Call tasks: a person speaks to the customer when a message is not enough.

A call is promised to the customer only when somebody is on duty to make it; a promised call that
does not come is a broken promise, and that is a second failure.
Source: ideas, 9; Maxham and Netemeyer 2002 (the second failure is the one that matters).
"""

from msgspec.structs import replace

from makegood.core.recovery import Move, moved
from makegood.core.routing import can_promise_call
from makegood.core.state import Call, Case
from makegood.core.timers import TimerKind
from makegood.core.turn import Turn


def need_call(turn: Turn, case: Case, why: str, within_ms: int, *, promise: bool = False) -> Case:
    """Ask the owner to call.

    Args:
        turn: The turn.
        case: An open case.
        why: One word of `Call.why`.
        within_ms: How soon.
        promise: Tell the customer so, if somebody is on duty.

    Returns:
        The case, calling. A call that is due sooner keeps its time, and a promise stays one.
    """
    due_ms = turn.known_ms + within_ms
    promised = promise and can_promise_call(within_ms, turn.known_ms, case.brand, turn.on_duty)
    call = Call(due_ms=due_ms, why=why, promised=promised, promise_ms=due_ms if promised else 0)
    if case.call is not None and not case.call.done_ms:
        call = _both(case.call, call)
    case = replace(case, call=call)
    turn.set_timer(TimerKind.CALL_BY, call.promise_ms or call.due_ms, case.id)
    turn.clear_timers(case.id, TimerKind.ASK_AT, TimerKind.ASK_AGAIN)
    return turn.put(moved(case, Move.CALL_NEEDED, turn.at_ms))


def _both(waiting: Call, more: Call) -> Call:
    """One call answers both needs: by the sooner time, and no later than either promise."""
    sooner = waiting if waiting.due_ms <= more.due_ms else more
    promises = [call.promise_ms for call in (waiting, more) if call.promised]
    return replace(
        sooner,
        promised=bool(promises),
        promise_ms=min(promises, default=0),
        broken_ms=waiting.broken_ms,
    )


def called(turn: Turn, case: Case, *, reached: bool) -> Case:
    """Write down a call; only one that reached the customer ends the task."""
    if case.call is None or not reached:
        return case
    turn.clear_timers(case.id, TimerKind.CALL_BY, TimerKind.CHOOSE_BY, TimerKind.OPEN_BY)
    case = replace(case, call=replace(case.call, done_ms=turn.at_ms))
    return turn.put(moved(case, Move.CALLED, turn.at_ms))


def put_off(turn: Turn, case: Case, until_ms: int, *, promised: bool) -> Case:
    """Move a call to a time that the customer named; a promise stays one where we can keep it."""
    call = case.call
    if call is None or call.done_ms:
        return case
    promised = promised and call.promised
    call = replace(
        call, due_ms=until_ms, promised=promised, promise_ms=until_ms if promised else 0
    )
    turn.set_timer(TimerKind.CALL_BY, until_ms, case.id)
    return turn.put(replace(case, call=call))


def call_overdue(turn: Turn, case: Case) -> Case:
    """The call did not come in time; if it was promised, we broke our word, and broke it once."""
    call = case.call
    if call is None or call.done_ms or not call.promised:
        return case
    late = replace(call, promised=False, promise_ms=0, broken_ms=call.promise_ms)
    return turn.put(replace(case, call=late, double=True, broken=case.broken + 1))
