"""Ask once whether it is good now, after a person closed what an unhappy answer had opened.

It waits until everything that was given has come and until the rest from all questions is over. It
does not wait for the rest of its own survey: it belongs to the case, is asked once, and a month
later would be old news. It goes before every other question, but only while the rest alone is in
its way: what may stand for weeks at one brand silences no other brand.
Source: story 4; evidence, 8 (silence is not recovery).
"""

from msgspec.structs import replace

from makegood.core import asking_times
from makegood.core.state import Case
from makegood.core.surveyed import SurveyState, WhyNot, found, with_one
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import SendMessage
from makegood.messages.ids import CaseId, CommandId
from makegood.playbooks.asking import AskingTerms
from makegood.playbooks.rulings import SurveyRule

LOOK_AGAIN_MS = 86_400_000  # what was not good for a question today may be tomorrow
_NO_CASE = CaseId("")


def closed(turn: Turn, case: Case) -> None:
    """Plan the question, for each answer of the case that is not known to be good again."""
    terms = turn.book.for_brand(case.brand).asking
    if not terms.closing or turn.origin.imported:
        return
    origin = turn.origin
    for one in turn.state.surveys:
        if not one.first_bad_ms or one.happy_ms or case.failure(one.failure) is None:
            continue
        _put(turn, replace(one, closed=case.id, closed_ms=turn.at_ms, closing=CommandId("")))
        turn.origin = replace(origin, profile=one.profile)  # whom it asks, not who closed it
        _at(turn, one, turn.known_ms + terms.closing_after_ms)
    turn.origin = origin


def due(turn: Turn, timer: Timer) -> None:
    """Ask, or wait until nothing stands against it; what waited too long is asked no more."""
    book = turn.book.for_brand(timer.brand)
    one = found(turn.state.surveys, timer.subject, timer.about)
    rule = book.surveys.get(timer.subject)
    if one is None or not one.is_to_be_asked_again:
        return
    brand = one.brand or next(iter(book.brands), "")
    if rule is None or not book.asking.closing or asking_times.wants_none(turn.state, brand):
        _put(turn, replace(one, closed=_NO_CASE))
        return
    at_ms = _when(turn, brand, book.asking)
    if at_ms <= turn.at_ms:
        _ask(turn, one, rule, brand)
    elif at_ms < one.closed_ms + book.asking.closing_within_ms:
        _at(turn, one, at_ms)
    else:
        _put(turn, replace(one, closed=_NO_CASE))


def _when(turn: Turn, brand: str, asking: AskingTerms) -> int:
    """Say when nothing stands against it, as far as is known now."""
    now = asking_times.Now(turn.at_ms, asking)
    if asking_times.bad_moment(turn.state, brand, now):
        return turn.at_ms + LOOK_AGAIN_MS
    return asking_times.rested_ms(turn.state, asking)


def _ask(turn: Turn, one: SurveyState, rule: SurveyRule, brand: str) -> None:
    book = turn.book.for_brand(brand)
    message = book.asking.closing
    case = turn.state.case(one.closed)
    template = book.messages[message]
    order = SendMessage(
        message=message,
        brand=brand,
        message_class=template.message_class,
        urgency=template.urgency,
        variables={
            "about": one.about,
            "met": one.met,
            "changed": case.changed if case is not None else "",
        },
        survey=rule.id,
    )
    step = f"survey/{rule.id}/{one.about}/closed/{one.closed}"
    command = turn.issue(_NO_CASE, step, order, useful_ms=rule.useful_ms)
    _put(turn, replace(one, closing=command, closing_ms=turn.at_ms))


def waits(turn: Turn) -> WhyNot:
    """Let every other question wait while rest alone keeps this one back: "lately", else ""."""
    return "lately" if any(_is_next(turn, one) for one in turn.state.surveys) else ""


def _is_next(turn: Turn, one: SurveyState) -> bool:
    if not one.is_to_be_asked_again:
        return False
    book = turn.book.for_brand(one.brand)
    brand = one.brand or next(iter(book.brands), "")
    if not book.asking.closing or asking_times.wants_none(turn.state, brand):
        return False
    return not asking_times.bad_moment(
        turn.state, brand, asking_times.Now(turn.at_ms, book.asking)
    )


def answered(turn: Turn, one: SurveyState) -> SurveyState:
    """Give the survey once its customer has spoken by themselves: nothing is to be asked."""
    if one.closing:
        turn.withdrawn.append(one.closing)
    turn.clear_timers(one.survey, TimerKind.SURVEY_AGAIN, about=one.about)
    return replace(one, closed=_NO_CASE, closing=CommandId(""))


def not_asked(turn: Turn, command: CommandId) -> bool:
    """Remember that this question never reached them; whether it was one."""
    for one in turn.state.surveys:
        if one.closing == command:
            _put(turn, replace(one, closing_ms=0))
            return True
    return False


def _at(turn: Turn, one: SurveyState, at_ms: int) -> None:
    turn.set_timer(TimerKind.SURVEY_AGAIN, at_ms, one.survey, one.about, one.brand)


def _put(turn: Turn, one: SurveyState) -> None:
    turn.state = replace(turn.state, surveys=with_one(turn.state.surveys, one))
