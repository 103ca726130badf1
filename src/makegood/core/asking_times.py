"""When somebody may be asked how it was: never before what they were promised came, never often.

Two clocks stand against fatigue, one for all surveys together and one for each. Where the cause
lies outside the firm the apology comes first, and then one question.
Source: story 4; ideas, "Holds".
"""

from collections.abc import Iterator

from makegood.core.holds import EVERYWHERE, is_holding
from makegood.core.state import Case, OfferStatus, State
from makegood.core.surveyed import WhyNot
from makegood.core.turn import Turn
from makegood.playbooks.rulings import SurveyRule


def bad_moment(state: State, brand: str) -> WhyNot:
    """Say why this is no time for questions; empty when it is one."""
    if state.open_case is not None:
        return "case"
    holding = (one for one in state.cases if is_holding(one))
    if any(one.unclear or one.scope in (EVERYWHERE, brand) for one in holding):
        return "hold"
    if any(is_undelivered(one) for one in state.cases) or _waits_for_request(state):
        return "remedy"
    return ""


def is_undelivered(case: Case) -> bool:
    """Whether anything that is owed, was given or was chosen has not come yet."""
    if case.origin.imported:
        return False  # history gives no orders, and so nothing can come of them
    owed = (one for failure in case.failures for one in failure.owed)
    if any(not one.is_paid for one in owed):
        return True
    if any(gift.paid is None and not gift.failed for gift in case.gifts):
        return True
    return any(one.status is OfferStatus.CHOSEN for one in case.offers)


def _waits_for_request(state: State) -> bool:
    """Whether something was said yes to and has not come yet."""
    return any(one.command and not one.done and not one.failed for one in state.requests)


def outside(state: State, case: Case) -> WhyNot:
    """Say why the one question of a case that is nobody's fault may not be asked; "" if it may."""
    others = (one for one in state.cases if one is not case and is_holding(one))
    ours = any(not one.cause.is_outside for one in case.failures)
    if ours or case.unclear or not case.failures or any(others):
        return "case"
    if case.call is not None and not case.call.done_ms:
        return "case"  # they hear a voice first
    if case.asked_ms or any(one.case == case.id and one.asked_ms for one in state.surveys):
        return "one"
    return "" if case.apology_ms else "apology"


def has_left(state: State, brand: str) -> bool:
    """Whether they left the brand on any channel: the gate lets a case's own question pass."""
    return any(whose in (EVERYWHERE, brand) for whose, _ in state.unsubscribed)


def too_often(turn: Turn, rule: SurveyRule, brand: str) -> WhyNot:
    """Say whether they want no questions, or had one not long ago."""
    if any(
        whose in (EVERYWHERE, brand) and how == EVERYWHERE
        for whose, how in turn.state.unsubscribed
    ):
        return "unsubscribed"
    if _within(turn, rule.every_ms, _asked(turn.state, rule.id)):
        return "often"
    return "lately" if _within(turn, turn.book.asking.every_ms, _asked(turn.state, "")) else ""


def _within(turn: Turn, every_ms: int, asked: Iterator[int]) -> bool:
    return bool(every_ms) and any(turn.at_ms - at_ms < every_ms for at_ms in asked)


def _asked(state: State, survey: str) -> Iterator[int]:
    """Give when they were asked, by us or by whoever wrote the answer down; "" is by all."""
    for one in state.surveys:
        if survey in ("", one.survey) and (one.asked_ms or one.is_answered):
            yield max(one.asked_ms, one.rated_ms)
    if not survey:
        yield from (case.asked_ms for case in state.cases if case.asked_ms)
