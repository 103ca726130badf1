"""Plan B: offers in tiers, each confirmed before it is made, then the customer's choice.

An offer names only what somebody has confirmed; one that nobody can keep is never shown.
Source: ideas, 9; evidence (15: give it now; 22: zones of tolerance).
"""

from msgspec.structs import replace

from makegood.core import askings
from makegood.core.calls import need_call
from makegood.core.entitlements import pay_what_is_owed
from makegood.core.goodwill import cost_for, fits, is_unsized, may_offer
from makegood.core.keeping import REDIRECT, promise, said
from makegood.core.recovery import Move, moved
from makegood.core.remedies import bring, order_remedy
from makegood.core.routing import can_promise_call
from makegood.core.said import SaidKind
from makegood.core.say import Words, say
from makegood.core.state import Call, Case, Failure, OfferState, OfferStatus
from makegood.core.timers import TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import ConfirmOffer
from makegood.messages.facts import Chosen, Confirmed, Facts
from makegood.messages.ids import CommandId
from makegood.playbooks.terms import Offer, Plan, Remedy, Tier

_UNDECIDED = frozenset({OfferStatus.ASKING, OfferStatus.CONFIRMED})
_NOT_NOW = frozenset(
    {OfferStatus.ASKING, OfferStatus.CHOSEN, OfferStatus.KEPT, OfferStatus.BROKEN}
)
"""One of these among a failure's offers: somebody has still to answer, or has chosen."""
_CHOICE_ENDS = frozenset({"no_choice", "no_offer", "not_opened", "unreached"})
"""Calls about the choice itself; any other is made even when the customer has chosen."""


def open_offers(
    turn: Turn, case: Case, failure: Failure, plan: Plan, tiers: tuple[Tier, ...]
) -> Case:
    """Ask whether the offers of some tiers can be kept; make those that need no asking.

    Offers of an earlier failure that nobody chose lapse: there is one Plan B at a time. A failure
    whose plan has nothing to choose from leaves the Plan B that is open as it is.
    """
    wanted = [offer for offer in plan.offers if offer.tier in tiers]
    if not wanted and any(offer.status in _UNDECIDED for offer in case.offers):
        return turn.put(case)
    kept = _lapsed(turn, case)
    fresh = [_asked(turn, case, failure, plan, offer) for offer in wanted]
    case = replace(case, offers=(*kept, *fresh))
    asking = [offer.offer for offer in fresh if offer.status is OfferStatus.ASKING]
    if not asking:
        return make_offers(turn, case, failure.about)
    remedies = turn.library.book(failure.book).remedies
    longest_ms = max([remedies[offer].confirm_within_ms for offer in asking])
    turn.set_timer(TimerKind.CONFIRM_BY, turn.known_ms + longest_ms, case.id, about=failure.about)
    return turn.put(case)


def _lapsed(turn: Turn, case: Case, but: OfferState | None = None) -> tuple[OfferState, ...]:
    """Let go of what nobody chose; who has not been asked yet need not be."""
    offers = case.offers
    undecided = [one for one in offers if one.status in _UNDECIDED and one is not but]
    if not undecided:
        return offers
    turn.withdrawn += [one.asked for one in undecided if one.status is OfferStatus.ASKING]
    return tuple(
        [
            replace(askings.let_go(turn, case, one), status=OfferStatus.LAPSED)
            if one.status in _UNDECIDED and one is not but
            else one
            for one in offers
        ]
    )


