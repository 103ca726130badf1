"""The memory engine's lots of experiments."""

from collections.abc import Sequence

from makegood.messages.ids import CustomerId
from makegood.ports.lots import LotCount, LotRow
from makegood.store.memory_reading import MemoryReading


class MemoryLots(MemoryReading):
    """Who drew what."""

    def lot_counts(self, now_ms: int, within_ms: int) -> tuple[LotCount, ...]:
        kinds: dict[tuple[str, bool, float], list[LotRow]] = {}
        for own in self._t.lots.values():
            for one in own:
                key = (one.experiment, one.treated, round(one.propensity, 6))
                kinds.setdefault(key, []).append(one)
        return tuple(
            _count(kind, rows, now_ms - within_ms, within_ms)
            for kind, rows in sorted(kinds.items())
        )

    def project_lots(self, customers: Sequence[CustomerId], lots: Sequence[LotRow]) -> None:
        for customer in customers:
            self._t.lots.pop(customer, None)
        last = {(one.customer, one.experiment): one for one in lots}
        for one in last.values():
            self._t.lots[one.customer] = (*self._t.lots.get(one.customer, ()), one)


def _count(
    kind: tuple[str, bool, float], rows: Sequence[LotRow], until_ms: int, within_ms: int
) -> LotCount:
    seen = [one for one in rows if one.at_ms <= until_ms]
    return LotCount(
        experiment=kind[0],
        treated=kind[1],
        propensity=kind[2],
        seen=len(seen),
        back=sum(0 < one.back_ms <= one.at_ms + within_ms for one in seen),
        young=len(rows) - len(seen),
        good=sum(0 < one.good_ms <= one.at_ms + within_ms for one in seen),
        bad=sum(0 < one.bad_ms <= one.at_ms + within_ms for one in seen),
    )
