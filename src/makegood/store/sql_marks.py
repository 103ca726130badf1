"""Marks at campaign tools, their runs and their lag, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import ProfileId
from makegood.ports.marks import Mark, Sync
from makegood.store.session import Row, replace
from makegood.store.shapes import names, pack
from makegood.store.sql_customers import SqlBase

MARK = "target address status wanted_run seen_run at_ms"
_MARK = names(MARK)
_AGAIN = """(target, address) DO UPDATE SET status = excluded.status, at_ms = excluded.at_ms,
    wanted_run = CASE WHEN mark.wanted_run > excluded.wanted_run
        THEN mark.wanted_run ELSE excluded.wanted_run END,
    seen_run = CASE WHEN mark.seen_run > excluded.seen_run
        THEN mark.seen_run ELSE excluded.seen_run END"""
_WANTED = "(target, address) DO UPDATE SET wanted_run = excluded.wanted_run"
_LAG_AGAIN = "(target, hour, bucket) DO UPDATE SET n = sync_lag.n + excluded.n"
_unpack_sync = msgspec.msgpack.Decoder(Sync).decode


class MarkReading(SqlBase):
    """What is known of marks."""

    def marks(self, place: str, addresses: Sequence[ProfileId]) -> Mapping[ProfileId, Mark]:
        sql = f"SELECT {_MARK} FROM mark WHERE target = ? AND address = ANY(?)"
        rows = self._db.rows(sql, place, list(addresses)) if addresses else []
        return {row[1]: _to_mark(row) for row in rows}

    def unseen_marks(self, place: str, run: int, after: ProfileId, limit: int) -> tuple[Mark, ...]:
        sql = (
            f"SELECT {_MARK} FROM mark WHERE target = ? AND address > ? AND wanted_run = ? "
            "AND seen_run <> ? ORDER BY address LIMIT ?"
        )
        return tuple(map(_to_mark, self._db.rows(sql, place, after, run, run, limit)))

    def failed_marks(self, place: str, after: ProfileId, limit: int) -> tuple[Mark, ...]:
        sql = (
            f"SELECT {_MARK} FROM mark WHERE target = ? AND address > ? "
            "AND status IN ('absent', 'refused') ORDER BY address LIMIT ?"
        )
        return tuple(map(_to_mark, self._db.rows(sql, place, after, limit)))

    def sync(self, place: str) -> Sync:
        return self._sync("SELECT row_blob FROM sync WHERE target = ?", place)

    def _sync(self, sql: str, place: str) -> Sync:
        found = self._db.rows(sql, place)
        return _unpack_sync(found[0][0]) if found else Sync(place=place)

    def lags(self, place: str, since_hour: int) -> Mapping[int, int]:
        sql = "SELECT bucket, sum(n) FROM sync_lag WHERE target = ? AND hour >= ? GROUP BY bucket"
        return {row[0]: int(row[1]) for row in self._db.rows(sql, place, since_hour)}


class MarkWriting(MarkReading):
    """What is learnt of marks."""

    def put_marks(self, rows: Sequence[Mark]) -> None:
        last = {(row.place, row.address): _from_mark(row) for row in rows}
        self._db.put("mark", MARK, [last[key] for key in sorted(last)], _AGAIN)

    def want_marks(
        self, place: str, addresses: Sequence[ProfileId], run: int, now_ms: int
    ) -> None:
        rows = [(place, one, "wanted", run, 0, now_ms) for one in sorted(set(addresses))]
        self._db.put("mark", MARK, rows, _WANTED)

    def drop_marks(self, place: str, addresses: Sequence[ProfileId]) -> None:
        if addresses:
            sql = "DELETE FROM mark WHERE target = ? AND address = ANY(?)"
            self._db.run(sql, place, sorted(addresses))

    def drop_unwanted(self, place: str, run: int, before_ms: int) -> int:
        sql = "DELETE FROM mark WHERE target = ? AND wanted_run < ? AND at_ms < ?"
        return self._db.changed(sql, place, run, before_ms)

    def lock_sync(self, place: str) -> Sync:
        new = [(place, pack(Sync(place=place)))]
        self._db.put("sync", "target row_blob", new, "(target) DO NOTHING")
        return self._sync(f"SELECT row_blob FROM sync WHERE target = ?{self._db.lock_rows}", place)

    def put_sync(self, row: Sync) -> None:
        columns = "target row_blob"
        self._db.put("sync", columns, [(row.place, pack(row))], replace(columns, "target"))

    def add_lags(self, place: str, hour: int, counts: Mapping[int, int], oldest: int) -> None:
        rows = [(place, hour, bucket, counts[bucket]) for bucket in sorted(counts)]
        self._db.put("sync_lag", "target hour bucket n", rows, _LAG_AGAIN)
        self._db.run("DELETE FROM sync_lag WHERE target = ? AND hour < ?", place, oldest)


def _to_mark(row: Row) -> Mark:
    place, address, state, wanted_run, seen_run, at_ms = row
    return Mark(
        place=place, address=address, state=state, wanted_run=wanted_run, seen_run=seen_run,
        at_ms=at_ms,
    )  # fmt: skip


def _from_mark(row: Mark) -> Row:
    return (row.place, row.address, row.state, row.wanted_run, row.seen_run, row.at_ms)
