"""Who may be held, by SQL: each kind is one range of an index, and a page of each is enough."""

from collections.abc import Mapping, Sequence

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import GateRecord
from makegood.store.sql_customers import SqlBase

_MAYBE = """SELECT customer FROM (
    SELECT * FROM (SELECT DISTINCT customer FROM cases
        WHERE held = 1 AND customer > ? ORDER BY customer LIMIT ?) AS held
    UNION SELECT * FROM (SELECT customer FROM customer
        WHERE stuck <> '' AND customer > ? ORDER BY customer LIMIT ?) AS stuck
    UNION SELECT * FROM (SELECT customer FROM customer
        WHERE next_due_ms > 0 AND next_due_ms <= ? AND customer > ?
        ORDER BY customer LIMIT ?) AS due) AS maybe ORDER BY customer LIMIT ?"""
_GATES = """SELECT customer, gate, next_due_ms, stuck FROM customer
    WHERE customer = ANY(?) ORDER BY customer"""


_MEANT_TOO = """SELECT profile, customer, '' FROM profile WHERE profile = ANY(?)
    UNION ALL SELECT '', mine.customer, theirs.customer
    FROM profile given CROSS JOIN profile mine CROSS JOIN lookup l CROSS JOIN profile theirs
    WHERE given.profile = ANY(?) AND mine.customer = given.customer
    AND l.profile = mine.profile AND theirs.profile = l.lookup
    AND theirs.customer <> mine.customer"""


class HeldReading(SqlBase):
    """Many customers at once."""

    def maybe_held(self, now_ms: int, after: CustomerId, limit: int) -> tuple[CustomerId, ...]:
        values = (after, limit, after, limit, now_ms, after, limit, limit)
        return tuple(CustomerId(row[0]) for row in self._db.rows(_MAYBE, *values))

    def gates_of(self, customers: Sequence[CustomerId]) -> tuple[GateRecord, ...]:
        found = self._db.rows(_GATES, list(customers)) if customers else []
        return tuple(
            GateRecord(customer=customer, gate=gate, next_due_ms=next_due_ms, stuck=stuck)
            for customer, gate, next_due_ms, stuck in found
        )

    def states_of(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, bytes]:
        sql = "SELECT customer, state FROM customer WHERE customer = ANY(?)"
        return dict(self._db.rows(sql, list(customers))) if customers else {}

    def meant_too(
        self, profiles: Sequence[ProfileId], named: Sequence[ProfileId]
    ) -> tuple[Mapping[ProfileId, CustomerId], frozenset[tuple[CustomerId, CustomerId]]]:
        rows = self._db.rows(_MEANT_TOO, list(profiles), list(named)) if profiles else []
        customers = {row[0]: row[1] for row in rows if row[0]}
        return customers, frozenset((row[1], row[2]) for row in rows if not row[0])

    def users_of(self, lookups: Sequence[ProfileId]) -> Mapping[ProfileId, tuple[ProfileId, ...]]:
        sql = "SELECT lookup, profile FROM lookup WHERE lookup = ANY(?) ORDER BY profile"
        users: dict[ProfileId, tuple[ProfileId, ...]] = {}
        for lookup, profile in self._db.rows(sql, list(lookups)) if lookups else []:
            users[lookup] = (*users.get(lookup, ()), profile)
        return users
