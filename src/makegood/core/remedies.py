"""Remedies given as goodwill: by the plan itself, or by a rep within their authority.

Source: evidence (14 to 16: match the remedy to the loss; store credit where none fits).
"""

from msgspec.structs import replace

from makegood.core.asked import RequestState
from makegood.core.goodwill import cost_for, fits, is_unsized, room_now
from makegood.core.state import PRICE, Case, Failure, Gift, OfferState, State, Withheld
from makegood.core.turn import Turn
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Granted
from makegood.messages.ids import CommandId, ProfileId
from makegood.messages.money import Money, share_of
from makegood.playbooks.terms import Plan, Remedy


def order_remedy(
    turn: Turn, case: Case, remedy: Remedy, failure: Failure, step: str, offer: OfferState
) -> tuple[CommandId, Money]:
    """Order the remedy of an offer that was chosen.

    Returns:
        The command, and the expected cost: a dose stays what it was when it was offered.
    """
    cost = cost_for(turn.library.book(failure.book), remedy, failure)
    if remedy.dosed and offer.cost.cents:
        cost = offer.cost
    fulfil = replace(_fulfil(remedy, failure, cost), facts=dict(offer.detail))
    return turn.issue(case.id, step, fulfil), cost


def _fulfil(remedy: Remedy, failure: Failure, cost: Money) -> Fulfil:
    return Fulfil(
        remedy=remedy.id,
        kind=remedy.kind,
        provider=remedy.provider,
        amount=cost,
        owed=False,
        about=failure.about,
        brand=failure.brand,
        payee=_payee(failure),
    )


def _payee(failure: Failure | None) -> ProfileId:
    """Who paid, and so gets back what is refunded; empty for the customer."""
    parties = failure.parties if failure is not None else None
    return parties.pays if parties is not None else ProfileId("")


def bring(turn: Turn, case: Case, remedy: Remedy, failure: Failure, chosen: OfferState) -> Case:
    """Order what comes with a choice, such as the ride there; it is told where to.

    Returns:
        The case, which remembers it; to be put into the state.
    """
    book = turn.library.book(failure.book)
    brought = book.remedies.get(remedy.brings)
    if brought is None or is_unsized(brought, failure.price):
        return case
    cost = cost_for(book, brought, failure)
    fulfil = replace(_fulfil(brought, failure, cost), facts=dict(chosen.detail))
    step = f"{failure.about}/{failure.rule}/brings/{chosen.offer}/{brought.id}"
    gift = Gift(
        remedy=brought.id,
        command=turn.issue(case.id, step, fulfil),
        at_ms=turn.at_ms,
        expected=cost,
        about=failure.about,
    )
    return replace(case, gifts=(*case.gifts, gift))


def give_by_itself(turn: Turn, case: Case, failure: Failure, plan: Plan) -> Case:
    """Give the least tier, once for each failure; what is owed anyway is not given twice.

    What does not fit the loss is not given: the book's `otherwise` comes instead, once.

    Returns:
        The case, which remembers what was given; to be put into the state.
    """
    if failure.given:
        return case
    book = turn.library.book(failure.book)
    done = {owed.remedy for owed in failure.owed}
    wanted = plan.gives_outside if failure.cause.is_outside else plan.gives
    for name in wanted:
        fitting = fits(book, book.remedies[name], failure)
        chosen = name if fitting else book.goodwill.otherwise
        if not chosen:
            case = replace(case, withheld=(*case.withheld, Withheld(name, failure.about, "match")))
        elif chosen not in done and not _is_nothing(book.remedies[chosen], failure.price):
            instead = "" if fitting else name
            case = _give(turn, case, failure, book.remedies[chosen], instead)
            done.add(chosen)
    return case.with_failure(replace(failure, given=True))


def _is_nothing(remedy: Remedy, price: Money | None) -> bool:
    """Whether it is a share of a price of nothing: no provider is told to pay nothing."""
    if remedy.cost_cents or price is None:
        return False
    if remedy.dosed:
        return not price.cents
    return bool(remedy.cost_ratio) and not share_of(price, remedy.cost_ratio).cents


