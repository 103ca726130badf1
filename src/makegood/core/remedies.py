"""Remedies given as goodwill: by the plan itself, or by a rep within their authority.

Source: science, section 1a (14-16: match the remedy to the loss; immediate beats delayed).
"""

from msgspec.structs import replace

from makegood.core.state import PRICE, Case, Failure, Gift
from makegood.core.turn import Turn
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Facts, Granted
from makegood.messages.ids import CommandId
from makegood.messages.money import Money, share_of
from makegood.playbooks.terms import Plan, Remedy


def expected_cost(remedy: Remedy, price: Money | None, currency: str) -> Money:
    """What a remedy is expected to cost.

    Args:
        remedy: The remedy.
        price: Price of what was affected; where `is_unsized`, nothing can be expected yet.
        currency: Of fixed sums.
    """
    if remedy.cost_cents or price is None:
        return Money(remedy.cost_cents, currency)
    return share_of(price, remedy.cost_ratio)


def is_unsized(remedy: Remedy, price: Money | None) -> bool:
    """Whether a remedy is a share of a price that nobody told: a person has to find it."""
    return bool(remedy.cost_ratio) and not remedy.cost_cents and price is None


def order_remedy(
    turn: Turn, case: Case, remedy: Remedy, failure: Failure, step: str, facts: Facts
) -> tuple[CommandId, Money]:
    """Order a goodwill remedy.

    Returns:
        The command, and the expected cost.
    """
    cost = expected_cost(remedy, failure.price, turn.book.currency)
    fulfil = Fulfil(
        remedy=remedy.id,
        kind=remedy.kind,
        provider=remedy.provider,
        amount=cost,
        owed=False,
        about=failure.about,
        brand=failure.brand,
        facts=facts,
    )
    return turn.issue(case.id, step, fulfil), cost


def give_by_itself(turn: Turn, case: Case, failure: Failure, plan: Plan) -> Case:
    """Give the least tier, once for each failure; what is owed anyway is not given twice.

    Returns:
        The case, which remembers what was given; to be put into the state.
    """
    if failure.given:
        return case
    remedies = turn.library.book(failure.book).remedies
    covered = {owed.remedy for owed in failure.owed}
    gifts = case.gifts
    wanted = plan.gives_outside if failure.cause.is_outside else plan.gives
    for name in wanted:
        if name in covered or _is_nothing(remedies[name], failure.price):
            continue
        gifts = (*gifts, _gift(turn, case, failure, remedies[name]))
    return replace(case, gifts=gifts).with_failure(replace(failure, given=True))


def _is_nothing(remedy: Remedy, price: Money | None) -> bool:
    """Whether it is a share of a price of nothing: no provider is told to pay nothing."""
    shared = bool(remedy.cost_ratio) and not remedy.cost_cents
    return shared and price is not None and not share_of(price, remedy.cost_ratio).cents


def _gift(turn: Turn, case: Case, failure: Failure, remedy: Remedy) -> Gift:
    """Order a gift; one whose size cannot be told waits for the price and orders nothing."""
    command, cost, missing = CommandId(""), Money(0, turn.book.currency), ""
    if is_unsized(remedy, failure.price):
        missing = PRICE
    else:
        step = f"{failure.about}/gives/{remedy.id}"
        command, cost = order_remedy(turn, case, remedy, failure, step, {})
    return Gift(
        remedy=remedy.id,
        command=command,
        at_ms=turn.at_ms,
        expected=cost,
        about=failure.about,
        missing=missing,
    )


def give_what_waited(turn: Turn, case: Case, failure: Failure) -> Case:
    """Order gifts that waited for the price of a failure, once it is known."""
    waiting = [one for one in case.gifts if one.missing and one.about == failure.about]
    if not waiting or failure.price is None:
        return case
    remedies = turn.library.book(failure.book).remedies
    gifts = tuple(
        _gift(turn, case, failure, remedies[one.remedy])
        if one in waiting and one.remedy in remedies
        else one
        for one in case.gifts
    )
    return turn.put(replace(case, gifts=gifts))


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


def authority_used(case: Case) -> int:
    """What people of the firm have given in a case so far, in cents."""
    given = sum((gift.paid or gift.expected).cents for gift in case.gifts if gift.by)
    chosen = sum(offer.cost.cents for offer in case.offers if offer.by and offer.ordered)
    return given + chosen
