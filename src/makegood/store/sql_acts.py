"""The record of privileged acts by SQL."""

import msgspec

from makegood.ports.acts import ANY, FIRST_SEAL, Act, Sought, sealed
from makegood.store.session import Value
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

MOST_ACTS = 1_000
_END = "SELECT words FROM meta WHERE name = 'acts'"
_unpack = msgspec.msgpack.Decoder(Act).decode


class ActReading(SqlBase):
    """Pages of what was done."""

    def acts(self, sought: Sought = ANY, *, before: int = 0, limit: int = 50) -> tuple[Act, ...]:
        limits: dict[str, str | int] = {
            "who = ?": sought.who,
            "what = ?": sought.what,
            "at_ms >= ?": sought.since_ms,
            "at_ms < ?": sought.until_ms,
            "place < ?": before,
        }
        values: list[Value] = [value for value in limits.values() if value]
        wanted = " AND ".join(sql for sql, value in limits.items() if value)
        where = f"WHERE {wanted}" if wanted else ""
        sql = f"SELECT row_blob FROM act {where} ORDER BY place DESC LIMIT ?"
        return self._acts(sql, *values, min(limit, MOST_ACTS))

    def acts_after(self, place: int, limit: int) -> tuple[Act, ...]:
        sql = "SELECT row_blob FROM act WHERE place > ? ORDER BY place LIMIT ?"
        return self._acts(sql, place, min(limit, MOST_ACTS))

    def acts_end(self) -> tuple[int, str]:
        return _place_and_seal(self._db.rows(_END)[0][0])

    def _acts(self, sql: str, *values: Value) -> tuple[Act, ...]:
        return tuple(_unpack(row[0]) for row in self._db.rows(sql, *values))


class ActWriting(ActReading):
    """One more."""

    def hold_acts(self) -> None:
        self._db.rows(_END + self._db.lock_rows)

    def put_act(self, act: Act) -> Act:
        place, prior = _place_and_seal(self._db.rows(_END + self._db.lock_rows)[0][0])
        done = sealed(act, place + 1, prior)
        # No clause that forgives: a place that is taken means that somebody wrote by other ways.
        sql = "INSERT INTO act (place, at_ms, who, what, row_blob) VALUES (?, ?, ?, ?, ?)"
        self._db.run(sql, done.place, done.at_ms, done.who, done.what, pack(done))
        end = f"{done.place}:{done.seal}"
        self._db.run("UPDATE meta SET words = ? WHERE name = 'acts'", end)
        return done


def _place_and_seal(words: str) -> tuple[int, str]:
    place, _, seal = words.partition(":")
    return (int(place), seal) if place else (0, FIRST_SEAL)
