"""What the outside should hear of a fold: the stored states before and after it, compared."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from makegood.core.holds import GateRow, decode_gate, is_holding
from makegood.core.notices import Look, Notice, notices, scopes_of, still_held
from makegood.core.state import Case, State, decode_state
from makegood.messages.events import Event
from makegood.messages.facts import Identified
from makegood.messages.ids import CustomerId
from makegood.ports.rows import CustomerRow

States: TypeAlias = tuple[State | None, State | None]


class Was(Struct, frozen=True, kw_only=True):
    """What a customer was before a fold, and what caused it.

    Attributes:
        cause: The event or the firing; part of the ids of what is said.
        rows: As they were stored; several when customers were merged, none for the row itself.
        afresh: They were joined or taken apart.
        split: They were taken apart.
        quiet: Nothing is said: history that was imported is news to nobody.
        names: What they may be found by from now on; a hold holds there too.
    """

    cause: str
    rows: tuple[CustomerRow, ...] = ()
    afresh: bool = False
    split: bool = False
    quiet: bool = False
    names: tuple[str, ...] = ()


def because_of(events: Sequence[Event], was: Was | None = None) -> Was:
    """Take new events as the cause."""
    quiet = all(event.stamp.imported for event in events)
    names = tuple(
        dict.fromkeys(
            name
            for event in events
            if isinstance(event.body, Identified)
            for name in event.body.lookups
        )
    )
    return replace(was or Was(cause=""), cause=events[-1].id, quiet=quiet, names=names)


def fired(row: CustomerRow, now_ms: int) -> Was:
    """Take the timers that are due as the cause.

    What was over by the time the history was imported is history too, and nobody heard of it.
    """
    known_ms = row.last[1] if row.last is not None else 0
    try:
        timers = decode_state(row.state).timers
    except msgspec.MsgspecError:
        timers = ()  # the fold will find the same, and close the gate
    due = [timer for timer in timers if timer.due_ms <= now_ms]
    quiet = bool(due) and all(one.origin.imported and one.due_ms <= known_ms for one in due)
    return replace(by_hand(f"timers/{row.next_due_ms}", row), quiet=quiet)


def heard(
    was: Was, row: CustomerRow, after: CustomerRow, states: States, now_ms: int
) -> tuple[Notice, ...]:
    """Say what changed between what was stored and what will be.

    Args:
        was: The cause, and what else the customer was before.
        row: As it was locked.
        after: As it will be saved.
        states: Before and after; None where nobody has read it yet, or nothing of it changed.
        now_ms: The present.
    """
    before, now = states
    if was.quiet:
        return _names(was, after, now_ms) if was.names and _is_news(after) else ()
    looks = [_look(one, after.customer, _cases(one)) for one in was.rows]
    same = now is None or (before is not None and before.cases is now.cases)
    if same and not looks and row.stuck == after.stuck:
        return _names(was, after, now_ms)
    looks = looks or [_look(row, after.customer, before.cases if before else _cases(row))]
    cases = now.cases if now is not None else _cases(after)
    look = _look(after, after.customer, cases)
    said = notices(looks, look, cause=was.cause, at_ms=now_ms, afresh=was.afresh, split=was.split)
    if any(one.kind.is_hold for one in said):
        return said  # whoever hears that reads every name at the hand-over
    return said + _names(was, after, now_ms)


def _names(was: Was, after: CustomerRow, now_ms: int) -> tuple[Notice, ...]:
    """Say of names that came to a held customer that they are held; once for each hold."""
    if not was.names or not scopes_of(_gate(after)):
        return ()
    look = _look(after, after.customer, _cases(after))
    return tuple(
        notice
        for name in was.names
        for notice in still_held(look, cause=f"name/{name}", at_ms=now_ms)
    )


def _is_news(row: CustomerRow) -> bool:
    """Whether a hold is of what happened here, and was told: imported names are held too, then."""
    if not scopes_of(_gate(row)):
        return False
    return any(is_holding(case) and not case.origin.imported for case in _cases(row))


def beside(events: Sequence[Event], other: CustomerRow, now_ms: int) -> tuple[Notice, ...]:
    """Say again that somebody is held: they are found by another one's new names, too.

    The other one lists an address that is this customer; whoever is asked about one of their names
    takes the strictest answer, and that is this one's.

    Args:
        events: What gave the names.
        other: Who may be held.
        now_ms: The present.
    """
    if not scopes_of(_gate(other)):
        return ()
    look = _look(other, other.customer, _cases(other))
    named = [one.body for one in events if isinstance(one.body, Identified)]
    names = dict.fromkeys(name for body in named for name in (*body.lookups, *body.also))
    return tuple(
        notice
        for name in names
        for notice in still_held(look, cause=f"beside/{name}", at_ms=now_ms)
    )


def closed(was: Was, row: CustomerRow, after: CustomerRow, now_ms: int) -> tuple[Notice, ...]:
    """Say that the gate closed, because a history cannot be folded; its cases stay unread.

    That is news of now, also when the history is old.
    """
    looks = [_look(one, after.customer, ()) for one in was.rows or (row,)]
    look = _look(after, after.customer, ())
    return notices(looks, look, cause=was.cause, at_ms=now_ms, afresh=was.afresh)


def _look(row: CustomerRow, customer: CustomerId, cases: tuple[Case, ...]) -> Look:
    return Look(customer=customer, cases=cases, gate=_gate(row))


def _cases(row: CustomerRow) -> tuple[Case, ...]:
    return decode_state(row.state).cases


def _gate(row: CustomerRow) -> GateRow:
    """Read what the gate says; what it cannot read it does not let pass either."""
    try:
        gate = decode_gate(row.gate)
    except msgspec.MsgspecError:
        return GateRow(stuck=True)
    return replace(gate, stuck=True) if row.stuck else gate


def by_hand(what: str, row: CustomerRow) -> Was:
    """Name a cause that is no event: this fold of this history, and no other."""
    return Was(cause=f"{what}/{row.customer}/{row.events}/{row.fired_ms}")
