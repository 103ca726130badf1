"""What each fact of our own does to a customer's state; a fact is applied, never judged again.

Source: ideas, "Facts across customers": `decide` judges, the answer is a fact, `step` applies it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from makegood.core import (
    call_backs,
    call_wishes,
    calls,
    cases,
    drawn,
    ending,
    failures,
    hellos,
    letters,
    offers,
    outcomes,
    places,
    promises,
    proposals,
    reaching,
    remedies,
    requests,
    roots,
    successions,
    surveys,
    telephone,
)
from makegood.core.holds import EVERYWHERE
from makegood.core.owning import stand_in
from makegood.core.standing import with_told
from makegood.core.state import Case
from makegood.core.timers import TimerKind
from makegood.core.turn import Turn
from makegood.messages import facts
from makegood.messages.events import Event
from makegood.playbooks.standing import told_facts


def apply_fact(turn: Turn, event: Event) -> None:
    """Apply the body of an event that is not a touchpoint.

    Args:
        turn: The turn of this event.
        event: What happened. A fact about a case that is not known, or is closed, is kept in
            the log and changes nothing.
    """
    body = event.body
    if isinstance(body, facts.FailureRaised):
        failure = failures.raised(turn, event, body)
        cases.take_failure(turn, failure)
        roots.note_who_raised(turn, failure.about, body.by)
        return
    if isinstance(body, facts.Rated):
        surveys.rated(turn, event, body)
        return
    on_customer = _ON_CUSTOMER.get(type(body))
    if on_customer is not None:
        on_customer(turn, body)
        return
    on_case = _ON_CASE.get(type(body))
    case = turn.state.case(body.case) if on_case else None  # type: ignore[union-attr]
    if on_case is None or case is None:
        return
    if case.is_open or isinstance(body, facts.Referred | facts.RootCauseNamed):
        on_case(turn, case, body)


def _identify(turn: Turn, body: facts.Identified) -> None:
    if not body.traits:
        return
    state, names = turn.state, told_facts(turn.book.standing, body.traits)
    told = with_told(state.told, names, body.traits, turn.origin.source, turn.at_ms)
    turn.state = replace(state, facts={**state.facts, **body.traits}, told=told)


def _confirm(turn: Turn, body: facts.Confirmed) -> None:
    body = replace(body, command=outcomes.meant(turn, body.command, body.step))
    for case in turn.state.cases:
        offers.offer_confirmed(turn, case, body)


def _decline(turn: Turn, body: facts.Declined) -> None:
    command = outcomes.meant(turn, body.command, body.step)
    for case in turn.state.cases:
        if not outcomes.refused_there(turn, case, command):
            offers.offer_unavailable(turn, case, command)


def _found(turn: Turn, body: facts.PlacesFound) -> None:
    places.found(turn, replace(body, command=outcomes.meant(turn, body.command, body.step)))


def _place_answered(turn: Turn, case: Case, body: facts.PlaceAnswered) -> None:
    """A place that takes its yes back when the customer chose it lets them down again."""
    known = places.asked_of(case, body.command)
    if known is None:
        return
    gone = not body.accepted and outcomes.refused_there(turn, case, known[1].command)
    if not gone:
        places.answered(turn, case, body)


def _arrived(turn: Turn, body: facts.Arrived) -> None:
    promises.arrived(turn, body)
    if not body.taken:
        places.turned_away(turn, body.said)


def _unsubscribe(turn: Turn, body: facts.Unsubscribed) -> None:
    pair = (body.brand, body.channel)
    kept = tuple(one for one in turn.state.unsubscribed if not _covers(pair, one))
    after = kept if body.again else (*kept, pair)
    turn.state = replace(turn.state, unsubscribed=after)


def _covers(pair: tuple[str, str], one: tuple[str, str]) -> bool:
    return all(wide in (EVERYWHERE, narrow) for wide, narrow in zip(pair, one, strict=True))


def _judge(turn: Turn, body: facts.Judged) -> None:
    case = turn.state.open_case
    if case is None:
        return
    failure = failures.judged(turn, case, body)
    unclear = tuple(one for one in case.unclear if one.event != body.question)
    case = turn.put(replace(case, unclear=unclear))
    if failure is not None:
        cases.take_failure(turn, failure)
        telephone.judged(turn, body.question, failure.rule)
    elif not unclear:
        ending.dismissed(turn, case)


def _release(turn: Turn, case: Case, _body: facts.Released) -> None:
    ending.released(turn, case)


def _hand_over(turn: Turn, case: Case, body: facts.HandedOver) -> None:
    alone_ms = turn.at_ms if case.owner else case.alone_ms
    turn.put(replace(case, owner=body.to, alone_ms=0 if body.to else alone_ms))


def _call(turn: Turn, case: Case, body: facts.Called) -> None:
    calls.called(turn, case, reached=body.reached)


def _open(turn: Turn, case: Case, _body: facts.Opened) -> None:
    turn.clear_timers(case.id, TimerKind.OPEN_BY)
    turn.put(replace(case, opened_page_ms=turn.at_ms))


def _write(turn: Turn, case: Case, _body: facts.Wrote) -> None:
    """Words from the customer are answered by a person who is there."""
    case = stand_in(turn, case)
    plan = turn.plan_of(case)
    within_ms = plan.call_within_ms if plan else ending.CALL_BACK_MS
    calls.need_call(turn, case, "wrote", within_ms)


def _refer(turn: Turn, case: Case, body: facts.Referred) -> None:
    """Count each friend once, for a look and for joining."""
    referred, joined = case.referred, case.joined
    if body.visitor not in referred:
        referred = (*referred, body.visitor)
    if body.joined and body.visitor not in joined:
        joined = (*joined, body.visitor)
    turn.put(replace(case, referred=referred, joined=joined))


_ON_CUSTOMER: Mapping[type, Callable[[Turn, Any], None]] = {
    facts.Identified: _identify,
    facts.Carried: outcomes.carried,
    facts.Dropped: outcomes.dropped,
    facts.Confirmed: _confirm,
    facts.Declined: _decline,
    facts.PlacesFound: _found,
    facts.Unsubscribed: _unsubscribe,
    facts.Judged: _judge,
    facts.Requested: requests.asked,
    facts.Settled: requests.settled,
    facts.Appealed: requests.appealed,
    facts.Promised: promises.promised,
    facts.Kept: promises.kept,
    facts.Disclosed: promises.disclosed,
    facts.Redirected: promises.redirected,
    facts.Arrived: _arrived,
    facts.PersonChosen: reaching.chosen,
    facts.RoomGiven: reaching.room_given,
    facts.PersonRefused: reaching.refused,
    facts.GotInTouch: reaching.got_in_touch,
    facts.Contacted: reaching.contacted,
    facts.Replied: letters.replied,
    facts.ReplyTakenBack: letters.taken_back,
    facts.ConversationBegun: letters.begun,
    facts.SuccessorNamed: successions.named,
    facts.RepStays: successions.stays,
    facts.Introduced: successions.introduced,
    facts.HelloAllowed: hellos.allowed,
    facts.WishNoted: hellos.wished,
    facts.AgreementEnds: hellos.agreement_ends,
    facts.HelloDue: hellos.made_due,
    facts.HelloDone: hellos.done,
    facts.Assigned: drawn.assigned,
    facts.CalledBack: call_backs.called_back,
    facts.HintSettled: telephone.settled,
    facts.CallWished: call_wishes.wished,
}
_ON_CASE: Mapping[type, Callable[[Turn, Case, Any], object]] = {
    facts.Chosen: offers.choose,
    facts.Answered: ending.answered,
    facts.Granted: remedies.grant,
    facts.Released: _release,
    facts.HandedOver: _hand_over,
    facts.Called: _call,
    facts.Opened: _open,
    facts.Wrote: _write,
    facts.Proposed: proposals.proposed,
    facts.Approved: proposals.approved,
    facts.TurnedDown: proposals.turned_down,
    facts.Contested: proposals.contested,
    facts.Referred: _refer,
    facts.PlaceAnswered: _place_answered,
    facts.AskedAgain: places.told_twice,
    facts.RootCauseNamed: roots.named,
}
SILENT_FACTS = (
    facts.Noted, facts.NotedOnCustomer, facts.Unlinked, facts.Linked, facts.Triaged
)  # fmt: skip
"""Facts that the timeline shows and that change no state."""
