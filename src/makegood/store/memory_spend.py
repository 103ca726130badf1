"""The memory engine's costs of making good and of winning customers."""

from bisect import bisect_right
from collections.abc import MutableMapping, Sequence
from typing import Protocol, cast

from makegood.ports.rows import CaseRow, LedgerRow
from makegood.ports.spend import UNKNOWN, Acquisition, EndedSum, SpendKey, SpendSum
from makegood.store.memory_reading import MemoryReading


class SpendTables(Protocol):
    """The table of it among those of the engine."""

    acquisition: MutableMapping[SpendKey, Acquisition]


class MemorySpend(MemoryReading):
    """Sums by month."""

    def spend_sums(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[SpendSum, ...]:
        groups: dict[tuple[int, str, str, str], list[LedgerRow]] = {}
        for lines in self._t.money.values():
            for one in lines:
                if _is_in(one.at_ms, bounds) and (not brands or one.brand in brands):
                    key = (_month(one.at_ms, bounds), one.brand, one.account, one.currency)
                    groups.setdefault(key, []).append(one)
        return tuple(
            SpendSum(
                month=month, brand=brand, account=account, currency=currency,
                cents=sum(one.cents for one in some), payments=len(some),
            )
            for (month, brand, account, currency), some in sorted(groups.items())
        )  # fmt: skip

    def ended_sums(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[EndedSum, ...]:
        groups: dict[tuple[int, str, str, str], list[CaseRow]] = {}
        for one in self._t.case_rows.values():
            is_wanted = one.closed_ms > 0 and _is_in(one.closed_ms, bounds)
            if is_wanted and (not brands or one.brand in brands):
                key = (_month(one.closed_ms, bounds), one.brand, one.phase, one.currency)
                groups.setdefault(key, []).append(one)
        return tuple(
            EndedSum(
                month=month, brand=brand, phase=phase, currency=currency, cases=len(some),
                friends=sum(one.friends for one in some),
                cents=sum(one.cost_cents for one in some),
                squares=float(sum(one.cost_cents**2 for one in some)),
            )
            for (month, brand, phase, currency), some in sorted(groups.items())
        )  # fmt: skip

    def acquisition(
        self,
        since: str,
        until: str,
        *,
        brands: Sequence[str] = (),
        after: SpendKey | None = None,
        limit: int = 10_000,
    ) -> tuple[Acquisition, ...]:
        kept = cast("SpendTables", self._t).acquisition
        found = [
            one
            for key, one in sorted(kept.items())
            if since <= one.month <= until
            and (not brands or one.brand in brands)
            and (after is None or key > after)
        ]
        return tuple(found[:limit])

    def acquisition_sums(
        self, since: str, until: str, brands: Sequence[str] = ()
    ) -> tuple[Acquisition, ...]:
        groups: dict[tuple[str, str, str], list[Acquisition]] = {}
        for one in cast("SpendTables", self._t).acquisition.values():
            if since <= one.month <= until and (not brands or one.brand in brands):
                groups.setdefault((one.month, one.brand, one.currency), []).append(one)
        return tuple(
            Acquisition(
                brand=brand, month=month, channel="", cents=sum(one.cents for one in some),
                currency=currency,
                customers=UNKNOWN if any(one.customers < 0 for one in some)
                else sum(one.customers for one in some),
            )
            for (month, brand, currency), some in sorted(groups.items())
        )  # fmt: skip

    def put_acquisition(self, rows: Sequence[Acquisition]) -> None:
        for one in rows:
            cast("SpendTables", self._t).acquisition[one.key] = one


def _is_in(at_ms: int, bounds: Sequence[int]) -> bool:
    return bounds[0] <= at_ms < bounds[-1]


def _month(at_ms: int, bounds: Sequence[int]) -> int:
    return bisect_right(bounds, at_ms) - 1
