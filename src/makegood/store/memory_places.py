"""Places, what is asked of them, and who was walked, in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence

from makegood.messages.ids import CustomerId
from makegood.ports.places import PlaceRow
from makegood.ports.redirects import RedirectRow, WalkRow
from makegood.store.memory_reading import MemoryReading

_After = tuple[int, str] | None


class MemoryPlaceReading(MemoryReading):
    """What is known of places and redirects."""

    def places(
        self, *, brands: Sequence[str] = (), after: str = "", limit: int = 50
    ) -> tuple[PlaceRow, ...]:
        rows = [row for row in self._t.locations.values() if not brands or row.brand in brands]
        found = sorted((row for row in rows if row.place > after), key=lambda row: row.place)
        return tuple(found[:limit])

    def places_by_id(self, places: Sequence[str]) -> Mapping[str, PlaceRow]:
        known = self._t.locations
        return {place: known[place] for place in places if place in known}

    def redirects(
        self,
        *,
        open_only: bool = False,
        brands: Sequence[str] = (),
        after: _After = None,
        limit: int = 50,
    ) -> tuple[RedirectRow, ...]:
        rows = (row for row in self._t.redirects.values() if row.kind == "ask")
        kept = [
            row
            for row in rows
            if (row.is_open or not open_only) and (not brands or row.brand in brands)
        ]
        kept.sort(key=_key, reverse=True)
        return tuple(row for row in kept if after is None or _key(row) < after)[:limit]

    def told_twice(self, since_ms: int) -> Mapping[str, int]:
        rows = (row for row in self._t.redirects.values() if row.kind == "told_twice")
        return dict(Counter(row.brand for row in rows if row.at_ms >= since_ms))

    def walks(
        self, *, brands: Sequence[str] = (), after: _After = None, limit: int = 50
    ) -> tuple[WalkRow, ...]:
        kept = [row for row in self._t.walks.values() if not brands or row.brand in brands]
        kept.sort(key=_walk_key, reverse=True)
        return tuple(row for row in kept if after is None or _walk_key(row) < after)[:limit]

    def walk(self, walk: str) -> WalkRow | None:
        return self._t.walks.get(walk)


class MemoryPlaceWriting(MemoryPlaceReading):
    """What changes them."""

    def put_places(self, rows: Sequence[PlaceRow]) -> None:
        for row in rows:
            self._t.locations[row.place] = row

    def project_redirects(
        self, customers: Sequence[CustomerId], rows: Sequence[RedirectRow]
    ) -> None:
        gone = [key for key, row in self._t.redirects.items() if row.customer in customers]
        for key in gone:
            del self._t.redirects[key]
        for row in rows:
            self._t.redirects[row.row] = row

    def put_walk(self, row: WalkRow) -> bool:
        known = self._t.walks.get(row.walk)
        if known is not None and known.decided_ms:
            return False
        self._t.walks[row.walk] = row
        return True


def _key(row: RedirectRow) -> tuple[int, str]:
    return row.at_ms, row.row


def _walk_key(row: WalkRow) -> tuple[int, str]:
    return row.at_ms, row.walk
