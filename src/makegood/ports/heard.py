"""What other customers say about a person of the firm, as far as it can be told."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from makegood.messages.ids import RepId


class Heard(Struct, frozen=True, kw_only=True):
    """Enough answers about somebody to say something; with fewer there is nothing to say.

    Attributes:
        count: Customers who answered.
        low_percent: At least so many of a hundred were content, by an interval of 90 %.
        high_percent: At most so many.
        tags: What they named, each with how often, the most frequent first.
    """

    count: int
    low_percent: int
    high_percent: int
    tags: tuple[tuple[str, int], ...] = ()


class HeardOf(Protocol):
    """Where that is kept."""

    def heard(self, reps: Sequence[RepId]) -> Mapping[RepId, Heard]:
        """Give what is heard of reps, in a constant number of statements.

        Returns:
            Those of whom enough is known; for all others it is too early to tell.
        """


class NothingHeard:
    """Of nobody is enough known."""

    def heard(self, reps: Sequence[RepId]) -> Mapping[RepId, Heard]:  # noqa: ARG002 - a port
        """Give nothing."""
        return {}