def _asked(turn: Turn, case: Case, failure: Failure, plan: Plan, offer: Offer) -> OfferState:
    book = turn.library.book(failure.book)
    remedy = book.remedies[offer.id]
    state = OfferState(
        offer=offer.id,
        about=failure.about,
        tier=offer.tier,
        status=OfferStatus.CONFIRMED,
        rule=failure.rule,
        declines=offer.declines,
        calls=offer.calls,
        cost=cost_for(book, remedy, failure),
    )
    fitting = fits(book, remedy, failure)
    if not fitting or not may_offer(book, turn.state, case, state):
        why = "most" if fitting else "match"
        return replace(state, status=OfferStatus.UNAVAILABLE, why=why)
    if offer.calls:
        within_ms = plan.double.call_within_ms if plan.double and case.double else 0
        within_ms = within_ms or plan.call_within_ms
        if not can_promise_call(within_ms, turn.known_ms, failure.brand, turn.on_duty):
            return replace(state, status=OfferStatus.UNAVAILABLE)
        return state
    if not remedy.confirm_within_ms:
        return state
    if remedy.places:
        asked = askings.look(turn, case, failure, remedy)
        return replace(state, status=OfferStatus.ASKING, asked=asked)
    question = ConfirmOffer(
        remedy=offer.id,
        provider=remedy.asks,
        about=failure.about,
        brand=failure.brand,
        facts=dict(failure.details),
    )
    step = f"{failure.about}/{failure.rule}/confirm/{offer.id}"
    asked = turn.issue(case.id, step, question, useful_ms=remedy.confirm_within_ms)
    return replace(state, status=OfferStatus.ASKING, asked=asked)


def make_offers(turn: Turn, case: Case, about: str) -> Case:
    """Tell the customer the choice, once every offer is answered for.

    It is told once; a late yes only joins the page that the customer has already. With nothing
    confirmed the owner calls; a plan without offers goes on helping.
    """
    failure = case.failure(about)
    if failure is None:
        return turn.put(case)
    rule = failure.rule
    case = _with_fallback(turn, case, failure)
    current = [one.status for one in case.offers if one.about == about and one.rule == rule]
    if not _NOT_NOW.isdisjoint(current):
        return turn.put(case)
    turn.clear_timers(case.id, TimerKind.CONFIRM_BY, about=about)
    plan = turn.library.book(failure.book).plans.get(failure.rule)
    if plan is None or not current:
        return turn.put(moved(case, Move.NOTHING_TO_CHOOSE, turn.at_ms))
    if OfferStatus.CONFIRMED not in current:
        return need_call(turn, case, "no_offer", plan.call_within_ms)
    key = f"{about}/{failure.rule}"
    if key in case.offered:
        return turn.put(case)
    case = replace(case, offered=(*case.offered, key))
    step = f"{key}/offers"
    words = Words(message=plan.offer_message, step=step, useful_ms=plan.useful_ms)
    case = say(turn, case, failure, words)
    if plan.choose_within_ms:
        turn.set_timer(TimerKind.CHOOSE_BY, turn.known_ms + plan.choose_within_ms, case.id)
    if plan.open_within_ms:
        turn.set_timer(TimerKind.OPEN_BY, turn.known_ms + plan.open_within_ms, case.id)
    return turn.put(moved(case, Move.OFFERS_MADE, turn.at_ms))


def _with_fallback(turn: Turn, case: Case, failure: Failure) -> Case:
    """Offer the book's `otherwise` when none of the choices can be had, a call apart."""
    rule, about = failure.rule, failure.about
    current = [one for one in case.offers if one.about == about and one.rule == rule]
    choices = [one.status for one in current if not one.calls]
    book = turn.library.book(failure.book)
    remedy = book.remedies.get(book.goodwill.otherwise)
    none_left = bool(choices) and set(choices) == {OfferStatus.UNAVAILABLE}
    if remedy is None or not none_left or any(one.offer == remedy.id for one in current):
        return case
    offer = OfferState(
        offer=remedy.id,
        about=about,
        tier=Tier.BETTER,
        status=OfferStatus.CONFIRMED,
        rule=rule,
        cost=cost_for(book, remedy, failure),
    )
    if not may_offer(book, turn.state, case, offer):
        return case
    return replace(case, offers=(*case.offers, offer))


