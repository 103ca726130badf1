"""Posts about what is advertised, and what is measured against it, by SQL."""

from collections.abc import Sequence

import msgspec

from makegood.messages.ids import EventId
from makegood.ports.advertised import (
    DAY_MS,
    FailureCount,
    PromiseCount,
    PromiseMade,
    TouchCount,
    Touching,
    TouchKey,
    Verdict,
    WaitCount,
)
from makegood.ports.voice import Post
from makegood.store.session import Row, Value, replace
from makegood.store.sql_customers import SqlBase

TOUCHING = "promise post brand at_ms verdict because rep judged_ms"
PROMISE = "made_id promise brand due_ms standing"
_NAMES = ", ".join(TOUCHING.split())
_unpack = msgspec.msgpack.Decoder(Post).decode
_WEIGHED = "standing IN ('waiting', 'answered', 'old')"  # as the index says it


class AdvertisedReading(SqlBase):
    """Counts and lists."""

    def touch_counts(
        self,
        since_ms: int,
        until_ms: int,
        brands: Sequence[str] = (),
        promises: Sequence[str] = (),
    ) -> tuple[TouchCount, ...]:
        what = ("advertised_post", "promise, brand, verdict", "at_ms")
        found = self._by_day(what, "COUNT(*)", (since_ms, until_ms), brands, promises=promises)
        return tuple(
            TouchCount(promise=promise, brand=brand, day=int(day), verdict=verdict, n=int(n))
            for promise, brand, verdict, day, n in found
        )

    def touching(
        self,
        promise: str,
        *,
        verdict: Verdict | None = None,
        brands: Sequence[str] = (),
        after: TouchKey | None = None,
        limit: int = 20,
    ) -> tuple[Touching, ...]:
        only, values = " AND verdict = ?" if verdict else " AND verdict <> ?", list[Value]()
        values.append(verdict or "aside")
        if brands:
            only, values = f"{only} AND brand = ANY(?)", [*values, list(brands)]
        if after is not None:
            only, values = f"{only} AND (at_ms, post) < (?, ?)", [*values, *after]
        sql = (
            f"SELECT {_NAMES} FROM advertised_post WHERE promise = ?{only} "
            "ORDER BY at_ms DESC, post DESC LIMIT ?"
        )
        return tuple(_touching(row) for row in self._db.rows(sql, promise, *values, limit))

    def touches_of(self, posts: Sequence[str]) -> tuple[Touching, ...]:
        if not posts:
            return ()
        sql = f"SELECT {_NAMES} FROM advertised_post WHERE post = ANY(?) ORDER BY post, promise"
        return tuple(_touching(row) for row in self._db.rows(sql, sorted(set(posts))))

    def promise_counts(
        self, since_ms: int, until_ms: int, brands: Sequence[str] = ()
    ) -> tuple[PromiseCount, ...]:
        sums = "SUM(CASE WHEN standing = '{}' THEN 1 ELSE 0 END)"
        both = f"{sums.format('kept')}, {sums.format('broken')}"
        what = ("promise_made", "promise, brand", "due_ms")
        found = self._by_day(what, both, (since_ms, until_ms), brands)
        return tuple(
            PromiseCount(promise=name, brand=brand, day=int(day), kept=int(kept), broken=int(bad))
            for name, brand, day, kept, bad in found
        )

    def failure_counts(
        self, since_ms: int, until_ms: int, brands: Sequence[str] = ()
    ) -> tuple[FailureCount, ...]:
        what = ("cases", "rules, brand", "opened_ms AND rules <> ''")
        found = self._by_day(what, "COUNT(*)", (since_ms, until_ms), brands)
        return tuple(
            FailureCount(rules=tuple(rules.split(",")), brand=brand, day=int(day), n=int(n))
            for rules, brand, day, n in found
        )

    def wait_counts(
        self,
        span: tuple[int, int],
        now_ms: int,
        within_ms: Sequence[int],
        brands: Sequence[str] = (),
    ) -> tuple[WaitCount, ...]:
        one = "SUM(CASE WHEN {} THEN 1 ELSE 0 END)"
        kept = one.format("gave_up = 0 AND ended_ms > 0 AND ended_ms - at_ms <= ?")
        late = one.format("(CASE WHEN ended_ms > 0 THEN ended_ms ELSE ? END) - at_ms > ?")
        values = [value for one in within_ms for value in (one, now_ms, one)]
        sums = ", ".join([f"{kept}, {late}"] * len(within_ms))
        found = self._by_day(("waited", "rule, brand", "at_ms"), sums, span, brands, values)
        return tuple(
            WaitCount(
                rule=rule,
                brand=brand,
                day=int(day),
                kept=tuple(int(n) for n in counts[::2]),
                late=tuple(int(n) for n in counts[1::2]),
            )
            for rule, brand, day, *counts in found
        )

    def _by_day(
        self,
        what: tuple[str, str, str],
        sums: str,
        span: tuple[int, int],
        brands: Sequence[str],
        before: Sequence[Value] = (),
        promises: Sequence[str] = (),
    ) -> list[Row]:
        """Count by some names and by day, in one statement.

        Args:
            what: Table, names, and the instant that says which day; with a condition after it.
            sums: What is counted.
            span: From when, until when.
            brands: Of these; none for all.
            before: Values of the sums.
            promises: Of these; none for all.
        """
        table, names, (at, _, only) = what[0], what[1], what[2].partition(" ")
        group = f"{names}, {at} / {DAY_MS}"
        theirs = " AND brand = ANY(?)" if brands else ""
        theirs += " AND promise = ANY(?)" if promises else ""
        sql = (
            f"SELECT {group}, {sums} FROM {table} WHERE {at} >= ? AND {at} < ? {only}{theirs} "
            f"GROUP BY {group} ORDER BY {group}"
        )
        values: list[Value] = [*before, *span]
        values += [list(some) for some in (brands, promises) if some]
        return self._db.rows(sql, *values)


