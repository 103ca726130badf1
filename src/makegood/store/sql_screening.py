"""Looking at many customers at once by SQL: what stands against them, and how they are called."""

from collections.abc import Sequence

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import CustomerRow, GateRecord
from makegood.ports.screening import Called
from makegood.store.shapes import CUSTOMER, names, to_customer
from makegood.store.sql_customers import SqlBase

# The first condition, word for word, is that of the index `customer_noted`.
NOTED = """SELECT customer, gate, next_due_ms, stuck FROM customer
    WHERE (length(gate) > 4 OR stuck <> '') AND customer > ?
    AND NOT (next_due_ms > 0 AND next_due_ms <= ?) ORDER BY customer LIMIT ?"""
# The first comparison is what the index can use; the second is the exact one.
OVERDUE = f"""SELECT {names(CUSTOMER)} FROM customer
    WHERE next_due_ms > 0 AND next_due_ms <= ? AND next_due_ms >= ?
    AND (next_due_ms, customer) > (?, ?) ORDER BY next_due_ms, customer LIMIT ?"""
# The inverse of `GATE` in sql_customers: from a customer to whatever finds them.
_THEMSELVES = """SELECT it.customer, it.profile FROM profile it WHERE it.customer = ANY(?)"""
_LOOKED_UP = """SELECT it.customer, l.lookup FROM profile it CROSS JOIN lookup l
    WHERE it.customer = ANY(?) AND l.profile = it.profile"""
_USERS = """SELECT DISTINCT it.customer, whose.customer
    FROM profile it CROSS JOIN lookup l CROSS JOIN profile whose
    WHERE it.customer = ANY(?) AND l.lookup = it.profile AND whose.profile = l.profile
    AND whose.customer <> it.customer"""
CALLED = f"""
    WITH through (customer, found) AS ({_USERS}), names (customer, profile) AS (
        {_THEMSELVES}
        UNION ALL
        {_LOOKED_UP}
        UNION ALL
        SELECT t.customer, p.profile FROM through t CROSS JOIN profile p
        WHERE p.customer = t.found
        UNION ALL
        SELECT t.customer, l.lookup FROM through t CROSS JOIN profile p CROSS JOIN lookup l
        WHERE p.customer = t.found AND l.profile = p.profile
    )
    SELECT n.customer, n.profile, coalesce(person.identifier, '')
    FROM names n LEFT JOIN person ON person.profile = n.profile"""
KNOWN = """
    WITH found (profile) AS (
        SELECT profile FROM (
            SELECT profile FROM profile WHERE profile > ? ORDER BY profile LIMIT ?) AS own
        UNION
        SELECT lookup FROM (
            SELECT DISTINCT lookup FROM lookup WHERE lookup > ? ORDER BY lookup LIMIT ?) AS others
    )
    SELECT f.profile, coalesce(person.identifier, '')
    FROM found f LEFT JOIN person ON person.profile = f.profile
    ORDER BY f.profile LIMIT ?"""


class ScreeningReading(SqlBase):
    """The gate's rows, page by page."""

    def noted(self, now_ms: int, after: CustomerId, limit: int) -> tuple[GateRecord, ...]:
        return tuple(
            GateRecord(customer=customer, gate=gate, next_due_ms=next_due_ms, stuck=stuck)
            for customer, gate, next_due_ms, stuck in self._db.rows(NOTED, after, now_ms, limit)
        )

    def overdue(
        self, now_ms: int, after: tuple[int, CustomerId], limit: int
    ) -> tuple[CustomerRow, ...]:
        found = self._db.rows(OVERDUE, now_ms, after[0], *after, limit)
        return tuple(map(to_customer, found))

    def called(self, customers: Sequence[CustomerId]) -> tuple[Called, ...]:
        if not customers:
            return ()
        theirs = list(customers)
        return tuple(Called(*row) for row in self._db.rows(CALLED, theirs, theirs, theirs))

    def known(self, after: ProfileId, limit: int) -> tuple[tuple[ProfileId, str], ...]:
        found = self._db.rows(KNOWN, after, limit, after, limit, limit)
        return tuple((ProfileId(profile), identifier) for profile, identifier in found)
