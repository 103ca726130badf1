"""What reps attach, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import ProfileId
from makegood.ports.attached import Attached
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_COLUMNS = "file profile said at_ms row_blob"
_unpack = msgspec.msgpack.Decoder(Attached).decode


class AttachedReading(SqlBase):
    """What is attached to drafts, and to what went out."""

    def attached(self, files: Sequence[str]) -> Mapping[str, Attached]:
        if not files:
            return {}
        sql = "SELECT file, row_blob FROM attached WHERE file = ANY(?)"
        return {name: _unpack(blob) for name, blob in self._db.rows(sql, sorted(set(files)))}

    def unsent_of(self, profiles: Sequence[ProfileId]) -> tuple[Attached, ...]:
        return self._attached_where(profiles, " AND said = ''")

    def attached_of(self, profiles: Sequence[ProfileId]) -> tuple[Attached, ...]:
        return self._attached_where(profiles, "")

    def _attached_where(self, profiles: Sequence[ProfileId], those: str) -> tuple[Attached, ...]:
        if not profiles:
            return ()
        sql = f"SELECT row_blob FROM attached WHERE profile = ANY(?){those} ORDER BY at_ms, file"
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, sorted(set(profiles))))

    def unsent_before(self, at_ms: int, limit: int) -> tuple[Attached, ...]:
        sql = (
            "SELECT row_blob FROM attached WHERE said = '' AND at_ms < ?"
            " ORDER BY at_ms, file LIMIT ?"
        )
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, at_ms, limit))


class AttachedWriting(AttachedReading):
    """Keeping and forgetting it."""

    def put_attached(self, row: Attached) -> None:
        values = (row.file, row.profile, row.said, row.at_ms, pack(row))
        self._db.put("attached", _COLUMNS, [values], replace(_COLUMNS, "file"))

    def drop_attached(self, files: Sequence[str]) -> None:
        if files:
            self._drop_attached_where("file = ANY(?)", sorted(set(files)))

    def erase_attached(self, profiles: Sequence[ProfileId]) -> int:
        return (
            self._drop_attached_where("profile = ANY(?)", sorted(set(profiles))) if profiles else 0
        )

    def _drop_attached_where(self, those: str, wanted: Sequence[str]) -> int:
        found = self._db.rows(f"DELETE FROM attached WHERE {those} RETURNING file", wanted)
        self._db.put("letter_gone", "letter", [(row[0],) for row in found], "(letter) DO NOTHING")
        return len(found)
