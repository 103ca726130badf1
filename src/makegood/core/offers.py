"""Plan B: offers in tiers, each confirmed before it is made, then the customer's choice.

An offer names only what somebody has confirmed; one that nobody can keep is never shown.
Source: DESIGN idea 9; science, section 1a (3: give it now; 22: zones of tolerance).
"""

from msgspec.structs import replace

from makegood.core.calls import need_call
from makegood.core.entitlements import pay_what_is_owed
from makegood.core.recovery import Move, moved
from makegood.core.remedies import expected_cost, order_remedy
from makegood.core.routing import can_promise_call
from makegood.core.say import Words, say
from makegood.core.state import Call, Case, Failure, OfferState, OfferStatus, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import ConfirmOffer
from makegood.messages.facts import Chosen, Confirmed
from makegood.messages.ids import CommandId
from makegood.playbooks.terms import Offer, Plan, Tier

_UNDECIDED = frozenset({OfferStatus.ASKING, OfferStatus.CONFIRMED})
_CHOICE_ENDS = frozenset({"no_choice", "no_offer", "not_opened", "unreached"})
"""Calls about the choice itself; any other is made even when the customer has chosen."""


def open_offers(
    turn: Turn, case: Case, failure: Failure, plan: Plan, tiers: tuple[Tier, ...]
) -> Case:
    """Ask whether the offers of some tiers can be kept; make those that need no asking.

    Offers of an earlier failure that nobody chose lapse: there is one Plan B at a time. A failure
    whose plan has nothing to choose from leaves the Plan B that is open as it is.
    """
    wanted = tuple(offer for offer in plan.offers if offer.tier in tiers)
    if not wanted and any(offer.status in _UNDECIDED for offer in case.offers):
        return case
    kept = _lapsed(turn, case.offers)
    fresh = tuple(_asked(turn, case, failure, plan, offer) for offer in wanted)
    case = turn.put(replace(case, offers=kept + fresh))
    asking = [offer for offer in fresh if offer.status is OfferStatus.ASKING]
    if asking:
        remedies = turn.library.book(failure.book).remedies
        longest = max(remedies[offer.offer].confirm_within_ms for offer in asking)
        turn.set_timer(TimerKind.CONFIRM_BY, turn.known_ms + longest, case.id, about=failure.about)
    return make_offers(turn, case, failure.about)


def _lapsed(turn: Turn, offers: tuple[OfferState, ...]) -> tuple[OfferState, ...]:
    """Let go of what nobody chose; who has not been asked yet need not be."""
    turn.withdrawn += [one.asked for one in offers if one.status is OfferStatus.ASKING]
    return tuple(
        replace(one, status=OfferStatus.LAPSED) if one.status in _UNDECIDED else one
        for one in offers
    )


