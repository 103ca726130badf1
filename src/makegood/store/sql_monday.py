"""Letters to management by SQL."""

from collections.abc import Sequence

import msgspec

from makegood.ports.monday import MOST_MONDAYS, MondayKey, MondayLetter, audience_of
from makegood.store.session import Value
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_COLUMNS = "letter audience at_ms row_blob"
_unpack = msgspec.msgpack.Decoder(MondayLetter).decode


class MondayReading(SqlBase):
    """Looking."""

    def mondays(
        self,
        *,
        among: Sequence[str] | None = None,
        before: MondayKey | None = None,
        limit: int = 20,
    ) -> tuple[MondayLetter, ...]:
        wanted, values = ["1 = 1"], list[Value]()
        if among is not None:
            wanted.append("audience = ANY(?)")
            values.append(sorted(set(among)))
        if before is not None:
            wanted.append("(at_ms, letter) < (?, ?)")
            values += before
        sql = (
            f"SELECT row_blob FROM monday WHERE {' AND '.join(wanted)} "
            "ORDER BY at_ms DESC, letter DESC LIMIT ?"
        )
        found = self._db.rows(sql, *values, min(limit, MOST_MONDAYS))
        return tuple(_unpack(row[0]) for row in found)

    def monday(self, letter: str) -> MondayLetter | None:
        found = self._db.rows("SELECT row_blob FROM monday WHERE letter = ?", letter)
        return _unpack(found[0][0]) if found else None

    def monday_audiences(self) -> tuple[str, ...]:
        found = self._db.rows("SELECT DISTINCT audience FROM monday ORDER BY audience")
        return tuple(row[0] for row in found)


class MondayWriting(MondayReading):
    """Keeping."""

    def put_monday(self, row: MondayLetter) -> bool:
        values = (row.letter, audience_of(row.brands), row.at_ms, pack(row))
        return self._db.put_new("monday", _COLUMNS, [values], "(letter) DO NOTHING") > 0

    def forget_mondays(self, before_ms: int) -> int:
        return self._db.changed("DELETE FROM monday WHERE at_ms < ?", before_ms)
