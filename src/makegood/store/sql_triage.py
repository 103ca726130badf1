"""Triage by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import ProfileId
from makegood.ports.triage import KeptModel, TriageRow
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_COLUMNS = "letter profile labelled_ms row_blob"
_MODEL = "name at_ms content"
_unpack = msgspec.msgpack.Decoder(TriageRow).decode


class TriageReading(SqlBase):
    """What is known of letters, and which model is in use."""

    def triaged(self, letters: Sequence[str]) -> Mapping[str, TriageRow]:
        if not letters:
            return {}
        sql = "SELECT letter, row_blob FROM triage WHERE letter = ANY(?)"
        return {name: _unpack(blob) for name, blob in self._db.rows(sql, sorted(set(letters)))}

    def triage_labels(
        self, *, after: tuple[int, str] = (0, ""), limit: int = 500
    ) -> tuple[TriageRow, ...]:
        sql = (
            "SELECT row_blob FROM triage WHERE labelled_ms > 0 AND (labelled_ms, letter) > (?, ?)"
            " ORDER BY labelled_ms, letter LIMIT ?"
        )
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, *after, limit))

    def triage_model_name(self) -> str:
        found = self._db.rows("SELECT name FROM triage_model ORDER BY at_ms DESC, name LIMIT 1")
        return found[0][0] if found else ""

    def triage_model(self) -> KeptModel | None:
        sql = "SELECT name, at_ms, content FROM triage_model ORDER BY at_ms DESC, name LIMIT 1"
        found = self._db.rows(sql)
        if not found:
            return None
        name, at_ms, content = found[0]
        return KeptModel(name=name, at_ms=at_ms, content=bytes(content))


class TriageWriting(TriageReading):
    """Keeping and forgetting them."""

    def put_triaged(self, row: TriageRow) -> None:
        values = (row.letter, row.profile, row.labelled_ms, pack(row))
        self._db.put("triage", _COLUMNS, [values], replace(_COLUMNS, "letter"))

    def erase_triaged(self, profiles: Sequence[ProfileId]) -> int:
        if not profiles:
            return 0
        sql = "DELETE FROM triage WHERE profile = ANY(?) RETURNING letter"
        return len(self._db.rows(sql, sorted(set(profiles))))

    def put_triage_model(self, row: KeptModel) -> None:
        self._db.run("DELETE FROM triage_model WHERE name <> ?", row.name)
        values = (row.name, row.at_ms, row.content)
        self._db.put("triage_model", _MODEL, [values], replace(_MODEL, "name"))