def _asked(turn: Turn, case: Case, failure: Failure, plan: Plan, offer: Offer) -> OfferState:
    remedy = turn.library.book(failure.book).remedies[offer.id]
    state = OfferState(
        offer=offer.id,
        about=failure.about,
        tier=offer.tier,
        status=OfferStatus.CONFIRMED,
        rule=failure.rule,
        declines=offer.declines,
        calls=offer.calls,
        cost=expected_cost(remedy, failure.price, turn.book.currency),
    )
    if offer.calls:
        within_ms = plan.double.call_within_ms if plan.double and case.double else 0
        within_ms = within_ms or plan.call_within_ms
        if not can_promise_call(within_ms, turn.known_ms, failure.brand, turn.on_duty):
            return replace(state, status=OfferStatus.UNAVAILABLE)
        return state
    if not remedy.confirm_within_ms:
        return state
    question = ConfirmOffer(
        remedy=offer.id,
        provider=remedy.provider,
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
    failure = next((one for one in case.failures if one.about == about), None)
    if failure is None:
        return case
    current = [one for one in case.offers if one.about == about and one.rule == failure.rule]
    if any(offer.status is OfferStatus.ASKING for offer in current) or _decided(current):
        return case
    turn.clear_timers(case.id, TimerKind.CONFIRM_BY, about=about)
    plan = turn.library.book(failure.book).plans.get(failure.rule)
    if plan is None or not current:
        return turn.put(moved(case, Move.NOTHING_TO_CHOOSE, turn.at_ms))
    if not any(offer.status is OfferStatus.CONFIRMED for offer in current):
        return need_call(turn, case, "no_offer", plan.call_within_ms)
    key = f"{about}/{failure.rule}"
    if key in case.offered:
        return case
    case = replace(case, offered=(*case.offered, key))
    step = f"{key}/offers"
    words = Words(message=plan.offer_message, step=step, useful_ms=plan.useful_ms)
    case = say(turn, case, failure, words)
    if plan.choose_within_ms:
        turn.set_timer(TimerKind.CHOOSE_BY, turn.known_ms + plan.choose_within_ms, case.id)
    if plan.open_within_ms:
        turn.set_timer(TimerKind.OPEN_BY, turn.known_ms + plan.open_within_ms, case.id)
    return turn.put(moved(case, Move.OFFERS_MADE, turn.at_ms))


def _decided(offers: list[OfferState]) -> bool:
    done = (OfferStatus.CHOSEN, OfferStatus.KEPT, OfferStatus.BROKEN)
    return any(offer.status in done for offer in offers)


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
            changed = replace(offer, status=status, expires_ms=expires_ms, detail=detail)
            case = turn.put(_with(case, offer, changed))
            return make_offers(turn, case, offer.about)
    return case


def confirm_overdue(turn: Turn, case: Case, about: str) -> Case:
    """Who has not answered in time is taken for a no; the rest is offered."""
    for offer in case.offers:
        if offer.about == about and offer.status is OfferStatus.ASKING:
            case = _with(case, offer, replace(offer, status=OfferStatus.UNAVAILABLE))
    return make_offers(turn, turn.put(case), about)


def choose(turn: Turn, case: Case, choice: Chosen) -> Case:
    """Carry out what was chosen; the other offers lapse."""
    wanted = [one for one in case.offers if one.offer == choice.offer]
    if not wanted:
        return need_call(turn, case, "no_choice", 0)
    chosen = wanted[-1]
    if chosen.status in (OfferStatus.CHOSEN, OfferStatus.KEPT):
        return case
    turn.clear_timers(case.id, TimerKind.CHOOSE_BY, TimerKind.OPEN_BY, TimerKind.CONFIRM_BY)
    lapsed = _lapsed(turn, case.offers)
    case = replace(case, offers=lapsed)
    chosen = next(one for one in reversed(lapsed) if one.offer == choice.offer)
    failure = _failure_of(case, chosen)
    plan = turn.library.book(failure.book).plans.get(failure.rule)
    if chosen.calls:
        case = _with(case, chosen, replace(chosen, status=OfferStatus.KEPT, by=choice.by))
        within_ms = plan.call_within_ms if plan else 0
        if plan and plan.double and case.double:
            within_ms = plan.double.call_within_ms
        return need_call(turn, turn.put(case), "asked_for", within_ms, promise=True)
    case = _ordered(turn, case, failure, chosen, choice)
    if plan and plan.chosen_message:
        step = f"{failure.about}/{failure.rule}/chosen"
        words = Words(message=plan.chosen_message, step=step, useful_ms=plan.useful_ms)
        case = say(turn, case, _failure_of(case, chosen), words, chosen)
    call = case.call
    if call is not None and not call.done_ms and not _is_owed(call) and call.why in _CHOICE_ENDS:
        turn.clear_timers(case.id, TimerKind.CALL_BY)
        case = replace(case, call=None)
    return turn.put(moved(case, Move.CHOSEN, turn.at_ms))


def _is_owed(call: Call) -> bool:
    """Whether the customer was told of the call; a promise that broke is still owed."""
    return call.promised or bool(call.broken_ms)


def _failure_of(case: Case, offer: OfferState) -> Failure:
    return next((one for one in case.failures if one.about == offer.about), case.failures[-1])


def _ordered(turn: Turn, case: Case, failure: Failure, chosen: OfferState, choice: Chosen) -> Case:
    """Order the chosen remedy; declining the service makes what is owed for it fall due."""
    remedy = turn.library.book(failure.book).remedies[chosen.offer]
    status = replace(chosen, status=OfferStatus.CHOSEN, by=choice.by)
    if chosen.declines:
        declined = pay_what_is_owed(turn, case, replace(failure, declined=True))
        case = with_failure(case, failure, declined)
        payments = [p for owed in declined.owed if owed.remedy == remedy.id for p in owed.payments]
        if payments:
            paid = all(one.paid_cents >= 0 for one in payments)
            settled = OfferStatus.KEPT if paid else OfferStatus.CHOSEN
            ordered = replace(status, ordered=payments[-1].command, status=settled)
            return turn.put(_with(case, chosen, ordered))
    step = f"{failure.about}/{failure.rule}/keep/{chosen.offer}"
    command, cost = order_remedy(turn, case, remedy, failure, step, dict(chosen.detail))
    return turn.put(_with(case, chosen, replace(status, ordered=command, cost=cost)))


def with_failure(case: Case, before: Failure, after: Failure) -> Case:
    """Put a changed failure in the place of the old one."""
    failures = tuple(after if one.about == before.about else one for one in case.failures)
    return replace(case, failures=failures)


def _with(case: Case, before: OfferState, after: OfferState) -> Case:
    return replace(case, offers=tuple(after if one is before else one for one in case.offers))
