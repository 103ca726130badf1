"""Triage by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import ProfileId
from makegood.ports.triage import PUBLIC, KeptModel, TriageRow
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_COLUMNS = "letter profile labelled_ms row_blob at_ms brand tells"
_MODEL = "name at_ms content back_ms"
_IN_USE = "WHERE back_ms = 0 ORDER BY at_ms DESC, name LIMIT 1"
_unpack = msgspec.msgpack.Decoder(TriageRow).decode


class TriageReading(SqlBase):
    """What is known of letters, and which model is in use."""

    def triaged(self, letters: Sequence[str]) -> Mapping[str, TriageRow]:
        if not letters:
            return {}
        sql = "SELECT letter, row_blob FROM triage WHERE letter = ANY(?)"
        return {name: _unpack(blob) for name, blob in self._db.rows(sql, sorted(set(letters)))}

    def triaged_of(self, profiles: Sequence[ProfileId]) -> tuple[TriageRow, ...]:
        wanted = sorted(set(profiles) - {""})
        if not wanted:
            return ()
        sql = "SELECT row_blob FROM triage WHERE profile = ANY(?) ORDER BY letter"
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, wanted))

    def triage_labels(
        self, *, after: tuple[int, str] = (0, ""), limit: int = 500
    ) -> tuple[TriageRow, ...]:
        sql = (
            "SELECT row_blob FROM triage WHERE labelled_ms > 0 AND (labelled_ms, letter) > (?, ?)"
            " ORDER BY labelled_ms, letter LIMIT ?"
        )
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, *after, limit))

    def triage_model_name(self) -> str:
        sql = f"SELECT name FROM triage_model {_IN_USE}"
        found = self._db.rows(sql)
        return found[0][0] if found else ""

    def triage_model(self) -> KeptModel | None:
        sql = f"SELECT name, at_ms, content FROM triage_model {_IN_USE}"
        found = self._db.rows(sql)
        if not found:
            return None
        name, at_ms, content = found[0]
        return KeptModel(name=name, at_ms=at_ms, content=bytes(content))


class TriageWriting(TriageReading):
    """Keeping and forgetting them."""

    def put_triaged(self, row: TriageRow) -> None:
        values = (
            row.letter, row.profile, row.labelled_ms, pack(row), row.at_ms, row.brand, row.tells,
        )  # fmt: skip
        self._db.put("triage", _COLUMNS, [values], replace(_COLUMNS, "letter"))
        if row.channel == PUBLIC:
            self._db.run("UPDATE public_post SET weighed = '' WHERE post = ?", row.letter)

    def erase_triaged(self, profiles: Sequence[ProfileId]) -> int:
        if not profiles:
            return 0
        wanted = sorted(set(profiles) - {""})
        self._db.run("DELETE FROM words_waiting WHERE profile = ANY(?)", wanted)
        sql = "DELETE FROM triage WHERE profile = ANY(?) RETURNING letter"
        return len(self._db.rows(sql, wanted))

    def put_triage_model(self, row: KeptModel) -> None:
        values = (row.name, row.at_ms, row.content, 0)
        self._db.put("triage_model", _MODEL, [values], replace(_MODEL, "name"))
