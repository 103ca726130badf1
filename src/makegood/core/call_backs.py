"""Who calls back: whoever stands above the person it is about, with a clock, and then one higher.

One call and one person bring one call-back. Who lets the time pass, hangs up or is flagged by the
customer hands it to the next above, never to somebody who had it before; at the top it stays, with
nobody to hand it to, and the desk says so.
Source: story 4; ideas, 9 (we keep our own promises); evidence, 8 (silence is not recovery).
"""

from collections.abc import Iterable, Set

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.call_telling import (
    CLOCKS,
    is_promised,
    say_late,
    take_back,
    tell,
    there_until,
    time_for,
    watched,
)
from makegood.core.calls import called
from makegood.core.decision import Asker, Decision, refuse
from makegood.core.phone import CallBack, Failed, Passed, Spoiled, back_id
from makegood.core.routing import can_promise_call
from makegood.core.state import State
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.call_facts import CalledBack
from makegood.messages.ids import RepId


class Call(Struct, frozen=True, gc=False, array_like=True):
    """A call that a person of ours spoiled.

    Attributes:
        call: As the telephone system calls it.
        rep: The person.
        about: What its failure is about.
        brand: Whose call it was.
    """

    call: str
    rep: RepId
    about: str
    brand: str = ""


def passes_on(turn: Turn, call: str, rep: RepId, why: Failed) -> bool:
    """Hand one higher what somebody was to make good; whether it is about that, and nothing new.

    Args:
        turn: The turn.
        call: The call they spoiled.
        rep: Who.
        why: How.
    """
    backs = turn.state.phone.backs
    if any(one.has_failed(rep, call) for one in backs):
        return True
    theirs = [one for one in turn.state.phone.waiting if one.owner == rep]
    for one in theirs:
        _go_higher(turn, one, why, call)
    return bool(theirs)


def owe(turn: Turn, of: Call, why: Spoiled) -> None:
    """Have whoever stands above somebody call back, once; what is only history asks nobody.

    Args:
        turn: The turn.
        of: The call and the person.
        why: What they did.
    """
    terms = turn.book.for_brand(of.brand).calls.call_back
    above = _there(turn, _who(turn, turn.above, {of.rep}), of.brand)
    if terms is None or turn.origin.imported or _is_owed(turn, of, above):
        return
    due_ms = time_for(turn, of.brand, terms.within_ms)
    one = CallBack(
        id=back_id(of.call, of.rep),
        profile=turn.origin.profile,
        call=of.call,
        rep=of.rep,
        why=why,
        about=of.about,
        at_ms=turn.at_ms,
        brand=of.brand,
        owner=above[0] if above else RepId(""),
        above=above[1:],
        due_ms=due_ms,
        promised=is_promised(turn, above[0] if above else RepId(""), of.brand, due_ms),
        there_ms=there_until(turn, above, of.brand, due_ms),
    )
    _put_back(turn, watched(turn, tell(turn, one)))
    case = turn.state.open_case
    if case is None:
        return
    turn.clear_timers(case.id, TimerKind.ASK_AT, TimerKind.ASK_AGAIN)
    if case.owner == of.rep and one.owner:
        turn.put(case.given_to(one.owner, turn.at_ms))


def _is_owed(turn: Turn, of: Call, above: tuple[RepId, ...]) -> bool:
    """Whether one is owed for a call and person; who it was may be told afterwards."""
    of_call = [one for one in turn.state.phone.backs if one.call == of.call]
    if any(one.rep == of.rep for one in of_call):
        return True
    nameless = next((one for one in of_call if not one.rep), None)
    if nameless is None:
        return bool(of_call) and not of.rep
    named = replace(nameless, rep=of.rep)
    if above and not nameless.done_ms and not nameless.passed:
        named = replace(named, owner=above[0], above=above[1:])
    _put_back(turn, named)
    return True


def _there(turn: Turn, above: tuple[RepId, ...], brand: str) -> tuple[RepId, ...]:
    """Pass by the nearest who are off duty; where nobody is on it, pass nobody by."""
    on = [n for n, one in enumerate(above) if _is_there(turn, (one,), brand, 0)]
    return above[on[0] :] if on else above


def _is_there(turn: Turn, reps: tuple[RepId, ...], brand: str, within_ms: int) -> bool:
    """Whether somebody of these is on duty for a brand, and will be for so long."""
    duties = tuple(one for one in turn.on_duty if one.rep in reps)
    return can_promise_call(within_ms, turn.known_ms, brand, duties)


