"""How a case ends: ask whether it is good again, believe the answer, and only then sell.

Source: evidence (8: silence is not recovery; 9: perceived greed) and (45: never tie
a remedy to a rating); ideas, "Holds".
"""

from msgspec.structs import replace

from makegood.core import after_closing, askings
from makegood.core.calls import need_call
from makegood.core.hellos import is_quiet
from makegood.core.holds import is_holding
from makegood.core.my_person import NOBODY, person_of
from makegood.core.recovery import Move, can, moved
from makegood.core.say import Words, say
from makegood.core.state import Case, OfferStatus, Phase
from makegood.core.surveyed import good_again
from makegood.core.timers import TimerKind
from makegood.core.turn import Turn
from makegood.messages.facts import Answered
from makegood.messages.ids import RepId
from makegood.playbooks.terms import Plan

OFFER_USEFUL_MS = 7 * 86_400_000  # a loyalty offer a week late only reminds of the bad day
_UNSETTLED = frozenset({OfferStatus.ASKING, OfferStatus.CHOSEN})
_NOT_CHOSEN = frozenset({OfferStatus.ASKING, OfferStatus.CONFIRMED})
CALL_BACK_MS = 4 * 3_600_000  # for a call that no plan times


def maybe_ask(turn: Turn, case: Case) -> Case:
    """Plan the question once everything chosen was delivered; never before."""
    if not can(case, Move.QUESTION_ASKED):
        return case
    plan = turn.plan_of(case)
    waiting = any(offer.status in _UNSETTLED for offer in case.offers)
    waiting = waiting or (case.call is not None and not case.call.done_ms)
    waiting = waiting or any(one.is_open for one in turn.state.memory.said)
    waiting = waiting or bool(turn.state.phone.waiting)
    if plan is not None and not waiting and not _has_timer(turn, case, TimerKind.ASK_AT):
        due_ms = turn.known_ms + plan.made_whole.ask_after_ms
        turn.set_timer(TimerKind.ASK_AT, due_ms, case.id)
    return case


def _has_timer(turn: Turn, case: Case, kind: TimerKind) -> bool:
    return any(t.subject == case.id and t.kind is kind for t in turn.state.timers)


def ask(turn: Turn, case: Case, *, again: bool = False) -> Case:
    """Ask whether it is good again; where the rule's own criterion is enough, close."""
    plan = turn.plan_of(case)
    if plan is None or (again and case.phase is not Phase.ASKED):
        return case
    if plan.made_whole.by_criterion and not again:
        return _close(turn, case, plan, Move.CRITERION_MET)
    if not again and not can(case, Move.QUESTION_ASKED):
        return case
    words = Words(
        message=plan.made_whole.question,
        step=f"{case.failures[-1].about}/question",
        useful_ms=OFFER_USEFUL_MS,
        question=True,
        ordinal=int(again),
    )
    case = say(turn, replace(case, asked_ms=turn.at_ms), case.failures[-1], words)
    if plan.made_whole.ask_again_ms and not again:
        due_ms = turn.known_ms + plan.made_whole.ask_again_ms
        turn.set_timer(TimerKind.ASK_AGAIN, due_ms, case.id)
    return turn.put(moved(case, Move.QUESTION_ASKED, turn.at_ms))


def answered(turn: Turn, case: Case, body: Answered) -> Case:
    """Believe the customer: "good" ends the case, "not yet" wakes its owner."""
    plan = turn.plan_of(case)
    if body.answer == "good":
        return _close(turn, case, plan, Move.SAID_GOOD)
    within_ms = plan.call_within_ms if plan else CALL_BACK_MS
    return need_call(turn, case, "not_yet", within_ms)


def used_again(turn: Turn, rule: str, line: str) -> None:
    """The customer is back at a line they had left: a case about that alone is at its end."""
    case = turn.state.open_case
    if case is None or case.unclear or not case.failures:
        return
    if all((one.rule, one.about) == (rule, line) for one in case.failures):
        _close(turn, case, turn.plan_of(case), Move.USED_AGAIN)


