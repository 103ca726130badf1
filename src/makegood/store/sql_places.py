"""Places by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.ports.places import PlaceRow
from makegood.store.session import Value, replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_unpack = msgspec.msgpack.Decoder(PlaceRow).decode
_COLUMNS = "place_id brand row_blob"


class PlaceReading(SqlBase):
    """What is known of places."""

    def places(
        self, *, brands: Sequence[str] = (), after: str = "", limit: int = 50
    ) -> tuple[PlaceRow, ...]:
        where, values = "place_id > ?", [after]
        asked: list[Value] = [*values]
        if brands:
            where += " AND brand = ANY(?)"
            asked.append(list(brands))
        sql = f"SELECT row_blob FROM location WHERE {where} ORDER BY place_id LIMIT ?"
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, *asked, limit))

    def places_by_id(self, places: Sequence[str]) -> Mapping[str, PlaceRow]:
        if not places:
            return {}
        sql = "SELECT row_blob FROM location WHERE place_id = ANY(?)"
        found = (_unpack(row[0]) for row in self._db.rows(sql, sorted(set(places))))
        return {row.place: row for row in found}


class PlaceWriting(PlaceReading):
    """What changes places."""

    def put_places(self, rows: Sequence[PlaceRow]) -> None:
        last = {row.place: row for row in rows}
        values = [(row.place, row.brand, pack(row)) for _, row in sorted(last.items())]
        if values:
            self._db.put("location", _COLUMNS, values, replace(_COLUMNS, "place_id"))
