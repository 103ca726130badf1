"""See a failure: by an event or raised by hand; and tell a second from a growing one.

A failure with the same `about` grows; another `about`, or a promise of ours that was broken, in
an open case or soon after one, is a double deviation.
Source: Maxham and Netemeyer 2002; Knox and van Oest 2014; ideas, "Failures".
"""

from msgspec.structs import replace

from makegood.core.agreements import Here, that_hold
from makegood.core.state import Case, Failure, State, Unclear
from makegood.core.turn import Turn
from makegood.messages.agreements import Agreement
from makegood.messages.events import Event
from makegood.messages.facts import Facts, FailureRaised, Judged
from makegood.messages.ids import EventId, event_id
from makegood.playbooks.book import Finding
from makegood.playbooks.terms import Cause

NEWS_MS = 2 * 86_400_000  # feeds repeat themselves for a day or two, not longer
OTHER = "other"  # the kind of a failure that no rule of the book names
WORST = 5
SEVERITY_BY_HAND = 3  # the middle of the scale, when neither rule nor person says how bad it is


def failures_in(turn: Turn, event: Event, found: tuple[Finding, ...]) -> list[Failure]:
    """Turn findings that say yes into failures."""
    return [_from_finding(turn, event, finding) for finding in found if finding.outcome == "yes"]


def _from_finding(turn: Turn, event: Event, finding: Finding) -> Failure:
    rule = turn.book.failures[finding.rule]
    return Failure(
        event=turn.cause,
        rule=finding.rule,
        about=finding.about or turn.cause,
        brand=finding.brand,
        at_ms=event.time_ms,
        severity=finding.severity,
        cause=finding.cause,
        book=turn.origin.book,
        inferred=finding.inferred,
        price=finding.price,
        details=finding.details,
        seen=finding.seen,
        line=rule.line,
    )


def with_agreements(turn: Turn, failure: Failure) -> Failure:
    """Say on a new failure which agreements held there and then, and who asks, pays, is told."""
    if failure.agreements or failure.parties is not None:
        return failure
    agreements = _that_held(turn, failure.brand, failure.at_ms)
    if not agreements and turn.parties is None:
        return failure
    return replace(failure, agreements=agreements, parties=turn.parties)


def _that_held(turn: Turn, brand: str, at_ms: int) -> tuple[Agreement, ...]:
    here = Here(brand=brand, place=turn.place, at_ms=at_ms)
    return tuple(one.agreement for one in that_hold(turn.agreements, here))


def unclear_in(turn: Turn, event: Event, found: tuple[Finding, ...]) -> tuple[Unclear, ...]:
    """List what could not be judged; a clear yes about the same thing settles it."""
    settled = {finding.about or turn.cause for finding in found if finding.outcome == "yes"}
    return tuple(
        Unclear(
            turn.cause,
            finding.rule,
            finding.missing,
            finding.about or turn.cause,
            finding.brand,
            event.time_ms,
            finding.severity,
            finding.price,
            finding.details,
            _that_held(turn, finding.brand, event.time_ms),
            turn.parties,
        )
        for finding in found
        if finding.outcome == "cannot" and (finding.about or turn.cause) not in settled
    )


def raised(turn: Turn, event: Event, body: FailureRaised) -> Failure:
    """Make a failure of what somebody raised by hand; one that is known keeps its cause."""
    rule = turn.book.failures.get(body.failure)
    place = known(turn.state, body.about)
    told = place[1] if place is not None and place[1].rule == body.failure else None
    return Failure(
        event=event.id,
        rule=body.failure,
        about=body.about or event.id,
        brand=body.brand,
        at_ms=event.time_ms,
        severity=min(max(body.severity, 0), WORST)
        or (told.severity if told is not None else SEVERITY_BY_HAND),
        cause=told.cause if told is not None else Cause.FIRM,
        inferred=told is not None and told.inferred,
        book=turn.origin.book,
        price=body.price,
        by=body.by,
        words=body.words,
        line=rule.line if rule else 0,
    )


