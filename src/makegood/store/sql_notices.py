"""Notices and their tellings by SQL: written with the fold, published in order, told by sink."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from makegood.core.notices import Notice, decode_notice, encode_notice
from makegood.messages.ids import NoticeId
from makegood.ports.notices import (
    FeedNotice,
    Sink,
    SinkHealth,
    Telling,
    TellingStatus,
    wants,
)
from makegood.store.session import Row
from makegood.store.shapes import names, pack
from makegood.store.sql_customers import SqlBase

NOTICE = "notice place at_ms row_blob"
FEED = "seq notice place at_ms row_blob"
TELLING = "sink place notice at_ms status attempts next_ms fence error settled_ms row_blob"
SINK = "sink fence lease_ms next_ms row_blob"
NEVER = 2**63 - 1
MOST_COUNTED = 10_000  # of a sink; a page says "10,000 or more" and counts no further
_unpack_health = msgspec.msgpack.Decoder(SinkHealth).decode
_DUE = """SELECT s.sink FROM sink s WHERE s.lease_ms <= ? AND s.next_ms <= ?
    AND EXISTS (SELECT 1 FROM telling t WHERE t.sink = s.sink
        AND t.status IN ('waiting', 'leased') AND t.next_ms <= ?) ORDER BY s.sink"""
_COUNT = f"""(SELECT count(*) FROM (SELECT 1 FROM telling t WHERE t.sink = s.sink
    AND t.status = '{{status}}' LIMIT {MOST_COUNTED}) AS some_{{status}})"""
_HEALTH = f"""SELECT s.row_blob, {_COUNT.format(status="waiting")},
    {_COUNT.format(status="failed")},
    (SELECT min(o.at_ms) FROM telling o WHERE o.sink = s.sink AND o.place = (
        SELECT min(t.place) FROM telling t WHERE t.sink = s.sink AND t.status = 'waiting'))
    FROM sink s ORDER BY s.sink"""
_LEASE_SINK = "UPDATE sink SET fence = fence + 1, lease_ms = ? WHERE sink = ? AND lease_ms <= ?"
_LEASE = f"""UPDATE telling SET status = 'leased', attempts = attempts + 1, fence = ?, next_ms = ?
    WHERE sink = ? AND place IN (SELECT place FROM telling WHERE sink = ?
        AND status IN ('waiting', 'leased') AND next_ms <= ? ORDER BY next_ms, place LIMIT ?)
    RETURNING {names(TELLING)}"""
_AGAIN = """UPDATE telling SET status = 'waiting', attempts = 0, next_ms = ?, settled_ms = 0
    WHERE sink = ? AND at_ms >= ?"""
_OLDEST = """SELECT max(place) FROM (SELECT place FROM notice
    WHERE place > 0 AND at_ms < ? ORDER BY place LIMIT ?) AS oldest"""


class NoticeReading(SqlBase):
    """The feed and what became of it."""

    def feed(self, after: int, limit: int) -> tuple[FeedNotice, ...]:
        sql = (
            "SELECT place, row_blob FROM notice "
            "WHERE place > 0 AND place > ? ORDER BY place LIMIT ?"
        )
        return tuple(_said(*row) for row in self._db.rows(sql, after, limit))

    def feed_ends(self) -> tuple[int, int]:
        sql = "SELECT words FROM meta WHERE name IN ('notices', 'notices_trimmed')"
        trimmed, newest = sorted(int(row[0]) for row in self._db.rows(sql))
        return trimmed, newest

    def unpublished(self) -> int:
        sql = "SELECT at_ms FROM notice WHERE place = 0 ORDER BY seq LIMIT 1"
        found = self._db.rows(sql)
        return int(found[0][0]) if found else 0

    def due_sinks(self, now_ms: int) -> tuple[str, ...]:
        return tuple(row[0] for row in self._db.rows(_DUE, now_ms, now_ms, now_ms))

    def tellings(
        self, sink: str, status: TellingStatus | None, before: int, limit: int
    ) -> tuple[Telling, ...]:
        only = " AND status = ?" if status else ""
        sql = f"SELECT {names(TELLING)} FROM telling WHERE sink = ?{only} AND place < ?"
        values = (sink, status.value) if status else (sink,)
        found = self._db.rows(
            f"{sql} ORDER BY place DESC LIMIT ?", *values, before or NEVER, limit
        )
        return tuple(map(_telling, found))

    def telling(self, sink: str, notice: NoticeId) -> Telling | None:
        sql = f"SELECT {names(TELLING)} FROM telling WHERE notice = ? AND sink = ?"
        found = self._db.rows(sql, notice, sink)
        return _telling(found[0]) if found else None

    def sink_health(self, sink: str) -> SinkHealth | None:
        found = self._db.rows("SELECT row_blob FROM sink WHERE sink = ?", sink)
        return _unpack_health(found[0][0]) if found else None

    def sinks_health(self) -> Mapping[str, SinkHealth]:
        found: dict[str, SinkHealth] = {}
        for blob, waiting, failed, oldest in self._db.rows(_HEALTH):
            kept = _unpack_health(blob)
            found[kept.sink] = replace(kept, waiting=waiting, failed=failed, oldest_ms=oldest or 0)
        return found


class NoticeWriting(NoticeReading):
    """What is noticed, published, claimed and settled."""

    def put_notices(self, notices: Sequence[Notice]) -> None:
        rows = [(one.id, 0, one.at_ms, encode_notice(one)) for one in notices]
        self._db.put("notice", NOTICE, rows, "(notice) DO NOTHING")

    def publish(self, limit: int, to: Mapping[str, Sink], now_ms: int) -> int:
        lock = f"SELECT words FROM meta WHERE name = 'notices'{self._db.skip_locked}"
        last = self._db.rows(lock)
        if not last:
            return 0
        sql = f"SELECT {names(FEED)} FROM notice WHERE place = 0 ORDER BY seq LIMIT ?"
        begin = max(int(last[0][0]) + 1, now_ms)
        placed = [
            (seq, notice, place, at_ms, blob)
            for place, (seq, notice, _, at_ms, blob) in enumerate(self._db.rows(sql, limit), begin)
        ]
        if not placed:
            return 0
        self._db.put("notice", FEED, placed, "(seq) DO UPDATE SET place = excluded.place")
        sql = "UPDATE meta SET words = ? WHERE name = 'notices'"
        self._db.run(sql, str(begin + len(placed) - 1))
        self._spread(placed, to, now_ms)
        return len(placed)

    def _spread(self, placed: Sequence[Row], to: Mapping[str, Sink], now_ms: int) -> None:
        rows: list[Row] = []
        for _seq, id_, place, at_ms, blob in placed:
            notice = decode_notice(blob)
            rows += [
                (name, place, id_, at_ms, "waiting", 0, now_ms, 0, "", 0, blob)
                for name, sink in sorted(to.items())
                if wants(sink, notice)
            ]
        told = sorted({row[0] for row in rows})
        new = [(name, 0, 0, 0, pack(SinkHealth(sink=name))) for name in told]
        self._db.put("sink", SINK, new, "(sink) DO NOTHING")
        self._db.put("telling", TELLING, rows, "(sink, place) DO NOTHING")

    def claim_tellings(
        self, sink: str, now_ms: int, lease_ms: int, limit: int
    ) -> tuple[Telling, ...]:
        ends = now_ms + lease_ms
        mine = self._db.rows(f"{_LEASE_SINK} RETURNING fence", ends, sink, now_ms)
        if not mine:
            return ()
        found = self._db.rows(_LEASE, mine[0][0], ends, sink, sink, now_ms, limit)
        if not found:
            self._db.run("UPDATE sink SET lease_ms = 0 WHERE sink = ?", sink)
        return tuple(sorted(map(_telling, found), key=lambda one: one.said.sequence))

    def settle_telling(self, telling: Telling) -> bool:
        sql = (
            "UPDATE telling SET status = ?, attempts = ?, next_ms = ?, error = ?, settled_ms = ? "
            "WHERE sink = ? AND place = ? AND fence = ? AND status = 'leased'"
        )
        it = telling
        values = (it.status.value, it.attempts, it.next_ms, it.error, it.settled_ms)
        return self._db.changed(sql, *values, it.sink, it.said.sequence, it.fence) == 1

    def release_sink(self, health: SinkHealth, fence: int, next_ms: int) -> bool:
        sql = (
            "UPDATE sink SET lease_ms = 0, next_ms = ?, row_blob = ? WHERE sink = ? AND fence = ?"
        )
        return self._db.changed(sql, next_ms, pack(health), health.sink, fence) == 1

    def replay_tellings(
        self, sink: str, notices: Sequence[NoticeId], since_ms: int, now_ms: int
    ) -> int:
        values = (now_ms, sink, since_ms)
        if notices:
            only = " AND notice = ANY(?) AND status IN ('done', 'failed')"
            again = self._db.changed(_AGAIN + only, *values, list(notices))
        else:
            again = self._db.changed(f"{_AGAIN} AND status = 'failed'", *values)
        if again:
            self._db.run("UPDATE sink SET next_ms = 0 WHERE sink = ?", sink)
        return again

    def drop_sink(self, sink: str) -> None:
        for table in ("telling", "sink"):
            self._db.run(f"DELETE FROM {table} WHERE sink = ?", sink)

    def begin_feed_anew(self, now_ms: int) -> None:
        upto = max(*self.feed_ends(), now_ms)
        sql = "UPDATE meta SET words = ? WHERE name IN ('notices', 'notices_trimmed')"
        self._db.run(sql, str(upto))

    def trim_notices(self, before_ms: int, limit: int) -> int:
        upto = self._db.rows(_OLDEST, before_ms, limit)[0][0]
        if upto is None:
            return 0
        sql = "UPDATE meta SET words = ? WHERE name = 'notices_trimmed'"
        self._db.run(sql, str(max(upto, self.feed_ends()[0])))  # never back
        named = "sink IN (SELECT sink FROM sink)"  # begins with what the key begins with
        self._db.run(f"DELETE FROM telling WHERE {named} AND place <= ?", upto)
        return self._db.changed("DELETE FROM notice WHERE place > 0 AND place <= ?", upto)


def _said(place: int, blob: bytes) -> FeedNotice:
    return FeedNotice(sequence=place, notice=decode_notice(blob))


def _telling(row: Row) -> Telling:
    sink, place, _id, _at, status, attempts, next_ms, fence, error, settled_ms, blob = row
    return Telling(
        sink=sink,
        said=_said(place, blob),
        status=TellingStatus(status),
        attempts=attempts,
        next_ms=next_ms,
        fence=fence,
        error=error,
        settled_ms=settled_ms,
    )
