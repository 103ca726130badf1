"""Remember of each failure and request who the customer was, and whether they came back.

Standing is only ever shown: no rule reads what is remembered here.
Source: story 1, "if we do it for you we must do it for everyone".
"""

from collections.abc import Iterator

from msgspec.structs import replace

from makegood.core.asked import RequestState
from makegood.core.likeness import Comparable
from makegood.core.precedents import MOST_ASKED, Precedent
from makegood.core.state import Case, Failure, Gift, OfferStatus, State
from makegood.core.turn import Turn
from makegood.messages.ids import EventId
from makegood.playbooks.book import Library
from makegood.playbooks.terms import Loss

_GIVEN = (OfferStatus.CHOSEN, OfferStatus.KEPT)


def came_back(state: State, at_ms: int) -> State:
    """Note that a customer bought again, for all that went wrong or was answered before."""
    if not any(one.can_come_back for one in state.precedents):
        return state
    precedents = tuple(
        replace(one, back_ms=at_ms) if one.can_come_back else one for one in state.precedents
    )
    return replace(state, precedents=precedents)


def remember(before: State, turn: Turn) -> None:
    """Remember what is new in the cases and requests of a turn.

    Args:
        before: The state before the turn; what stands in it is remembered already.
        turn: The turn at its end.
    """
    if turn.state.cases is not before.cases:
        _remember_failures(before, turn)
    if turn.state.requests is not before.requests:
        _remember_requests(before, turn)


def _remember_failures(before: State, turn: Turn) -> None:
    """Remember what is new in the last case: a failure that is new to a customer ends it."""
    case = turn.state.cases[-1]
    was = before.cases[-1] if before.cases and before.cases[-1].id == case.id else None
    new = case.failures[len(was.failures) if was else 0 :]
    if new:
        level = _level(turn)
        found = (Precedent(failure.event, level, failure.at_ms) for failure in new)
        turn.state = replace(turn.state, precedents=(*turn.state.precedents, *found))


def _remember_requests(before: State, turn: Turn) -> None:
    """Remember requests that are new, or stand elsewhere now."""
    found = _by_event(turn.state)
    for one in turn.state.requests:
        if one not in before.requests:
            found[one.event] = _asked(turn, found.get(one.event), one)
    turn.state = replace(turn.state, precedents=tuple(_kept(found)))


def _by_event(state: State) -> dict[EventId, Precedent]:
    """Find what is remembered of an event; of two failures that one event showed, the first."""
    found: dict[EventId, Precedent] = {}
    for one in state.precedents:
        found.setdefault(one.event, one)
    return found


def _level(turn: Turn) -> str:
    return turn.book.everyone.level_of(turn.state.facts)


def _asked(turn: Turn, known: Precedent | None, one: RequestState) -> Precedent:
    """Remember a request with its answer; who the customer was when they asked stays."""
    return Precedent(
        one.event,
        known.standing if known else _level(turn),
        one.at_ms,
        known.back_ms if known else 0,
        one.request,
        one.brand,
        one.status.value,
        (known.ended_ms if known else 0) or one.ended_ms,
        "" if one.failed else one.remedy,
        one.given,
    )


def _kept(found: dict[EventId, Precedent]) -> Iterator[Precedent]:
    """Let the oldest requests of one who asks very often go."""
    answered = ("allowed", "denied")
    asked = sorted((one.at_ms, one.event) for one in found.values() if one.answer in answered)
    gone = {event for _, event in asked[:-MOST_ASKED]}
    return (one for one in found.values() if one.event not in gone)


def comparables(state: State, library: Library) -> tuple[Comparable, ...]:
    """Give every failure and request of a customer as others are compared with it.

    Args:
        state: The customer.
        library: The books the failures were judged by, for what was lost.
    """
    if not state.precedents:
        return ()
    known = _by_event(state)
    failures = (
        _failure(case, failure, known[failure.event], library)
        for case in state.cases
        for failure in case.failures
        if failure.event in known
    )
    return (*failures, *(_request(one) for one in state.precedents if one.request))


def _failure(case: Case, failure: Failure, known: Precedent, library: Library) -> Comparable:
    rule = library.book(failure.book).failures.get(failure.rule)
    given = tuple(_given(case, failure))
    return Comparable(
        event=failure.event,
        kind="failure",
        what=failure.rule,
        loss=(rule.loses if rule else Loss.SERVICE).value,
        brand=failure.brand,
        severity=failure.severity,
        standing=known.standing,
        at_ms=failure.at_ms,
        price=failure.price,
        given=given,
        answer="given" if given else "not_given",
        back=bool(known.back_ms),
    )


def _given(case: Case, failure: Failure) -> Iterator[tuple[str, int, str]]:
    """Add up what was given for a failure: owed, by the plan, chosen, or by a person."""
    sums: dict[tuple[str, str], int] = {}
    owed = [one for one in failure.owed if one.amount.cents > 0]
    paid_by = {payment.command for one in owed for payment in one.payments}
    money = [(one.remedy, one.amount) for one in owed]
    money += [
        (gift.remedy, gift.paid or gift.expected)
        for gift in case.gifts
        if not gift.failed and not gift.missing and _is_for(case, gift, failure)
    ]
    money += [
        (offer.offer, offer.cost)
        for offer in case.offers
        if offer.about == failure.about and offer.status in _GIVEN and offer.ordered not in paid_by
    ]
    for remedy, cost in money:
        key = (remedy, cost.currency)
        sums[key] = sums.get(key, 0) + cost.cents
    return ((remedy, cents, currency) for (remedy, currency), cents in sums.items())


def _is_for(case: Case, gift: Gift, failure: Failure) -> bool:
    """Whether a gift was for a failure; what a person gives is for the last one before it."""
    if gift.about:
        return gift.about == failure.about
    before = [one for one in case.failures if one.at_ms <= gift.at_ms]
    return failure is (before[-1] if before else case.failures[0])


def _request(one: Precedent) -> Comparable:
    waiting = one.answer in ("waiting", "appealed")
    cost = one.cost
    given = ((one.remedy, cost.cents, cost.currency),) if one.remedy and cost else ()
    return Comparable(
        event=one.event,
        kind="request",
        what=one.request,
        loss="",
        brand=one.brand,
        severity=0,
        standing=one.standing,
        at_ms=one.at_ms,
        price=None,
        given=given,
        answer="waiting" if waiting else "allowed" if one.answer == "allowed" else "denied",
        back=bool(one.back_ms),
    )
