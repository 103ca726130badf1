"""When somebody may be asked how it was: never before what they were promised came, never often.

Two clocks stand against fatigue, one for all surveys together and one for each. Where the cause
lies outside the firm the apology comes first, and then one question.
Source: story 4; ideas, "Holds".
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from makegood.core.holds import EVERYWHERE, is_holding
from makegood.core.state import Case, OfferStatus, State
from makegood.core.surveyed import WhyNot
from makegood.core.turn import Turn
from makegood.playbooks.asking import AskingTerms
from makegood.playbooks.rulings import SurveyRule


class Now(Struct, frozen=True):
    """When it is, and what the book says of all surveys together."""

    at_ms: int
    asking: AskingTerms

    def trusts(self, ordered_ms: int) -> bool:
        """Whether what was ordered then has been silent for so long that nobody will tell."""
        rest_ms = self.asking.unreported_ms
        return bool(rest_ms) and self.at_ms - ordered_ms >= rest_ms


def bad_moment(state: State, brand: str, now: Now) -> WhyNot:
    """Say why this is no time for questions; empty when it is one."""
    if state.open_case is not None:
        return "case"
    holding = (one for one in state.cases if is_holding(one))
    if any(one.unclear or one.scope in (EVERYWHERE, brand) for one in holding):
        return "hold"
    return "remedy" if _waits(state, state.cases, now) else ""


def _waits(state: State, cases: Iterable[Case], now: Now) -> bool:
    return any(is_undelivered(one, now) for one in cases) or _waits_for_request(state, now)


def is_undelivered(case: Case, now: Now) -> bool:
    """Whether anything that is owed, was given or was chosen has not come yet.

    What was ordered, and nobody reports how it ended, keeps a customer from questions only as
    long as the book says; what could not even be ordered always does.
    """
    if case.origin.imported:
        return False  # history gives no orders, and so nothing can come of them
    trusted = now.trusts(max(case.opened_ms, case.closed_ms))
    owed = [one for failure in case.failures for one in failure.owed if not one.is_paid]
    if any(one.short_cents > 0 or not trusted for one in owed):
        return True
    gifts = [one for one in case.gifts if one.paid is None and not one.failed]
    if any(not one.command or not now.trusts(one.at_ms) for one in gifts):
        return True
    chosen = [one for one in case.offers if one.status is OfferStatus.CHOSEN]
    return any(one.waits_for_price or not trusted for one in chosen)


def _waits_for_request(state: State, now: Now) -> bool:
    """Whether something was said yes to and has not come yet."""
    allowed = (one for one in state.requests if one.command and not one.done and not one.failed)
    return any(not now.trusts(one.ended_ms or one.at_ms) for one in allowed)


def outside(state: State, case: Case, now: Now) -> WhyNot:
    """Say why the one question of a case that is nobody's fault may not be asked; "" if it may."""
    others = [one for one in state.cases if one is not case]
    ours = any(not one.cause.is_outside for one in case.failures)
    if ours or case.unclear or not case.failures or any(is_holding(one) for one in others):
        return "case"
    if case.call is not None and not case.call.done_ms:
        return "case"  # they hear a voice first
    if case.asked_ms or any(one.case == case.id and one.asked_ms for one in state.surveys):
        return "one"
    if _waits(state, others, now):
        return "remedy"  # what this case gives may come later; what another owes comes first
    return "" if case.apology_ms else "apology"


def has_left(state: State, brand: str) -> bool:
    """Whether they left the brand on any channel: the gate lets a case's own question pass."""
    return any(whose in (EVERYWHERE, brand) for whose, _ in state.unsubscribed)


def wants_none(state: State, brand: str) -> bool:
    """Whether they left all messages of the brand."""
    return any(
        whose in (EVERYWHERE, brand) and how == EVERYWHERE for whose, how in state.unsubscribed
    )


def too_often(turn: Turn, rule: SurveyRule, brand: str, now: Now) -> WhyNot:
    """Say whether they want no questions, or had one not long ago."""
    if wants_none(turn.state, brand):
        return "unsubscribed"
    if _within(turn, rule.every_ms, _asked(turn.state, rule.id)):
        return "often"
    return "lately" if _within(turn, now.asking.every_ms, _asked(turn.state, "")) else ""


def rested_ms(state: State, asking: AskingTerms) -> int:
    """Say since when, or from when on, the rest from all questions is over; 0 for ever."""
    return max(
        (at_ms + asking.every_ms for at_ms in _asked(state, "") if asking.every_ms), default=0
    )


def _within(turn: Turn, every_ms: int, asked: Iterator[int]) -> bool:
    return bool(every_ms) and any(turn.at_ms - at_ms < every_ms for at_ms in asked)


def _asked(state: State, survey: str) -> Iterator[int]:
    """Give when they were asked, by us or by whoever wrote the answer down; "" is by all."""
    for one in state.surveys:
        if survey in ("", one.survey) and (one.asked_ms or one.is_answered):
            yield max(one.asked_ms, one.rated_ms, one.closing_ms)
    if not survey:
        yield from (case.asked_ms for case in state.cases if case.asked_ms)