def offer_confirmed(turn: Turn, case: Case, answer: Confirmed) -> Case:
    """The other side said yes."""
    status, detail = OfferStatus.CONFIRMED, dict(answer.detail)
    return _answered(turn, case, answer.command, status, answer.expires_ms, detail)


def offer_unavailable(turn: Turn, case: Case, command: CommandId) -> Case:
    """The other side said no, took its yes back, or could not be asked."""
    return _answered(turn, case, command, OfferStatus.UNAVAILABLE, 0, {})


def _answered(
    turn: Turn,
    case: Case,
    command: CommandId,
    status: OfferStatus,
    expires_ms: int,
    detail: dict[str, object],
) -> Case:
    if not case.is_open:
        return case  # an answer that comes when nobody needs it any more
    open_to_it = (*_UNDECIDED, OfferStatus.UNAVAILABLE)
    for offer in case.offers:
        if offer.asked == command and offer.status in open_to_it:
            if status is OfferStatus.CONFIRMED:
                expires_ms = _expires_ms(turn, case, offer, expires_ms)
            changed = replace(offer, status=status, expires_ms=expires_ms, detail=detail)
            return make_offers(turn, _with(case, offer, changed), offer.about)
    return case


def _expires_ms(turn: Turn, case: Case, offer: OfferState, told_ms: int) -> int:
    """Say until when a yes stands: as told, and no longer than the book lets a redirect stand."""
    longest_ms = _remedy_of(turn, case, offer).expires_ms
    if not longest_ms:
        return told_ms
    until_ms = turn.known_ms + longest_ms
    return min(told_ms, until_ms) if told_ms else until_ms


def _remedy_of(turn: Turn, case: Case, offer: OfferState) -> Remedy:
    return turn.library.book(_failure_of(case, offer).book).remedies[offer.offer]


def confirm_overdue(turn: Turn, case: Case, about: str) -> Case:
    """Who has not answered in time is taken for a no; the rest is offered.

    Questions that were let go of meanwhile are nobody's answer: what came after them counts.
    """
    before = case
    for offer in reversed(case.offers):
        if offer.about != about:
            break  # who was asked about another failure was let go when this one was asked about
        if offer.status is OfferStatus.ASKING:
            gone = replace(askings.let_go(turn, case, offer), status=OfferStatus.UNAVAILABLE)
            case = _with(case, offer, gone)
    if case is before:
        return case
    return make_offers(turn, case, about)


def choose(turn: Turn, case: Case, choice: Chosen) -> Case:
    """Carry out what was chosen; the other offers lapse."""
    wanted = [one for one in case.offers if one.offer == choice.offer]
    if not wanted:
        return need_call(turn, case, "no_choice", 0)
    chosen = wanted[-1]
    if chosen.status in (OfferStatus.CHOSEN, OfferStatus.KEPT):
        return case
    turn.clear_timers(case.id, TimerKind.CHOOSE_BY, TimerKind.OPEN_BY, TimerKind.CONFIRM_BY)
    case = replace(case, offers=_lapsed(turn, case, but=chosen))
    failure = _failure_of(case, chosen)
    plan = turn.library.book(failure.book).plans.get(failure.rule)
    if chosen.calls:
        case = _with(case, chosen, replace(chosen, status=OfferStatus.KEPT, by=choice.by))
        within_ms = plan.call_within_ms if plan else 0
        if plan and plan.double and case.double:
            within_ms = plan.double.call_within_ms
        return need_call(turn, turn.put(case), "asked_for", within_ms, promise=True)
    case = _ordered(turn, case, failure, chosen, choice)
    case = _say_chosen(turn, case, chosen)
    call = case.call
    if call is not None and not call.done_ms and not _is_owed(call) and call.why in _CHOICE_ENDS:
        turn.clear_timers(case.id, TimerKind.CALL_BY)
        case = replace(case, call=None)
    return turn.put(moved(case, Move.CHOSEN, turn.at_ms))


