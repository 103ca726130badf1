"""Posts about what is advertised, and what is measured against it, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import CaseId, EventId
from makegood.ports.advertised import (
    FailureCount,
    KeptWith,
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
from makegood.store.sql_bounds import slot_of
from makegood.store.sql_customers import SqlBase

TOUCHING = "promise post brand at_ms verdict because rep judged_ms"
PROMISE = "made_id promise brand due_ms standing"
_NAMES = ", ".join(TOUCHING.split())
_unpack = msgspec.msgpack.Decoder(Post).decode
_WEIGHED = "standing IN ('waiting', 'answered', 'old')"  # as the index says it
_OTHERWISE = f"""SELECT weighed_case.post FROM weighed_case
    JOIN public_post ON public_post.post = weighed_case.post
    LEFT JOIN cases ON cases.case_id = weighed_case.case_id
    WHERE {_WEIGHED} AND weighed <> '' AND COALESCE(cases.rules, '') <> weighed_case.rules
    ORDER BY weighed_case.post LIMIT ?"""


class AdvertisedReading(SqlBase):
    """Counts and lists."""

    def touch_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = (), promises: Sequence[str] = ()
    ) -> tuple[TouchCount, ...]:
        what = ("advertised_post", "promise, brand, verdict", "at_ms")
        only = {"brand": brands, "promise": promises}
        return tuple(
            TouchCount(
                promise=promise, brand=brand, from_ms=bounds[int(slot)], verdict=verdict, n=int(n)
            )
            for slot, promise, brand, verdict, n in self._between(what, "COUNT(*)", bounds, only)
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

    def failed_in(self, cases: Sequence[CaseId]) -> Mapping[CaseId, tuple[str, ...]]:
        if not cases:
            return {}
        sql = "SELECT case_id, rules FROM cases WHERE case_id = ANY(?) AND rules <> ''"
        found = self._db.rows(sql, sorted(set(cases)))
        return {CaseId(case): tuple(rules.split(",")) for case, rules in found}

    def promise_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = (), promises: Sequence[str] = ()
    ) -> tuple[PromiseCount, ...]:
        one = "SUM(CASE WHEN standing = '{}' THEN 1 ELSE 0 END)"
        sums = f"{one.format('kept')}, {one.format('broken')}"
        only = {"brand": brands, "promise": promises}
        what = ("promise_made", "promise, brand", "due_ms")
        return tuple(
            PromiseCount(
                promise=name, brand=brand, from_ms=bounds[int(slot)], kept=int(kept),
                broken=int(broken),
            )
            for slot, name, brand, kept, broken in self._between(what, sums, bounds, only)
        )  # fmt: skip

    def failure_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[FailureCount, ...]:
        what = ("cases", "rules, brand", "opened_ms AND rules <> ''")
        return tuple(
            FailureCount(
                rules=tuple(rules.split(",")), brand=brand, from_ms=bounds[int(slot)], n=int(n)
            )
            for slot, rules, brand, n in self._between(what, "COUNT(*)", bounds, {"brand": brands})
        )

    def wait_counts(
        self,
        bounds: Sequence[int],
        now_ms: int,
        within_ms: Sequence[int],
        brands: Sequence[str] = (),
    ) -> tuple[WaitCount, ...]:
        one = "SUM(CASE WHEN {} THEN 1 ELSE 0 END)"
        kept = one.format("gave_up = 0 AND ended_ms > 0 AND ended_ms - at_ms <= ?")
        late = one.format("(CASE WHEN ended_ms > 0 THEN ended_ms ELSE ? END) - at_ms > ?")
        values = [value for span in within_ms for value in (span, now_ms, span)]
        sums = ", ".join([f"{kept}, {late}"] * len(within_ms))
        what = ("waited", "rule, brand", "at_ms")
        found = self._between(what, sums, bounds, {"brand": brands}, values)
        return tuple(
            WaitCount(
                rule=rule,
                brand=brand,
                from_ms=bounds[int(slot)],
                kept=tuple(int(n) for n in counts[::2]),
                late=tuple(int(n) for n in counts[1::2]),
            )
            for slot, rule, brand, *counts in found
        )

    def _between(
        self,
        what: tuple[str, str, str],
        sums: str,
        bounds: Sequence[int],
        only: Mapping[str, Sequence[str]],
        of_sums: Sequence[Value] = (),
    ) -> list[Row]:
        """Count by some names between bounds, in one statement.

        Args:
            what: Table, names, and the instant, with a condition after it.
            sums: What is counted.
            bounds: Rising.
            only: Columns with what they have to be; any where that is nothing.
            of_sums: Values of the sums.
        """
        table, names, (at, _, more) = what[0], what[1], what[2].partition(" ")
        slot, values = slot_of(at, bounds)
        theirs = "".join(f" AND {name} = ANY(?)" for name, some in only.items() if some)
        group = ", ".join(str(number) for number in range(1, names.count(",") + 3))
        sql = (
            f"SELECT {slot}, {names}, {sums} FROM {table} WHERE {at} >= ? AND {at} < ? "
            f"{more}{theirs} GROUP BY {group} ORDER BY {group}"
        )
        values += [*of_sums, bounds[0], bounds[-1]]
        values += [list(some) for some in only.values() if some]
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

    def weigh_again(self, limit: int) -> int:
        sql = f"UPDATE public_post SET weighed = '' WHERE post IN ({_OTHERWISE}) RETURNING post"
        return len(self._db.rows(sql, limit))

    def put_weighed(
        self, posts: Sequence[str], rows: Sequence[Touching], kept: Sequence[KeptWith] = ()
    ) -> None:
        if not posts:
            return
        self._db.run("DELETE FROM weighed_case WHERE post = ANY(?)", sorted(set(posts)))
        cases = [(one.post, one.case, ",".join(one.rules)) for one in kept]
        if cases:
            self._db.put("weighed_case", "post case_id rules", cases, "(post) DO NOTHING")
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
