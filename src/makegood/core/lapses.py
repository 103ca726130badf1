"""Part-defection: a line that is no longer used after years, while others go on.

Nobody complains about what they quietly stopped using, so no event tells of it: it is a failure by
silence. A customer who is gone from everything is another matter, and none of these rules speaks.
Source: story 5; ideas, 9.
"""

from msgspec.structs import replace

from makegood.core.cases import take_failure
from makegood.core.ending import used_again
from makegood.core.failures import silence_id
from makegood.core.lines import LineUse
from makegood.core.state import Failure
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.events import Event
from makegood.messages.facts import Touchpoint
from makegood.playbooks.lapsing import LapseRule

MOST_LINES = 40  # a book that names lines by what is never the same twice fills no state


def hear(turn: Turn, event: Event, body: Touchpoint) -> None:
    """Count what an event says of the use of a line."""
    for rule in turn.book.lapses_on.get(body.name, ()):
        line = rule.named(body.properties)
        if line:
            _others_go_on(turn, event)
            brand = body.properties.get("brand")
            known = isinstance(brand, str) and brand in turn.book.brands
            _used(turn, event, rule, line, str(brand) if known else "")


def _used(turn: Turn, event: Event, rule: LapseRule, line: str, brand: str) -> None:
    now = _with_use(_found(turn, rule.id, line), rule, line, event.time_ms)
    now = replace(now, brand=brand)
    _put(turn, now)
    turn.clear_timers(rule.id, TimerKind.LAPSE_AT, about=line)
    used_again(turn, rule.id, line)
    due_ms = event.time_ms + max(rule.quiet_ms, int(rule.gaps * now.longest_ms))
    if now.uses >= rule.uses and now.last_ms - now.first_ms >= rule.over_ms:
        if turn.origin.imported and due_ms <= event.received_ms:
            return  # it was over long before anybody here could have called
        turn.set_timer(TimerKind.LAPSE_AT, due_ms, rule.id, line, brand)


def _with_use(before: LineUse | None, rule: LapseRule, line: str, at_ms: int) -> LineUse:
    if before is None:
        return LineUse(rule.id, line, 1, at_ms, at_ms)
    return replace(
        before,
        uses=before.uses + 1,
        last_ms=at_ms,
        longest_ms=max(before.longest_ms, at_ms - before.last_ms),
        lapsed_ms=0,
        waits=False,
    )


def _found(turn: Turn, rule: str, line: str) -> LineUse | None:
    return next((one for one in turn.state.lines if (one.rule, one.line) == (rule, line)), None)


def _put(turn: Turn, now: LineUse) -> None:
    """Keep a line as the last; the one that was used least lately makes room."""
    key = (now.rule, now.line)
    lines = [one for one in turn.state.lines if (one.rule, one.line) != key]
    if len(lines) >= MOST_LINES:
        gone = min(lines, key=lambda one: (one.uses, one.last_ms))
        lines.remove(gone)
        turn.clear_timers(gone.rule, TimerKind.LAPSE_AT, about=gone.line)
    turn.state = replace(turn.state, lines=(*lines, now))


def _others_go_on(turn: Turn, event: Event) -> None:
    """Look again at lines that are quiet, now that the customer is back at another.

    Who comes back after a long time is given time to come back to all of it.
    """
    rules = {rule.id: rule for rule in turn.book.lapses}
    for one in turn.state.lines:
        rule = rules.get(one.rule)
        if one.waits and rule is not None and one.last_ms < event.time_ms:
            _change(turn, replace(one, waits=False))
            due_ms = event.time_ms + rule.others_ms
            turn.set_timer(TimerKind.LAPSE_AT, due_ms, one.rule, one.line, one.brand)


def _change(turn: Turn, now: LineUse) -> None:
    key = (now.rule, now.line)
    lines = tuple(now if (one.rule, one.line) == key else one for one in turn.state.lines)
    turn.state = replace(turn.state, lines=lines)


def quiet(turn: Turn, timer: Timer) -> None:
    """A line has been quiet for long: it is left if others go on, and else it waits."""
    one = _found(turn, timer.subject, timer.about)
    rule = next((rule for rule in turn.book.lapses if rule.id == timer.subject), None)
    if one is None or rule is None or one.lapsed_ms:
        return
    since_ms = max(turn.at_ms - rule.others_ms, one.last_ms + 1)
    others = [other for other in turn.state.lines if other.line != one.line]
    if not any(other.last_ms >= since_ms for other in others):
        _change(turn, replace(one, waits=True))
        return
    _change(turn, replace(one, lapsed_ms=turn.at_ms))
    take_failure(turn, _failure(turn, rule, one))


def _failure(turn: Turn, rule: LapseRule, one: LineUse) -> Failure:
    origin = turn.origin
    event = silence_id(origin.source, origin.message_id, f"{rule.id}/{one.line}")
    return Failure(
        event=event,
        rule=rule.id,
        about=one.line,
        brand=one.brand,
        at_ms=turn.at_ms,
        severity=rule.severity,
        cause=rule.cause,
        book=turn.origin.book,
        line=rule.line,
        details={
            "line": one.line,
            "uses": one.uses,
            "first_ms": one.first_ms,
            "last_ms": one.last_ms,
        },
    )
