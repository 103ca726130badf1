"""Ties of customers and reps by SQL; a rep's own row of the roster is the lock of their book."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import CustomerId, RepId
from makegood.ports.ties import MOST_TIES, Load, Tie, TieKey, TieKind
from makegood.store.session import Value, replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

TIE = "customer kind item rep brand at_ms row_blob"
_COUNT = """SELECT rep, kind, count(*) FROM tie WHERE kind IN
    ('theirs', 'waiting', 'leaving', 'heir'){of} GROUP BY rep, kind"""
_LINE = """SELECT own.rep, own.brand, count(*) FROM tie own JOIN tie it
    ON it.kind = 'waiting' AND it.rep = own.rep
    AND (it.at_ms, it.customer, it.item) <= (own.at_ms, own.customer, own.item)
    WHERE own.customer = ? AND own.kind = 'waiting' GROUP BY own.rep, own.brand"""
_unpack = msgspec.msgpack.Decoder(Tie).decode


class TieReading(SqlBase):
    """Books of business, waiting lists, conversations that wait."""

    def ties(
        self,
        kind: TieKind,
        *,
        rep: RepId | None = None,
        after: TieKey | None = None,
        limit: int = 50,
    ) -> tuple[Tie, ...]:
        wanted, values = ["kind = ?"], list[Value]([kind.value])
        if rep is not None:
            wanted.append("rep = ?")
            values.append(rep)
        if after is not None:
            wanted.append("(at_ms, customer, item) > (?, ?, ?)")
            values += after
        sql = (
            f"SELECT row_blob FROM tie WHERE {' AND '.join(wanted)} "
            "ORDER BY at_ms, customer, item LIMIT ?"
        )
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, *values, min(limit, MOST_TIES)))

    def loads(self, reps: Sequence[RepId] | None = None) -> Mapping[RepId, Load]:
        if reps is None:
            found = self._db.rows(_COUNT.format(of=""))
        else:
            found = self._db.rows(_COUNT.format(of=" AND rep = ANY(?)"), sorted(reps))
        counts = {(row[0], row[1]): int(row[2]) for row in found}
        return {
            rep: Load(
                theirs=counts.get((rep, "theirs"), 0),
                waiting=counts.get((rep, "waiting"), 0),
                leaving=counts.get((rep, "leaving"), 0),
                heir=counts.get((rep, "heir"), 0),
            )
            for rep in {RepId(rep) for rep, _ in counts}
        }

    def tie_counts(self, kind: TieKind, since_ms: int) -> Mapping[RepId, int]:
        sql = "SELECT rep, count(*) FROM tie WHERE kind = ? AND at_ms >= ? GROUP BY rep"
        return {RepId(rep): int(n) for rep, n in self._db.rows(sql, kind.value, since_ms)}

    def places_in_line(self, customer: CustomerId) -> Mapping[tuple[RepId, str], int]:
        return {(row[0], row[1]): int(row[2]) for row in self._db.rows(_LINE, customer)}


class TieWriting(TieReading):
    """Keeping them right."""

    def hold_loads(self, reps: Sequence[RepId]) -> Mapping[RepId, Load]:
        if not reps:
            return {}
        # In one order, so that two who choose among the same people never wait for each other.
        sql = f"SELECT rep FROM rep WHERE rep = ANY(?) ORDER BY rep{self._db.lock_rows}"
        self._db.rows(sql, sorted(reps))
        return self.loads(reps)  # a statement of its own: it sees what those before us committed

    def project_ties(self, customers: Sequence[CustomerId], ties: Sequence[Tie]) -> None:
        if not customers:
            return
        self._db.run("DELETE FROM tie WHERE customer = ANY(?)", sorted(customers))
        last = {(one.customer, one.kind, one.item): one for one in ties}
        rows = [
            (it.customer, it.kind.value, it.item, it.rep, it.brand, it.at_ms, pack(it))
            for it in last.values()
        ]
        self._db.put("tie", TIE, rows, replace(TIE, "customer kind item"))
