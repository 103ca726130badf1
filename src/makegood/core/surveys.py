"""Ask how it was, after a touchpoint: never while a case is open or anything holds, never often.

A missing answer is no score. A bad one is a failure of the kind the survey names, so that the
owner calls: whoever asks has to listen.
Source: story 4; evidence, "Words for it", and (45: never tie a remedy to a rating).
"""

from msgspec.structs import replace

from makegood.core import after_closing, asking_times, drawn
from makegood.core.calls import need_call
from makegood.core.cases import take_failure
from makegood.core.decision import Asker, Decision, refuse
from makegood.core.ending import CALL_BACK_MS
from makegood.core.failures import SEVERITY_BY_HAND, known
from makegood.core.state import Case, Failure, State
from makegood.core.surveyed import ANSWERED_WITH, SurveyState, WhyNot, found, with_one
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import SendMessage
from makegood.messages.events import Event
from makegood.messages.facts import Dropped, Rated, Touchpoint
from makegood.messages.ids import CaseId, CommandId
from makegood.messages.survey_facts import REASONS
from makegood.playbooks.book import RuleBook
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.rulings import SurveyKind, SurveyRule, Touched
from makegood.playbooks.terms import Cause

NO_CASE = CaseId("")


def hear(turn: Turn, body: Touchpoint) -> None:
    """Plan the questions of a touchpoint; about one thing each survey asks once."""
    told = body.properties.get("brand")
    brand = told if isinstance(told, str) and told in turn.book.brands else ""
    for rule in turn.book.asks_after.get(body.name, ()):
        touched = rule.read(body.properties, turn.state.facts)
        if touched is None:
            continue
        one = _new(turn, rule.id, touched.about, brand, touched.met)
        one = _met(turn, replace(one, after=body.name), touched)
        before = found(turn.state.surveys, one.survey, one.about)
        if before is not None and (before.why != "missing" or before.is_answered):
            continue  # asked, or answered, already
        if touched.missing:
            one = replace(one, why="missing", missing=touched.missing, why_ms=turn.at_ms)
        elif turn.origin.imported:
            one = replace(one, why="history", why_ms=turn.at_ms)
        else:
            due_ms = turn.at_ms + rule.ask_after_ms
            turn.set_timer(TimerKind.SURVEY_AT, due_ms, one.survey, one.about, brand)
        _put(turn, one)


def _new(turn: Turn, survey: str, about: str, brand: str, met: str) -> SurveyState:
    return SurveyState(
        event=turn.cause,
        profile=turn.origin.profile,
        survey=survey,
        about=about or turn.cause,
        at_ms=turn.at_ms,
        brand=brand,
        met=met,
    )


def _met(turn: Turn, one: SurveyState, touched: Touched) -> SurveyState:
    """Keep what was so when they met: later nobody could tell any more."""
    requests = (it for it in reversed(turn.state.requests) if it.about == one.about)
    decided = next((it.request for it in requests), "")
    cases = turn.state.cases
    failures = (it for case in cases for it in case.failures if it.about == one.about)
    return replace(
        one,
        rule=touched.rule or decided,
        place=touched.place,
        channel=touched.channel,
        severity=max((it.severity for it in failures), default=0),
    )


def _put(turn: Turn, one: SurveyState) -> None:
    turn.state = replace(turn.state, surveys=with_one(turn.state.surveys, one))


def due(turn: Turn, timer: Timer) -> None:
    """Ask, or remember why not; the gate has the last word when the message is handed over."""
    book = turn.book.for_brand(timer.brand)
    rule = book.surveys.get(timer.subject)
    one = found(turn.state.surveys, timer.subject, timer.about)
    if rule is None or one is None or one.is_answered:
        return
    brand = one.brand or next(iter(book.brands), "")
    why, case = _against(turn, rule, brand, asking_times.Now(turn.at_ms, book.asking))
    if why:
        due_ms = (one.due_ms or turn.at_ms) if why == "apology" else 0
        _put(turn, replace(one, why=why, why_ms=turn.at_ms, due_ms=due_ms))
        return
    template = book.messages[rule.message]
    order = SendMessage(
        message=rule.message,
        brand=brand,
        message_class=template.message_class,
        urgency=template.urgency,
        variables={"about": one.about, "met": one.met},
        survey=rule.id,
        question=bool(case),  # the gate lets what belongs to the case itself pass its hold
    )
    step = f"survey/{rule.id}/{one.about}"
    command = turn.issue(case, step, order, useful_ms=rule.useful_ms)
    one = replace(one, asked_ms=turn.at_ms, command=command, case=case)
    _put(turn, replace(one, why="", why_ms=0, due_ms=0))


