"""Comparable cases and the cells that count them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from makegood.core.likeness import Cell, Comparable, Likeness
from makegood.messages.ids import CustomerId


class EveryoneReading(Protocol):
    """What is counted of comparable cases."""

    def likeness(self) -> Likeness:
        """Say by what comparable cases are counted."""

    def cells(self, topic: str, since_day: int, judged_day: int) -> tuple[Cell, ...]:
        """Add up the cells of a topic, without reading a case.

        Args:
            topic: As `Likeness.topic` names it.
            since_day: From this UTC day on, to the latest there is.
            judged_day: Up to this day it can be told whether a customer came back.
        """

    def comparables(
        self, after: CustomerId, limit: int
    ) -> Mapping[CustomerId, tuple[Comparable, ...]]:
        """Page through the comparable cases of customers, by id; "" for the first page."""


class EveryoneWriting(Protocol):
    """What changes them."""

    def put_comparables(self, rows: Mapping[CustomerId, Sequence[Comparable]]) -> None:
        """Replace the comparable cases of customers, and count what changed into the cells."""

    def put_likeness(self, likeness: Likeness) -> None:
        """Count all cases anew by another likeness, here and now; the same one does nothing."""