def _say_chosen(turn: Turn, case: Case, chosen: OfferState) -> Case:
    """Say that it is arranged; not while it waits for a price that nobody knows."""
    failure = _failure_of(case, chosen)
    plan = turn.library.book(failure.book).plans.get(failure.rule)
    waits = any(one.offer == chosen.offer and one.waits_for_price for one in case.offers)
    if plan is None or not plan.chosen_message or waits:
        return case
    step = f"{failure.about}/{failure.rule}/chosen"
    words = Words(message=plan.chosen_message, step=step, useful_ms=plan.useful_ms)
    return say(turn, case, failure, words, chosen)


def _is_owed(call: Call) -> bool:
    """Whether the customer was told of the call; a promise that broke is still owed."""
    return call.promised or bool(call.broken_ms)


def _failure_of(case: Case, offer: OfferState) -> Failure:
    return case.failure(offer.about) or case.failures[-1]


def _ordered(turn: Turn, case: Case, failure: Failure, chosen: OfferState, choice: Chosen) -> Case:
    """Order the chosen remedy; declining the service makes what is owed for it fall due."""
    remedy = turn.library.book(failure.book).remedies[chosen.offer]
    status = replace(chosen, status=OfferStatus.CHOSEN, by=choice.by)
    if chosen.declines:
        declined = pay_what_is_owed(turn, case, replace(failure, declined=True))
        case = case.with_failure(declined)
        payments = [p for owed in declined.owed if owed.remedy == remedy.id for p in owed.payments]
        if payments:
            paid = all(one.paid_cents >= 0 for one in payments)
            settled = OfferStatus.KEPT if paid else OfferStatus.CHOSEN
            ordered = replace(status, ordered=payments[-1].command, status=settled)
            return turn.put(_with(case, chosen, ordered))
    if is_unsized(remedy, failure.price):
        return turn.put(_with(case, chosen, status))  # a person finds the price first
    step = f"{failure.about}/{failure.rule}/keep/{chosen.offer}"
    if remedy.places:
        command, cost = askings.expect(turn, case, chosen), chosen.cost
    else:
        command, cost = order_remedy(turn, case, remedy, failure, step, chosen)
    if remedy.expires_ms:
        until_ms = chosen.expires_ms or turn.known_ms + remedy.expires_ms
        _send_away(turn, failure, chosen, command, max(until_ms, turn.known_ms + 1))
    case = _with(case, chosen, replace(status, ordered=command, cost=cost))
    return turn.put(bring(turn, case, remedy, failure, chosen))


def _send_away(
    turn: Turn, failure: Failure, chosen: OfferState, command: CommandId, until_ms: int
) -> None:
    """Watch over a customer who is sent elsewhere, until they are taken in there."""
    to = chosen.detail.get("place_name", chosen.offer) if chosen.asks else chosen.offer
    facts: Facts = {"to": to, "about": failure.about}
    if chosen.asks:
        facts["place"] = chosen.detail.get("place", "")
    one = said(turn, SaidKind.REDIRECT, REDIRECT, command, facts)
    promise(turn, replace(one, brand=failure.brand, due_ms=until_ms))


def order_what_waited(turn: Turn, case: Case, failure: Failure) -> Case:
    """Order what was chosen while nobody knew the price of the failure, once it is known."""
    for offer in case.offers:
        if offer.waits_for_price and offer.about == failure.about and failure.price is not None:
            known = _failure_of(case, offer)
            choice = Chosen(case=case.id, offer=offer.offer, by=offer.by)
            ordered = _ordered(turn, case, known, offer, choice)
            case = turn.put(_say_chosen(turn, ordered, offer))
    return case


def _with(case: Case, before: OfferState, after: OfferState) -> Case:
    offers = case.offers
    index = len(offers) - 1
    while offers[index] is not before:
        index -= 1
    return replace(case, offers=(*offers[:index], after, *offers[index + 1 :]))
