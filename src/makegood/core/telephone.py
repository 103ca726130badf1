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
from makegood.core.failures import OTHER, SEVERITY_BY_HAND
from makegood.core.phone import (
    CUSTOMER,
    LINE,
    REP,
    Asked,
    Hint,
    Phone,
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
from makegood.messages.ids import EventId, RepId
from makegood.playbooks.book import Finding, RuleBook
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
    call = _by_rules(turn.book, _with(before, body, event.time_ms), found)
    _put_call(turn, call)
    for kind in _failing(turn.book, call):
        _fail(turn, event, name, kind)
    _cannot_tell(turn, event, body, found)
    _spoiled(turn, event, body, name)
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


def _by_rules(book: RuleBook, call: PhoneCall, found: Mapping[str, str]) -> PhoneCall:
    """Remember what rules on an event of the call say of it: it is said once, and of one thing."""
    known = {kind: about for kind, about in found.items() if kind in book.calls.kinds}
    if not known:
        return call
    failed = tuple(dict.fromkeys((*call.failed, *known)))
    told_as = call.told_as or ("" if call.failed else min(known.values()))
    return replace(call, failed=failed, told_as=told_as)


def news(state: State, body: Touchpoint, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Leave out what a rule finds in an event that its call was taken for already.

    Args:
        state: The customer's state before the event.
        body: Its touchpoint.
        found: What rules find in it.
    """
    name = _text(body.properties, "call") if body.name in names.CALL_EVENTS else ""
    call = state.phone.call(name) if name and found else None
    case = state.open_case
    if call is None or case is None:
        return found
    told = case.failure(_about(call))
    return tuple(
        one
        for one in found
        if told is None or one.rule not in call.failed or case.failure(one.about) is not None
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


def _fail(turn: Turn, event: Event, name: str, kind: str, *, rep: str = "") -> None:
    """Take a call for a failure of a kind, once; all of a call is one failure that grows."""
    call = turn.state.phone.call(name)
    if call is None or kind in call.failed:
        return
    _put_call(turn, replace(call, failed=(*call.failed, kind)))
    rule = turn.book.failures.get(kind)
    details: Facts = {"call": call.id, "transfers": call.handed_on, "told_again": call.told_more}
    if rep:
        details["met"] = rep
    failure = Failure(
        event=event.id,
        rule=kind,
        about=_about(call),
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
    """Say what the failure of a call is about, where no rule on one of its events says so."""
    return f"call/{call}"


def _about(call: PhoneCall) -> str:
    return call.told_as or about_of(call.id)


def _about_in(phone: Phone, name: str) -> str:
    call = phone.call(name)
    return _about(call) if call is not None else about_of(name)


def spoke_in(phone: Phone, hint: Hint) -> frozenset[str]:
    """Say who spoke in the call of a suggestion, as far as anything says so."""
    call = phone.call(hint.call)
    return frozenset(one for one in (hint.rep, *(call.agents if call else ())) if one)


def _cannot_tell(turn: Turn, event: Event, body: Touchpoint, found: Mapping[str, str]) -> None:
    """Put before a person a hang-up of ours of which nobody says whether it was the end of it."""
    kind, facts = turn.book.calls.hung_up_as, body.properties
    call = turn.state.phone.call(_text(facts, "call"))
    if body.name != names.HUNG_UP or facts.get("by") != REP or not kind or call is None:
        return
    if isinstance(facts.get("solved"), bool) or call.ended_by != REP or call.is_silent:
        return
    if kind in call.failed and kind not in found:
        return
    failed = tuple(dict.fromkeys((*call.failed, kind)))
    asked = Asked(event.id, _agent(facts, call), turn.above)
    _put_call(turn, replace(call, failed=failed, asked=asked))
    if kind in found:
        return
    about, at_ms = _about(call), event.time_ms
    unclear = Unclear(event.id, kind, "event.solved", about, call.brand, at_ms, SEVERITY_BY_HAND)
    take_unclear(turn, (unclear,))


def judged(turn: Turn, question: EventId, kind: str) -> None:
    """Have somebody call back once a person says that a hang-up of ours was a failure.

    Args:
        turn: The turn.
        question: The event that nobody could judge.
        kind: The failure that they say it was.
    """
    asked = (it for it in turn.state.phone.calls if it.asked and it.asked.event == question)
    call = next(asked, None)
    if call is None or call.asked is None:
        return
    rules = turn.book.for_brand(call.brand).calls
    if kind in (rules.hung_up_as, rules.flagged_as):
        turn.above = call.asked.above
        _bring_back(turn, call, call.asked.rep, "hung_up_on")


def _spoiled(turn: Turn, event: Event, body: Touchpoint, name: str) -> None:
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
    if not kind or call is None:
        return
    if why == "hung_up_on" and (call.ended_by != REP or call.is_silent):
        return
    rep = _agent(facts, call)
    _fail(turn, event, name, kind, rep=rep)
    _bring_back(turn, call, rep, why)


def _bring_back(turn: Turn, call: PhoneCall, rep: RepId, why: Spoiled) -> None:
    if rep and call_backs.passes_on(turn, call.id, rep, why):
        return
    call_backs.owe(turn, Call(call.id, rep, _about(call), call.brand), why)


def _agent(facts: Facts, call: PhoneCall) -> RepId:
    """Say who it was: as the event says, or the only one who spoke; empty when nobody knows."""
    named = RepId(_text(facts, "agent"))
    return named or (call.agents[0] if len(call.agents) == 1 else named)


def _reached_by_phone(turn: Turn, event: Event, body: Touchpoint, name: str) -> None:
    """A call of ours by whoever owes one, that was answered and ended well, was that call.

    So is one that ran, or came, when their time was over. One that nobody took was tried.
    """
    call, rep = turn.state.phone.call(name), _text(body.properties, "agent")
    if body.name != names.HUNG_UP or not rep or call is None or not call.outward:
        return
    taken = call.answered and body.properties.get("answered") is not False
    well = call.ended_by == CUSTOMER or body.properties.get("solved") is True
    if taken and not well:
        return
    for one in turn.state.phone.waiting:
        theirs = rep == one.owner or one.is_late(rep)
        if theirs and one.call != name and event.time_ms >= one.at_ms:
            call_backs.made(turn, one, RepId(rep), reached=taken)


def _suggest(turn: Turn, event: Event, body: Touchpoint, name: str) -> None:
    """Keep what a transcript suggests, with the sentence, for a person to read."""
    hints = body.properties.get("hints")
    for one in hints if isinstance(hints, list) else ():
        rule = _text(one, "rule") if isinstance(one, dict) else ""
        words = _text(one, "words") if isinstance(one, dict) else ""
        id_ = hint_id(name, rule)
        of_book = turn.book.calls.hint(rule)
        if of_book is None or turn.state.phone.hint(id_) is not None:
            continue
        hint = Hint(
            id=id_,
            profile=event.profile,
            call=name,
            rule=rule,
            words=words,
            at_ms=event.time_ms,
            brand=_brand_of(turn, body),
            rep=RepId(_text(body.properties, "agent")),
            fails_as=of_book.fails_as,
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
    suggested = rule.fails_as if rule is not None else one.fails_as
    if not body.accepted or not suggested:
        return
    kind = book.failures.get(suggested)
    failure = Failure(
        event=turn.cause,
        rule=suggested if kind is not None else OTHER,
        about=_about_in(turn.state.phone, one.call),
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
        if not wanted.accepted and asker.rep in spoke_in(state.phone, hint):
            why = "Whoever spoke in the call does not lay it aside: somebody else reads it."
            return refuse("about_you", why)
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