def judged(turn: Turn, case: Case, body: Judged) -> Failure | None:
    """Make a failure of what a person judged to be one; None for "no failure"."""
    asked = [one for one in case.unclear if one.event == body.question]
    if not asked or not body.failure:
        return None
    question = next((one for one in asked if one.rule == body.failure), asked[0])
    is_its_rule = question.rule == body.failure
    rule = turn.book.failures.get(body.failure)
    return Failure(
        event=question.event,
        rule=body.failure,
        about=question.about,
        brand=question.brand,
        at_ms=question.at_ms,
        severity=(question.severity if is_its_rule else 0) or SEVERITY_BY_HAND,
        cause=Cause.FIRM,
        book=turn.origin.book,
        price=question.price,
        details=question.details,
        agreements=question.agreements,
        parties=question.parties,
        by=body.by,
        words=body.reason,
        line=rule.line if rule else 0,
    )


def known(state: State, about: str) -> tuple[Case, Failure] | None:
    """Find the case and failure that an `about` belongs to, the newest first."""
    for case in reversed(state.cases):
        failure = case.failure(about)
        if failure is not None:
            return case, failure
    return None


def grown(before: Failure, now: Failure) -> Failure:
    """Let a failure grow: the worse kind counts, facts add up, severity never falls.

    A kind of the book says what is owed; "other", raised by hand, never takes its place.
    """
    worse = _takes_over(before, now)
    details: Facts = {**before.details, **now.details}
    return replace(
        before,
        rule=now.rule if worse else before.rule,
        line=now.line if worse else before.line,
        book=now.book if worse else before.book,
        severity=max(before.severity, now.severity),
        cause=now.cause if worse else before.cause,
        inferred=now.inferred if worse else before.inferred,
        price=now.price or before.price,
        details=details,
        seen=now.seen or before.seen,
        agreements=_both(before.agreements, now.agreements),
        parties=now.parties or before.parties,
    )


def _both(before: tuple[Agreement, ...], now: tuple[Agreement, ...]) -> tuple[Agreement, ...]:
    """What held when it first showed counts, and what holds now."""
    new = {one.id for one in now}
    return (*now, *(one for one in before if one.id not in new))


def _takes_over(before: Failure, now: Failure) -> bool:
    if (now.rule == OTHER) != (before.rule == OTHER):
        return before.rule == OTHER
    return now.severity >= before.severity


def back_again(before: Failure, now: Failure) -> Failure:
    """Take a failure that came back for a new one that knows what was known of the old."""
    details: Facts = {**before.details, **now.details}
    agreements = now.agreements or before.agreements
    parties = now.parties or before.parties
    price = now.price or before.price
    return replace(now, price=price, details=details, agreements=agreements, parties=parties)


def is_second(state: State, case: Case | None, failure: Failure, window_ms: int) -> bool:
    """Whether a new failure is a double deviation.

    Args:
        state: The customer.
        case: The open case, if there is one.
        failure: A failure that is new to the open case; one with its own `about` in a closed case
            has grown since and does not make itself the second.
        window_ms: How long after a failure another one counts as the second.
    """
    if case is not None and case.failures:
        return True
    for earlier in state.cases:
        for one in earlier.failures:
            if one.about != failure.about and 0 <= failure.at_ms - one.at_ms <= window_ms:
                return True
    return False


def is_news(case: Case, before: Failure, now: Failure) -> bool:
    """Whether what is told about a failure in a closed case is no more than news about it.

    Feeds tell a failure again until the trip is over, also after the customer was made whole: that
    opens nothing. Worse than it was, or days later, we have let them down once more.
    """
    return now.severity <= before.severity and now.at_ms - case.closed_ms <= NEWS_MS


def silence_id(source: str, message_id: str, rule: str) -> EventId:
    """Name a failure that has no event, by the promise it breaks."""
    return event_id(source, f"{message_id}/overdue/{rule}")
