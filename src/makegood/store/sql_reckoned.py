"""What a letter about a week counts, by SQL: one statement a question, by an index on time."""

from collections.abc import Sequence

from makegood.messages.ids import CustomerId, RepId
from makegood.ports.reckoned import (
    ClosedCount,
    CustomerCount,
    HeldCount,
    LetDownCount,
    MovedSum,
    OverdueCount,
    Reckoned,
    RequestCount,
    StandingCount,
    Weeks,
)
from makegood.store.session import Value, replace
from makegood.store.sql_customers import SqlBase

RECKONED = "customer item kind name brand rep at_ms due_ms ended_ms how by_rule again"
DONE = "done"
_META = "reckoned"
_WEEK = "CASE WHEN {0} >= ? THEN 1 ELSE 0 END"
_OPENED = "opened_ms + 0 < ?"
"""No range of an index: nearly every case opened before, and few of them stand or hold still."""


def _theirs(column: str, brands: Sequence[str]) -> tuple[str, tuple[Value, ...]]:
    """Write the condition for some brands; none for all."""
    return (f" AND {column} = ANY(?)", (sorted(set(brands)),)) if brands else ("", ())


class ReckonedReading(SqlBase):
    """Grouped questions."""

    def let_down_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[LetDownCount, ...]:
        theirs, values = _theirs("it.brand", brands)
        sql = f"""SELECT {_WEEK.format("it.at_ms")} AS week, it.brand, it.rule, it.cause,
            cases.root, cases.root_kind, COUNT(*), CAST(SUM(it.again) AS BIGINT)
            FROM case_key it JOIN cases ON cases.case_id = it.case_id
            WHERE it.at_ms > 0 AND it.at_ms >= ? AND it.at_ms < ?{theirs}
            GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6"""
        begins_before, begins, ends = weeks
        return tuple(
            LetDownCount(
                week=int(week), brand=brand, rule=rule, cause=cause, root=root,
                root_kind=kind, failures=int(failures), again=int(again),
            )
            for week, brand, rule, cause, root, kind, failures, again in self._db.rows(
                sql, begins, begins_before, ends, *values
            )
        )  # fmt: skip

    def let_down_customers(self, weeks: Weeks, brands: Sequence[str]) -> tuple[CustomerCount, ...]:
        theirs, values = _theirs("brand", brands)
        week = _WEEK.format("at_ms")
        within = f"FROM case_key WHERE at_ms > 0 AND at_ms >= ? AND at_ms < ?{theirs}"
        sql = f"""SELECT {week} AS week, 0 AS whole, brand, COUNT(DISTINCT customer) {within}
            GROUP BY 1, 2, 3 UNION ALL
            SELECT {week} AS week, 1 AS whole, '' AS brand, COUNT(DISTINCT customer) {within}
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
        begins_before, begins, ends = weeks
        once = (begins, begins_before, ends, *values)
        return tuple(
            CustomerCount(week=int(week), brand=None if whole else brand, customers=int(count))
            for week, whole, brand, count in self._db.rows(sql, *once, *once)
        )

    def closed_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[ClosedCount, ...]:
        theirs, values = _theirs("brand", brands)
        sql = f"""SELECT {_WEEK.format("closed_ms")} AS week, brand, phase,
            (closed_ms - opened_ms) / 60000 AS took, COUNT(*)
            FROM cases WHERE closed_ms > 0 AND closed_ms >= ? AND closed_ms < ?{theirs}
            GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
        begins_before, begins, ends = weeks
        return tuple(
            ClosedCount(
                week=int(week), brand=brand, phase=phase, minutes=int(took), cases=int(cases)
            )
            for week, brand, phase, took, cases in self._db.rows(
                sql, begins, begins_before, ends, *values
            )
        )

    def standing_at(self, at_ms: int, brands: Sequence[str]) -> tuple[StandingCount, ...]:
        theirs, values = _theirs("brand", brands)
        # Two ranges of two indexes; a planner that sees an OR may read every case there ever was.
        parts = " UNION ALL ".join(
            f"SELECT brand, owner, phase, opened_ms FROM cases WHERE {one} AND {_OPENED}{theirs}"
            for one in ("is_open = 1", "closed_ms > 0 AND closed_ms >= ? AND is_open = 0")
        )
        sql = f"""SELECT brand, owner, COUNT(*),
            CAST(SUM(CASE WHEN phase = 'unclear' THEN 1 ELSE 0 END) AS BIGINT), MIN(opened_ms)
            FROM ({parts}) AS stood GROUP BY 1, 2 ORDER BY 1, 2"""
        found = self._db.rows(sql, at_ms, *values, at_ms, at_ms, *values)
        return tuple(
            StandingCount(
                brand=brand, owner=RepId(owner), cases=int(cases), unclear=int(unclear),
                oldest_ms=int(oldest),
            )
            for brand, owner, cases, unclear, oldest in found
        )  # fmt: skip

    def held_at(self, at_ms: int, brands: Sequence[str]) -> tuple[HeldCount, ...]:
        theirs, values = _theirs("brand", brands)
        parts = " UNION ALL ".join(
            f"SELECT brand, customer FROM cases WHERE {one} AND {_OPENED}{theirs}"
            for one in ("held = 1", "held_until_ms > 0 AND held_until_ms > ? AND held = 0")
        )
        sql = f"""WITH kept AS ({parts})
            SELECT 0 AS whole, brand, COUNT(DISTINCT customer) FROM kept GROUP BY 1, 2
            UNION ALL SELECT 1 AS whole, '' AS brand, COUNT(DISTINCT customer) FROM kept
            ORDER BY 1, 2"""
        found = self._db.rows(sql, at_ms, *values, at_ms, at_ms, *values)
        return tuple(
            HeldCount(brand=None if whole else brand, customers=int(count))
            for whole, brand, count in found
        )

    def moved_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[MovedSum, ...]:
        theirs, values = _theirs("brand", brands)
        # A line of before the upgrade has no currency until its customer was counted.
        sql = f"""SELECT {_WEEK.format("at_ms")} AS week, brand, account, currency,
            CAST(SUM(cents) AS BIGINT) FROM ledger
            WHERE currency <> '' AND at_ms >= ? AND at_ms < ?{theirs}
            GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
        begins_before, begins, ends = weeks
        return tuple(
            MovedSum(
                week=int(week), brand=brand, account=account, currency=currency, cents=int(cents)
            )
            for week, brand, account, currency, cents in self._db.rows(
                sql, begins, begins_before, ends, *values
            )
        )

    def requests_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[RequestCount, ...]:
        theirs, values = _theirs("brand", brands)
        sql = f"""SELECT {_WEEK.format("at_ms")} AS week, name, how, by_rule, again, COUNT(*)
            FROM reckoned WHERE kind = 'request' AND at_ms >= ? AND at_ms < ?{theirs}
            GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""
        begins_before, begins, ends = weeks
        return tuple(
            RequestCount(
                week=int(week), name=name, how=how, by_rule=bool(by_rule), again=bool(again),
                requests=int(count),
            )
            for week, name, how, by_rule, again, count in self._db.rows(
                sql, begins, begins_before, ends, *values
            )
        )  # fmt: skip

    def overdue_at(self, at_ms: int, brands: Sequence[str]) -> tuple[OverdueCount, ...]:
        theirs, values = _theirs("brand", brands)
        parts = " UNION ALL ".join(
            "SELECT kind, brand, due_ms FROM reckoned "
            f"WHERE {one} AND due_ms > 0 AND due_ms < ?{theirs}"
            for one in ("ended_ms = 0", "ended_ms > 0 AND ended_ms >= ?")
        )
        sql = f"""SELECT kind, brand, COUNT(*), MIN(due_ms) FROM ({parts}) AS late
            GROUP BY 1, 2 ORDER BY 1, 2"""
        found = self._db.rows(sql, at_ms, *values, at_ms, at_ms, *values)
        return tuple(
            OverdueCount(kind=kind, brand=brand, items=int(items), oldest_ms=int(oldest))
            for kind, brand, items, oldest in found
        )

    def reckoned_to(self) -> str | None:
        words: str = self._db.rows("SELECT words FROM meta WHERE name = ?", _META)[0][0]
        return None if words == DONE else words


class ReckonedWriting(ReckonedReading):
    """Keeping it right."""

    def put_reckoned(self, rows: Sequence[Reckoned]) -> None:
        last = {(one.customer, one.item): one for one in rows}
        values = [
            (
                it.customer, it.item, it.kind, it.name, it.brand, it.rep, it.at_ms, it.due_ms,
                it.ended_ms, it.how, int(it.by_rule), int(it.again),
            )
            for it in (last[key] for key in sorted(last))
        ]  # fmt: skip
        if values:
            self._db.put("reckoned", RECKONED, values, replace(RECKONED, "customer item"))

    def drop_reckoned(self, items: Sequence[tuple[CustomerId, str]]) -> None:
        if items:  # an item is named by its event: of two customers none has the other's
            customers, names = sorted({it[0] for it in items}), sorted({it[1] for it in items})
            sql = "DELETE FROM reckoned WHERE customer = ANY(?) AND item = ANY(?)"
            self._db.run(sql, customers, names)

    def put_reckoned_to(self, customer: str | None) -> None:
        columns = "name words"
        row = (_META, DONE if customer is None else customer)
        self._db.put("meta", columns, [row], replace(columns, "name"))
