"""What is owed because a guarantee was broken: by contract, with the agreement as its source.

It is owed like what a law gives: by itself, never asked for, never netted against goodwill.
Source: ideas, 5 (owed first, goodwill second); evidence, "Owed by law or custom" (R8).
"""

from collections.abc import Iterable

from makegood.core.agreements import Honoured, Why
from makegood.core.state import PRICE, Failure
from makegood.messages.agreements import Agreement, GuaranteeTerms
from makegood.messages.money import Money, share_of
from makegood.playbooks.book import Entitled, RuleBook

BASIS = "contract"
PREFIX = "agreement:"
"""Begins the id of an entitlement that an agreement gives; the agreement's own id follows."""


def honoured_by(failure: Failure) -> tuple[Honoured, ...]:
    """Give the agreements that held for a failure; why they did was judged when it showed."""
    return tuple(Honoured(agreement=one, why=Why.HONOURED) for one in failure.agreements)


def broken(failure: Failure) -> tuple[tuple[Agreement, GuaranteeTerms], ...]:
    """Give the guarantees that a failure breaks."""
    return tuple(
        (one, one.terms)
        for one in failure.agreements
        if isinstance(one.terms, GuaranteeTerms) and failure.rule in one.terms.broken_by
    )


def owed_by_contract(failure: Failure, book: RuleBook) -> tuple[Entitled, ...]:
    """Say what is owed for the guarantees that a failure breaks.

    Args:
        failure: As it is known now.
        book: The book it is judged by, whose remedies pay.

    Returns:
        Of several guarantees that promise the same, the one that gives most.
    """
    found: dict[str, Entitled] = {}
    for agreement, terms in broken(failure):
        if terms.owes:
            one = _entitled(agreement, terms, failure, book)
            found[terms.promises] = _more(found.get(terms.promises), one)
    return tuple(found.values())


def _more(before: Entitled | None, now: Entitled) -> Entitled:
    """A sum comes before one that cannot be told yet, and more before less."""
    if before is None:
        return now
    return max((before, now), key=lambda one: (one.outcome == "yes", one.amount.cents))


def _entitled(
    agreement: Agreement, terms: GuaranteeTerms, failure: Failure, book: RuleBook
) -> Entitled:
    amount = _amount(terms, failure)
    missing = "" if amount is not None else PRICE
    if terms.owes not in book.remedies:
        missing = f"a remedy `{terms.owes}` in the rule book"
    return Entitled(
        entitlement=f"{PREFIX}{agreement.id}",
        outcome="cannot" if missing else "yes",
        remedy=terms.owes,
        amount=Money(0) if missing or amount is None else amount,
        deadline_ms=terms.within_ms,
        basis=BASIS,
        source=f"Agreement {agreement.id}",
        missing=missing,
    )


def _amount(terms: GuaranteeTerms, failure: Failure) -> Money | None:
    if terms.amount is not None:
        return terms.amount
    if failure.price is None:
        return None
    return share_of(failure.price, terms.price_per_mille / 1000)


def agreement_ids(failures: Iterable[Failure]) -> tuple[str, ...]:
    """Give the ids of all agreements that held for failures, each once."""
    return tuple(dict.fromkeys(one.id for failure in failures for one in failure.agreements))
