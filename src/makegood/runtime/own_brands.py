"""A key that is limited to brands may not tell what another brand is found to have done.

Which brand an event is about is not always said in the event: a rule of the book may name it, or
read it from what was looked up or is known of the customer. Only the fold can tell, so the fold
is asked, and what lies outside is taken back before anything is durable.
"""

from collections.abc import Mapping, Sequence

from makegood.messages.errors import MakegoodError
from makegood.messages.events import Event
from makegood.messages.ids import EventId
from makegood.playbooks.book import RuleBook
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.ports.rows import Taken
from makegood.runtime.sends import told_sends


class OutsideBrands(MakegoodError):
    """Some of a batch is of brands that its key is not for; nothing of the batch is stored."""

    def __init__(self, events: frozenset[EventId]) -> None:
        super().__init__()
        self.events = events


def check_brands(
    fresh: Sequence[tuple[Arrival, Event]],
    found: Mapping[EventId, tuple[str, ...]],
    book: RuleBook,
) -> None:
    """Make sure that no event is of a brand its key is not for; what is of no brand is open.

    Args:
        fresh: New events with what they came as.
        found: Which brands the fold found each to be about.
        book: The active book, which knows what is sent in whose name.

    Raises:
        OutsideBrands: Some are; the transaction may not be committed.
    """
    limited = [(arrival.brands, event) for arrival, event in fresh if arrival.brands]
    outside = frozenset(
        event.id
        for own, event in limited
        if not {"", *own}.issuperset(
            (*found.get(event.id, ()), *(one.brand for one in told_sends([event], book)))
        )
    )
    if outside:
        raise OutsideBrands(outside)


def refused(arrival: Arrival) -> Acknowledged:
    """Answer for an arrival that was not taken."""
    return Acknowledged(taken=Taken.REFUSED, event="", error=only_for(arrival.brands))


def only_for(brands: Sequence[str]) -> str:
    """Say what a key may tell of."""
    return (
        f"This key is only for what is of {', '.join(brands)}, and by the rule book this is of "
        "another brand; nothing of it is stored. Send it with another key."
    )
