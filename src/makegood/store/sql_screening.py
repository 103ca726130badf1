"""Looking at many customers at once by SQL: what stands against them, and how they are called."""

from collections.abc import Iterator, Mapping, Sequence

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import CustomerRow, GateRecord
from makegood.ports.screening import Called
from makegood.store.shapes import CUSTOMER, names, to_customer
from makegood.store.sql_customers import SqlBase

# The first condition, word for word, is that of the index `customer_noted`.
NOTED = """SELECT customer, gate, next_due_ms, stuck FROM customer
    WHERE (length(gate) > 4 OR stuck <> '') AND customer > ?
    AND NOT (next_due_ms > 0 AND next_due_ms <= ?) ORDER BY customer LIMIT ?"""
# Told by the index alone, and counted no further than the answer needs.
NOTED_COUNT = "SELECT count(*) FROM customer WHERE length(gate) > 4 OR stuck <> ''"
AT_LEAST = "SELECT count(*) FROM (SELECT 1 FROM customer LIMIT ?) AS counted"
# In the order in which they lie on the disk, which is half the work of looking each one up.
ALL_NOTED = """SELECT customer, gate, next_due_ms, stuck FROM customer /* end to end */
    WHERE length(gate) > 4 OR stuck <> ''"""
# The first comparison is what the index can use; the second is the exact one.
OVERDUE = f"""SELECT {names(CUSTOMER)} FROM customer
    WHERE next_due_ms > 0 AND next_due_ms <= ? AND next_due_ms >= ?
    AND (next_due_ms, customer) > (?, ?) ORDER BY next_due_ms, customer LIMIT ?"""
# The inverse of `GATE` in sql_customers: from a customer to whatever finds them. Somebody whose
# own profile is a look-up of others is found by whatever finds these.
USERS = """SELECT DISTINCT it.customer, whose.customer
    FROM profile it CROSS JOIN lookup l CROSS JOIN profile whose
    WHERE it.customer = ANY(?) AND l.lookup = it.profile AND whose.profile = l.profile
    AND whose.customer <> it.customer"""
# Each half joins for itself: SQLite then looks names up as it goes and keeps nothing.
_WANTED = "(coalesce(person.identifier, '') = '' OR substr(person.identifier, 1, ?) = ?)"
CALLED = f"""
    SELECT it.customer, it.profile, coalesce(person.identifier, '')
    FROM profile it LEFT JOIN person ON person.profile = it.profile
    WHERE it.customer = ANY(?) AND {_WANTED}
    UNION ALL
    SELECT it.customer, l.lookup, coalesce(person.identifier, '')
    FROM profile it CROSS JOIN lookup l LEFT JOIN person ON person.profile = l.lookup
    WHERE it.customer = ANY(?) AND l.profile = it.profile AND {_WANTED}"""
# For everybody, and without searches out of order: whose a profile is, is for the reader to join.
# What is more than '' makes SQLite read the tree in which names lie as they do in `person`.
ALL_USERS = """SELECT it.customer, whose.customer
    FROM profile it CROSS JOIN lookup l CROSS JOIN profile whose
    WHERE it.profile > '' AND l.lookup = it.profile AND whose.profile = l.profile
    AND whose.customer <> it.customer"""
ALL_MEMBERS = "SELECT profile, customer FROM profile WHERE profile > '' AND profile <> customer"
ALL_NAMES = f"""
    SELECT it.profile, CASE WHEN person.identifier <> '' THEN '' ELSE it.profile END,
    coalesce(person.identifier, '')
    FROM profile it LEFT JOIN person ON person.profile = it.profile
    WHERE it.profile > '' AND {_WANTED}
    UNION ALL
    SELECT l.profile, CASE WHEN person.identifier <> '' THEN '' ELSE l.lookup END,
    coalesce(person.identifier, '')
    FROM lookup l LEFT JOIN person ON person.profile = l.lookup
    WHERE l.lookup > '' AND {_WANTED}"""
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

    def called(self, customers: Sequence[CustomerId], prefix: str = "") -> tuple[Called, ...]:
        if not customers:
            return ()
        reached: dict[CustomerId, list[CustomerId]] = {}
        for customer, whose in self._db.rows(USERS, sorted(customers)):
            reached.setdefault(whose, []).append(customer)
        theirs = sorted({*customers, *reached})  # neighbours in a tree are read together
        asked = (theirs, len(prefix), prefix)
        found = [Called(*row) for row in self._db.rows(CALLED, *asked, *asked)]
        return tuple(_with_those_reached(found, frozenset(customers), reached))

    def are_many_noted(self, share: int) -> bool:
        noted = self._db.rows(NOTED_COUNT)[0][0]
        return bool(noted) and self._db.rows(AT_LEAST, noted * share + 1)[0][0] <= noted * share

    def all_noted(self, now_ms: int) -> Iterator[Sequence[GateRecord]]:
        for page in self._db.pages(ALL_NOTED):
            yield [
                GateRecord(customer=customer, gate=gate, next_due_ms=next_due_ms, stuck=stuck)
                for customer, gate, next_due_ms, stuck in page
                if not 0 < next_due_ms <= now_ms
            ]

    def all_users(self) -> Iterator[Sequence[tuple[CustomerId, CustomerId]]]:
        return self._db.pages(ALL_USERS)

    def all_members(self) -> Iterator[Sequence[tuple[ProfileId, CustomerId]]]:
        return self._db.pages(ALL_MEMBERS)

    def all_names(self, prefix: str = "") -> Iterator[Sequence[tuple[ProfileId, ProfileId, str]]]:
        asked = (len(prefix), prefix)
        return self._db.pages(ALL_NAMES, *asked, *asked)

    def known(self, after: ProfileId, limit: int) -> tuple[tuple[ProfileId, str], ...]:
        found = self._db.rows(KNOWN, after, limit, after, limit, limit)
        return tuple((ProfileId(profile), identifier) for profile, identifier in found)


def _with_those_reached(
    found: Sequence[Called],
    customers: frozenset[CustomerId],
    reached: Mapping[CustomerId, Sequence[CustomerId]],
) -> Iterator[Called]:
    """Give what finds a customer, and for each of their look-ups what finds those who use it."""
    if not reached:
        yield from found
        return
    for one in found:
        if one.customer in customers:
            yield one
        for customer in reached.get(one.customer, ()):
            yield Called(customer, one.profile, one.identifier)
