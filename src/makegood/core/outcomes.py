"""Outcomes come back as events: what was carried out or dropped, and whose word it kept or broke.

An outcome is known by its command, or, when the history was folded anew and the same step now
has another cause, by its step: then the order that still waits is needless.
Source: ideas, 6 and 9 (nothing lost, nothing silently repeated; we keep our own promises).
"""

from msgspec.structs import replace

from makegood.core import letters, places, requests, surveys, waiting
from makegood.core.calls import need_call
from makegood.core.ending import CALL_BACK_MS
from makegood.core.entitlements import paid, pay_what_is_owed
from makegood.core.keeping import REDIRECT, keep
from makegood.core.offers import offer_unavailable
from makegood.core.owed import Stray
from makegood.core.promises import refused
from makegood.core.remedies import give_instead
from makegood.core.state import Case, OfferState, OfferStatus, Phase
from makegood.core.turn import Turn
from makegood.messages.facts import Carried, Dropped
from makegood.messages.ids import CommandId
from makegood.playbooks.terms import Plan


def meant(turn: Turn, command: CommandId, step: str) -> CommandId:
    """Find the order that an outcome is about.

    Args:
        turn: The turn.
        command: The id the outcome names.
        step: Its plan step, "" when not told.

    Returns:
        The same id when the state knows it; else the order of the same step, which is withdrawn.
    """
    steps = turn.state.orders
    if any(known == command for known, _ in steps) or not step:
        return command
    for known, known_step in steps:
        if known_step == step:
            turn.withdrawn.append(known)
            return known
    return command


def carried(turn: Turn, body: Carried) -> None:
    """A command was carried out: write down what moved, and top up what is short."""
    command = meant(turn, body.command, body.step)
    if waiting.told(turn, command) or surveys.reached(turn, command):
        return
    for case in turn.state.cases:
        if body.detail.get("channel") == "phone" and places.to_ring(turn, case, command):
            return
        done = _paid(turn, case, body, command)
        done = _kept(turn, case.id, body, command) or done
        if done or _given(turn, case, body, command):
            return
        if any(known == command for known, _ in case.messages):
            surveys.apologised(turn, case, command)
            return
    if requests.kept(turn, command, body.paid):
        return
    if body.paid is not None:
        stray = Stray(body.command, body.paid.cents, body.paid.currency, turn.at_ms, body.step)
        turn.state = replace(turn.state, strays=(*turn.state.strays, stray))


def _paid(turn: Turn, case: Case, body: Carried, command: CommandId) -> bool:
    for failure in case.failures:
        after = paid(failure, command, body.paid)
        if after is not None:
            changed = turn.put(case.with_failure(after))
            topped_up = pay_what_is_owed(turn, changed, after)
            turn.put(changed.with_failure(topped_up))
            return True
    return False


def _kept(turn: Turn, case_id: str, body: Carried, command: CommandId) -> bool:
    case = turn.state.case(case_id)
    for offer in case.offers if case else ():
        if case is not None and offer.ordered == command:
            kept = replace(
                offer,
                status=OfferStatus.KEPT,
                cost=body.paid or offer.cost,
                detail={**offer.detail, **body.detail},
            )
            offers = tuple(kept if one is offer else one for one in case.offers)
            turn.put(replace(case, offers=offers))
            if not offer.asks:  # to be told that somebody comes is not that they came
                keep(turn, REDIRECT, command)
            return True
    return False


def _given(turn: Turn, case: Case, body: Carried, command: CommandId) -> bool:
    for gift in case.gifts:
        if gift.command == command:
            done = replace(gift, paid=body.paid or gift.expected, failed=False)
            gifts = tuple(done if one is gift else one for one in case.gifts)
            turn.put(replace(case, gifts=gifts))
            return True
    return False


def dropped(turn: Turn, body: Dropped) -> None:
    """A command ended without being carried out; where it was a promise, we broke it."""
    if body.why == "withdrawn":
        return
    command = meant(turn, body.command, body.step)
    if surveys.not_asked(turn, command, body) or letters.not_sent(turn, command):
        return
    for case in turn.state.cases:
        if places.not_told(turn, case, command) or places.not_delivered(turn, case, command):
            return
        if _broken(turn, case, command) or _failed(turn, case, command):
            return
        if any(offer.asked == command for offer in case.offers):
            offer_unavailable(turn, case, command)
            return
        if _unreached(turn, case, command):
            return
    requests.broken(turn, command)


def _broken(turn: Turn, case: Case, command: CommandId) -> bool:
    for offer in case.offers:
        if offer.ordered == command and offer.status is OfferStatus.CHOSEN:
            case = turn.put(_with_broken(case, offer))
            if turn.state.memory.about(REDIRECT, command) is None:
                _break_word(turn, case)
            else:
                refused(turn, command)
            return True
    owed = [p.command for f in case.failures for one in f.owed for p in one.payments]
    if command in owed:
        _break_word(turn, case)
        return True
    return False


def _with_broken(case: Case, offer: OfferState) -> Case:
    broken = replace(offer, status=OfferStatus.BROKEN)
    return replace(case, offers=tuple(broken if one is offer else one for one in case.offers))


def refused_there(turn: Turn, case: Case, command: CommandId) -> bool:
    """Whoever accepted a customer that was sent to them takes it back: a second failure.

    Args:
        turn: The turn.
        case: The case.
        command: The question that had their yes.
    """
    for offer in case.offers:
        gone = offer.asked == command and offer.status in (OfferStatus.CHOSEN, OfferStatus.KEPT)
        if gone and turn.state.memory.about(REDIRECT, offer.ordered) is not None:
            turn.put(_with_broken(case, offer))
            turn.withdrawn.append(offer.ordered)
            refused(turn, offer.ordered)
            return True
    return False


def _break_word(turn: Turn, case: Case) -> None:
    """A promise of ours that is broken is itself a failure, the second one."""
    case = turn.put(replace(case, double=True, broken=case.broken + 1))
    if case.is_open:
        plan = turn.plan_of(case)
        within_ms = plan.call_within_ms if plan else CALL_BACK_MS
        need_call(turn, case, "broken_promise", within_ms)


def _failed(turn: Turn, case: Case, command: CommandId) -> bool:
    for gift in case.gifts:
        if gift.command == command:
            gifts = tuple(replace(one, failed=True) if one is gift else one for one in case.gifts)
            give_instead(turn, turn.put(replace(case, gifts=gifts)), gift)
            return True
    return False


def _asks(message: str, plan: Plan) -> bool:
    return message == plan.made_whole.question


def _unreached(turn: Turn, case: Case, command: CommandId) -> bool:
    """An offer or a question that could not be delivered needs a voice instead."""
    plan = turn.plan_of(case)
    for known, message in case.messages:
        if known == command:
            if plan is not None and case.is_open and message == plan.offer_message:
                need_call(turn, case, "unreached", plan.call_within_ms)
            elif plan is not None and case.phase is Phase.ASKED and _asks(message, plan):
                need_call(turn, case, "not_asked", plan.call_within_ms)
            return True
    return False
