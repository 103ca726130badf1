"""Open a case, let it grow, or meet its second failure: what Makegood does the moment it knows.

In this order: hold, owner, apology, what is owed, what the plan gives, Plan B.
Source: story 3; Joireman, Gregoire, Devezer and Tripp 2013 (apology and compensation together).
"""

from msgspec.structs import replace

from makegood.core.apologies import is_again, may_be_said
from makegood.core.calls import need_call
from makegood.core.entitlements import pay_what_is_owed
from makegood.core.failures import back_again, grown, is_news, is_second, known, with_agreements
from makegood.core.holds import EVERYWHERE
from makegood.core.offers import open_offers, order_what_waited
from makegood.core.owning import own_of, owner_of
from makegood.core.recovery import Move, moved
from makegood.core.remedies import give_by_itself, give_what_waited
from makegood.core.say import Words, say
from makegood.core.state import Case, Failure, Phase, Unclear
from makegood.core.timers import TimerKind
from makegood.core.turn import Turn
from makegood.messages.ids import case_id
from makegood.playbooks.lapsing import LapseRule
from makegood.playbooks.terms import Plan


def take_failure(turn: Turn, failure: Failure, *, again: bool = False) -> None:
    """Do everything a failure asks for.

    Args:
        turn: The turn.
        failure: What let the customer down.
        again: It is said of a closed case, and is more than news about it.
    """
    failure = with_agreements(turn, failure)
    place = known(turn.state, failure.about)
    if place is not None:
        case, before = place
        if case.is_open or (not again and is_news(case, before, failure)):
            _grow(turn, case, before, failure)
            return
        failure = back_again(before, failure)
    _new_failure(turn, failure)


def _grow(turn: Turn, case: Case, before: Failure, now: Failure) -> None:
    after = grown(before, now)
    case = turn.put(case.with_failure(after))
    after = pay_what_is_owed(turn, case, after)
    case = turn.put(case.with_failure(after))
    if not case.is_open:
        return
    case = turn.put(replace(case, scope=_wider(case, _scope(_plan(turn, after), after))))
    if before.price is None and after.price is not None:
        case = order_what_waited(turn, give_what_waited(turn, case, after), after)
    if after.rule != before.rule:
        begin_plan(turn, case, after, second=False)


def _new_failure(turn: Turn, failure: Failure) -> None:
    case = turn.state.open_case
    window_ms = turn.library.book(failure.book).double_window_ms
    second = _is_second(turn, case, failure, window_ms)
    plan, lapse = _plan(turn, failure), _lapse(turn, failure)
    holds = lapse is None or lapse.holds != "nothing"
    scope = _scope(plan, failure, lapse)
    if case is None:
        case = _opened(turn, failure, (plan, scope), second=second)
        if lapse is not None and not case.owner:
            case = replace(case, owner=own_of(turn, failure.brand))
        case = replace(case, lifted=not holds, lifts_ms=0 if holds else failure.at_ms)
    elif case.phase is Phase.UNCLEAR:
        case = moved(case, Move.FAILURE_FOUND, turn.at_ms)
        case = replace(case, plan=failure.rule, origin=turn.origin, scope=scope)
        _watch(turn, case, plan, failure)
    elif plan is not None and turn.plan_of(case) is None:  # only lines were left before
        case = replace(case, plan=failure.rule, origin=turn.origin)
        _watch(turn, case, plan, failure)
    case = replace(
        case,
        failures=(*case.failures, failure),
        unclear=tuple([one for one in case.unclear if one.event != failure.event]),
        double=case.double or second,
        scope=_reach(case, scope, holds=holds),
        lifted=case.lifted and not holds,
        lifts_ms=0 if holds else case.lifts_ms,
    )
    begin_plan(turn, case, failure, second=second)


def _plan(turn: Turn, failure: Failure) -> Plan | None:
    return turn.library.book(failure.book).plans.get(failure.rule)


def _opened(turn: Turn, failure: Failure, by: tuple[Plan | None, str], *, second: bool) -> Case:
    """A new case with its hold; it keeps the plan and the book it opens with."""
    plan, scope = by
    case = Case(
        id=case_id(failure.event),
        origin=turn.origin,
        phase=Phase.OPENED,
        opened_ms=failure.at_ms,
        brand=failure.brand,
        scope=scope,
        plan=failure.rule,
        owner=owner_of(turn, failure.brand, failure.severity, double=second),
    )
    _watch(turn, case, plan, failure)
    return case


def _watch(turn: Turn, case: Case, plan: Plan | None, failure: Failure) -> None:
    """Ask a person to look when the hold has stood very long; the hold stays."""
    if plan is not None:
        turn.set_timer(TimerKind.LONGEST, failure.at_ms + plan.hold.longest_ms, case.id)


def _lapse(turn: Turn, failure: Failure) -> LapseRule | None:
    lapses = turn.library.book(failure.book).lapses
    return next((one for one in lapses if one.id == failure.rule), None)


