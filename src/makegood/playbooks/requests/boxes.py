"""Sets of inputs of a decision table, as boxes: for each column the cells that fit, as bits."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Box: TypeAlias = tuple[int, ...]

MOST_BOXES = 20_000  # beyond this a table is too tangled to be checked, and too tangled to read


class TooTangled(Exception):
    """The rest falls into too many pieces."""


def common(one: Box, other: Box) -> Box | None:
    """Give what lies in both boxes; None when nothing does."""
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def left_of(boxes: Iterable[Box], taken: Iterable[Box]) -> list[Box]:
    """Take boxes away from others.

    Args:
        boxes: Disjoint boxes.
        taken: What to take away.

    Returns:
        Disjoint boxes that hold all of the first and nothing of the second.

    Raises:
        TooTangled: There would be more than `MOST_BOXES` of them.
    """
    left = list(boxes)
    for box in taken:
        left = [piece for one in left for piece in _without(one, box)]
        if len(left) > MOST_BOXES:
            raise TooTangled
    return left


def _without(box: Box, taken: Box) -> Sequence[Box]:
    if common(box, taken) is None:
        return (box,)
    pieces, rest = [], list(box)
    for column, (cells, gone) in enumerate(zip(box, taken, strict=True)):
        if outside := cells & ~gone:
            pieces.append((*rest[:column], outside, *rest[column + 1 :]))
        rest[column] = cells & gone
    return pieces
