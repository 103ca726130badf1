"""Pointers and answers about root causes by SQL."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.pointers import Gathered, Place, Pointer, PointerKind, RootAnswer
from makegood.store.pointing import covered_ms
from makegood.store.session import Row, Value, replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_COLUMNS = "kind key at_ms case_id customer named_ms brand severity cents currency"
_NAMES = ", ".join(_COLUMNS.split())
_KEY = "kind key at_ms case_id customer"
_ANSWER = "cause until_ms row_blob"
# A page of names first, so that only its own cases are added up.
_GATHERED = """SELECT it.key, it.currency, count(*), sum(it.severity), min(it.at_ms),
        max(it.at_ms), sum(it.cents),
        sum(CASE WHEN it.at_ms > coalesce(said.until_ms, 0) THEN 1 ELSE 0 END),
        min(CASE WHEN it.at_ms > coalesce(said.until_ms, 0) THEN it.named_ms END), it.brand
    FROM pointer it LEFT JOIN root_answer said ON said.cause = it.key
    WHERE it.kind = 'cause' AND it.key IN (
        SELECT DISTINCT key FROM pointer WHERE kind = 'cause' AND key > ?{} ORDER BY key LIMIT ?)
    GROUP BY it.key, it.currency, it.brand ORDER BY it.key, it.currency, it.brand"""
_unpack = msgspec.msgpack.Decoder(RootAnswer).decode


class PointerReading(SqlBase):
    """Where words lead."""

    def pointed(
        self, kind: PointerKind, key: str, *, before: Place | None = None, limit: int = 50
    ) -> tuple[Pointer, ...]:
        values: list[Value] = [kind, key]
        earlier = ""
        if before is not None:
            earlier = " AND (at_ms, case_id, customer) < (?, ?, ?)"
            values += before
        sql = (
            f"SELECT {_NAMES} FROM pointer WHERE kind = ? AND key = ?{earlier} "
            "ORDER BY at_ms DESC, case_id DESC, customer DESC LIMIT ?"
        )
        return tuple(_pointer(row) for row in self._db.rows(sql, *values, limit))

    def gathered(
        self, after: str, limit: int, *, among: Sequence[str] | None = None
    ) -> tuple[Gathered, ...]:
        if among is not None and not among:
            return ()
        found: dict[str, Gathered] = {}
        sql = _GATHERED.format("" if among is None else " AND key = ANY(?)")
        values: list[Value] = [after] if among is None else [after, list(among)]
        for row in self._db.rows(sql, *values, limit):
            one = _gathered(row)
            before = found.get(one.cause)
            found[one.cause] = one if before is None else _together(before, one)
        return tuple(found.values())

    def root_answers(self, causes: Sequence[str]) -> dict[str, RootAnswer]:
        if not causes:
            return {}
        sql = "SELECT row_blob FROM root_answer WHERE cause = ANY(?)"
        found = [_unpack(row[0]) for row in self._db.rows(sql, list(causes))]
        return {one.cause: one for one in found}


class PointerWriting(PointerReading):
    """Keeping them right."""

    def put_pointers(self, customers: Sequence[CustomerId], rows: Sequence[Pointer]) -> None:
        if not customers:
            return
        self._db.run("DELETE FROM pointer WHERE customer = ANY(?)", list(customers))
        made = {_row(one)[:5]: _row(one) for one in rows}
        self._db.put("pointer", _COLUMNS, list(made.values()), replace(_COLUMNS, _KEY))

    def put_root_answer(self, row: RootAnswer) -> None:
        rows: list[Row] = [(row.cause, covered_ms(row), pack(row))]
        self._db.put("root_answer", _ANSWER, rows, replace(_ANSWER, "cause"))


def _row(one: Pointer) -> Row:
    return (
        one.kind, one.key, one.at_ms, one.case, one.customer, one.named_ms, one.brand,
        one.severity, one.cents, one.currency,
    )  # fmt: skip


def _pointer(row: Row) -> Pointer:
    kind, key, at_ms, case, customer, named_ms, brand, severity, cents, currency = row
    return Pointer(
        kind=kind,
        key=key,
        customer=CustomerId(customer),
        case=CaseId(case),
        at_ms=at_ms,
        named_ms=named_ms,
        brand=brand,
        severity=severity,
        cents=cents,
        currency=currency,
    )


def _gathered(row: Row) -> Gathered:
    cause, currency, cases, harm, first_ms, last_ms, cents, is_open, asked_ms, brand = row
    return Gathered(
        cause=cause,
        cases=int(cases),
        harm=int(harm),
        first_ms=int(first_ms),
        last_ms=int(last_ms),
        cost=((currency, int(cents)),),
        open=int(is_open),
        asked_ms=int(asked_ms or 0),
        brands=(brand,),
    )


def _together(one: Gathered, other: Gathered) -> Gathered:
    asked = [at for at in (one.asked_ms, other.asked_ms) if at]
    cost: Counter[str] = Counter()
    for currency, cents in (*one.cost, *other.cost):
        cost[currency] += cents
    return Gathered(
        cause=one.cause,
        cases=one.cases + other.cases,
        harm=one.harm + other.harm,
        first_ms=min(one.first_ms, other.first_ms),
        last_ms=max(one.last_ms, other.last_ms),
        cost=tuple(sorted(cost.items())),
        open=one.open + other.open,
        asked_ms=min(asked, default=0),
        brands=tuple(sorted({*one.brands, *other.brands})),
    )
