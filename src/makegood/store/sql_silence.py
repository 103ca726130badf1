"""What is silent, how long customers waited, and what is usual, by SQL."""

from collections.abc import Sequence

import msgspec

from makegood.messages.ids import CustomerId, EventId, RepId
from makegood.ports.silence import MOST_SILENT, QueueNorms, SilenceKey, SilentRow, Waited
from makegood.store.session import Value, replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

SILENT = "customer item rep brand due_ms row_blob"
WAITED = "began rule brand channel at_ms ended_ms gave_up"
_unpack = msgspec.msgpack.Decoder(SilentRow).decode
_unpack_norms = msgspec.msgpack.Decoder(QueueNorms).decode


class SilenceReading(SqlBase):
    """Lists and samples."""

    def silent(
        self,
        now_ms: int,
        *,
        rep: RepId | None = None,
        brands: Sequence[str] = (),
        after: SilenceKey | None = None,
        limit: int = 50,
    ) -> tuple[SilentRow, ...]:
        wanted, values = ["due_ms <= ?"], list[Value]([now_ms])
        if rep is not None:
            wanted.append("rep = ?")
            values.append(rep)
        if brands:
            wanted.append("brand = ANY(?)")
            values.append([*brands, ""])
        if after is not None:
            wanted.append("(due_ms, customer, item) > (?, ?, ?)")
            values += after
        sql = (
            f"SELECT row_blob FROM silence WHERE {' AND '.join(wanted)} "
            "ORDER BY due_ms, customer, item LIMIT ?"
        )
        found = self._db.rows(sql, *values, min(limit, MOST_SILENT))
        return tuple(_unpack(row[0]) for row in found)

    def waited(self, since_ms: int, limit: int) -> tuple[Waited, ...]:
        sql = (
            "SELECT began, rule, brand, channel, at_ms, ended_ms, gave_up FROM ("
            "SELECT began, rule, brand, channel, at_ms, ended_ms, gave_up, ROW_NUMBER() OVER "
            "(PARTITION BY rule, brand, channel ORDER BY began) AS place "
            "FROM waited WHERE at_ms >= ?) AS drawn ORDER BY place, rule, brand, channel LIMIT ?"
        )
        found = [
            Waited(
                event=EventId(began),
                rule=rule,
                brand=brand,
                channel=channel,
                at_ms=int(at_ms),
                ended_ms=int(ended_ms),
                gave_up=bool(gave_up),
            )
            for began, rule, brand, channel, at_ms, ended_ms, gave_up in self._db.rows(
                sql, since_ms, limit
            )
        ]
        return tuple(sorted(found, key=lambda one: (-one.at_ms, one.event, one.rule)))

    def wait_norms(self, rules: Sequence[str]) -> tuple[QueueNorms, ...]:
        if not rules:
            return ()
        sql = "SELECT row_blob FROM wait_norm WHERE rule = ANY(?) ORDER BY rule, brand, channel"
        return tuple(_unpack_norms(row[0]) for row in self._db.rows(sql, sorted(set(rules))))


class SilenceWriting(SilenceReading):
    """Keeping them right."""

    def project_silent(self, customers: Sequence[CustomerId], rows: Sequence[SilentRow]) -> None:
        if not customers:
            return
        self._db.run("DELETE FROM silence WHERE customer = ANY(?)", sorted(customers))
        last = {(one.customer, one.item): one for one in rows}
        values = [
            (it.customer, it.item, it.rep, it.brand, it.due_ms, pack(it)) for it in last.values()
        ]
        self._db.put("silence", SILENT, values, replace(SILENT, "customer item"))

    def put_waited(self, rows: Sequence[Waited]) -> None:
        last = {(one.event, one.rule): one for one in rows}
        values = [
            (it.event, it.rule, it.brand, it.channel, it.at_ms, it.ended_ms, int(it.gave_up))
            for it in last.values()
        ]
        self._db.put("waited", WAITED, values, replace(WAITED, "began rule"))

    def drop_waited(self, waits: Sequence[tuple[EventId, str]]) -> None:
        if waits:  # an event is of one queue of each rule, and all of its waits go together
            began = sorted({event for event, _ in waits})
            rules = sorted({rule for _, rule in waits})
            sql = "DELETE FROM waited WHERE began = ANY(?) AND rule = ANY(?)"
            self._db.run(sql, began, rules)

    def forget_waited(self, before_ms: int) -> int:
        sql = "DELETE FROM waited WHERE at_ms < ? RETURNING began"
        return len(self._db.rows(sql, before_ms))

    def put_wait_norms(self, rows: Sequence[QueueNorms]) -> None:
        columns = "rule brand channel row_blob"
        values = [(it.rule, it.brand, it.channel, pack(it)) for it in rows]
        self._db.put("wait_norm", columns, values, replace(columns, "rule brand channel"))