def _against(
    turn: Turn, rule: SurveyRule, brand: str, now: asking_times.Now
) -> tuple[WhyNot, CaseId]:
    """Say what stands against asking now; empty for nothing, with the open case it belongs to."""
    state, asked_in = turn.state, NO_CASE
    why = asking_times.bad_moment(state, brand, now)
    case = state.open_case
    if why == "case" and case is not None and rule.outside:
        why, asked_in = asking_times.outside(state, case, now), case.id
        why = "unsubscribed" if asking_times.has_left(state, brand) else why
    why = why or asking_times.too_often(turn, rule, brand, now) or after_closing.waits(turn)
    return why, asked_in


def apologised(turn: Turn, case: Case, command: CommandId) -> None:
    """An apology was delivered: what waited for it may be asked now, while that is of use."""
    if command not in case.apology or case.apology_ms:
        return
    turn.put(replace(case, apology_ms=turn.at_ms))
    origin = turn.origin
    for one in turn.state.surveys:
        rule = turn.book.for_brand(one.brand).surveys.get(one.survey)
        if one.why != "apology" or rule is None or turn.at_ms - one.due_ms >= rule.useful_ms:
            continue
        turn.origin = replace(origin, profile=one.profile)  # whom it asks, not who was written to
        turn.set_timer(TimerKind.SURVEY_AT, turn.known_ms, one.survey, one.about, one.brand)
    turn.origin = origin


def take_back(turn: Turn, case: Case) -> None:
    """Withdraw the one question of a case that is our fault now, or of who wants none.

    One that reached them cannot be taken back: it may be answered, and gives them their rest.
    """
    ours = bool(case.unclear) or any(not one.cause.is_outside for one in case.failures)
    for one in turn.state.surveys:
        why: WhyNot = "case" if ours else ""
        why = "unsubscribed" if asking_times.has_left(turn.state, one.brand) else why
        if not why or one.sent_ms:
            continue
        if one.case == case.id and one.asked_ms and not one.is_answered and not one.why:
            turn.withdrawn.append(one.command)
            _put(turn, replace(one, asked_ms=0, why=why, why_ms=turn.at_ms))


def reached(turn: Turn, command: CommandId) -> bool:
    """Remember that a question reached the customer, though it was taken back too late."""
    for one in turn.state.surveys:
        if one.closing == command:
            return True
        if one.command == command:
            asked_ms = one.asked_ms or turn.at_ms
            _put(turn, replace(one, asked_ms=asked_ms, sent_ms=turn.at_ms, why="", why_ms=0))
            return True
    return False


def not_asked(turn: Turn, command: CommandId, body: Dropped) -> bool:
    """Remember that a question never reached the customer; whether it was one of a survey."""
    if after_closing.not_asked(turn, command):
        return True
    for one in turn.state.surveys:
        if one.command == command:
            _put(turn, replace(one, asked_ms=0, why=body.why, why_ms=turn.at_ms))
            return True
    return False


def rated(turn: Turn, event: Event, body: Rated) -> None:
    """Take an answer; a later one takes the place of an earlier, and a bad one is a failure."""
    one = found(turn.state.surveys, body.survey, body.about)
    if one is None:
        one = _new(turn, body.survey, body.about, body.brand, body.met)
    rule = turn.book.surveys.get(body.survey)
    before = one.answer_to(body.question)
    if one.command and not one.is_answered:
        turn.withdrawn.append(one.command)  # if it has not gone out, nobody needs to be asked
    turn.clear_timers(one.survey, TimerKind.SURVEY_AT, about=one.about)
    one = after_closing.answered(turn, one) if one.closed else one
    one = replace(
        one.answered(body.question, body.score),
        met=one.met or body.met,
        rated_ms=turn.at_ms,
        words=body.words or (one.words if body.question or before is None else ""),
        again=one.again + (before is not None),
    )
    _put(turn, one)
    if rule is None or rule.asks(body.question) is None:
        return
    good = None if body.question else rule.says_good(body.score)
    if good is not None:
        turn.state = drawn.answered(turn.state, turn.at_ms, good=good)
    if rule.is_bad(body.score, body.question):
        _unhappy(turn, event, one, rule)
    elif one.first_bad_ms and not one.happy_ms and not _is_bad(one, rule):
        _put(turn, replace(one, happy_ms=turn.at_ms))


