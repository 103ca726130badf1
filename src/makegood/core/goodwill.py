"""The limits of goodwill: what a remedy costs, what fits a loss, and how much more may be given.

What is owed is never counted here and never limited: law and guarantee come first.
Source: evidence (14 to 16: match and fall-back; 17: dose; 18: past one and a half times
the price more money does harm).
"""

from collections import Counter
from collections.abc import Iterator

from makegood.core.state import Case, Failure, OfferState, OfferStatus, State
from makegood.messages.money import Money, share_of
from makegood.playbooks.book import FailureFacts, RuleBook
from makegood.playbooks.owing import facts_of
from makegood.playbooks.terms import Loss, Remedy

_ORDERED = frozenset({OfferStatus.CHOSEN, OfferStatus.KEPT})
_UNDECIDED = frozenset({OfferStatus.ASKING, OfferStatus.CONFIRMED})


def expected_cost(remedy: Remedy, price: Money | None, currency: str) -> Money:
    """What a remedy that is no dose is expected to cost.

    Args:
        remedy: The remedy.
        price: Price of what was affected; where `is_unsized`, nothing can be expected yet.
        currency: Of fixed sums.
    """
    if remedy.cost_cents or price is None:
        return Money(remedy.cost_cents, currency)
    return share_of(price, remedy.cost_ratio)


def cost_for(book: RuleBook, remedy: Remedy, failure: Failure) -> Money:
    """What a remedy is expected to cost for one failure; a dose depends on how bad it was."""
    if not remedy.dosed or failure.price is None:
        return expected_cost(remedy, failure.price, book.currency)
    return share_of(failure.price, book.goodwill.dose(failure.severity, _facts(failure)))


def _facts(failure: Failure) -> dict[str, object]:
    facts = FailureFacts(
        rule=failure.rule,
        at_ms=failure.at_ms,
        declined=failure.declined,
        price=failure.price,
        cause=failure.cause,
        details=failure.details,
    )
    return facts_of(facts, failure.rule)


def is_unsized(remedy: Remedy, price: Money | None) -> bool:
    """Whether a remedy is a share of a price that nobody told: a person has to find it."""
    shared = remedy.dosed or bool(remedy.cost_ratio)
    return shared and not remedy.cost_cents and price is None


def fits(book: RuleBook, remedy: Remedy, failure: Failure) -> bool:
    """Whether a remedy makes good what this failure cost the customer."""
    return book.goodwill.fits(loss_of(book, failure), remedy)


def loss_of(book: RuleBook, failure: Failure) -> Loss | None:
    """What the customer lost by a failure; None when no rule of the book says."""
    rule = book.failures.get(failure.rule)
    return rule.loses if rule is not None else None


def priced(case: Case) -> Failure | None:
    """The newest failure of a case that knows what the customer paid; nothing is no price."""
    known = (one for one in reversed(case.failures) if one.price is not None and one.price.cents)
    return next(known, None)


def room(book: RuleBook, state: State, case: Case, currency: str) -> int | None:
    """How much more goodwill a case may see, in cents of a currency.

    Args:
        book: The book whose cap counts.
        state: The customer, for what requests gave.
        case: The case as it is now; it may be newer than the one in the state.
        currency: Of what is to be given; the cap is a share of prices in the same currency.

    Returns:
        The cents, never negative; None where there is no cap, or no price to take a share of.
    """
    prices = [one.price for one in case.failures if one.price is not None]
    affected = sum(price.cents for price in prices if price.currency == currency)
    if not book.goodwill.most_ratio or not affected:
        return None
    most = share_of(Money(affected, currency), book.goodwill.most_ratio)
    return max(most.cents - given(book, state, case)[currency], 0)


def given(book: RuleBook, state: State, case: Case) -> Counter[str]:
    """The goodwill of a case so far, in cents by currency, as far as the cap counts it."""
    sums: Counter[str] = Counter()
    for remedy, money in (*_gifts_and_choices(case), *_by_requests(state, case)):
        if book.goodwill.counts(book.remedies.get(remedy)):
            sums[money.currency] += money.cents
    return sums


def _by_requests(state: State, case: Case) -> Iterator[tuple[str, Money]]:
    abouts = {one.about for one in case.failures}
    for one in state.requests:
        if one.claimed is not None:
            continue  # what was spent because of us is owed
        if one.command and not one.failed and one.cost is not None and one.about in abouts:
            yield one.remedy, one.cost


def _gifts_and_choices(case: Case) -> Iterator[tuple[str, Money]]:
    owed = {p.command for one in case.failures for due in one.owed for p in due.payments}
    for gift in case.gifts:
        if not gift.failed:
            yield gift.remedy, gift.paid or gift.expected
    for offer in case.offers:
        if offer.status in _ORDERED and not offer.declines and offer.ordered not in owed:
            yield offer.offer, offer.cost


def room_now(book: RuleBook, state: State, case: Case, currency: str) -> int | None:
    """Give the room that is left beside the offers that are open: one of them may be chosen."""
    left = room(book, state, case, currency)
    return max(left - _promised(book, case, currency), 0) if left is not None else None


def _promised(book: RuleBook, case: Case, currency: str) -> int:
    costs = (one.cost for one in case.offers if one.status in _UNDECIDED and is_counted(book, one))
    return max((cost.cents for cost in costs if cost.currency == currency), default=0)


def is_counted(book: RuleBook, offer: OfferState) -> bool:
    """Whether the cap counts an offer; to give back what was paid (`declines`) is no goodwill."""
    return not offer.declines and book.goodwill.counts(book.remedies.get(offer.offer))


def may_offer(book: RuleBook, state: State, case: Case, offer: OfferState) -> bool:
    """Whether an offer leaves the goodwill of a case within its cap."""
    if not offer.cost.cents or not is_counted(book, offer):
        return True
    left = room(book, state, case, offer.cost.currency)
    return left is None or offer.cost.cents <= left
