"""Telephone calls: what went wrong in one, told by all its events together.

Some failures are seen from the whole call: sent around, gave up waiting. A person of ours who hung
up, or whom the customer flagged, brings a call-back. A line that broke is nobody's doing. What a
transcript seems to say is put before a person with its sentence, and opens nothing by itself.
Source: story 4; evidence, 8 (silence is not recovery); ideas, 9 (we keep our own promises).
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from makegood.core import call_backs
from makegood.core.call_backs import Call
from makegood.core.cases import take_failure, take_unclear
from makegood.core.decision import Asker, Decision, refuse
from makegood.core.failures import SEVERITY_BY_HAND
from makegood.core.phone import (
    CUSTOMER,
    LINE,
    REP,
    Hint,
    PhoneCall,
    Spoiled,
    hint_id,
    in_order,
)
from makegood.core.state import Failure, State, Unclear
from makegood.core.turn import Turn
from makegood.messages import call_facts as names
from makegood.messages.call_facts import CalledBack, HintSettled
from makegood.messages.events import Event
from makegood.messages.facts import Facts, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import RuleBook
from makegood.playbooks.terms import Cause

OfCalls: TypeAlias = CalledBack | HintSettled
WHO_ENDS = (CUSTOMER, REP, LINE)


def hear(turn: Turn, event: Event, body: Touchpoint, found: Mapping[str, str]) -> None:
    """Add an event to its call, and see what the call has come to.

    Args:
        turn: The turn.
        event: The event; one that does not name its call is no part of any.
        body: Its touchpoint.
        found: Failures that rules on this very event found, or could not judge, with what they
            are about: what they say counts, and is not said again.
    """
    name = _text(body.properties, "call")
    if not name:
        return
    if body.name == names.TRANSCRIBED:
        _suggest(turn, event, body, name)
        return
    before = turn.state.phone.call(name) or PhoneCall(
        id=name, event=event.id, at_ms=event.time_ms, brand=_brand_of(turn, body)
    )
    call = _with(before, body, event.time_ms)
    _put_call(turn, call)
    for kind in _failing(turn.book, call):
        _fail(turn, event, name, kind, known=kind in found)
    _cannot_tell(turn, event, body, found)
    _spoiled(turn, event, body, name, found)
    _reached_by_phone(turn, event, body, name)


def _with(call: PhoneCall, body: Touchpoint, at_ms: int) -> PhoneCall:
    """Add what an event says; the same events give the same call in any order."""
    facts = body.properties
    waited = _count(facts, "waited_seconds")
    by = facts.get("by")
    is_end = body.name == names.HUNG_UP
    end = (by if by in WHO_ENDS else LINE) if is_end else ""
    return replace(
        call,
        at_ms=min(call.at_ms, at_ms),
        about=call.about or _text(facts, "about"),
        agents=tuple(RepId(one) for one in in_order(call.agents, _text(facts, "agent"))),
        queues=in_order(call.queues, _text(facts, "queue")),
        answered=call.answered or body.name == names.PICKED_UP or facts.get("answered") is True,
        transfers=max(call.transfers, _count(facts, "transfers") or 0),
        transfer_events=call.transfer_events + (body.name == names.TRANSFERRED),
        holds=max(call.holds, _count(facts, "holds") or 0),
        hold_events=call.hold_events + (body.name == names.HELD),
        held_seconds=max(call.held_seconds, _count(facts, "held_seconds") or 0),
        told_again=max(call.told_again, _count(facts, "times") or 0)
        if body.name == names.TOLD_AGAIN
        else call.told_again,
        told_events=call.told_events + (body.name == names.TOLD_AGAIN),
        waited_seconds=max(waited, call.waited_seconds or 0)
        if waited is not None
        else call.waited_seconds,
        ends=in_order(call.ends, str(end)),
        ended_ms=max(call.ended_ms, at_ms) if is_end else call.ended_ms,
        outward=call.outward or facts.get("direction") == "out",
    )


def _failing(book: RuleBook, call: PhoneCall) -> Iterator[str]:
    """Give what a call has come to fail by, that is to be seen from all of it."""
    rules, around = book.calls, book.calls.runaround
    if around is not None and (
        0 < around.transfers <= call.handed_on
        or 0 < around.held_ms <= call.held_seconds * 1_000
        or 0 < around.told_again <= call.told_more
    ):
        yield around.fails_as
    gave_up = rules.gave_up_as and not call.outward and not call.answered
    if gave_up and call.ended_by == CUSTOMER and (call.waited or 0) * 1_000 >= rules.gave_up_ms:
        yield rules.gave_up_as


def _fail(
    turn: Turn, event: Event, name: str, kind: str, *, known: bool = False, rep: str = ""
) -> None:
    """Take a call for a failure of a kind, once; all of a call is one failure that grows."""
    call = turn.state.phone.call(name)
    if call is None or kind in call.failed:
        return
    _put_call(turn, replace(call, failed=(*call.failed, kind)))
    if known:
        return
    rule = turn.book.failures.get(kind)
    details: Facts = {"call": call.id, "transfers": call.handed_on, "told_again": call.told_more}
    if rep:
        details["met"] = rep
    failure = Failure(
        event=event.id,
        rule=kind,
        about=about_of(name),
        brand=call.brand,
        at_ms=event.time_ms,
        severity=SEVERITY_BY_HAND,
        cause=Cause.FIRM,
        book=turn.origin.book,
        line=rule.line if rule else 0,
        details=details,
    )
    take_failure(turn, failure)


def about_of(call: str) -> str:
    """Say what the failure of a call is about."""
    return f"call/{call}"


def _cannot_tell(turn: Turn, event: Event, body: Touchpoint, found: Mapping[str, str]) -> None:
    """Put before a person a hang-up of ours of which nobody says whether it was the end of it."""
    kind, facts = turn.book.calls.hung_up_as, body.properties
    if body.name != names.HUNG_UP or facts.get("by") != REP or not kind or kind in found:
        return
    name = _text(facts, "call")
    call = turn.state.phone.call(name)
    if isinstance(facts.get("solved"), bool) or call is None or kind in call.failed:
        return
    _put_call(turn, replace(call, failed=(*call.failed, kind)))
    unclear = Unclear(
        event.id, kind, "event.solved", about_of(name), call.brand, event.time_ms, SEVERITY_BY_HAND
    )
    take_unclear(turn, (unclear,))


def _spoiled(
    turn: Turn, event: Event, body: Touchpoint, name: str, found: Mapping[str, str]
) -> None:
    """A person of ours hung up, or was flagged: whoever stands above them calls back."""
    rules, facts = turn.book.calls, body.properties
    why: Spoiled
    if body.name == names.HUNG_UP and facts.get("by") == REP and facts.get("solved") is False:
        kind, why = rules.hung_up_as, "hung_up_on"
    elif body.name == names.FLAGGED:
        kind, why = rules.flagged_as, "flagged"
    else:
        return
    call = turn.state.phone.call(name)
    disputed = why == "hung_up_on" and call is not None and call.ended_by != REP
    if not kind or disputed:
        return
    rep = RepId(_text(facts, "agent"))
    _fail(turn, event, name, kind, known=kind in found, rep=rep)
    if rep and not call_backs.passes_on(turn, name, rep, why):
        about = found.get(kind) or about_of(name)
        brand = call.brand if call is not None else ""
        call_backs.owe(turn, Call(name, rep, about, brand), why)


def _reached_by_phone(turn: Turn, event: Event, body: Touchpoint, name: str) -> None:
    """A call of ours by whoever owes one, that was answered and came to its end, was that call."""
    call, rep = turn.state.phone.call(name), _text(body.properties, "agent")
    if body.name != names.HUNG_UP or not rep or call is None or not call.outward:
        return
    well = call.ended_by == CUSTOMER or body.properties.get("solved") is True
    if not (call.answered and well):
        return
    for one in turn.state.phone.waiting:
        if one.owner == rep and one.call != name and event.time_ms >= one.at_ms:
            call_backs.made(turn, one, RepId(rep), reached=True)


def _suggest(turn: Turn, event: Event, body: Touchpoint, name: str) -> None:
    """Keep what a transcript suggests, with the sentence, for a person to read."""
    hints = body.properties.get("hints")
    for one in hints if isinstance(hints, list) else ():
        rule = _text(one, "rule") if isinstance(one, dict) else ""
        words = _text(one, "words") if isinstance(one, dict) else ""
        id_ = hint_id(name, rule)
        if turn.book.calls.hint(rule) is None or turn.state.phone.hint(id_) is not None:
            continue
        hint = Hint(
            id=id_,
            profile=event.profile,
            call=name,
            rule=rule,
            words=words,
            at_ms=event.time_ms,
            brand=_brand_of(turn, body),
        )
        turn.state = replace(turn.state, phone=turn.state.phone.with_hint(hint))


def settled(turn: Turn, body: HintSettled) -> None:
    """Apply what a person made of a suggestion: a failure with that sentence, or nothing."""
    one = turn.state.phone.hint(body.hint)
    if one is None or one.settled_ms:
        return
    done = replace(one, settled_ms=max(turn.at_ms, 1), accepted=body.accepted, by=body.by)
    turn.state = replace(turn.state, phone=turn.state.phone.with_hint(done))
    book = turn.book.for_brand(one.brand)
    rule = book.calls.hint(one.rule)
    if not body.accepted or rule is None:
        return
    kind = book.failures.get(rule.fails_as)
    failure = Failure(
        event=turn.cause,
        rule=rule.fails_as,
        about=about_of(one.call),
        brand=one.brand,
        at_ms=turn.at_ms,
        severity=SEVERITY_BY_HAND,
        cause=Cause.FIRM,
        book=turn.origin.book,
        line=kind.line if kind else 0,
        details={"call": one.call},
        words=one.words,
        by=body.by,
    )
    take_failure(turn, failure)


def judge(state: State, wanted: OfCalls, asker: Asker) -> Decision:
    """Judge whether somebody may say that they called back, or what a suggestion is.

    Args:
        state: The customer's state.
        wanted: What is said.
        asker: Who says it; a customer says neither.
    """
    if not asker.rep:
        return refuse("reps_only", "Only a person of the firm can say this.")
    if isinstance(wanted, HintSettled):
        hint = state.phone.hint(wanted.hint)
        if hint is None:
            return refuse("no_such_hint", "No transcript is known to suggest this.")
        if hint.settled_ms:
            return refuse("settled_already", "Somebody has read this and decided already.")
        return Decision(body=replace(wanted, by=asker.rep))
    return call_backs.judge(state, wanted, asker)


def _put_call(turn: Turn, call: PhoneCall) -> None:
    turn.state = replace(turn.state, phone=turn.state.phone.with_call(call))


def _brand_of(turn: Turn, body: Touchpoint) -> str:
    brand = body.properties.get("brand")
    return brand if isinstance(brand, str) and brand in turn.book.brands else ""


def _text(facts: Facts, key: str) -> str:
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def _count(facts: Facts, key: str) -> int | None:
    value = facts.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
