"""Reputations by SQL: ratings by place in the log, and one row for each thing said of somebody."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import structs

from makegood.messages.ids import RepId
from makegood.ports.reputation import Appeal, Kind, Published, RatingRow, RuleAnswer, appeal_id
from makegood.store.session import Row, replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

RATING = "seq rep about row_blob"
SAID = "kind subject owner is_open row_blob"
_PAGE = """SELECT row_blob FROM reputation WHERE kind = ? AND subject > ?
    ORDER BY subject LIMIT ?"""
_OPEN = """SELECT row_blob FROM reputation WHERE kind = ? AND is_open = 1 AND subject > ?
    ORDER BY subject LIMIT ?"""
_OF = "SELECT subject, row_blob FROM reputation WHERE kind = ? AND subject = ANY(?)"
_OWN = """SELECT row_blob FROM reputation WHERE kind = ? AND owner = ?
    ORDER BY subject LIMIT ?"""

_unpack_rating = msgspec.msgpack.Decoder(RatingRow).decode
_unpack_published = msgspec.msgpack.Decoder(Published).decode
_unpack_appeal = msgspec.msgpack.Decoder(Appeal).decode
_unpack_answer = msgspec.msgpack.Decoder(RuleAnswer).decode
_unpack_number = msgspec.msgpack.Decoder(int).decode


class ReputationReading(SqlBase):
    """What is known and published."""

    def ratings(self, after: int, limit: int) -> tuple[RatingRow, ...]:
        sql = "SELECT row_blob FROM rating WHERE seq > ? ORDER BY seq LIMIT ?"
        return tuple(_unpack_rating(row[0]) for row in self._db.rows(sql, after, limit))

    def ratings_about(self, rep: RepId, about: str) -> tuple[RatingRow, ...]:
        sql = "SELECT row_blob FROM rating WHERE rep = ? AND about = ? ORDER BY seq"
        return tuple(_unpack_rating(row[0]) for row in self._db.rows(sql, rep, about))

    def ratings_read(self) -> int:
        found = self._said("read", [""])
        return _unpack_number(found[""]) if found else 0

    def rounds(self) -> int:
        found = self._said("read", ["rounds"])
        return _unpack_number(found["rounds"]) if found else 0

    def published(self, kind: Kind, after: str, limit: int) -> tuple[Published, ...]:
        rows = self._db.rows(_PAGE, kind, after, limit)
        return tuple(_unpack_published(row[0]) for row in rows)

    def published_of(self, kind: Kind, subjects: Sequence[str]) -> Mapping[str, Published]:
        found = self._said(kind, subjects)
        return {subject: _unpack_published(blob) for subject, blob in found.items()}

    def appeals(self, *, open_only: bool, after: str = "", limit: int = 50) -> tuple[Appeal, ...]:
        rows = self._db.rows(_OPEN if open_only else _PAGE, "appeal", after, limit)
        return tuple(_unpack_appeal(row[0]) for row in rows)

    def appeals_by(self, rep: RepId, limit: int) -> tuple[Appeal, ...]:
        rows = self._db.rows(_OWN, "appeal", rep, limit)
        return tuple(_unpack_appeal(row[0]) for row in rows)

    def appeal(self, id_: str) -> Appeal | None:
        found = self._said("appeal", [id_])
        return _unpack_appeal(found[id_]) if found else None

    def open_answers(self, after: str, limit: int) -> tuple[RuleAnswer, ...]:
        rows = self._db.rows(_OPEN, "answer", after, limit)
        return tuple(_unpack_answer(row[0]) for row in rows)

    def rule_answers(self, rules: Sequence[str]) -> Mapping[str, RuleAnswer]:
        found = self._said("answer", rules)
        return {rule: _unpack_answer(blob) for rule, blob in found.items()}

    def seen_ms(self, reps: Sequence[str]) -> Mapping[str, int]:
        return {rep: _unpack_number(blob) for rep, blob in self._said("seen", reps).items()}

    def _said(self, kind: str, subjects: Sequence[str]) -> dict[str, bytes]:
        return dict(self._db.rows(_OF, kind, list(subjects))) if subjects else {}


class ReputationWriting(ReputationReading):
    """What is taken from the log, published, appealed and answered."""

    def hold_ratings(self) -> tuple[int, int]:
        first = [("read", "", "", 0, pack(0)), ("read", "rounds", "", 0, pack(0))]
        self._db.put_new("reputation", SAID, first, "(kind, subject) DO NOTHING")
        sql = f"""SELECT row_blob FROM reputation WHERE kind = ?
            ORDER BY subject{self._db.lock_rows}"""
        read, rounds = (_unpack_number(row[0]) for row in self._db.rows(sql, "read"))
        return read, rounds

    def put_rounds(self, rounds: int) -> None:
        self._say([("read", "rounds", "", 0, pack(rounds))])

    def add_ratings(self, rows: Sequence[RatingRow], read: int) -> None:
        values = [(row.seq, row.rep, row.about, pack(row)) for row in rows]
        if values:
            self._db.put("rating", RATING, values, replace(RATING, "seq"))
        self._say([("read", "", "", 0, pack(read))])

    def put_published(self, rows: Sequence[Published]) -> None:
        self._say([(row.kind, row.subject, "", 0, pack(row)) for row in rows])

    def put_new_appeal(self, row: Appeal) -> bool:
        values = [_appeal(row)]
        return self._db.put_new("reputation", SAID, values, "(kind, subject) DO NOTHING") > 0

    def put_appeal(self, row: Appeal) -> None:
        self._say([_appeal(row)])

    def forget_appeals(self, meetings: Sequence[tuple[str, str]]) -> int:
        ids = sorted({appeal_id(*meeting) for meeting in meetings})
        found = [_unpack_appeal(blob) for blob in self._said("appeal", ids).values()]
        told = [row for row in found if row.why or row.because]
        self._say([_appeal(structs.replace(row, why="", because="")) for row in told])
        return len(told)

    def put_rule_answer(self, row: RuleAnswer) -> None:
        self._say([("answer", row.rule, row.owner, int(not row.says), pack(row))])

    def put_seen(self, rep: RepId, at_ms: int) -> None:
        self._say([("seen", rep, rep, 0, pack(at_ms))])

    def _say(self, values: Sequence[Row]) -> None:
        if values:
            self._db.put("reputation", SAID, values, replace(SAID, "kind subject"))


def _appeal(row: Appeal) -> Row:
    return ("appeal", row.id, row.rep, int(not row.verdict), pack(row))
