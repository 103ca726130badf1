"""Probable links, in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from makegood.messages.ids import ProfileId
from makegood.ports.links import LinkPair, LinkRun, LinkStatus
from makegood.store.memory_reading import MemoryReading


class MemoryLinkReading(MemoryReading):
    """What is known of probable links."""

    def link_pairs(
        self,
        status: LinkStatus,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[LinkPair, ...]:
        kept = [
            row
            for row in self._t.link_pairs.values()
            if row.status == status
            and (not brands or {row.left_brand, row.right_brand} <= set(brands))
            and (after is None or _place(row) < after)
        ]
        return tuple(sorted(kept, key=_place, reverse=True)[:limit])

    def links_by_id(self, ids: Sequence[str]) -> Mapping[str, LinkPair]:
        known = self._t.link_pairs
        return {id_: known[id_] for id_ in sorted(set(ids)) if id_ in known}

    def links_of(self, profiles: Sequence[ProfileId]) -> tuple[LinkPair, ...]:
        wanted = set(profiles)
        kept = [it for it in self._t.link_pairs.values() if not wanted.isdisjoint(_sides(it))]
        return tuple(sorted(kept, key=lambda it: it.id))

    def links_named(self, names: Sequence[ProfileId]) -> tuple[LinkPair, ...]:
        kept = [it for it in self._t.link_pairs.values() if not set(names).isdisjoint(it.named)]
        return tuple(sorted(kept, key=lambda it: it.id))

    def link_counts(self) -> Mapping[tuple[LinkStatus, str, str], int]:
        rows = self._t.link_pairs.values()
        return dict(Counter((it.status, it.left_brand, it.right_brand) for it in rows))

    def link_runs(self, limit: int) -> tuple[LinkRun, ...]:
        return tuple(row for _, row in sorted(self._t.link_runs.items(), reverse=True)[:limit])


class MemoryLinkWriting(MemoryLinkReading):
    """What is learnt of probable links."""

    def put_links(self, rows: Sequence[LinkPair]) -> None:
        for row in rows:
            self._t.link_pairs[row.id] = row

    def lock_links(self, ids: Sequence[str]) -> Mapping[str, LinkPair]:
        return self.links_by_id(ids)

    def drop_links(self, ids: Sequence[str]) -> int:
        return sum(self._t.link_pairs.pop(one, None) is not None for one in set(ids))

    def put_link_run(self, row: LinkRun) -> LinkRun:
        numbered = replace(row, run=max(self._t.link_runs, default=0) + 1)
        self._t.link_runs[numbered.run] = numbered
        return numbered

    def end_link_run(self, row: LinkRun) -> None:
        self._t.link_runs[row.run] = row


def _sides(row: LinkPair) -> tuple[ProfileId, ProfileId]:
    return row.left, row.right


def _place(row: LinkPair) -> tuple[int, str]:
    return row.weight, row.id
