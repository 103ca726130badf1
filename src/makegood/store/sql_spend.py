"""What making good costs and what winning customers cost, by SQL."""

from collections.abc import Sequence

from makegood.ports.spend import Acquisition, EndedSum, SpendKey, SpendSum
from makegood.store.session import Row, Value, replace
from makegood.store.sql_bounds import slot_of
from makegood.store.sql_customers import SqlBase

ACQUISITION = "month brand channel cents currency customers at_ms told_by"
_NAMES = ", ".join(ACQUISITION.split())


class SpendReading(SqlBase):
    """Sums by month."""

    def spend_sums(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[SpendSum, ...]:
        found = self._by_month(
            "ledger", ("brand, account, currency", "SUM(cents), COUNT(*)"),
            ("at_ms", "currency <> ''"), bounds, brands,
        )  # fmt: skip
        return tuple(
            SpendSum(
                month=int(month), brand=brand, account=account, currency=currency,
                cents=int(cents), payments=int(payments),
            )
            for month, brand, account, currency, cents, payments in found
        )  # fmt: skip

    def ended_sums(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[EndedSum, ...]:
        sums = "COUNT(*), SUM(friends), SUM(cost_cents), SUM(1.0 * cost_cents * cost_cents)"
        found = self._by_month(
            "cases", ("brand, phase, currency", sums), ("closed_ms", "closed_ms > 0"), bounds,
            brands,
        )  # fmt: skip
        return tuple(
            EndedSum(
                month=int(month), brand=brand, phase=phase, currency=currency, cases=int(cases),
                friends=int(friends), cents=int(cents), squares=float(squares),
            )
            for month, brand, phase, currency, cases, friends, cents, squares in found
        )  # fmt: skip

    def _by_month(
        self,
        table: str,
        columns: tuple[str, str],
        where: tuple[str, str],
        bounds: Sequence[int],
        brands: Sequence[str],
    ) -> list[Row]:
        (names, sums), (at, only) = columns, where
        month, values = slot_of(at, bounds)
        theirs = " AND brand = ANY(?)" if brands else ""
        group = ", ".join(str(number) for number in range(1, names.count(",") + 3))
        sql = (
            f"SELECT {month}, {names}, {sums} FROM {table} "
            f"WHERE {only} AND {at} >= ? AND {at} < ?{theirs} GROUP BY {group} ORDER BY {group}"
        )
        values += [bounds[0], bounds[-1]]
        if brands:
            values.append(list(brands))
        return self._db.rows(sql, *values)

    def acquisition(
        self,
        since: str,
        until: str,
        *,
        brands: Sequence[str] = (),
        after: SpendKey | None = None,
        limit: int = 10_000,
    ) -> tuple[Acquisition, ...]:
        values: list[Value] = [since, until]
        only = ""
        if brands:
            only, values = f"{only} AND brand = ANY(?)", [*values, list(brands)]
        if after is not None:
            only, values = f"{only} AND (month, brand, channel) > (?, ?, ?)", [*values, *after]
        sql = (
            f"SELECT {_NAMES} FROM acquisition WHERE month >= ? AND month <= ?{only} "
            "ORDER BY month, brand, channel LIMIT ?"
        )
        return tuple(_acquisition(row) for row in self._db.rows(sql, *values, limit))

    def acquisition_sums(
        self, since: str, until: str, brands: Sequence[str] = ()
    ) -> tuple[Acquisition, ...]:
        theirs = " AND brand = ANY(?)" if brands else ""
        customers = "CASE WHEN MIN(customers) < 0 THEN -1 ELSE SUM(customers) END"
        sql = (
            f"SELECT month, brand, currency, SUM(cents), {customers} FROM acquisition "
            f"WHERE month >= ? AND month <= ?{theirs} GROUP BY month, brand, currency "
            "ORDER BY month, brand, currency"
        )
        values = (since, until, *((list(brands),) if brands else ()))
        return tuple(
            Acquisition(
                brand=brand, month=month, channel="", cents=int(cents), currency=currency,
                customers=int(came),
            )
            for month, brand, currency, cents, came in self._db.rows(sql, *values)
        )  # fmt: skip


class SpendWriting(SpendReading):
    """Keeping what the books say."""

    def put_acquisition(self, rows: Sequence[Acquisition]) -> None:
        last = {one.key: one for one in rows}
        values = [
            (*key, one.cents, one.currency, one.customers, one.at_ms, one.by)
            for key, one in sorted(last.items())
        ]
        if values:
            again = replace(ACQUISITION, "month brand channel")
            self._db.put("acquisition", ACQUISITION, values, again)


def _acquisition(row: Row) -> Acquisition:
    month, brand, channel, cents, currency, customers, at_ms, by = row
    return Acquisition(
        brand=brand,
        month=month,
        channel=channel,
        cents=int(cents),
        currency=currency,
        customers=int(customers),
        at_ms=int(at_ms),
        by=by,
    )
