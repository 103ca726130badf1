"""How customers felt over time: what they answered, and what was heard besides, as counts."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from makegood.ports.answers import AnswerCount
from makegood.ports.triage import Tells


class FeelingReading(Protocol):
    """Looking; what is counted is written elsewhere."""

    def answer_counts_between(
        self,
        edges: Sequence[int],
        *,
        survey: str = "",
        brands: Sequence[str] = (),
        touch: str = "",
    ) -> tuple[tuple[AnswerCount, ...], ...]:
        """Count what was asked and answered between each two instants, in one statement.

        Args:
            edges: Two or more instants, rising; what was met at an instant is after it.
            survey: Of one survey; empty for all.
            brands: Of these brands; none for all.
            touch: After one touchpoint; empty for all.

        Returns:
            The counts between each edge and the next, one fewer than edges.
        """

    def opened_between(
        self, edges: Sequence[int], *, brands: Sequence[str] = ()
    ) -> tuple[Mapping[str, int], ...]:
        """Count the cases that were opened between each two instants, by brand."""

    def read_between(
        self, edges: Sequence[int], *, brands: Sequence[str] = ()
    ) -> tuple[Mapping[tuple[str, Tells], int], ...]:
        """Count what was written to us between each two instants and read since.

        By brand, and by who says that it tells of a failure.
        """

    def overdue_by_brand(self, now_ms: int, *, brands: Sequence[str] = ()) -> Mapping[str, int]:
        """Count by brand what customers wait for longer than was said or is usual."""
