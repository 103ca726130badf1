"""What customers wrote and somebody has to look at, by SQL."""

from collections.abc import Sequence
from typing import Any

import msgspec

from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.ports.rows import CaseRow
from makegood.ports.voice import Post
from makegood.ports.words import LogEdge, WaitingWords, WordsCounted, WordsPlace
from makegood.store.session import Value, replace
from makegood.store.shapes import unpack_case
from makegood.store.sql_customers import SqlBase

_COLUMNS = "item profile channel brand rank asks at_ms"
_NAMES = ", ".join(_COLUMNS.split())
_ONLY = {"urgent": "rank = 0", "asked": "asks = 1"}
_TURN = "name place"
_READ = "read"
_COUNT = """SELECT coalesce(sum(1 - rank), 0), coalesce(sum(asks), 0), count(*)
    FROM words_waiting"""
_URGENT = """SELECT DISTINCT profile.customer FROM profile
    JOIN words_waiting ON words_waiting.profile = profile.profile
    WHERE profile.customer = ANY(?) AND words_waiting.rank = 0 AND words_waiting.profile <> ''"""
_CASES = """SELECT row_blob FROM cases WHERE is_open = 1 AND customer IN (
        SELECT profile.customer FROM profile JOIN words_waiting
            ON words_waiting.profile = profile.profile
        WHERE words_waiting.rank = 0 AND words_waiting.profile <> '')"""
_UNREAD = """SELECT row_blob FROM public_post WHERE standing <> 'ours' AND slot = 0
    AND NOT EXISTS (SELECT 1 FROM triage WHERE triage.letter = public_post.post)
    ORDER BY slot, rank, post LIMIT ?"""
_SETTLED = """DELETE FROM words_waiting WHERE channel = 'public' AND NOT EXISTS (
    SELECT 1 FROM public_post WHERE public_post.post = words_waiting.item
        AND public_post.standing = 'waiting') RETURNING item"""
_unpack_post = msgspec.msgpack.Decoder(Post).decode


class WordsReading(SqlBase):
    """What waits, and how far the log was read."""

    def waiting_words(
        self,
        *,
        only: str = "",
        brands: Sequence[str] = (),
        after: WordsPlace | None = None,
        limit: int = 50,
    ) -> tuple[WaitingWords, ...]:
        wanted: list[str] = [_ONLY[only]] if only else []
        values: list[Value] = []
        if brands:
            wanted.append("brand = ANY(?)")
            values.append(sorted(set(brands)))
        if after is not None:
            wanted.append("(rank, at_ms, item) > (?, ?, ?)")
            values += after
        where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
        sql = f"SELECT {_NAMES} FROM words_waiting {where} ORDER BY rank, at_ms, item LIMIT ?"
        return tuple(_waiting(row) for row in self._db.rows(sql, *values, limit))

    def words_counted(self, brands: Sequence[str] = ()) -> WordsCounted:
        theirs = " WHERE brand = ANY(?)" if brands else ""
        values = (sorted(set(brands)),) if brands else ()
        ((urgent, asked, every),) = self._db.rows(f"{_COUNT}{theirs}", *values)
        return WordsCounted(urgent=int(urgent), asked=int(asked), all=int(every))

    def urgent_customers(self, customers: Sequence[CustomerId]) -> frozenset[CustomerId]:
        if not customers:
            return frozenset()
        found = self._db.rows(_URGENT, sorted(set(customers)))
        return frozenset(CustomerId(row[0]) for row in found)

    def urgent_cases(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, int, CaseId] | None = None,
        limit: int = 50,
    ) -> tuple[CaseRow, ...]:
        values: list[Value] = [sorted(set(brands))] if brands else []
        theirs = " AND brand = ANY(?)" if brands else ""
        later = " AND (rank, due_key, case_id) > (?, ?, ?)" if after else ""
        if after is not None:
            values += (-after[0], after[1], after[2])
        sql = f"{_CASES}{theirs}{later} ORDER BY rank, due_key, case_id LIMIT ?"
        return tuple(unpack_case(row[0]) for row in self._db.rows(sql, *values, limit))

    def words_read(self) -> int | None:
        found = self._db.rows("SELECT place FROM triage_turn WHERE name = ?", _READ)
        return int(found[0][0]) if found else None

    def log_edge(self) -> LogEdge:
        place, writing = self._db.given_out()
        return LogEdge(place=place, writing=writing)

    def posts_unread(self, limit: int) -> tuple[Post, ...]:
        return tuple(_unpack_post(row[0]) for row in self._db.rows(_UNREAD, limit))


class WordsWriting(WordsReading):
    """Keeping and settling them."""

    def put_waiting_words(self, row: WaitingWords) -> None:
        values = (
            row.item, row.profile, row.channel, row.brand, int(not row.is_urgent),
            int(row.asks), row.at_ms,
        )  # fmt: skip
        self._db.put("words_waiting", _COLUMNS, [values], replace(_COLUMNS, "item"))

    def drop_waiting_words(self, items: Sequence[str]) -> None:
        if items:
            sql = "DELETE FROM words_waiting WHERE item = ANY(?)"
            self._db.run(sql, sorted(set(items)))

    def calm_words(self, profiles: Sequence[ProfileId], at_ms: int) -> None:
        own = sorted(set(profiles) - {""})
        if not own:
            return
        theirs = "profile <> '' AND profile = ANY(?) AND rank = 0 AND at_ms <= ?"
        self._db.run(f"DELETE FROM words_waiting WHERE {theirs} AND asks = 0", own, at_ms)
        self._db.run(f"UPDATE words_waiting SET rank = 1 WHERE {theirs}", own, at_ms)

    def calm_item(self, item: str) -> None:
        self._db.run("DELETE FROM words_waiting WHERE item = ? AND asks = 0", item)
        self._db.run("UPDATE words_waiting SET rank = 1 WHERE item = ?", item)

    def drop_settled_posts(self) -> int:
        return len(self._db.rows(_SETTLED))

    def put_words_read(self, place: int) -> None:
        self._db.put("triage_turn", _TURN, [(_READ, place)], replace(_TURN, "name"))


def _waiting(row: Sequence[Any]) -> WaitingWords:
    item, profile, channel, brand, rank, asks, at_ms = row
    return WaitingWords(
        item=item,
        profile=ProfileId(profile),
        channel=channel,
        brand=brand,
        is_urgent=rank == 0,
        asks=bool(asks),
        at_ms=at_ms,
    )