def _who(turn: Turn, above: Iterable[RepId], but: Set[RepId]) -> tuple[RepId, ...]:
    """Leave out who had it, and whom the customer and they are kept apart from."""
    denied = turn.state.my_person.denied
    return tuple(dict.fromkeys(it for it in above if it not in but and it not in denied))


def overdue(turn: Turn, timer: Timer) -> None:
    """The call did not come in time: a word of ours is broken, and somebody higher calls."""
    one = turn.state.phone.back(timer.subject)
    if one is None or one.done_ms:
        return
    case = turn.state.open_case
    if case is not None:
        turn.put(replace(case, double=True, broken=case.broken + 1))
    if one.is_stuck:
        _stays(turn, one)
    else:
        _go_higher(turn, one, "overdue", "")


def _stays(turn: Turn, one: CallBack) -> None:
    """Keep it at the top, where no clock runs any more but that of a time that was told."""
    if one.told_by_ms > turn.at_ms:
        one = replace(one, due_ms=one.told_by_ms)
        turn.set_timer(TimerKind.CALL_BACK_BY, one.due_ms, one.id, "", one.brand)
    _put_back(turn, one)


def _go_higher(turn: Turn, one: CallBack, why: Failed, call: str) -> None:
    """Give a call-back to the next above; at the top it stays."""
    turn.clear_timers(one.id, *CLOCKS)
    had = {one.rep, one.owner, *(it.rep for it in one.passed)}
    above = _who(turn, one.above, had)
    passed = (*one.passed, Passed(one.owner, why, turn.at_ms, call))
    if not above:
        _stays(turn, replace(one, passed=passed, above=()))
        return
    terms = turn.book.for_brand(one.brand).calls.call_back
    span_ms = terms.higher_ms if terms is not None else one.due_ms - one.at_ms
    due_ms = time_for(turn, one.brand, span_ms, from_ms=one.wish_ms)
    case = turn.state.open_case
    if case is not None and case.owner and case.owner in (one.rep, one.owner) and why != "overdue":
        turn.put(case.given_to(above[0], turn.at_ms))
    one = replace(one, owner=above[0], above=above[1:], due_ms=due_ms, passed=passed)
    _put_back(turn, watched(turn, say_late(turn, one, due_ms)))


def called_back(turn: Turn, body: CalledBack) -> None:
    """Write down that somebody called; only one that reached the customer ends it."""
    one = turn.state.phone.back(body.call_back)
    if one is not None and not one.done_ms:
        made(turn, one, body.by, reached=body.reached)


def made(turn: Turn, one: CallBack, by: RepId, *, reached: bool) -> None:
    """End a call-back, or remember that it was tried."""
    if not reached:
        _put_back(turn, replace(one, tried_ms=turn.at_ms))
        return
    turn.clear_timers(one.id, *CLOCKS)
    take_back(turn, one)
    _put_back(turn, replace(one, done_ms=max(turn.at_ms, 1), done_by=by))
    case = turn.state.open_case
    if case is not None and case.failure(one.about) is not None:
        called(turn, case, reached=True)


def judge(state: State, wanted: CalledBack, asker: Asker) -> Decision:
    """Judge whether somebody may say that they called back."""
    one = state.phone.back(wanted.call_back)
    if one is None:
        return refuse("no_such_call_back", "No such call-back is known.")
    if one.done_ms:
        return refuse("called_already", "The customer was called back already.")
    if not may_call_back(one, asker.rep):
        return refuse("not_yours", "Whoever it stands with calls, or somebody above them.")
    return Decision(body=replace(wanted, by=asker.rep))


def may_call_back(one: CallBack, rep: RepId) -> bool:
    """Whether somebody is one to make a call-back: never for themselves whom it is about.

    What is anybody's is a supervisor's; who is one is known where they ask.
    """
    return rep != one.rep and (one.is_anybodys or is_named(one, rep))


def is_named(one: CallBack, rep: RepId) -> bool:
    """Whether it stands with somebody, or they are above, or had it and call late after all."""
    return (
        bool(rep) and rep != one.rep and (rep == one.owner or rep in one.above or one.is_late(rep))
    )


def _put_back(turn: Turn, one: CallBack) -> None:
    turn.state = replace(turn.state, phone=turn.state.phone.with_back(one))
