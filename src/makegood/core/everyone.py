"""Remember of each failure and request who the customer was, and whether they came back.

Standing is only ever shown: no rule reads what is remembered here.
Source: story 1, "if we do it for you we must do it for everyone"; DESIGN, "Facts across customers".
"""

from collections.abc import Iterator

from msgspec.structs import replace

from makegood.core.asked import RequestState
from makegood.core.likeness import Comparable
from makegood.core.precedents import MOST_ASKED, Precedent
from makegood.core.state import Case, Failure, OfferStatus, State
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
    state = turn.state
    if state.cases is before.cases and state.requests is before.requests:
        return
    known = {one.event: one for one in state.precedents}
    found = dict(known)
    for case in state.cases:
        for failure in case.failures:
            if failure.event not in known:
                found[failure.event] = Precedent(failure.event, _level(turn), failure.at_ms)
    for one in state.requests:
        found[one.event] = _asked(turn, known.get(one.event), one)
    if found != known:
        turn.state = replace(state, precedents=tuple(_kept(found)))


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
        one.remedy,
        one.cost,
    )


def _kept(found: dict[EventId, Precedent]) -> Iterator[Precedent]:
    """Let the oldest requests of one who asks very often go."""
    asked = sorted((one.at_ms, one.event) for one in found.values() if one.request)
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
    known = {one.event: one for one in state.precedents}
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
    for gift in case.gifts:
        if not gift.failed and not gift.missing and _is_for(case, gift.about, gift.at_ms, failure):
            money.append((gift.remedy, gift.paid or gift.expected))
    for offer in case.offers:
        chosen = offer.about == failure.about and offer.status in _GIVEN
        if chosen and offer.ordered not in paid_by:
            money.append((offer.offer, offer.cost))
    for remedy, cost in money:
        key = (remedy, cost.currency)
        sums[key] = sums.get(key, 0) + cost.cents
    return ((remedy, cents, currency) for (remedy, currency), cents in sums.items())


def _is_for(case: Case, about: str, at_ms: int, failure: Failure) -> bool:
    """Whether a gift was for a failure; what a person gives is for the last one before it."""
    if about:
        return about == failure.about
    before = [one for one in case.failures if one.at_ms <= at_ms]
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
