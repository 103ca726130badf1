"""What is asked of places, and who was walked, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import CustomerId
from makegood.ports.redirects import RedirectRow, WalkRow
from makegood.store.session import Value, replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_unpack = msgspec.msgpack.Decoder(RedirectRow).decode
_unpack_walk = msgspec.msgpack.Decoder(WalkRow).decode
_COLUMNS = "row_id customer kind brand is_open at_ms row_blob"
_WALK = "walk_id brand at_ms decided_ms row_blob"
_TOLD = """SELECT brand, count(*) FROM redirect
    WHERE kind = 'told_twice' AND at_ms >= ? GROUP BY brand"""
_KEPT = """(walk_id) DO UPDATE SET decided_ms = excluded.decided_ms, row_blob = excluded.row_blob
    WHERE walk.decided_ms = 0"""


class RedirectReading(SqlBase):
    """What is asked of places, and who was walked."""

    def redirects(
        self,
        *,
        open_only: bool = False,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[RedirectRow, ...]:
        tests, values = ["kind = 'ask'"], _page("row_id", brands, after)
        if open_only:
            tests.append("is_open = 1")
        where = " AND ".join((*tests, *values[0]))
        sql = (
            f"SELECT row_blob FROM redirect WHERE {where} ORDER BY at_ms DESC, row_id DESC LIMIT ?"
        )
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, *values[1], limit))

    def told_twice(self, since_ms: int) -> Mapping[str, int]:
        return {brand: int(n) for brand, n in self._db.rows(_TOLD, since_ms)}

    def walks(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[WalkRow, ...]:
        tests, values = _page("walk_id", brands, after)
        where = f"WHERE {' AND '.join(tests)}" if tests else ""
        sql = f"SELECT row_blob FROM walk {where} ORDER BY at_ms DESC, walk_id DESC LIMIT ?"
        return tuple(_unpack_walk(row[0]) for row in self._db.rows(sql, *values, limit))

    def walk(self, walk: str) -> WalkRow | None:
        found = self._db.rows("SELECT row_blob FROM walk WHERE walk_id = ?", walk)
        return _unpack_walk(found[0][0]) if found else None


class RedirectWriting(RedirectReading):
    """What changes them."""

    def project_redirects(
        self, customers: Sequence[CustomerId], rows: Sequence[RedirectRow]
    ) -> None:
        values = sorted(
            (row.row, row.customer, row.kind, row.brand, int(row.is_open), row.at_ms, pack(row))
            for row in rows
        )
        sql = "DELETE FROM redirect WHERE customer = ANY(?) OR row_id = ANY(?)"
        self._db.run(sql, sorted(customers), [row[0] for row in values])
        if values:
            self._db.put("redirect", _COLUMNS, values, replace(_COLUMNS, "row_id"))

    def put_walk(self, row: WalkRow) -> bool:
        values = [(row.walk, row.brand, row.at_ms, row.decided_ms, pack(row))]
        return bool(self._db.put_new("walk", _WALK, values, _KEPT))


def _page(
    key: str, brands: Sequence[str], after: tuple[int, str] | None
) -> tuple[list[str], list[Value]]:
    tests: list[str] = []
    values: list[Value] = []
    if brands:
        tests.append("brand = ANY(?)")
        values.append(list(brands))
    if after is not None:
        tests.append(f"(at_ms < ? OR (at_ms = ? AND {key} < ?))")
        values += [after[0], after[0], after[1]]
    return tests, values
