"""Writing the outbox by SQL: queue, lease, settle.

The job libraries for PostgreSQL carried 100 to 1,250 jobs a second where claiming in batches with
SKIP LOCKED carries 20,000, and one of them deletes a job before it runs. None can share the
transaction that folds the event.
"""

from collections.abc import Sequence

from makegood.messages.commands import LEAST_URGENT, Command, encode_command, rank_of
from makegood.messages.ids import CommandId
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.store.session import Row
from makegood.store.shapes import OUTBOX, most_urgent, names, to_outbox
from makegood.store.sql_customers import SqlBase

QUEUE_AGAIN = """(command_id) DO UPDATE SET
    profile = excluded.profile, command = excluded.command, due_ms = excluded.due_ms,
    urgency = excluded.urgency,
    status = 'waiting', settled_ms = 0,
    error = CASE WHEN outbox.status = 'waiting' THEN outbox.error ELSE '' END,
    next_ms = CASE WHEN outbox.attempts > 0 AND outbox.next_ms > excluded.next_ms
        THEN outbox.next_ms ELSE excluded.next_ms END
    WHERE outbox.status IN ('waiting', 'withdrawn')"""
RECORD_AGAIN = """(command_id) DO UPDATE SET
    command = excluded.command, due_ms = excluded.due_ms,
    status = excluded.status, error = excluded.error, settled_ms = excluded.settled_ms
    WHERE outbox.status IN ('waiting', 'withdrawn')"""
# The comment names the index to SQLite, which would else sort everything that waits.
_RANGE = """SELECT * FROM (SELECT command_id FROM outbox /* by outbox_ready */
    WHERE status IN ('waiting', 'leased') AND urgency = {rank} AND next_ms <= ?
    ORDER BY next_ms, command_id LIMIT ?{skip_locked}) AS ready_{rank}"""
_RANKS = range(LEAST_URGENT + 1)
# One range for each rank, the most urgent first; what waits for another day is never looked at.
READY = " UNION ALL ".join(_RANGE.replace("{rank}", f"{rank}") for rank in _RANKS) + " LIMIT ?"
# Materialised, because a planner that asks twice would lock and lease more than the limit.
LEASE = f"""WITH ready AS MATERIALIZED ({{ready}})
    UPDATE outbox SET status = 'leased', attempts = attempts + 1, fence = fence + 1, next_ms = ?
    WHERE command_id IN (SELECT command_id FROM ready) RETURNING {names(OUTBOX)}"""
MINE = "WHERE command_id = ? AND fence = ? AND status = 'leased'"


class OutboxWriting(SqlBase):
    """Commands on their way out."""

    def put_commands(self, commands: Sequence[Command]) -> None:
        self._put(commands, OutboxStatus.WAITING, 0, "", QUEUE_AGAIN)

    def record(
        self, commands: Sequence[Command], status: OutboxStatus, now_ms: int, error: str
    ) -> None:
        self._put(commands, status, now_ms, error, RECORD_AGAIN)

    def _put(
        self, commands: Sequence[Command], status: OutboxStatus, at_ms: int, error: str, again: str
    ) -> None:
        rows: dict[CommandId, Row] = {}
        for it in commands:
            due, blob = it.due_ms, encode_command(it)
            rank = rank_of(it.order)
            row = (it.id, it.profile, status.value, due, due, 0, 0, error, at_ms, blob, rank)
            rows[it.id] = row
        self._db.put("outbox", OUTBOX, [rows[id_] for id_ in sorted(rows)], again)

    def withdraw(self, commands: Sequence[CommandId], now_ms: int) -> tuple[CommandId, ...]:
        if not commands:
            return ()
        sql = (
            "UPDATE outbox SET status = 'withdrawn', settled_ms = ? "
            "WHERE command_id = ANY(?) AND status = 'waiting' RETURNING command_id"
        )
        return tuple(sorted(row[0] for row in self._db.rows(sql, now_ms, list(commands))))

    def claim(self, now_ms: int, lease_ms: int, limit: int) -> tuple[OutboxRow, ...]:
        sql = LEASE.format(ready=READY.format(skip_locked=self._db.skip_locked))
        ranges = (now_ms, limit) * len(_RANKS)
        claimed = map(to_outbox, self._db.rows(sql, *ranges, limit, now_ms + lease_ms))
        return tuple(sorted(claimed, key=most_urgent))

    def end_leases(self, now_ms: int) -> int:
        sql = (
            "UPDATE outbox SET next_ms = ? "
            "WHERE status = 'leased' AND attempts <= 1 AND next_ms > ?"
        )
        return self._db.changed(sql, now_ms, now_ms)

    def settle(
        self,
        command: CommandId,
        fence: int,
        status: OutboxStatus,
        now_ms: int,
        error: str = "",
    ) -> bool:
        sql = f"UPDATE outbox SET status = ?, settled_ms = ?, error = ? {MINE}"
        return self._db.changed(sql, status.value, now_ms, error, command, fence) == 1

    def retry_at(self, command: CommandId, fence: int, next_ms: int, error: str) -> bool:
        sql = f"UPDATE outbox SET status = 'waiting', next_ms = ?, error = ? {MINE}"
        return self._db.changed(sql, next_ms, error, command, fence) == 1

    def give_back(self, command: CommandId, fence: int) -> bool:
        sql = (
            "UPDATE outbox SET status = 'waiting', next_ms = due_ms, "
            f"attempts = attempts - 1 {MINE}"
        )
        return self._db.changed(sql, command, fence) == 1

    def came_back(self, command: CommandId, now_ms: int, error: str) -> bool:
        sql = (
            "UPDATE outbox SET status = 'failed', settled_ms = ?, error = ? "
            "WHERE command_id = ? AND status = 'done'"
        )
        return self._db.changed(sql, now_ms, error, command) == 1

    def revive(self, command: CommandId, now_ms: int) -> bool:
        sql = (
            "UPDATE outbox SET status = 'waiting', next_ms = ?, attempts = 0, settled_ms = 0 "
            "WHERE command_id = ? AND status = 'failed'"
        )
        return self._db.changed(sql, now_ms, command) == 1
