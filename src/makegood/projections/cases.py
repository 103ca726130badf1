"""Cases, money and failure ids of one customer as the queue, the ledger and links need them."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from makegood.core.holds import is_holding
from makegood.core.places import to_be_rung
from makegood.core.state import Case, Failure, OfferStatus, Phase, State
from makegood.messages.ids import CaseId, CommandId, CustomerId, case_id
from makegood.messages.money import Money
from makegood.ports.reckoned import LetDown
from makegood.ports.rows import AskedRow, CaseRow, LedgerRow, booking_key
from makegood.ports.store import Writing
from makegood.projections.reckoned import let_downs

OWED = "owed"
MARKETING = "marketing"
"""Goodwill is booked to marketing: making good is the cheapest way to keep and win customers."""

BOOKINGS = ("reservation", "flight", "booking", "order", "segment", "ticket", "invoice")
"""Details that say what a failure is about, as people know it; the first there is shown."""
_RISK_SECOND = 100  # a second failure loses more customers than any single severity does
_RISK_BROKEN = 60  # a promise of ours that we broke
_RISK_NOT_YET = 40  # said it is not good again
_RISK_SEVERITY = 10  # for each step of the scale 1 to 5


class Projected(Struct, frozen=True, kw_only=True):
    """What `Writing.project` takes for one customer."""

    cases: tuple[CaseRow, ...]
    ledger: tuple[LedgerRow, ...]
    failures: Mapping[CaseId, CaseId]
    let_down: tuple[LetDown, ...] = ()


def put_waiting(writing: Writing, states: Mapping[CustomerId, State | None]) -> None:
    """Write what waits for a person about customers; of nobody, nothing is asked."""
    if states:
        rows = [row for id_, it in states.items() if it for row in waiting_of(it, id_)]
        writing.project_waiting(list(states), rows)


def waiting_of(state: State, customer: CustomerId) -> tuple[AskedRow, ...]:
    """Give the requests of one customer that wait for a person."""
    return tuple(
        AskedRow(
            event=one.event,
            customer=customer,
            profile=one.profile,
            request=one.request,
            about=one.about,
            brand=one.brand,
            at_ms=one.at_ms,
            due_ms=one.due_ms,
            appealed=one.appealed,
            refused_by=one.refused_by,
            late=one.late,
        )
        for one in state.requests
        if one.is_waiting
    )


def project(state: State, customer: CustomerId) -> Projected:
    """Derive the rows of one customer from the state alone."""
    rows = tuple(case_row(case, customer) for case in state.cases)
    names = {case_id(failure.event): case.id for case in state.cases for failure in case.failures}
    names |= {case_id(one.event): case.id for case in state.cases for one in case.unclear}
    names |= {case.id: case.id for case in state.cases}
    names |= {
        booking_key(word, case.id): case.id
        for case in state.cases
        for failure in case.failures
        for word in (failure.about, *bookings_of(failure))
    }
    ledger = tuple(line for case in state.cases for line in _ledger(case, customer))
    strays = tuple(
        LedgerRow(
            case=CaseId(""),
            customer=customer,
            command=stray.command,
            account=OWED,
            remedy="stray",
            cents=stray.cents,
            currency=stray.currency,
            at_ms=stray.at_ms,
        )
        for stray in state.strays
    )
    asked = tuple(_asked_lines(state, customer))
    return Projected(
        cases=rows,
        ledger=ledger + strays + asked,
        failures=names,
        let_down=let_downs(state, customer),
    )


def _asked_lines(state: State, customer: CustomerId) -> Iterator[LedgerRow]:
    """What was given because the customer asked: goodwill that belongs to no case."""
    for one in state.requests:
        if one.done and one.cost is not None and one.cost.cents:
            yield LedgerRow(
                case=CaseId(""),
                customer=customer,
                command=one.command,
                account=MARKETING,
                remedy=one.remedy,
                cents=one.cost.cents,
                currency=one.cost.currency,
                at_ms=one.at_ms,
                brand=one.brand,
            )


def bookings_of(failure: Failure) -> tuple[str, ...]:
    """Every booking, flight or order that the rule kept of a failure."""
    return tuple(str(failure.details[key]) for key in BOOKINGS if failure.details.get(key))


def case_row(case: Case, customer: CustomerId) -> CaseRow:
    """Show a case as one row of the queue."""
    waiting_for, due_ms = _waiting(case)
    costs = [line for line in _ledger(case, customer) if line.account == MARKETING]
    currency = costs[0].currency if costs else ""
    return CaseRow(
        case=case.id,
        customer=customer,
        opener=case.origin.profile,
        brand=case.brand,
        phase=case.phase.value,
        severity=case.severity,
        double=case.double,
        risk=_risk(case),
        opened_ms=case.opened_ms,
        due_ms=due_ms,
        waiting_for=waiting_for,
        owner=case.owner,
        line=", ".join(failure.rule for failure in case.failures) or "cannot judge",
        is_open=case.is_open,
        held=is_holding(case),
        closed_ms=case.closed_ms,
        rules=tuple(sorted({failure.rule for failure in case.failures})),
        friends=len(case.joined),
        cost_cents=sum(line.cents for line in costs if line.currency == currency),
        currency=currency,
        held_until_ms=_held_until(case),
        root=case.root,
        root_kind=case.root_kind,
    )


def _held_until(case: Case) -> int:
    """Say when a hold ceased, or will by itself; a plan without one never held anything."""
    if not case.lifted:
        return case.lifts_ms
    return case.lifts_ms or case.closed_ms or case.opened_ms


def _waiting(case: Case) -> tuple[str, int]:
    """What is due next, and when; 0 for nothing with a clock."""
    if not case.is_open:
        return "", 0
    if case.unclear:
        return "judgement", case.unclear[0].at_ms
    called, yes, rings = _call_due(case), _approval_due(case), to_be_rung(case)
    if rings and not any(0 < due_ms < rings[0].by_ms for due_ms in (called, yes)):
        return "ring", rings[0].by_ms
    if yes and (not called or yes < called):
        return "approval", yes
    if called:
        return "call", called
    if case.missing:
        return "judgement", 0
    if case.look:
        return "release", 0
    waits = {Phase.OFFERED: "choice", Phase.ASKED: "answer", Phase.HELPING: "delivery"}
    return waits.get(case.phase, ""), 0


def _call_due(case: Case) -> int:
    return case.call.due_ms if case.call is not None and not case.call.done_ms else 0


def _approval_due(case: Case) -> int:
    """Until when a second person has to say yes or no; 0 when nothing waits for one."""
    return min((one.due_ms for one in case.proposals if one.is_waiting), default=0)


def _risk(case: Case) -> int:
    """How near the customer is to being lost; 0 when the case is closed."""
    if not case.is_open:
        return 0
    not_yet = case.call is not None and case.call.why == "not_yet"
    return (
        _RISK_SEVERITY * case.severity
        + _RISK_SECOND * case.double
        + _RISK_BROKEN * case.broken
        + _RISK_NOT_YET * not_yet
    )


def _ledger(case: Case, customer: CustomerId) -> tuple[LedgerRow, ...]:
    """What moved for a case; a payment that carries out an offer is booked once, as owed."""
    owed = tuple(_owed_lines(case))
    paid = {command for command, *_ in owed}
    goodwill = (line for line in _goodwill_lines(case) if line[0] not in paid)
    return tuple(
        LedgerRow(
            case=case.id,
            customer=customer,
            command=command,
            account=account,
            remedy=remedy,
            cents=money.cents,
            currency=money.currency,
            at_ms=at_ms,
            brand=case.brand,
        )
        for command, account, remedy, money, at_ms in (*owed, *goodwill)
        if money.cents
    )


_Line = tuple[CommandId, str, str, Money, int]


def _owed_lines(case: Case) -> Iterator[_Line]:
    for failure in case.failures:
        for owed in failure.owed:
            for payment in owed.payments:
                money = Money(max(payment.paid_cents, 0), owed.amount.currency)
                yield payment.command, OWED, owed.remedy, money, failure.at_ms


def _goodwill_lines(case: Case) -> Iterator[_Line]:
    for offer in case.offers:
        if offer.status is OfferStatus.KEPT and offer.ordered:
            yield offer.ordered, MARKETING, offer.offer, offer.cost, case.opened_ms
    for gift in case.gifts:
        if gift.paid is not None:
            yield gift.command, MARKETING, gift.remedy, gift.paid, gift.at_ms