def released(turn: Turn, case: Case) -> Case:
    """A person lifted the hold with a reason; no offer follows, and who was unhappy is asked."""
    case = _ended(turn, moved(case, Move.RELEASED, turn.at_ms))
    after_closing.closed(turn, case)
    return case


def dismissed(turn: Turn, case: Case) -> Case:
    """A person found no failure in anything that was unclear."""
    return _ended(turn, moved(case, Move.DISMISSED, turn.at_ms))


def _ended(turn: Turn, case: Case) -> Case:
    if case.is_open:
        return case
    turn.clear_timers(case.id)
    return turn.put(replace(_needless(turn, case), lifted=True))


def _close(turn: Turn, case: Case, plan: Plan | None, move: Move) -> Case:
    if not can(case, move):
        return case
    case = moved(case, move, turn.at_ms)
    turn.clear_timers(case.id)
    case = _needless(turn, case)
    if move is Move.SAID_GOOD and turn.state.surveys:
        abouts = frozenset(one.about for one in case.failures)
        surveys = good_again(turn.state.surveys, abouts, turn.at_ms)
        turn.state = replace(turn.state, surveys=surveys)
    if plan is None:
        return turn.put(replace(case, lifted=True))
    lifts_ms = turn.known_ms + plan.hold.cool_off_ms
    if plan.hold.cool_off_ms:
        turn.set_timer(TimerKind.LIFT_AT, lifts_ms, case.id)
        case = replace(case, lifts_ms=lifts_ms)
    else:
        case = replace(case, lifted=True)
    if plan.then_offer is not None:
        due_ms = max(lifts_ms, turn.known_ms + plan.then_offer.after_ms)
        turn.set_timer(TimerKind.OFFER_AT, due_ms, case.id)
    return turn.put(case)


def _needless(turn: Turn, case: Case) -> Case:
    """Words and questions that have not gone out are withdrawn; what is owed or chosen is not.

    A place that keeps a room which nobody chose is told that it is free again.
    """
    turn.withdrawn += [command for command, _ in case.messages]
    turn.withdrawn += [offer.asked for offer in case.offers if offer.asked]
    kept = [offer for offer in case.offers if offer.asks and offer.status in _NOT_CHOSEN]
    if not kept:
        return case
    offers = tuple(askings.let_go(turn, case, one) if one in kept else one for one in case.offers)
    return replace(case, offers=offers)


def lift(turn: Turn, case: Case) -> Case:
    """The cool-off after "made whole" is over."""
    return turn.put(replace(case, lifted=True))


def offer_at_last(turn: Turn, case: Case) -> Case:
    """Sell, if nothing else holds; an offer that must not go now never goes.

    Nor does it go once we let the customer down again, however that ended: if they were made whole
    again the later case has an offer of its own, and a mere release is followed by none.
    """
    plan = turn.plan_of(case)
    holding = any(is_holding(one) for one in turn.state.cases)
    last = [one for one in turn.state.cases if one.phase is not Phase.DISMISSED][-1:] == [case]
    if plan is None or plan.then_offer is None or case.phase is not Phase.MADE_WHOLE:
        return case
    if holding or not last:
        return case
    before = case.messages
    by = person_of(turn.state.my_person, case.brand) if plan.then_offer.by_chosen_rep else NOBODY
    if by and is_quiet(turn.state):
        return case  # something is open between the two: this is no time to sell
    words = Words(
        message=plan.then_offer.message,
        step=f"{case.failures[-1].about}/then_offer",
        useful_ms=OFFER_USEFUL_MS,
        by=by or _own_person(turn, case),
    )
    case = say(turn, case, case.failures[-1], words)
    sent = case.messages[len(before) :]
    return turn.put(replace(case, offer_after=sent[0][0])) if sent else case


def _own_person(turn: Turn, case: Case) -> RepId:
    """Sign with the owner where that is the customer's own person: then it comes from them."""
    person = person_of(turn.state.my_person, case.brand)
    return person if person == case.owner else NOBODY


def look_closer(turn: Turn, case: Case) -> Case:
    """The hold has stood very long: a person is asked, and it stays."""
    return turn.put(replace(case, look=True)) if case.is_open else case
