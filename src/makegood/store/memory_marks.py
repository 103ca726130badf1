"""Marks at campaign tools, their runs and their lag, in memory."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from makegood.messages.ids import ProfileId
from makegood.ports.marks import Mark, Sync
from makegood.store.memory_reading import MemoryReading


class MemoryMarkReading(MemoryReading):
    """What is known of marks."""

    def marks(self, place: str, addresses: Sequence[ProfileId]) -> Mapping[ProfileId, Mark]:
        rows = self._t.mark_rows
        return {one: rows[place, one] for one in addresses if (place, one) in rows}

    def unseen_marks(self, place: str, run: int, after: ProfileId, limit: int) -> tuple[Mark, ...]:
        rows = [
            row
            for row in self._marks_after(place, after)
            if row.wanted_run == run and row.seen_run != run
        ]
        return tuple(rows[:limit])

    def failed_marks(self, place: str, after: ProfileId, limit: int) -> tuple[Mark, ...]:
        rows = self._marks_after(place, after)
        return tuple([row for row in rows if row.state in ("absent", "refused")][:limit])

    def _marks_after(self, place: str, after: ProfileId) -> list[Mark]:
        rows = [row for row in self._t.mark_rows.values() if row.place == place]
        return sorted((row for row in rows if row.address > after), key=lambda row: row.address)

    def sync(self, place: str) -> Sync:
        return self._t.syncs.get(place) or Sync(place=place)

    def lags(self, place: str, since_hour: int) -> Mapping[int, int]:
        counts: dict[int, int] = {}
        for (its_place, hour, bucket), n in self._t.sync_lags.items():
            if its_place == place and hour >= since_hour:
                counts[bucket] = counts.get(bucket, 0) + n
        return counts


class MemoryMarkWriting(MemoryMarkReading):
    """What is learnt of marks."""

    def put_marks(self, rows: Sequence[Mark]) -> None:
        for row in rows:
            old = self._t.mark_rows.get((row.place, row.address), row)
            self._t.mark_rows[row.place, row.address] = replace(
                row,
                wanted_run=max(row.wanted_run, old.wanted_run),
                seen_run=max(row.seen_run, old.seen_run),
            )

    def want_marks(
        self, place: str, addresses: Sequence[ProfileId], run: int, now_ms: int
    ) -> None:
        for address in addresses:
            new = Mark(place=place, address=address, state="wanted", at_ms=now_ms)
            old = self._t.mark_rows.get((place, address), new)
            self._t.mark_rows[place, address] = replace(old, wanted_run=run)

    def drop_marks(self, place: str, addresses: Sequence[ProfileId]) -> None:
        for address in addresses:
            self._t.mark_rows.pop((place, address), None)

    def drop_unwanted(self, place: str, run: int, before_ms: int) -> int:
        gone = [
            row.address
            for row in self._marks_after(place, ProfileId(""))
            if row.wanted_run < run and row.at_ms < before_ms
        ]
        self.drop_marks(place, gone)
        return len(gone)

    def lock_sync(self, place: str) -> Sync:
        return self.sync(place)

    def put_sync(self, row: Sync) -> None:
        self._t.syncs[row.place] = row

    def add_lags(self, place: str, hour: int, counts: Mapping[int, int], oldest: int) -> None:
        lags = self._t.sync_lags
        for bucket, n in counts.items():
            lags[place, hour, bucket] = lags.get((place, hour, bucket), 0) + n
        for key in [key for key in lags if key[0] == place and key[1] < oldest]:
            del lags[key]
