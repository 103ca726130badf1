"""How often sorry is enough: an apology that is not the first goes with something, or by a voice.

Source: evidence (6) and (26: repeated apologies can be worse than none; 33: money
and words together satisfy twice as many as money alone).
"""

from makegood.core.state import Case, Failure, OfferStatus
from makegood.core.turn import Turn
from makegood.playbooks.giving import ApologyTerms, Besides
from makegood.playbooks.terms import Plan


def is_again(turn: Turn, failure: Failure) -> bool:
    """Whether the customer heard sorry so lately that saying it alone does harm."""
    terms = _terms(turn, failure)
    return terms is not None and _last_ms(turn, terms) is not None


def may_be_said(turn: Turn, case: Case, failure: Failure, plan: Plan, *, second: bool) -> bool:
    """Whether an apology that is not the first goes with what the book asks for.

    Args:
        turn: The turn.
        case: With what was just given by itself.
        failure: What it is for.
        plan: Its plan.
        second: It is a double deviation, so that the plan's call comes with it.
    """
    terms = _terms(turn, failure)
    if terms is None:
        return True
    last_ms = _last_ms(turn, terms)
    calls = case.call is not None and not case.call.done_ms
    goes_with = {
        Besides.TANGIBLE: _is_tangible(case, failure),
        Besides.PROMISE_KEPT: last_ms is not None and _kept_since(turn, last_ms),
        Besides.PERSON: calls or (second and plan.double is not None),
    }
    return any(goes_with[need] for need in terms.needs)


def _terms(turn: Turn, failure: Failure) -> ApologyTerms | None:
    return turn.library.book(failure.book).goodwill.apologies


def _last_ms(turn: Turn, terms: ApologyTerms) -> int | None:
    since_ms = turn.at_ms - terms.within_ms
    return max(
        (one for one in turn.state.apologies_ms if since_ms <= one <= turn.at_ms), default=None
    )


def _is_tangible(case: Case, failure: Failure) -> bool:
    """Whether money or a service is on its way for this failure, owed or given."""
    given = any(one.command and not one.failed for one in case.gifts if one.about == failure.about)
    known = case.failure(failure.about) or failure
    return given or any(owed.payments for owed in known.owed)


def _kept_since(turn: Turn, last_ms: int) -> bool:
    """Whether what was promised with the last apology was kept, and nothing was broken."""
    told = [case for case in turn.state.cases if case.opened_ms <= last_ms]
    if not told or told[-1].broken:
        return False
    case = told[-1]
    called = case.call is not None and case.call.done_ms >= last_ms
    gave = any(gift.paid is not None for gift in case.gifts)
    return called or gave or any(one.status is OfferStatus.KEPT for one in case.offers)
