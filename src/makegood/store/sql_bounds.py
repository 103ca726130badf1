"""Counts between bounds of time: which two bounds an instant lies between, as SQL."""

from collections.abc import Sequence

from makegood.store.session import Value


def slot_of(at: str, bounds: Sequence[int]) -> tuple[str, list[Value]]:
    """Give the SQL of the number of the bound after which an instant comes, and its values.

    Args:
        at: The column of the instant, which lies between the first bound and the last.
        bounds: Two or more, rising.
    """
    inner = bounds[1:-1]
    parts = "".join(f" WHEN {at} < ? THEN {number}" for number in range(len(inner)))
    return (f"CASE{parts} ELSE {len(inner)} END" if parts else "0"), list(inner)
