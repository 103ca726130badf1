"""A case that went to somebody else by what the customer did, told on the timeline."""

from collections.abc import Collection, Sequence

from makegood.core.state import Case
from makegood.ports.rows import RepRow
from makegood.projections.roster import rep_name
from makegood.projections.timeline import Line


def with_moves(
    lines: Sequence[Line], cases: Collection[Case], reps: Sequence[RepRow]
) -> tuple[Line, ...]:
    """Put in who took a case over, each after what made it so.

    Args:
        lines: The timeline.
        cases: Whose moves are told.
        reps: The roster.
    """
    moves = [
        Line(at_ms=at_ms, says=_says(rep_name(reps, before), rep_name(reps, to)))
        for case in cases
        for at_ms, before, to in case.moved
    ]
    return tuple(sorted((*lines, *moves), key=lambda one: one.at_ms)) if moves else tuple(lines)


def _says(before: str, to: str) -> str:
    return f"{to} takes the case over from {before}."
