"""What the axes of the audit's charts show: every day, also those without a message."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from makegood.analytics.audit.figures import Line

LAST_DAY = 30  # later days are one bar


def by_days_since(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Every day from 0 on, those after the last one in a bar together."""
    found = {int(line.label): line for line in lines}
    if not found:
        return ()
    late = [line for day, line in found.items() if day > LAST_DAY]
    shown = [_or_none(found.get(day), str(day)) for day in range(min(max(found), LAST_DAY) + 1)]
    if late:
        shown.append(
            Line(
                label=f"{LAST_DAY + 1}+",
                messages=sum(line.messages for line in late),
                customers=0,
                messages_full=sum(line.messages_full for line in late),
            )
        )
    return tuple(shown)


def by_calendar(
    lines: Sequence[Line], step: Literal["day", "week", "month"] | str
) -> tuple[Line, ...]:
    """Every day, week or month from the first to the last, also those without a message."""
    found = {line.label: line for line in lines}
    if not found:
        return ()
    at, last = date.fromisoformat(min(found)), max(found)
    shown = []
    while at.isoformat() <= last:
        shown.append(_or_none(found.get(at.isoformat()), at.isoformat()))
        at = _next(at, step)
    return tuple(shown)


def _next(at: date, step: str) -> date:
    if step == "month":
        return (at + timedelta(days=31)).replace(day=1)
    return at + timedelta(days=7 if step == "week" else 1)


def _or_none(line: Line | None, label: str) -> Line:
    return line or Line(label=label, messages=0, customers=0, messages_full=0)
