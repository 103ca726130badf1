"""Records that fit nothing, in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence

from makegood.ports.unfit import Unfit
from makegood.store.memory_reading import MemoryReading


class MemoryUnfitReading(MemoryReading):
    """What is kept of records that fit nothing."""

    def unfit(
        self, source: str, *, after: tuple[int, str] | None = None, limit: int = 50
    ) -> tuple[Unfit, ...]:
        kept = [one for one in self._t.unfit.values() if one.source == source]
        found = sorted(kept, key=_place, reverse=True)
        return tuple(one for one in found if after is None or _place(one) < after)[:limit]

    def unfit_row(self, id_: str) -> Unfit | None:
        return self._t.unfit.get(id_)

    def unfit_counts(self) -> Mapping[str, int]:
        return dict(Counter(one.source for one in self._t.unfit.values()))


class MemoryUnfitWriting(MemoryUnfitReading):
    """What is kept, and for how long."""

    def put_unfit(self, rows: Sequence[Unfit]) -> int:
        fresh = {one.id: one for one in rows if one.id not in self._t.unfit}
        for id_, one in fresh.items():
            self._t.unfit[id_] = one
        return len(fresh)

    def erase_unfit(self, ids: Sequence[str]) -> int:
        return sum(self._t.unfit.pop(one, None) is not None for one in set(ids))

    def drop_unfit(self, before_ms: int, keep: int) -> int:
        gone = {id_ for id_, one in self._t.unfit.items() if one.at_ms < before_ms}
        for source in self.unfit_counts():
            kept = [one for one in self.unfit(source, limit=10**9) if one.id not in gone]
            gone |= {one.id for one in kept[keep:]}
        for id_ in gone:
            del self._t.unfit[id_]
        return len(gone)


def _place(one: Unfit) -> tuple[int, str]:
    return one.at_ms, one.id
