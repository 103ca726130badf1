"""What making good costs by month, beside what the firm's books say of winning customers."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct

UNKNOWN = -1
SpendKey: TypeAlias = tuple[str, str, str]


class Acquisition(Struct, frozen=True, gc=False, kw_only=True):
    """What one brand spent in one month on one channel to win customers, by the firm's books.

    Attributes:
        brand: Empty for what was spent for all brands.
        month: As 2026-03.
        channel: The firm's own word, such as search.
        cents: In hundredths of the currency's unit.
        customers: New customers that the books put down to it; -1 where they say nothing.
        at_ms: When we were told.
        by: Who told.
    """

    brand: str
    month: str
    channel: str
    cents: int
    currency: str
    customers: int = UNKNOWN
    at_ms: int = 0
    by: str = ""

    @property
    def key(self) -> SpendKey:
        """What names it."""
        return (self.month, self.brand, self.channel)


class SpendSum(Struct, frozen=True, gc=False, kw_only=True):
    """What moved in a month: of one brand, account and currency.

    Attributes:
        month: Number of the month among those that were asked about.
        account: `marketing` for goodwill, `owed` for entitlements.
    """

    month: int
    brand: str
    account: str
    currency: str
    cents: int
    payments: int


class EndedSum(Struct, frozen=True, gc=False, kw_only=True):
    """How cases ended in a month, and what goodwill for them cost.

    Attributes:
        month: Number of the month among those that were asked about.
        phase: How they ended: made_whole, released or dismissed.
        currency: Of the costs; empty where nothing was spent.
        friends: Who became customers by links of these cases.
        cents: Sum of the costs.
        squares: Sum of the squares of the costs.
    """

    month: int
    brand: str
    phase: str
    currency: str
    cases: int
    friends: int
    cents: int
    squares: float


class SpendReading(Protocol):
    """Looking. Each is one statement, however many months and brands there are."""

    def spend_sums(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[SpendSum, ...]:
        """Add up what moved between each two bounds, rising; of some brands, or all."""

    def ended_sums(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[EndedSum, ...]:
        """Add up how cases ended between each two bounds, rising."""

    def acquisition(
        self,
        since: str,
        until: str,
        *,
        brands: Sequence[str] = (),
        after: SpendKey | None = None,
        limit: int = 10_000,
    ) -> tuple[Acquisition, ...]:
        """Page through what the books say of some months, both included, in the order of `key`."""

    def acquisition_sums(
        self, since: str, until: str, brands: Sequence[str] = ()
    ) -> tuple[Acquisition, ...]:
        """Add up the channels of each month, brand and currency; of some brands, or all.

        Where the books do not say of one of them how many came, the sum is not known.
        """


class SpendWriting(SpendReading, Protocol):
    """Writing."""

    def put_acquisition(self, rows: Sequence[Acquisition]) -> None:
        """Keep what the books say, in the place of what they said before."""
