"""Trainings of triage by SQL."""

import msgspec

from makegood.ports.training import Training, Version, newest
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_TRAINING, _TURN = "at_ms row_blob", "name place"
_TRAIN = "train"
_VERSIONS = "SELECT name, at_ms, back_ms FROM triage_model ORDER BY at_ms DESC, name"
_unpack = msgspec.msgpack.Decoder(Training).decode


class TrainingReading(SqlBase):
    """What came of trainings, and which models are kept."""

    def trainings(self, *, before_ms: int = 0, limit: int = 20) -> tuple[Training, ...]:
        earlier = " WHERE at_ms < ?" if before_ms else ""
        sql = f"SELECT row_blob FROM triage_training{earlier} ORDER BY at_ms DESC LIMIT ?"
        found = self._db.rows(sql, *((before_ms,) if before_ms else ()), limit)
        return tuple(_unpack(row[0]) for row in found)

    def triage_versions(self) -> tuple[Version, ...]:
        return tuple(
            Version(name=name, at_ms=at_ms, back_ms=back_ms)
            for name, at_ms, back_ms in self._db.rows(_VERSIONS)
        )

    def labels_since(self, at_ms: int) -> int:
        sql = "SELECT count(*) FROM triage WHERE labelled_ms > 0 AND labelled_ms > ?"
        return int(self._db.rows(sql, at_ms)[0][0])


class TrainingWriting(TrainingReading):
    """Whose turn it is, what came of it, and which model is used."""

    def take_turn(self, now_ms: int, until_ms: int) -> bool:
        self._db.put_new("triage_turn", _TURN, [(_TRAIN, 0)], "(name) DO NOTHING")
        sql = "UPDATE triage_turn SET place = ? WHERE name = ? AND place <= ?"
        return self._db.changed(sql, until_ms, _TRAIN, now_ms) > 0

    def end_turn(self, until_ms: int) -> None:
        sql = "UPDATE triage_turn SET place = 0 WHERE name = ? AND place = ?"
        self._db.run(sql, _TRAIN, until_ms)

    def put_training(self, row: Training) -> None:
        values = (row.at_ms, pack(row))
        self._db.put("triage_training", _TRAINING, [values], replace(_TRAINING, "at_ms"))

    def keep_versions(self, most: int) -> int:
        rows = self.triage_versions()
        used = newest(rows)
        gone = [row.name for row in rows[most:] if used is None or row.name != used.name]
        for name in gone:
            self._db.run("DELETE FROM triage_model WHERE name = ?", name)
        return len(gone)

    def put_back(self, name: str, at_ms: int) -> bool:
        sql = "UPDATE triage_model SET back_ms = ? WHERE name = ? AND back_ms = 0"
        return self._db.changed(sql, at_ms, name) > 0

    def put_in_use_again(self, name: str, at_ms: int) -> bool:
        sql = "UPDATE triage_model SET back_ms = 0, at_ms = ? WHERE name = ?"
        return self._db.changed(sql, at_ms, name) > 0
