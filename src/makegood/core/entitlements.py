"""What is owed is paid by itself: never asked for, never netted against goodwill.

Owed = f(facts); paid = outcomes. A shortfall is topped up, an overpayment is shown and never
clawed back.
Source: evidence, "Owed by law or custom" (statutory first, goodwill second); ideas, "Late events".
"""

from collections.abc import Iterable

from msgspec.structs import replace

from makegood.core.agreements import with_agreed
from makegood.core.contracts import honoured_by, owed_by_contract
from makegood.core.owed import Owed, Payment
from makegood.core.state import Case, Failure
from makegood.core.turn import Turn
from makegood.messages.commands import Fulfil
from makegood.messages.ids import CommandId, ProfileId
from makegood.messages.money import Money
from makegood.playbooks.book import Entitled, FailureFacts, RuleBook

_CUSTOMER = ProfileId("")


def pay_what_is_owed(turn: Turn, case: Case, failure: Failure) -> Failure:
    """Work out what is owed for a failure and order what is missing.

    Args:
        turn: The turn.
        case: The case it belongs to.
        failure: The failure as it is known now.

    Returns:
        The failure with its entitlements; each was ordered in full or needs nothing.
    """
    book = turn.library.book(failure.book)
    facts = FailureFacts(
        rule=failure.rule,
        at_ms=failure.at_ms,
        declined=failure.declined,
        price=failure.price,
        cause=failure.cause,
        details=failure.details,
    )
    customer = turn.state.facts
    if book.reads_agreed:
        customer = with_agreed(customer, honoured_by(failure))
    found = (*book.owed(facts, customer), *owed_by_contract(failure, book))
    found = _each_once(found, failure.owed)
    if not found and not failure.owed:
        return failure
    applies = {entitled.entitlement for entitled in found}
    known = {
        owed.entitlement: owed if owed.entitlement in applies else _no_longer(owed)
        for owed in failure.owed
        if owed.entitlement in applies or owed.payments
    }
    for entitled in found:
        owed = _owed(known.get(entitled.entitlement), entitled, turn.known_ms)
        owed = _with_strays(turn, failure, owed)
        others = _by_others(known.values(), owed) if owed.once else ()
        known[entitled.entitlement] = _order(turn, case, failure, owed, others, book)
    return replace(failure, owed=tuple(known.values()))


def _each_once(found: tuple[Entitled, ...], before: tuple[Owed, ...]) -> tuple[Entitled, ...]:
    """Of rules that make good the same thing one counts: two laws do not pay one fare twice.

    The one that was paid by already stays, then one that is certain, then the first of the book.
    """
    if not any(one.once for one in found):
        return found
    paid_by = {owed.entitlement for owed in before if owed.payments}

    def order(one: Entitled) -> tuple[bool, bool]:
        return one.entitlement not in paid_by, one.outcome == "cannot"

    takers: dict[str, Entitled] = {}
    for one in sorted(found, key=order):
        takers.setdefault(one.once or f"/{one.entitlement}", one)
    return tuple(one for one in found if takers[one.once or f"/{one.entitlement}"] is one)


def _no_longer(owed: Owed) -> Owed:
    """The facts have grown out of the rule: nothing is owed by it, and what was paid is kept."""
    return replace(owed, amount=Money(0, owed.amount.currency), missing="")


def _owed(before: Owed | None, entitled: Entitled, known_ms: int) -> Owed:
    """What is owed now; a fact that is missing owes nothing yet and asks nobody to pay."""
    if before is not None:
        if entitled.outcome == "cannot":
            return before
        if not before.missing:
            return replace(before, amount=entitled.amount)
    return Owed(
        entitlement=entitled.entitlement,
        remedy=entitled.remedy,
        amount=entitled.amount if entitled.outcome == "yes" else Money(0),
        due_ms=known_ms + entitled.deadline_ms,
        basis=entitled.basis,
        source=entitled.source,
        line=entitled.line,
        once=entitled.once,
        missing=entitled.missing,
    )


def _order(
    turn: Turn,
    case: Case,
    failure: Failure,
    owed: Owed,
    others: tuple[Payment, ...],
    book: RuleBook,
) -> Owed:
    """Order what is short; each order has its own id by how many came before.

    A failure that came back after its case was closed is owed in full, less what was ordered for
    it then, and so is what another rule has begun to make good.
    """
    earlier = (*_elsewhere(turn, case, failure, owed), *others)
    owed = replace(owed, elsewhere_cents=sum(one.counted_cents for one in earlier))
    if owed.short_cents <= 0:
        return owed
    remedy = book.remedies[owed.remedy]
    amount = Money(owed.short_cents, owed.amount.currency)
    fulfil = Fulfil(
        remedy=remedy.id,
        kind=remedy.kind,
        provider=remedy.provider,
        amount=amount,
        owed=True,
        about=failure.about,
        brand=failure.brand,
        basis=owed.entitlement,
        payee=failure.parties.pays if failure.parties is not None else _CUSTOMER,
    )
    ordinal = len(owed.payments) + len(earlier)
    command = turn.issue(case.id, _step(failure, owed), fulfil, ordinal=ordinal)
    return replace(owed, payments=(*owed.payments, Payment(command, amount.cents)))


def _step(failure: Failure, owed: Owed) -> str:
    return f"{failure.about}/owed/{owed.entitlement}"


def _by_others(known: Iterable[Owed], wanted: Owed) -> tuple[Payment, ...]:
    """Payments in the same currency by other rules that make good the same thing."""
    return tuple(
        payment
        for owed in known
        if owed.once == wanted.once
        and owed.entitlement != wanted.entitlement
        and owed.amount.currency == wanted.amount.currency
        for payment in owed.payments
    )


def _elsewhere(turn: Turn, case: Case, failure: Failure, wanted: Owed) -> tuple[Payment, ...]:
    """Payments towards the same entitlement, or what makes good the same, in other cases."""
    return tuple(
        payment
        for other in turn.state.cases
        if other.id != case.id
        for one in other.failures
        if one.about == failure.about
        for owed in one.owed
        if (owed.entitlement == wanted.entitlement or (wanted.once and owed.once == wanted.once))
        and owed.amount.currency == wanted.amount.currency
        for payment in owed.payments
    )


def _with_strays(turn: Turn, failure: Failure, owed: Owed) -> Owed:
    """Count money that moved by the same step before a late event changed its cause."""
    step, currency = f"{_step(failure, owed)}#", owed.amount.currency
    strays = turn.state.strays
    mine = [one for one in strays if one.step.startswith(step) and one.currency == currency]
    if not mine:
        return owed
    rest = tuple(one for one in strays if one not in mine)
    turn.state = replace(turn.state, strays=rest)
    found = tuple(Payment(one.command, one.cents, one.cents) for one in mine)
    return replace(owed, payments=(*owed.payments, *found))


def paid(failure: Failure, command: CommandId, money: Money | None) -> Failure | None:
    """Write down the outcome of a payment; one in another currency paid what it was told to.

    Returns:
        The failure, or None when none of its payments is meant.
    """
    for owed in failure.owed:
        for payment in owed.payments:
            if payment.command == command:
                same = money is not None and money.currency == owed.amount.currency
                cents = money.cents if money is not None and same else payment.cents
                payments = tuple(
                    Payment(one.command, one.cents, cents) if one is payment else one
                    for one in owed.payments
                )
                changed = replace(owed, payments=payments)
                rest = tuple(changed if one is owed else one for one in failure.owed)
                return replace(failure, owed=rest)
    return None
