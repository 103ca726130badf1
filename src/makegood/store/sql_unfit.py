"""Records that fit nothing, by SQL."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from makegood.ports.unfit import Unfit
from makegood.store.session import Value
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_unpack = msgspec.msgpack.Decoder(Unfit).decode
_PAGE = (
    "SELECT row_blob FROM unfit WHERE source = ?{further} ORDER BY came_ms DESC, id DESC LIMIT ?"
)


class UnfitReading(SqlBase):
    """What is kept of records that fit nothing."""

    def unfit(
        self, source: str, *, after: tuple[int, str] | None = None, limit: int = 50
    ) -> tuple[Unfit, ...]:
        if after is None:
            found = self._db.rows(_PAGE.format(further=""), source, limit)
        else:
            further = " AND (came_ms < ? OR (came_ms = ? AND id < ?))"
            values = (source, after[0], after[0], after[1], limit)
            found = self._db.rows(_PAGE.format(further=further), *values)
        return tuple(_unpack(row[0]) for row in found)

    def unfit_row(self, id_: str) -> Unfit | None:
        found = self._db.rows("SELECT row_blob FROM unfit WHERE id = ?", id_)
        return _unpack(found[0][0]) if found else None

    def unfit_counts(self) -> Mapping[str, int]:
        return dict(self._db.rows("SELECT source, count(*) FROM unfit GROUP BY source"))


class UnfitWriting(UnfitReading):
    """What is kept, and for how long."""

    def put_unfit(self, rows: Sequence[Unfit]) -> int:
        values = [(one.id, one.source, one.at_ms, pack(one)) for one in rows]
        return self._db.put_new("unfit", "id source came_ms row_blob", values, "(id) DO NOTHING")

    def erase_unfit(self, ids: Sequence[str]) -> int:
        return self._deleted("id = ANY(?)", sorted(set(ids))) if ids else 0

    def drop_unfit(
        self, before_ms: int, keep: int, whole: Mapping[str, int] = MappingProxyType({})
    ) -> int:
        gone = self._deleted("came_ms < ? AND NOT (source = ANY(?))", before_ms, sorted(whole))
        for source, own_ms in whole.items():
            gone += self._deleted("source = ? AND came_ms < ?", source, own_ms)
        for source, count in self.unfit_counts().items():
            if count <= keep or source in whole:
                continue
            last = self._db.rows(
                "SELECT came_ms, id FROM unfit WHERE source = ? "
                "ORDER BY came_ms DESC, id DESC LIMIT 1 OFFSET ?",
                source,
                keep,
            )
            came_ms, id_ = last[0]
            gone += self._deleted(
                "source = ? AND (came_ms < ? OR (came_ms = ? AND id <= ?))",
                source,
                came_ms,
                came_ms,
                id_,
            )
        return gone

    def _deleted(self, which: str, *values: Value) -> int:
        """Delete rows, and remember of which of them there are files."""
        found = self._db.rows(f"DELETE FROM unfit WHERE {which} RETURNING row_blob", *values)
        files = sorted({file for row in found if (file := _unpack(row[0]).file)})
        self._db.put("letter_gone", "letter", [(one,) for one in files], "(letter) DO NOTHING")
        return len(found)
