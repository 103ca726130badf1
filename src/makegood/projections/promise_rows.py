"""Promises with a clock as rows, from the states: only what changed is written."""

from collections.abc import Iterable

from makegood.core.said import Memory, Said, SaidKind
from makegood.core.state import State
from makegood.ports.advertised import AdvertisedWriting, PromiseMade


def write_promises(
    writing: AdvertisedWriting, changed: Iterable[tuple[State | None, State | None]]
) -> None:
    """Write what was promised anew, kept or broken; nothing where nothing of it changed."""
    rows: list[PromiseMade] = []
    gone = set()
    for before, after in changed:
        if after is None or (before is not None and before.memory.said is after.memory.said):
            continue
        had = before.memory if before is not None else Memory()
        known = frozenset(rows_of(had))
        now = rows_of(after.memory)
        rows += [one for one in now if one not in known]
        if not after.memory.lost:  # what the fold let go of, being old, was promised all the same
            gone |= {one.event for one in known} - {one.event for one in now}
    if rows or gone:
        writing.put_promises_made(rows, sorted(gone - {one.event for one in rows}))


def rows_of(memory: Memory) -> list[PromiseMade]:
    """Give a row for each promise of the book that has a clock."""
    return [_row(one) for one in memory.said if one.kind is SaidKind.PROMISE and one.due_ms]


def _row(one: Said) -> PromiseMade:
    return PromiseMade(
        event=one.event,
        promise=one.id,
        brand=one.brand,
        due_ms=one.due_ms,
        standing="broken" if one.broken else "kept" if one.kept_ms else "open",
    )
