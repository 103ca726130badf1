"""Counts over time by SQL: a column for each span of time, so that every row is read once."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from makegood.ports.answers import AnswerCount
from makegood.ports.triage import Tells
from makegood.store.session import Row, Value
from makegood.store.sql_answers import KIND, count_of, only_these
from makegood.store.sql_customers import SqlBase


class FeelingReading(SqlBase):
    """Looking."""

    def answer_counts_between(
        self,
        edges: Sequence[int],
        *,
        survey: str = "",
        brands: Sequence[str] = (),
        touch: str = "",
    ) -> tuple[tuple[AnswerCount, ...], ...]:
        only, values = only_these(survey, brands)
        if touch:
            only, values = only + " AND touch = ?", [*values, touch]
        sql = (
            f"SELECT {KIND}, {_sums('at_ms', edges)} "
            "FROM survey_answer /* by survey_answer_kind */ "
            f"WHERE at_ms >= ? AND at_ms < ?{only} GROUP BY {KIND} ORDER BY {KIND}"
        )
        rows = self._db.rows(sql, *_bounds(edges), edges[0], edges[-1], *values)
        kinds = len(KIND.split())
        return tuple(
            tuple(count_of((*row[:kinds], row[kinds + n])) for row in rows if row[kinds + n])
            for n in range(len(edges) - 1)
        )

    def opened_between(
        self, edges: Sequence[int], *, brands: Sequence[str] = ()
    ) -> tuple[Mapping[str, int], ...]:
        only, values = only_these("", brands)
        sql = (
            f"SELECT brand, {_sums('opened_ms', edges)} FROM cases "
            f"WHERE opened_ms >= ? AND opened_ms < ?{only} GROUP BY brand ORDER BY brand"
        )
        rows = self._db.rows(sql, *_bounds(edges), edges[0], edges[-1], *values)
        return tuple(_by_brand(rows, n + 1) for n in range(len(edges) - 1))

    def read_between(
        self, edges: Sequence[int], *, brands: Sequence[str] = ()
    ) -> tuple[Mapping[tuple[str, Tells], int], ...]:
        only, values = only_these("", brands)
        sql = (
            f"SELECT brand, tells, {_sums('at_ms', edges)} FROM triage "
            f"WHERE at_ms > 0 AND at_ms >= ? AND at_ms < ?{only} "
            "GROUP BY brand, tells ORDER BY brand, tells"
        )
        rows = self._db.rows(sql, *_bounds(edges), edges[0], edges[-1], *values)
        return tuple(
            {(row[0], row[1]): int(row[n + 2]) for row in rows if row[n + 2]}
            for n in range(len(edges) - 1)
        )

    def overdue_by_brand(self, now_ms: int, *, brands: Sequence[str] = ()) -> Mapping[str, int]:
        only, values = only_these("", brands)
        sql = (
            f"SELECT brand, count(*) FROM silence WHERE due_ms <= ?{only} "
            "GROUP BY brand ORDER BY brand"
        )
        return _by_brand(self._db.rows(sql, now_ms, *values), 1)


def _sums(column: str, edges: Sequence[int]) -> str:
    one = f"sum(CASE WHEN {column} >= ? AND {column} < ? THEN 1 ELSE 0 END)"
    return ", ".join([one] * (len(edges) - 1))


def _bounds(edges: Sequence[int]) -> Iterator[Value]:
    for from_ms, until_ms in pairwise(edges):
        yield from (from_ms, until_ms)


def _by_brand(rows: Sequence[Row], column: int) -> Mapping[str, int]:
    return {row[0]: int(row[column]) for row in rows if row[column]}
