"""Pages of what is read whole: a customer's requests, what they were told, a case's proposals."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from makegood.api.access import Declined
from makegood.api.problems import missing

One = TypeVar("One")


def page_of(
    items: Sequence[One], key: Callable[[One], str], after: str, limit: int, what: str
) -> tuple[Sequence[One], str | None]:
    """Give one page, and where the next one begins.

    Args:
        items: All of them, in order.
        key: Names one.
        after: The last one of the page before; empty for the beginning.
        limit: At most so many.
        what: What they are, for whoever asks for a page after something that is not there.

    Raises:
        Declined: 404 when there is no such item to begin after.
    """
    start = 0
    if after:
        known = (n for n, one in enumerate(items, 1) if key(one) == after)
        start = next(known, 0)
        if not start:
            raise Declined(404, missing(what))
    shown = items[start : start + limit]
    return shown, key(shown[-1]) if start + limit < len(items) else None
