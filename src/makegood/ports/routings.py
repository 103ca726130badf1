"""Decisions about who looks after whom, as rows: what analyses over all customers read."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct

from makegood.core.routed import NOT_YET, Routed
from makegood.messages.ids import CustomerId, EventId, RepId

MOST_ROUTINGS = 1000
"""The longest page."""
WAIT_BANDS_MS = (60_000, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000)
"""A band holds waits below its number and not below the one before it; the last has no end."""
TENURE_BANDS_DAYS = (365, 5 * 365)
"""New, then known for a year, then for five."""

RoutingKey: TypeAlias = tuple[int, EventId, str]


def wait_band(waited_ms: int) -> int:
    """Give the place of a wait among `WAIT_BANDS_MS`; `NOT_YET` for one that has not ended."""
    return NOT_YET if waited_ms < 0 else bisect_right(WAIT_BANDS_MS, waited_ms)


def tenure_band(tenure_days: int) -> int:
    """Give the place of a tenure among `TENURE_BANDS_DAYS`; `NOT_YET` where nobody knows it."""
    return NOT_YET if tenure_days < 0 else bisect_right(TENURE_BANDS_DAYS, tenure_days)


class Routing(Struct, frozen=True, gc=False, kw_only=True):
    """One decision about one customer.

    Attributes:
        routed: Who was asked, who else could have been, and with which probability.
    """

    customer: CustomerId
    routed: Routed

    @property
    def key(self) -> RoutingKey:
        """Its place in a list, the oldest first."""
        return (self.routed.at_ms, self.routed.event, self.routed.subject)


class RoutingCount(Struct, frozen=True, gc=False, kw_only=True):
    """Decisions that are alike, counted.

    Attributes:
        kind: `case` or `talk`.
        level: The customers' level.
        tenure: The band of their tenure.
        wait: The band of their wait.
        n: How many.
        open_to_chance: How many of them were drawn with a slice for chance.
        by_chance: How many the slice fell on.
        overdue: How many wait still, and have since the instant that was asked about or longer.
    """

    brand: str
    kind: str
    level: str
    tenure: int
    wait: int
    n: int
    open_to_chance: int
    by_chance: int
    overdue: int = 0


class RoutingAsked(Struct, frozen=True, gc=False, kw_only=True):
    """How often somebody was asked for a brand.

    Attributes:
        n: In all.
        by_chance: Because the slice fell on them.
    """

    rep: RepId
    brand: str
    n: int
    by_chance: int


class RoutingReading(Protocol):
    """Looking."""

    def routings(
        self, since_ms: int = 0, *, after: RoutingKey | None = None, limit: int = 200
    ) -> tuple[Routing, ...]:
        """Page through decisions, the oldest first.

        Args:
            since_ms: Not older than this.
            after: `key` of the last one of the page before.
            limit: At most `MOST_ROUTINGS`.
        """

    def routings_of(
        self, customers: Sequence[CustomerId], since_ms: int, until_ms: int
    ) -> tuple[Routing, ...]:
        """Give the decisions about customers between two instants, both with them, at once.

        Args:
            customers: Whose, a page of them.
            since_ms: Not older than this.
            until_ms: Not younger.

        Returns:
            The oldest first.
        """

    def routing_counts(self, since_ms: int, overdue_ms: int = 0) -> tuple[RoutingCount, ...]:
        """Count decisions since an instant, in one statement.

        Args:
            since_ms: Not older than this.
            overdue_ms: Who has waited since then or longer, and waits still, is `overdue`.
        """

    def routing_asked(self, since_ms: int) -> tuple[RoutingAsked, ...]:
        """Count how often each was asked since an instant, in one statement."""


class RoutingWriting(RoutingReading, Protocol):
    """Writing."""

    def project_routings(
        self, since: Sequence[tuple[CustomerId, int]], routings: Sequence[Routing]
    ) -> None:
        """Replace the decisions about customers from an instant on by those that are now.

        Args:
            since: From when on, for each customer; older rows of theirs stay.
            routings: What stands there now.
        """