class AdvertisedWriting(AdvertisedReading):
    """Weighing, judging and keeping right."""

    def take_to_weigh(self, mark: str, limit: int) -> tuple[Post, ...]:
        # Two ranges of the index, not everything that is otherwise.
        found = self._db.rows(
            "UPDATE public_post SET weighed = ? WHERE post IN (SELECT post FROM public_post "
            f"WHERE {_WEIGHED} AND (weighed < ? OR weighed > ?) ORDER BY post LIMIT ?"
            f"{self._db.skip_locked}) RETURNING row_blob",
            mark,
            mark,
            mark,
            limit,
        )
        return tuple(sorted((_unpack(row[0]) for row in found), key=lambda one: one.post))

    def put_weighed(self, posts: Sequence[str], rows: Sequence[Touching]) -> None:
        if not posts:
            return
        sql = "DELETE FROM advertised_post WHERE post = ANY(?) AND because <> 'person'"
        self._db.run(sql, sorted(set(posts)))
        values = [_values(one) for one in sorted(rows, key=lambda it: (it.promise, it.post))]
        self._db.put("advertised_post", TOUCHING, values, "(promise, post) DO NOTHING")

    def put_judged(self, row: Touching) -> None:
        again = replace(TOUCHING, "promise post")
        self._db.put("advertised_post", TOUCHING, [_values(row)], again)

    def put_promises_made(self, rows: Sequence[PromiseMade], gone: Sequence[EventId]) -> None:
        if gone:
            self._db.run("DELETE FROM promise_made WHERE made_id = ANY(?)", sorted(gone))
        last = {one.event: one for one in rows}
        values = [
            (one.event, one.promise, one.brand, one.due_ms, one.standing)
            for _, one in sorted(last.items())
        ]
        if values:
            self._db.put("promise_made", PROMISE, values, replace(PROMISE, "made_id"))


def _values(one: Touching) -> Row:
    return (
        one.promise, one.post, one.brand, one.at_ms, one.verdict, one.because, one.rep,
        one.judged_ms,
    )  # fmt: skip


def _touching(row: Row) -> Touching:
    promise, post, brand, at_ms, verdict, because, rep, judged_ms = row
    return Touching(
        promise=promise,
        post=post,
        brand=brand,
        at_ms=int(at_ms),
        verdict=verdict,
        because=because,
        rep=rep,
        judged_ms=int(judged_ms),
    )