def _is_second(turn: Turn, case: Case | None, failure: Failure, window_ms: int) -> bool:
    """Whether it is a double deviation; a line that was left is none and makes none."""
    if _lapse(turn, failure) is not None:
        return False
    state = turn.state
    if state.lines:
        cases = tuple(_without_lapses(turn, one) for one in state.cases)
        state = replace(state, cases=cases)
        case = _without_lapses(turn, case) if case is not None else None
    return is_second(state, case, failure, window_ms)


def _without_lapses(turn: Turn, case: Case) -> Case:
    kept = tuple(one for one in case.failures if _lapse(turn, one) is None)
    return replace(case, failures=kept)


def _scope(plan: Plan | None, failure: Failure, lapse: LapseRule | None = None) -> str:
    """The umbrella, unless the plan says the brand alone."""
    if lapse is not None:
        return failure.brand if lapse.holds == "brand" and failure.brand else EVERYWHERE
    if plan is not None and plan.hold.scope == "brand" and failure.brand:
        return failure.brand
    return EVERYWHERE


def _wider(case: Case, scope: str) -> str:
    return case.scope if case.scope == scope else EVERYWHERE


def _reach(case: Case, scope: str, *, holds: bool) -> str:
    """What the hold stops with one more failure; one that holds nothing widens nothing."""
    if not holds:
        return case.scope
    return scope if case.lifted else _wider(case, scope)


def begin_plan(turn: Turn, case: Case, failure: Failure, *, second: bool) -> None:
    """Begin Plan B for a failure that is already in its case.

    Args:
        turn: The turn.
        case: Holds the failure.
        failure: New, or grown into another kind.
        second: It is a double deviation.
    """
    plan, lapse = _plan(turn, failure), _lapse(turn, failure)
    after = pay_what_is_owed(turn, case, failure)
    if after is not failure:
        case = case.with_failure(after)
    if plan is None:
        why, within_ms = ("lapsed", lapse.call_ms) if lapse is not None else ("no_plan", 0)
        need_call(turn, case, why, within_ms)
        return
    turn.clear_timers(case.id, TimerKind.ASK_AT, TimerKind.ASK_AGAIN)
    again = is_again(turn, after)
    if not again:
        case = _apologise(turn, case, after, plan, second=second)
    case = give_by_itself(turn, case, after, plan)
    if again:
        case = _apologise_again(turn, case, after, plan, second=second)
    tiers = plan.tiers
    if second and plan.double is not None:
        tiers = plan.double.tiers
        call_ms = plan.double.call_within_ms
        case = need_call(turn, case, "second_failure", call_ms, promise=True)
    open_offers(turn, case, after, plan, tiers)


def _apologise_again(
    turn: Turn, case: Case, failure: Failure, plan: Plan, *, second: bool
) -> Case:
    """Say sorry once more with something to go with it; else a person calls and says it."""
    explains = failure.cause.is_outside and plan.explanation
    if explains or may_be_said(turn, case, failure, plan, second=second):
        return _apologise(turn, case, failure, plan, second=second)
    return need_call(turn, case, "apology", plan.call_within_ms)


def _apologise(turn: Turn, case: Case, failure: Failure, plan: Plan, *, second: bool) -> Case:
    """Say sorry, or explain when nobody of ours could have prevented it."""
    step = f"{failure.about}/{failure.rule}/apology"
    if failure.cause.is_outside and plan.explanation:
        words = Words(message=plan.explanation, step=step, useful_ms=plan.useful_ms)
        return _with_apology(case, say(turn, case, failure, words))
    message = plan.apology
    if second and plan.double is not None and plan.double.apology:
        message = plan.double.apology
    turn.state = replace(turn.state, apologies_ms=(*turn.state.apologies_ms, turn.at_ms))
    words = Words(message=message, step=step, useful_ms=plan.useful_ms)
    return _with_apology(case, say(turn, case, failure, words))


def _with_apology(before: Case, after: Case) -> Case:
    """Remember by which orders it was said; the latest failure needs words of its own."""
    said = tuple(command for command, _ in after.messages[len(before.messages) :])
    return replace(after, apology=said, apology_ms=0)


def take_unclear(turn: Turn, unclear: tuple[Unclear, ...]) -> None:
    """Put before a person what no rule could judge; marketing waits meanwhile."""
    if not unclear:
        return
    case = turn.state.open_case
    if case is None:
        first = unclear[0]
        case = Case(
            id=case_id(first.event),
            origin=turn.origin,
            phase=Phase.UNCLEAR,
            opened_ms=first.at_ms,
            brand=first.brand,
            scope=EVERYWHERE,
            plan="",
            owner=owner_of(turn, first.brand, max(one.severity for one in unclear)),
        )
    turn.put(replace(case, unclear=(*case.unclear, *unclear)))
