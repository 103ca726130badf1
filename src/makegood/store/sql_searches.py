"""What a search shows, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.ports.searches import Placing, WatchedSearch
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_SEARCH = "search query brand newest_day earlier_day told_day row_blob"
_PLACING = "search day url place row_blob"
_unpack = msgspec.msgpack.Decoder(WatchedSearch).decode
_unpack_placing = msgspec.msgpack.Decoder(Placing).decode
_LAST = """
    SELECT p.row_blob FROM watched_search w
    JOIN search_placing p ON p.search = w.search AND p.day IN (w.newest_day, w.earlier_day)
    WHERE w.search = ANY(?) AND p.place <= ? ORDER BY p.search, p.day DESC, p.place, p.url"""


class SearchReading(SqlBase):
    """Searches and their results."""

    def searches(self, searches: Sequence[str]) -> Mapping[str, WatchedSearch]:
        if not searches:
            return {}
        sql = "SELECT search, row_blob FROM watched_search WHERE search = ANY(?)"
        return {key: _unpack(blob) for key, blob in self._db.rows(sql, sorted(set(searches)))}

    def searches_listed(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[str, str] | None = None,
        limit: int = 20,
    ) -> tuple[WatchedSearch, ...]:
        theirs = " AND brand = ANY(?)" if brands else ""
        later = " AND (query, search) > (?, ?)" if after else ""
        found = self._db.rows(
            f"SELECT row_blob FROM watched_search WHERE newest_day > 0{theirs}{later} "
            "ORDER BY query, search LIMIT ?",
            *((sorted(set(brands)),) if brands else ()),
            *(after or ()),
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)

    def placings_on(self, search: str, day: int) -> tuple[Placing, ...]:
        sql = (
            "SELECT row_blob FROM search_placing WHERE search = ? AND day = ? ORDER BY place, url"
        )
        return tuple(_unpack_placing(row[0]) for row in self._db.rows(sql, search, day))

    def last_placings(self, searches: Sequence[str], places: int) -> tuple[Placing, ...]:
        if not searches:
            return ()
        found = self._db.rows(_LAST, sorted(set(searches)), places)
        return tuple(_unpack_placing(row[0]) for row in found)

    def placing_history(
        self, search: str, since_day: int, places: int, limit: int
    ) -> tuple[Placing, ...]:
        found = self._db.rows(
            "SELECT row_blob FROM search_placing WHERE search = ? AND day >= ? AND place <= ? "
            "ORDER BY day DESC, place, url LIMIT ?",
            search,
            since_day,
            places,
            limit,
        )
        return tuple(_unpack_placing(row[0]) for row in found)

    def searches_to_tell(self, limit: int) -> tuple[WatchedSearch, ...]:
        found = self._db.rows(
            "SELECT row_blob FROM watched_search WHERE told_day < newest_day "
            "ORDER BY search LIMIT ?",
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)


class SearchWriting(SearchReading):
    """Keeping and forgetting them."""

    def change_search(self, row: WatchedSearch) -> WatchedSearch:
        self._db.put_new("watched_search", _SEARCH, [_values(row)], "(search) DO NOTHING")
        # An update that changes nothing locks the row on both engines.
        found = self._db.rows(
            "UPDATE watched_search SET query = query WHERE search = ? RETURNING row_blob",
            row.search,
        )
        return _unpack(found[0][0])

    def put_search(self, row: WatchedSearch) -> None:
        self._db.put("watched_search", _SEARCH, [_values(row)], replace(_SEARCH, "search"))

    def put_placings(self, rows: Sequence[Placing]) -> None:
        values = [(one.search, one.day, one.url, one.place, pack(one)) for one in rows]
        if values:
            self._db.put("search_placing", _PLACING, values, replace(_PLACING, "search day url"))

    def drop_placings(self, before_day: int) -> int:
        return self._db.changed(
            "DELETE FROM search_placing WHERE day < ? "
            "AND day = (SELECT MIN(day) FROM search_placing)",
            before_day,
        )

    def drop_searches(self, before_day: int) -> int:
        return self._db.changed("DELETE FROM watched_search WHERE newest_day < ?", before_day)


def _values(row: WatchedSearch) -> tuple[object, ...]:
    return (
        row.search, row.query, row.brand, row.newest_day, row.earlier_day, row.told_day, pack(row),
    )  # fmt: skip
