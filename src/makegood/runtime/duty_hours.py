"""Who has no hours in the roster: never on duty, or in the hours of the rule book, as that says.

A firm that keeps no roster has people all the same; where its book says in which hours they are
there, cases find an owner among them and call-backs somebody who makes them.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.messages.events import NextDuty
from makegood.messages.ids import RepId
from makegood.playbooks.duty import IN_HOURS, DutyHours
from makegood.playbooks.employees import EMPLOYEE
from makegood.ports.rows import RepRow
from makegood.runtime.duty import back_ms, on_duty_until_ms


def by_the_book(reps: Sequence[RepRow], duty: DutyHours, now_ms: int) -> tuple[RepRow, ...]:
    """Give the roster with the book's hours for whoever has none of their own.

    Args:
        reps: The roster as it is kept.
        duty: What the book says.
        now_ms: The present; in hours that fall out, as the day is closed, they stay without.
    """
    if duty.no_roster != IN_HOURS or not duty.spans or duty.is_shut(now_ms):
        return tuple(reps)
    return tuple(_in_hours(one, duty) if _is_without(one) else one for one in reps)


def _in_hours(rep: RepRow, duty: DutyHours) -> RepRow:
    return replace(rep, hours=duty.hours, timezone=duty.zone)


def _is_without(rep: RepRow) -> bool:
    """Whether nobody says when they are there; who only raises failures is given no case."""
    return not rep.hours.strip() and rep.role != EMPLOYEE


def without_hours(reps: Iterable[RepRow], duty: DutyHours, now_ms: int) -> tuple[RepRow, ...]:
    """Give who works here and is never on duty, because nobody says when they are there."""
    if duty.no_roster == IN_HOURS and duty.spans:
        return ()
    return tuple(one for one in reps if _is_without(one) and not one.has_left(now_ms))


def next_duties(
    wanted: Iterable[RepId], reps: Sequence[RepRow], now_ms: int, duty: DutyHours
) -> tuple[NextDuty, ...]:
    """Say when some people work next; who is on duty now, or whose hours nobody knows, is not in.

    Args:
        wanted: Whom.
        reps: The roster as it is kept.
        now_ms: The present.
        duty: What the book says of who has no hours there; they come on no day that is closed.
    """
    rows = {row.rep: row for row in reps}
    found = (_next(rows[rep], now_ms, duty) for rep in wanted if rep in rows)
    return tuple(one for one in found if one is not None)


def _next(rep: RepRow, now_ms: int, duty: DutyHours) -> NextDuty | None:
    """Somebody whose hours cannot be read comes nobody knows when."""
    is_ours = _is_without(rep) and duty.no_roster == IN_HOURS and bool(duty.spans)
    row = _in_hours(rep, duty) if is_ours else rep
    try:
        return _first(row, now_ms, duty if is_ours else DutyHours())
    except (InputError, KeyError, ValueError):
        return None


def _first(row: RepRow, now_ms: int, duty: DutyHours) -> NextDuty | None:
    """Find the first duty that does not fall out; what they have now is none."""
    if on_duty_until_ms(row, now_ms) and not duty.is_shut(now_ms):
        return None
    from_ms = back_ms(row, now_ms)
    for _ in range(len(duty.closed) * len(duty.spans) + 1):
        until_ms = on_duty_until_ms(row, from_ms) if from_ms else 0
        if not until_ms:
            return None
        if not duty.is_shut(from_ms):
            return NextDuty(row.rep, from_ms, until_ms, row.brands)
        from_ms = back_ms(row, until_ms)
    return None
