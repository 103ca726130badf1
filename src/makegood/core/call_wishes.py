"""What a customer wants of a call-back: another time, another number, or no call at all.

Whoever waits for us may say when it suits them; that the time is then later is their wish, and no
word of ours is broken by it.
Source: story 4; ideas, 9 (we keep our own promises).
"""

from typing import TypeAlias

from msgspec.structs import replace

from makegood.core import call_telling
from makegood.core.calls import called, put_off
from makegood.core.decision import Asker, Decision, refuse
from makegood.core.phone import CallBack
from makegood.core.state import State
from makegood.core.turn import Turn
from makegood.messages.call_facts import CalledBack, CallWished, HintSettled
from makegood.messages.ids import CommandId

OfPhone: TypeAlias = CalledBack | HintSettled | CallWished
LATEST_MS = 30 * 86_400_000  # as long as the link to their page is good


def wished(turn: Turn, body: CallWished) -> None:
    """Apply what the customer wants; what was over already stays as it was."""
    one = turn.state.phone.back(body.call_back)
    if one is None or one.done_ms:
        return
    if body.needless:
        turn.clear_timers(one.id, *call_telling.CLOCKS)
        call_telling.take_back(turn, one)
        one = replace(one, needless=True, done_ms=max(turn.at_ms, 1))
    else:
        one = replace(one, number=body.number or one.number)
        one = _later(turn, one, body.from_ms) if body.from_ms else one
    turn.state = replace(turn.state, phone=turn.state.phone.with_back(one))
    case = turn.state.open_case
    if case is None or case.failure(one.about) is None:
        return
    if body.needless:
        called(turn, case, reached=True)  # to the customer the two are one call
    elif body.from_ms:
        put_off(turn, case, one.due_ms, promised=one.promised)


def _later(turn: Turn, one: CallBack, from_ms: int) -> CallBack:
    """Move the clock to the customer's time; whoever has it keeps it, at the top as well.

    It is our word where whoever calls is there then, or the clock counts hours of duty.
    """
    terms = call_telling.terms_of(turn, one)
    span_ms = terms.within_ms if terms is not None else one.due_ms - one.at_ms
    due_ms = call_telling.time_for(turn, one.brand, span_ms, from_ms=from_ms)
    call_telling.take_back(turn, one)
    in_duty = terms is not None and terms.in_duty
    promised = call_telling.is_promised(turn, one.owner, one.brand, due_ms)
    promised = promised or (one.promised and in_duty)
    who = (one.owner, *one.above)
    one = replace(
        one,
        wish_ms=from_ms,
        due_ms=due_ms,
        promised=promised,
        told_by_ms=due_ms if one.told and promised else 0,
        late=CommandId(""),
        there_ms=call_telling.there_until(turn, who, one.brand, due_ms),
    )
    return call_telling.watched(turn, one)


def judge(state: State, wanted: CallWished, asker: Asker, now_ms: int) -> Decision:
    """Judge whether a customer, or somebody for them, may say what they want of a call-back."""
    one = state.phone.back(wanted.call_back)
    if one is None:
        return refuse("no_such_call_back", "No such call-back is known.")
    if one.done_ms:
        return refuse("called_already", "The customer was called back already, or wants no call.")
    if not (wanted.needless or wanted.from_ms or wanted.number):
        return refuse("nothing_wished", "Name a time or a number, or say that no call is needed.")
    if wanted.from_ms and not now_ms <= wanted.from_ms <= now_ms + LATEST_MS:
        return refuse("bad_time", "Name a time from now on, within 30 days.")
    return Decision(body=replace(wanted, by=asker.rep))
