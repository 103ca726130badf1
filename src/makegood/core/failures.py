"""See a failure: by an event, by silence, or raised by hand; and tell a second from a growing one.

A failure with the same `about` grows; another `about`, or a promise of ours that was broken, in
an open case or soon after one, is a double deviation.
Source: Maxham and Netemeyer 2002; Knox and van Oest 2014; DESIGN, "Failures".
"""

from msgspec.structs import replace

from makegood.core.state import Case, Failure, State, TimerKind, Unclear
from makegood.core.turn import Turn
from makegood.messages.events import Event
from makegood.messages.facts import Facts, FailureRaised, Judged, Touchpoint
from makegood.messages.ids import EventId, event_id
from makegood.playbooks.book import Finding
from makegood.playbooks.terms import Cause, SilenceRule

SEVERITY_BY_HAND = 3  # the middle of the scale, when neither rule nor person says how bad it is


def failures_in(turn: Turn, event: Event, found: tuple[Finding, ...]) -> tuple[Failure, ...]:
    """Turn findings that say yes into failures."""
    return tuple(
        _from_finding(turn, event, finding) for finding in found if finding.outcome == "yes"
    )


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


def unclear_in(event: Event, found: tuple[Finding, ...]) -> tuple[Unclear, ...]:
    """List what could not be judged; one clear yes on the event settles it."""
    if any(finding.outcome == "yes" for finding in found):
        return ()
    return tuple(
        Unclear(
            event.id,
            finding.rule,
            finding.missing,
            finding.about or event.id,
            finding.brand,
            event.time_ms,
        )
        for finding in found
    )


def raised(turn: Turn, event: Event, body: FailureRaised) -> Failure:
    """Make a failure of what somebody raised by hand."""
    rule = turn.book.failures.get(body.failure)
    return Failure(
        event=event.id,
        rule=body.failure,
        about=body.about or event.id,
        brand=body.brand,
        at_ms=event.time_ms,
        severity=body.severity or SEVERITY_BY_HAND,
        cause=Cause.FIRM,
        book=turn.origin.book,
        price=body.price,
        by=body.by,
        words=body.words,
        line=rule.line if rule else 0,
    )


def judged(turn: Turn, case: Case, body: Judged) -> Failure | None:
    """Make a failure of what a person judged to be one; None for "no failure"."""
    question = next((one for one in case.unclear if one.event == body.question), None)
    if question is None or not body.failure:
        return None
    rule = turn.book.failures.get(body.failure)
    return Failure(
        event=question.event,
        rule=body.failure,
        about=question.about,
        brand=question.brand,
        at_ms=question.at_ms,
        severity=SEVERITY_BY_HAND,
        cause=Cause.FIRM,
        book=turn.origin.book,
        by=body.by,
        words=body.reason,
        line=rule.line if rule else 0,
    )


def known(state: State, about: str) -> tuple[Case, Failure] | None:
    """Find the case and failure that an `about` belongs to, the newest first."""
    for case in reversed(state.cases):
        for failure in case.failures:
            if failure.about == about:
                return case, failure
    return None


def grown(before: Failure, now: Failure) -> Failure:
    """Let a failure grow: the worse kind counts, facts add up, severity never falls."""
    worse = now.severity >= before.severity
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
    )


def is_second(state: State, case: Case | None, failure: Failure, window_ms: int) -> bool:
    """Whether a new failure is a double deviation.

    Args:
        state: The customer.
        case: The open case, if there is one.
        failure: A failure with an `about` not seen before.
        window_ms: How long after a failure another one counts as the second.
    """
    if case is not None and case.failures:
        return True
    earlier = (f.at_ms for one in state.cases for f in one.failures if one is not case)
    return any(0 <= failure.at_ms - at_ms <= window_ms for at_ms in earlier)


def follow_promises(turn: Turn, event: Event, body: Touchpoint) -> None:
    """Start the clock of a promise, or stop it because it was kept."""
    book = turn.book
    for rule in book.ends.get(body.name, ()):
        turn.clear_timers(rule.id, TimerKind.SILENCE, about=_about(turn, event, body))
    for rule in book.starts.get(body.name, ()):
        due_ms = event.time_ms + rule.within_ms
        turn.set_timer(TimerKind.SILENCE, due_ms, rule.id, about=_about(turn, event, body))


def _about(turn: Turn, event: Event, body: Touchpoint) -> str:
    read = turn.book.about_of.get(body.name)
    return (read(body.properties) if read else "") or event.id


def overdue(turn: Turn, rule: SilenceRule, about: str, brand: str) -> Failure:
    """Make a failure of a promise that was not kept in time."""
    origin = turn.origin
    return Failure(
        event=silence_id(origin.source, origin.message_id, rule.id),
        rule=rule.id,
        about=f"{rule.id}/{about}",
        brand=brand,
        at_ms=turn.at_ms,
        severity=rule.severity,
        cause=rule.cause,
        book=origin.book,
        line=rule.line,
        given=False,
    )


def silence_id(source: str, message_id: str, rule: str) -> EventId:
    """Name a failure that has no event, by the promise it breaks."""
    return event_id(source, f"{message_id}/overdue/{rule}")
