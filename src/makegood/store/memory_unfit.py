"""Records that fit nothing, in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import cast

from makegood.ports.unfit import Unfit
from makegood.store.memory_letters import LetterTables
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
        return self._deleted({one for one in ids if one in self._t.unfit})

    def drop_unfit(
        self, before_ms: int, keep: int, whole: Mapping[str, int] = MappingProxyType({})
    ) -> int:
        gone = {
            id_
            for id_, one in self._t.unfit.items()
            if one.at_ms < whole.get(one.source, before_ms)
        }
        for source in set(self.unfit_counts()) - set(whole):
            kept = [one for one in self.unfit(source, limit=10**9) if one.id not in gone]
            gone |= {one.id for one in kept[keep:]}
        return self._deleted(gone)

    def _deleted(self, ids: set[str]) -> int:
        """Delete rows, and remember of which of them there are files."""
        for id_ in ids:
            if file := self._t.unfit.pop(id_).file:
                cast("LetterTables", self._t).letters_gone[file] = True
        return len(ids)


def _place(one: Unfit) -> tuple[int, str]:
    return one.at_ms, one.id