def _is_bad(one: SurveyState, rule: SurveyRule) -> bool:
    """Whether any of its answers, as they stand, is bad."""
    answers = (*one.more, *((("", one.score),) if one.score is not None else ()))
    return any(rule.is_bad(score, question) for question, score in answers)


def _unhappy(turn: Turn, event: Event, one: SurveyState, rule: SurveyRule) -> None:
    """Open a case for it; where it had one that is closed by now, that opens again."""
    place = known(turn.state, one.failure)
    closed = place[0] if place is not None and not place[0].is_open else None
    again = one.again_bad or closed is not None
    first_ms = one.first_bad_ms or turn.at_ms
    one = replace(one, first_bad_ms=first_ms, happy_ms=0, again_bad=again)
    _put(turn, one)
    if place is None or closed is not None:
        _fail(turn, event, one, rule)
    case = turn.state.open_case
    if closed is not None and case is not None:
        case = turn.put(replace(case, reopens=closed.id, double=True))
        plan = turn.plan_of(case)
        need_call(turn, case, "still_unhappy", plan.call_within_ms if plan else CALL_BACK_MS)


def _fail(turn: Turn, event: Event, one: SurveyState, rule: SurveyRule) -> None:
    """Open a case with a hold and an owner, who calls."""
    kind = turn.book.failures.get(rule.fails_as)
    score = event.body.score if isinstance(event.body, Rated) else one.score
    failure = Failure(
        event=event.id,
        rule=rule.fails_as,
        about=one.failure,
        brand=one.brand,
        at_ms=turn.at_ms,
        severity=SEVERITY_BY_HAND,
        cause=Cause.FIRM,
        book=turn.origin.book,
        line=kind.line if kind else 0,
        details={"survey": rule.id, "score": score, "met": one.met},
        seen=((ANSWERED_WITH, score),),
        words=one.words,
    )
    take_failure(turn, failure, again=True)
    case = turn.state.open_case
    if case is not None and case.failure(failure.about) is not None:
        plan = turn.plan_of(case)
        need_call(turn, case, "bad_score", plan.call_within_ms if plan else CALL_BACK_MS)


def judge(state: State, wanted: Rated, asker: Asker, book: RuleBook) -> Decision:
    """Judge whether an answer can be one; what it says is the customer's to say.

    Whom and what they met is taken from the touchpoint, as it was then, whoever answers later.

    Args:
        state: Of the customer.
        wanted: The answer.
        asker: Who gives it, or writes it down.
        book: The book that knows the survey.
    """
    rule = book.surveys.get(wanted.survey)
    if rule is None:
        hint = nearest(wanted.survey, book.surveys)
        return refuse("no_such_survey", f"There is no survey `{wanted.survey}`. {hint}".strip())
    asked = rule.asks(wanted.question)
    if asked is None:
        hint = nearest(wanted.question, [one.id for one in rule.also])
        why = f"`{rule.id}` does not ask `{wanted.question}`. {hint}".strip()
        return refuse("no_such_question", why)
    least, most = asked.scale
    if not asked.takes(wanted.score):
        why = f"A score of `{rule.id}` ({asked.kind}) is {least} to {most}."
        return refuse("off_the_scale", why)
    if wanted.brand and wanted.brand not in book.brands:
        hint = nearest(wanted.brand, book.brands)
        return refuse("no_such_brand", f"There is no brand `{wanted.brand}`. {hint}".strip())
    if wanted.reasons and rule.kind is not SurveyKind.THUMBS:
        return refuse("no_reasons", f"`{rule.id}` ({rule.kind}) does not ask for a reason.")
    return Decision(body=replace(_as_met(state, wanted), by=asker.rep))


def _as_met(state: State, wanted: Rated) -> Rated:
    one = found(state.surveys, wanted.survey, wanted.about)
    if one is None:
        return wanted
    return replace(
        wanted,
        met=one.met or wanted.met,
        rule=one.rule,
        place=one.place,
        channel=one.channel,
        severity=one.severity,
        met_ms=one.at_ms,
        reasons=tuple(it for it in REASONS if it in wanted.reasons),
    )


def last_asked(state: State, survey: str, about: str) -> SurveyState | None:
    """Find what a customer was asked; None when nobody asked it."""
    one = found(state.surveys, survey, about)
    return one if one is not None and (one.asked_ms or one.closing_ms) else None
