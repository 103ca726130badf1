"""Kinds of mail by SQL: counts that many processes add to, and decisions that stay."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.commands import MessageClass
from makegood.ports.mail_kinds import MailDecision, MailKind
from makegood.store.session import Row, Session, Value
from makegood.store.shapes import pack

_COLUMNS = (
    "kind brand domain subject example message_class says decided is_open n recipients held "
    "first_ms last_ms row_blob"
)
_SELECT = f"SELECT {', '.join(_COLUMNS.split())} FROM mail_kind"
_KEPT = ", ".join(
    f"{name} = CASE WHEN excluded.{name} = '' THEN mail_kind.{name} ELSE excluded.{name} END"
    for name in ("subject", "example")
)
_SUMS = ", ".join(
    f"{name} = mail_kind.{name} + excluded.{name}" for name in ("n", "recipients", "held")
)
_ADD = f"""(kind) DO UPDATE SET {_KEPT}, {_SUMS},
    message_class = excluded.message_class, says = excluded.says,
    is_open = CASE WHEN mail_kind.decided = '' AND excluded.message_class = '' THEN 1 ELSE 0 END,
    last_ms = CASE WHEN excluded.last_ms > mail_kind.last_ms
        THEN excluded.last_ms ELSE mail_kind.last_ms END"""
_DECIDED = """UPDATE mail_kind SET decided = ?,
    is_open = CASE WHEN ? = '' AND message_class = '' THEN 1 ELSE 0 END WHERE kind = ?"""
_FORGET = """DELETE FROM mail_kind WHERE (last_ms < ? OR (n <= 1 AND last_ms < ?))
    AND kind NOT IN (SELECT kind FROM mail_decision)"""
_BEYOND = "SELECT last_ms FROM mail_kind WHERE n <= 1 ORDER BY last_ms DESC LIMIT 1 OFFSET ?"
_SAID = "SELECT row_blob FROM mail_decision"
_LAST_SAID = f"""{_SAID} WHERE place IN
    (SELECT max(place) FROM mail_decision WHERE kind = ANY(?) GROUP BY kind)"""
_unpack_decision = msgspec.msgpack.Decoder(MailDecision).decode
_Known = tuple[tuple[int, ...], tuple[int, ...]]
_unpack_known = msgspec.msgpack.Decoder(_Known).decode


class MailKindReading:
    """Kinds, and what was said of them."""

    _db: Session

    def mail_kinds(
        self,
        *,
        waiting_only: bool = False,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[MailKind, ...]:
        tests: list[str] = ["1 = 1"]
        values: list[Value] = []
        if waiting_only:
            tests.append("is_open = 1")
        if brands:
            tests.append("brand = ANY(?)")
            values.append(list(brands))
        if after is not None:
            tests.append("(last_ms < ? OR (last_ms = ? AND kind > ?))")
            values += [after[0], after[0], after[1]]
        where = " AND ".join(tests)
        sql = f"{_SELECT} WHERE {where} ORDER BY last_ms DESC, kind LIMIT ?"
        return tuple(map(_to_kind, self._db.rows(sql, *values, limit)))

    def mail_kind(self, kind: str) -> MailKind | None:
        found = self._db.rows(f"{_SELECT} WHERE kind = ?", kind)
        return _to_kind(found[0]) if found else None

    def mail_kinds_waiting(self) -> int:
        return int(self._db.rows("SELECT count(*) FROM mail_kind WHERE is_open = 1")[0][0])

    def mail_decisions(self, after: int, limit: int) -> tuple[MailDecision, ...]:
        found = self._db.rows(f"{_SAID} WHERE place > ? ORDER BY place LIMIT ?", after, limit)
        return tuple(_unpack_decision(row[0]) for row in found)

    def last_mail_decision(self) -> int:
        found = self._db.rows("SELECT place FROM mail_decision ORDER BY place DESC LIMIT 1")
        return int(found[0][0]) if found else 0

    def last_mail_decisions(self, kinds: Sequence[str]) -> Mapping[str, MailDecision]:
        found = (_unpack_decision(row[0]) for row in self._db.rows(_LAST_SAID, list(kinds)))
        return {row.kind: row for row in found}

    def mail_decisions_of(self, kind: str, limit: int) -> tuple[MailDecision, ...]:
        sql = f"{_SAID} WHERE kind = ? ORDER BY place DESC LIMIT ?"
        return tuple(_unpack_decision(row[0]) for row in self._db.rows(sql, kind, limit))


class MailKindWriting(MailKindReading):
    """What was seen, and what is said."""

    def count_mail_kinds(self, rows: Sequence[MailKind]) -> None:
        # In one order, so that two who count never wait for each other.
        values = [_from_kind(row) for row in sorted(rows, key=lambda row: row.kind)]
        self._db.put("mail_kind", _COLUMNS, values, _ADD)

    def put_mail_decision(self, row: MailDecision) -> bool:
        columns = "place kind row_blob"
        values = [(row.place, row.kind, pack(row))]
        if not self._db.put_new("mail_decision", columns, values, "(place) DO NOTHING"):
            return False
        decided = row.message_class.value if row.message_class else ""
        self._db.run(_DECIDED, decided, decided, row.kind)
        return True

    def forget_mail_kinds(self, once_before_ms: int, before_ms: int, most_once: int) -> int:
        beyond = self._db.rows(_BEYOND, most_once)
        if beyond:
            once_before_ms = max(once_before_ms, int(beyond[0][0]) + 1)
        return self._db.changed(_FORGET, before_ms, once_before_ms)


def _from_kind(row: MailKind) -> Row:
    return (
        row.kind,
        row.brand,
        row.domain,
        row.subject,
        row.example,
        row.message_class.value if row.message_class else "",
        row.says,
        row.decided.value if row.decided else "",
        int(row.waits),
        row.mails,
        row.recipients,
        row.held,
        row.first_ms,
        row.last_ms,
        pack((row.subject_marks, row.sketch)),
    )


def _to_kind(row: Row) -> MailKind:
    kind, brand, domain, subject, example, message_class, says, decided, _, *counts, blob = row
    marks, sketch = _unpack_known(blob)
    mails, recipients, held, first_ms, last_ms = counts
    return MailKind(
        kind=kind,
        brand=brand,
        domain=domain,
        subject=subject,
        example=example,
        message_class=MessageClass(message_class) if message_class else None,
        says=says,
        decided=MessageClass(decided) if decided else None,
        mails=mails,
        recipients=recipients,
        held=held,
        first_ms=first_ms,
        last_ms=last_ms,
        subject_marks=marks,
        sketch=sketch,
    )