def _give(
    turn: Turn, case: Case, failure: Failure, remedy: Remedy, instead: str, step: str = "gives"
) -> Case:
    """Order a gift; one whose size cannot be told waits for the price and orders nothing.

    A dose is cut to what the cap leaves; anything else that is above it is not given.
    """
    book = turn.library.book(failure.book)
    gift = Gift(
        remedy=remedy.id,
        command=CommandId(""),
        at_ms=turn.at_ms,
        expected=Money(0, turn.book.currency),
        about=failure.about,
        instead=instead,
    )
    if is_unsized(remedy, failure.price):
        return replace(case, gifts=(*case.gifts, replace(gift, missing=PRICE)))
    cost = cost_for(book, remedy, failure)
    left = room_now(book, turn.state, case, cost.currency)
    if left is not None and cost.cents > left and book.goodwill.counts(remedy):
        if not remedy.dosed or not left:
            withheld = Withheld(remedy.id, failure.about, "most")
            return replace(case, withheld=(*case.withheld, withheld))
        cost = Money(left, cost.currency)
    named = f"{failure.about}/{step}/{remedy.id}"
    command = turn.issue(case.id, named, _fulfil(remedy, failure, cost))
    gift = replace(gift, command=command, expected=cost)
    return replace(case, gifts=(*case.gifts, gift))


def give_what_waited(turn: Turn, case: Case, failure: Failure) -> Case:
    """Order gifts that waited for the price of a failure, once it is known."""
    waiting = [one for one in case.gifts if one.missing and one.about == failure.about]
    if not waiting or failure.price is None:
        return case
    remedies = turn.library.book(failure.book).remedies
    for one in waiting:
        if one.remedy in remedies:
            case = replace(case, gifts=tuple(gift for gift in case.gifts if gift is not one))
            case = _give(turn, case, failure, remedies[one.remedy], one.instead)
    return turn.put(case)


def give_instead(turn: Turn, case: Case, failed: Gift) -> Case:
    """Give the book's `otherwise` for a gift of the plan that nobody could carry out, once."""
    failure = case.failure(failed.about)
    if failure is None or failed.by or not case.is_open:
        return case
    book = turn.library.book(failure.book)
    otherwise = book.remedies.get(book.goodwill.otherwise)
    taken = {one.remedy for one in case.gifts if one.about == failed.about}
    if otherwise is None or otherwise.id in taken or _is_nothing(otherwise, failure.price):
        return case
    return turn.put(_give(turn, case, failure, otherwise, failed.remedy, "instead"))


def grant(turn: Turn, case: Case, granted: Granted) -> Case:
    """Carry out what a rep granted; `decide` judged it before it became a fact."""
    failure = case.failures[-1] if case.failures else None
    remedy = turn.book.remedies.get(granted.remedy)
    fulfil = Fulfil(
        remedy=granted.remedy,
        kind=remedy.kind if remedy else granted.remedy,
        provider=remedy.provider if remedy else "",
        amount=granted.cost,
        owed=False,
        about=failure.about if failure else "",
        brand=failure.brand if failure else case.brand,
        payee=_payee(failure),
    )
    step = f"grant/{granted.remedy}/{turn.cause}"  # giving the same again is not a repeat
    command = turn.issue(case.id, step, fulfil)
    gift = Gift(
        remedy=granted.remedy,
        command=command,
        at_ms=turn.at_ms,
        expected=granted.cost,
        by=granted.by,
        off_script=granted.off_script,
        reason=granted.reason,
    )
    return turn.put(replace(case, gifts=(*case.gifts, gift)))


def authority_used(state: State, case: Case, currency: str) -> int:
    """What people of the firm have given in a case so far, in cents of one currency.

    Sums of another currency are not added to it: authority is stated in the book's.

    Args:
        state: The customer, for what people gave with answers about what failed.
        case: The case.
        currency: Of the limit.
    """
    given = [gift.paid or gift.expected for gift in case.gifts if gift.by]
    chosen = [offer.cost for offer in case.offers if offer.by and offer.ordered]
    abouts = {failure.about for failure in case.failures if failure.about}
    answered = [given_with(one) for one in state.requests if one.about in abouts]
    sums = (*given, *chosen, *answered)
    return sum(money.cents for money in sums if money is not None and money.currency == currency)


def given_with(one: RequestState) -> Money | None:
    """What a person gave with an answer to a request."""
    return one.cost if one.by else None
