"""The end of a history: what happened last, without reading everything that happened before."""

from collections.abc import Sequence
from typing import Protocol

from makegood.messages.events import Event, OrderKey
from makegood.messages.ids import ProfileId


class HistoryReading(Protocol):
    """Looking."""

    def latest_events(
        self, profiles: Sequence[ProfileId], before: OrderKey | None, limit: int
    ) -> tuple[Event, ...]:
        """Give the last events of some profiles, the latest first.

        Args:
            profiles: All of one customer.
            before: Only what comes before this in fold order; None for the end of the history.
            limit: At most so many.
        """
