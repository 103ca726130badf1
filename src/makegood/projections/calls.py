"""Telephone calls in words, and the rows of call-backs that wait."""

from collections.abc import Mapping, Sequence
from typing import Literal

from makegood.core.phone import LINE, REP, CallBack, PhoneCall
from makegood.core.state import State
from makegood.messages import call_facts as names
from makegood.messages.facts import CalledBack, CallWished, Facts, HintSettled
from makegood.messages.ids import CustomerId, RepId
from makegood.ports.rows import RepRow
from makegood.ports.ties import Tie, TieKind
from makegood.projections.roster import rep_name

STUCK = "stuck"
_ENDED = {"agent": "{who} hung up", "customer": "the customer hung up", "line": "the line broke"}
_WHY = {
    "hung_up_on": "{name} hung up on them",
    "flagged": "the customer flagged {name}",
    "overdue": "{name} let the time pass",
}


def call_back_ties(state: State, customer: CustomerId) -> tuple[Tie, ...]:
    """Give the call-backs of a customer that wait, to be listed by their clocks."""
    return tuple(
        Tie(
            customer=customer,
            profile=one.profile,
            kind=TieKind.CALL_BACK,
            item=one.id,
            rep=one.owner,
            at_ms=one.due_ms,
            brand=one.brand,
            channel=one.why,
            asked_for=one.rep,
            thing=STUCK if one.is_stuck else "",
            about=one.call,
            until_ms=one.due_ms,
            words=one.number,
            said_ms=one.at_ms,
            ends_ms=one.wish_ms,
        )
        for one in state.phone.waiting
    )


def told_of_calls(body: object, reps: Sequence[RepRow]) -> str:
    """Tell what a person said of a call."""
    match body:
        case CalledBack(by=by, reached=reached):
            ending = "reached the customer" if reached else "did not reach the customer"
            return f"{rep_name(reps, by)} called back and {ending}."
        case CallWished():
            return _wished(body, reps)
        case HintSettled(by=by, accepted=accepted):
            ending = "it is a failure" if accepted else "it is nothing"
            return f"{rep_name(reps, by)} read what the transcript suggests: {ending}."
    return ""


def _wished(body: CallWished, reps: Sequence[RepRow]) -> str:
    """Tell what the customer wants of a call; when it is to be, their page and the list say."""
    wants = (
        "want no call" if body.needless else "",
        "want to be called later" if body.from_ms else "",
        "named another number" if body.number else "",
    )
    said = " and ".join(one for one in wants if one)
    by = f", as {rep_name(reps, body.by)} wrote down" if body.by else ""
    return f"They {said}{by}."


def event_words(name: str, facts: Facts, reps: Sequence[RepRow]) -> str:
    """Say an event of a call in words; any other by its name."""
    if name not in names.CALL_EVENTS:
        return name
    return f"{name} ({more})" if (more := _more(name, facts, reps)) else name


def touch_words(says: str, title: str) -> tuple[str, Literal["alarm", "plain"]]:
    """Say a touchpoint with the failure that it showed, if it did."""
    return (f"{says}: {title}.", "alarm") if title else (f"{says}.", "plain")


def _more(name: str, facts: Facts, reps: Sequence[RepRow]) -> str:
    agent, queue = facts.get("agent"), facts.get("queue")
    who = rep_name(reps, agent) if isinstance(agent, str) and agent else ""
    if name == names.HUNG_UP:
        ended = _ENDED.get(str(facts.get("by") or LINE), _ENDED[LINE])
        return ended.format(who=who or "somebody of us")
    return ", ".join(one for one in (who, queue if isinstance(queue, str) else "") if one)


def call_words(call: PhoneCall, reps: Sequence[RepRow]) -> str:
    """Say in a sentence what a call was."""
    spoke = " and ".join(rep_name(reps, one) for one in call.agents)
    parts = [f"with {spoke}" if spoke else "nobody answered" if call.ended_ms else "no name yet"]
    counts: Mapping[str, int] = {
        "handed on {}": call.handed_on,
        "told it again {}": call.told_more,
    }
    parts += [words.format(_times(count)) for words, count in counts.items() if count]
    if call.held_seconds:
        parts.append(f"on hold for {_span(call.held_seconds)}")
    if call.waited:
        parts.append(f"waited {_span(call.waited)}")
    if call.ends:
        parts.append(_ended(call, spoke))
    return f"{', '.join(parts)}."


def _ended(call: PhoneCall, spoke: str) -> str:
    if call.ended_by == REP:
        return f"{spoke or 'somebody of us'} ended it"
    return "the customer ended it" if call.ended_by == "customer" else "who ended it is not known"


def why_words(one: CallBack, reps: Sequence[RepRow]) -> str:
    """Say why somebody calls back."""
    return _WHY[one.why].format(name=_named(reps, one.rep))


def why_of(tie: Tie, reps: Sequence[RepRow]) -> str:
    """Say the same of a row of the list."""
    return _WHY[tie.channel].format(name=_named(reps, tie.asked_for))


def _named(reps: Sequence[RepRow], rep: RepId) -> str:
    return rep_name(reps, rep) if rep else "somebody of us"


def passed_words(one: CallBack, reps: Sequence[RepRow], but: RepId) -> tuple[str, ...]:
    """Say how it went one higher, each time.

    Args:
        one: The call-back.
        reps: The roster.
        but: Who reads it: that a customer flagged them is not theirs to see.
    """
    return tuple(
        _WHY[it.why].format(name=rep_name(reps, it.rep) if it.rep else "everybody")
        for it in one.passed
        if (it.rep, it.why) != (but, "flagged")
    )


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _span(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    parts = (f"{minutes} min" if minutes else "", f"{rest} s" if rest else "")
    return " ".join(part for part in parts if part)
