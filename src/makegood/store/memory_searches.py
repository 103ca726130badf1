"""The memory engine's searches and their results."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Protocol, cast

from makegood.ports.searches import Placing, WatchedSearch
from makegood.store.memory_reading import MemoryReading


class SearchTables(Protocol):
    """The tables of searches among those of the engine."""

    searches: MutableMapping[str, WatchedSearch]
    placings: MutableMapping[tuple[str, int, str], Placing]


class MemorySearches(MemoryReading):
    """Searches and their results."""

    @property
    def _watched(self) -> SearchTables:
        return cast("SearchTables", self._t)

    def searches(self, searches: Sequence[str]) -> Mapping[str, WatchedSearch]:
        kept = self._watched.searches
        return {one: kept[one] for one in searches if one in kept}

    def searches_listed(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[str, str] | None = None,
        limit: int = 20,
    ) -> tuple[WatchedSearch, ...]:
        found = [
            one
            for one in self._watched.searches.values()
            if one.newest_day and (not brands or one.brand in brands)
        ]
        ordered = sorted(found, key=lambda one: one.order)
        return tuple(one for one in ordered if after is None or one.order > after)[:limit]

    def placings_on(self, search: str, day: int) -> tuple[Placing, ...]:
        return _placed([one for one in self._results_of(search) if one.day == day])

    def last_placings(self, searches: Sequence[str], places: int) -> tuple[Placing, ...]:
        found: list[Placing] = []
        for row in self.searches(sorted(set(searches))).values():
            days = (row.newest_day, row.earlier_day)
            own = [one for one in self._results_of(row.search) if one.day in days]
            found += _placed([one for one in own if one.place <= places])
        return tuple(found)

    def placing_history(
        self, search: str, since_day: int, places: int, limit: int
    ) -> tuple[Placing, ...]:
        own = [one for one in self._results_of(search) if one.day >= since_day]
        return _placed([one for one in own if one.place <= places])[:limit]

    def searches_to_tell(self, limit: int) -> tuple[WatchedSearch, ...]:
        found = [one for one in self._watched.searches.values() if one.told_day < one.newest_day]
        return tuple(sorted(found, key=lambda one: one.search)[:limit])

    def change_search(self, row: WatchedSearch) -> WatchedSearch:
        return self._watched.searches.setdefault(row.search, row)

    def put_search(self, row: WatchedSearch) -> None:
        self._watched.searches[row.search] = row

    def put_placings(self, rows: Sequence[Placing]) -> None:
        for one in rows:
            self._watched.placings[one.search, one.day, one.url] = one

    def drop_placings(self, before_day: int) -> int:
        kept = self._watched.placings
        oldest = min((one.day for one in kept.values()), default=before_day)
        gone = [key for key in kept if key[1] == oldest < before_day]
        for key in gone:
            del kept[key]
        return len(gone)

    def drop_searches(self, before_day: int) -> int:
        kept = self._watched.searches
        gone = [key for key, one in kept.items() if one.newest_day < before_day]
        for key in gone:
            del kept[key]
        return len(gone)

    def _results_of(self, search: str) -> list[Placing]:
        return [one for one in self._watched.placings.values() if one.search == search]


def _placed(found: Sequence[Placing]) -> tuple[Placing, ...]:
    return tuple(sorted(found, key=lambda one: (-one.day, one.place, one.url)))
