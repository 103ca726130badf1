"""Beats, tallies and pressure by SQL."""

from collections.abc import Mapping

from makegood.ports.archive import UNSETTLED
from makegood.ports.watching import Waiting
from makegood.store.session import replace
from makegood.store.sql_customers import SqlBase

PART = "part:"  # begins the names of what parts count, in one table with the store's own sums
_LATER = """(sha256) DO UPDATE SET used_ms =
    CASE WHEN excluded.used_ms > key_use.used_ms THEN excluded.used_ms ELSE key_use.used_ms END"""
_ADD = "(name, slot) DO UPDATE SET amount = tally.amount + excluded.amount"
# Answered from the index of what is ready, which holds nothing that is done.
_WAITING = """SELECT urgency, count(*), sum(CASE WHEN next_ms <= ? THEN 1 ELSE 0 END), min(next_ms)
    FROM outbox WHERE status IN ('waiting', 'leased') GROUP BY urgency"""


class WatchReading(SqlBase):
    """What is known of the parts."""

    def schema_version(self) -> int:
        found = self._db.rows("SELECT words FROM meta WHERE name = 'version'")
        return int(found[0][0]) if found else 0

    def unsettled_ms(self) -> int:
        found = self._db.rows("SELECT words FROM meta WHERE name = ?", UNSETTLED)
        return int(found[0][0]) if found else 0

    def key_uses(self) -> Mapping[bytes, int]:
        return {row[0]: row[1] for row in self._db.rows("SELECT sha256, used_ms FROM key_use")}

    def beats(self) -> Mapping[str, int]:
        return {row[0]: row[1] for row in self._db.rows("SELECT name, at_ms FROM beat")}

    def tallies(self) -> Mapping[str, int]:
        sql = "SELECT name, sum(amount) FROM tally WHERE name >= ? AND name < ? GROUP BY name"
        rows = self._db.rows(sql, PART, PART[:-1] + chr(ord(PART[-1]) + 1))
        return {row[0].removeprefix(PART): int(row[1]) for row in rows}

    def waiting_commands(self, now_ms: int) -> Mapping[int, Waiting]:
        return {
            row[0]: Waiting(all=row[1], due=int(row[2]), oldest_ms=row[3] if row[2] else 0)
            for row in self._db.rows(_WAITING, now_ms)
        }

    def first_timer_ms(self) -> int:
        sql = "SELECT min(next_due_ms) FROM customer WHERE next_due_ms > 0"
        return int(self._db.rows(sql)[0][0] or 0)


class WatchWriting(WatchReading):
    """What parts say of themselves."""

    def settle_restore(self) -> None:
        self._db.run("DELETE FROM meta WHERE name = ?", UNSETTLED)

    def put_key_uses(self, used_ms: Mapping[bytes, int]) -> None:
        self._db.put("key_use", "sha256 used_ms", sorted(used_ms.items()), _LATER)

    def beat(self, name: str, now_ms: int) -> None:
        self._db.put("beat", "name at_ms", [(name, now_ms)], replace("name at_ms", "name"))

    def end_beat(self, name: str) -> None:
        self._db.run("DELETE FROM beat WHERE name = ?", name)

    def tally(self, counted: Mapping[str, int]) -> None:
        slot = self._db.slot()
        rows = [(PART + name, slot, counted[name]) for name in sorted(counted) if counted[name]]
        self._db.put("tally", "name slot amount", rows, _ADD)
