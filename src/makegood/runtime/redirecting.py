"""Write what is asked of places in the transaction that changed it; other batches cost nothing."""

from collections.abc import Sequence

from makegood.core.state import State
from makegood.messages.ids import CustomerId
from makegood.ports.store import Writing
from makegood.projections.redirects import asks_places, redirects_of

Changed = tuple[CustomerId, State | None, State | None]
"""A customer, their state before where it was read, and now."""


def write_redirects(writing: Writing, changed: Sequence[Changed]) -> None:
    """Replace the rows of those customers for whom places are asked, or were."""
    asked = [
        (customer, after)
        for customer, before, after in changed
        if after is not None
        and (asks_places(after) or (before is not None and asks_places(before)))
    ]
    if asked:
        rows = [row for customer, after in asked for row in redirects_of(after, customer)]
        writing.project_redirects([customer for customer, _ in asked], rows)
