"""Drafts of the rule book and their trials by SQL."""

import msgspec

from makegood.ports.drafts import Draft, Trial, TrialResult
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_unpack_draft = msgspec.msgpack.Decoder(Draft).decode
_unpack_trial = msgspec.msgpack.Decoder(Trial).decode


class DraftReading(SqlBase):
    """The newest draft, and the newest trials."""

    def draft(self) -> Draft | None:
        found = self._db.rows("SELECT row_blob FROM draft ORDER BY place DESC LIMIT 1")
        return _unpack_draft(found[0][0]) if found else None

    def trials(self, limit: int) -> tuple[Trial, ...]:
        sql = "SELECT row_blob FROM trial ORDER BY place DESC LIMIT ?"
        return tuple(_unpack_trial(row[0]) for row in self._db.rows(sql, limit))

    def trial_result(self, place: int) -> TrialResult | None:
        found = self._db.rows("SELECT found, page FROM trial_result WHERE place = ?", place)
        return TrialResult(found=found[0][0], page=found[0][1]) if found else None


class DraftWriting(DraftReading):
    """What is saved, and how a trial fares."""

    def put_draft(self, row: Draft) -> bool:
        values = (row.revision, pack(row))
        return self._db.put_new("draft", "place row_blob", [values], "(place) DO NOTHING") > 0

    def begin_trial(self, row: Trial) -> bool:
        values = (row.place, pack(row))
        return self._db.put_new("trial", "place row_blob", [values], "(place) DO NOTHING") > 0

    def put_trial(self, row: Trial, result: TrialResult | None = None) -> None:
        columns = "place row_blob"
        self._db.put("trial", columns, [(row.place, pack(row))], replace(columns, "place"))
        if result is not None:
            columns = "place found page"
            values = (row.place, result.found, result.page)
            self._db.put("trial_result", columns, [values], replace(columns, "place"))
