"""What lots were drawn for experiments, and what became of it: rows that follow the states."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from makegood.messages.ids import CustomerId


class LotRow(Struct, frozen=True, gc=False, kw_only=True):
    """A lot of one customer.

    Attributes:
        propensity: How probable being treated was.
        back_ms: When they first came back after it; 0 when they did not so far.
        good_ms: When they first answered a survey after it, and not badly; 0 for not so far.
        bad_ms: When they first answered one badly.
    """

    customer: CustomerId
    experiment: str
    treated: bool
    propensity: float
    at_ms: int
    back_ms: int = 0
    good_ms: int = 0
    bad_ms: int = 0


class LotCount(Struct, frozen=True, gc=False, kw_only=True):
    """How many customers of one kind drew alike.

    Attributes:
        seen: Customers whose time is over.
        back: Those of them who came back in that time.
        young: Customers whose time is not over.
        good: Those seen who answered a survey in that time, and not badly.
        bad: Those who answered one badly; somebody may have done both.
    """

    experiment: str
    treated: bool
    propensity: float
    seen: int
    back: int
    young: int
    good: int = 0
    bad: int = 0


class LotReading(Protocol):
    """Looking."""

    def lot_counts(self, now_ms: int, within_ms: int) -> tuple[LotCount, ...]:
        """Count lots by experiment, arm and propensity, in one statement.

        Args:
            now_ms: The present.
            within_ms: The time in which an outcome counts; only whose time is over is counted
                as seen, so that no arm is looked at sooner than another.
        """


class LotWriting(LotReading, Protocol):
    """Writing."""

    def project_lots(self, customers: Sequence[CustomerId], lots: Sequence[LotRow]) -> None:
        """Replace all lots of customers by those that are now."""
