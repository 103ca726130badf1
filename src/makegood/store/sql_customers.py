"""Reading customers, their histories and the gate's rows by SQL."""

from collections.abc import Mapping, Sequence

from makegood.messages.events import Event, OrderKey, decode_event
from makegood.messages.ids import CustomerId, EventId, ProfileId
from makegood.ports.rows import CustomerRow, GateRecord, Snapshot
from makegood.store.session import Row, Session
from makegood.store.shapes import (
    CUSTOMER,
    SNAPSHOT,
    names,
    to_customer,
    to_snapshot,
)

ORDER = "time_ms, received_ms, source, message_id"
_CUSTOMER = names(CUSTOMER)
_SNAPSHOT = names(SNAPSHOT)

# CROSS JOIN, because SQLite then keeps this order and searches; PostgreSQL orders as it likes.
GATE = """
    WITH found (customer) AS (
        SELECT customer FROM profile WHERE profile = ?
        UNION
        SELECT p.customer FROM lookup l CROSS JOIN profile p
        WHERE l.lookup = ? AND p.profile = l.profile
    ), meant (customer) AS (
        SELECT customer FROM found
        UNION
        SELECT theirs.customer
        FROM found CROSS JOIN profile own CROSS JOIN lookup l CROSS JOIN profile theirs
        WHERE own.customer = found.customer
        AND l.profile = own.profile AND theirs.profile = l.lookup
    )
    SELECT c.customer, c.gate, c.next_due_ms, c.stuck
    FROM meant CROSS JOIN customer c WHERE c.customer = meant.customer ORDER BY c.customer"""


class SqlBase:
    """Statements on one open transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    @property
    def is_alone(self) -> bool:
        return self._db.is_alone


class CustomerReading(SqlBase):
    """Profiles, customers, histories, the log."""

    def taken(self, events: Sequence[EventId]) -> frozenset[EventId]:
        if not events:
            return frozenset()
        sql = "SELECT event_id FROM dedupe WHERE event_id = ANY(?)"
        return frozenset(row[0] for row in self._db.rows(sql, list(events)))

    def customers_of(self, profiles: Sequence[ProfileId]) -> Mapping[ProfileId, CustomerId]:
        sql = "SELECT profile, customer FROM profile WHERE profile = ANY(?)"
        return {row[0]: row[1] for row in self._of(sql, profiles)}

    def profiles_of(
        self, customers: Sequence[CustomerId]
    ) -> Mapping[CustomerId, tuple[ProfileId, ...]]:
        sql = "SELECT customer, profile FROM profile WHERE customer = ANY(?) ORDER BY profile"
        members: dict[CustomerId, tuple[ProfileId, ...]] = {}
        for customer, profile in self._of(sql, customers):
            members[customer] = (*members.get(customer, ()), profile)
        return members

    def lookups_of(
        self, profiles: Sequence[ProfileId]
    ) -> Mapping[ProfileId, tuple[ProfileId, ...]]:
        sql = "SELECT profile, lookup FROM lookup WHERE profile = ANY(?) ORDER BY lookup"
        lookups: dict[ProfileId, tuple[ProfileId, ...]] = {}
        for profile, lookup in self._of(sql, profiles):
            lookups[profile] = (*lookups.get(profile, ()), lookup)
        return lookups

    def _of(self, sql: str, keys: Sequence[str]) -> list[Row]:
        return self._db.rows(sql, list(keys)) if keys else []

    def gate_records(self, profile: ProfileId) -> tuple[GateRecord, ...]:
        return tuple(
            GateRecord(customer=customer, gate=gate, next_due_ms=next_due_ms, stuck=stuck)
            for customer, gate, next_due_ms, stuck in self._db.rows(GATE, profile, profile)
        )

    def row(self, customer: CustomerId) -> CustomerRow | None:
        sql = f"SELECT {_CUSTOMER} FROM customer WHERE customer = ?"
        found = self._db.rows(sql, customer)
        return to_customer(found[0]) if found else None

    def rows(self, after: CustomerId, limit: int) -> tuple[CustomerRow, ...]:
        sql = f"SELECT {_CUSTOMER} FROM customer WHERE customer > ? ORDER BY customer LIMIT ?"
        return tuple(map(to_customer, self._db.rows(sql, after, limit)))

    def history(self, customer: CustomerId, after: OrderKey | None = None) -> tuple[Event, ...]:
        members = "SELECT profile FROM profile WHERE customer = ?"
        sql = f"SELECT event FROM log WHERE profile IN ({members})"
        if after is None:
            found = self._db.rows(f"{sql} ORDER BY {ORDER}", customer)
        else:
            # The first comparison is what the index can use; the second is the exact one.
            later = f"AND time_ms >= ? AND ({ORDER}) > (?, ?, ?, ?)"
            found = self._db.rows(f"{sql} {later} ORDER BY {ORDER}", customer, after[0], *after)
        return tuple(decode_event(row[0]) for row in found)

    def log(self, after: int, limit: int) -> tuple[tuple[int, Event], ...]:
        sql = "SELECT seq, event FROM log WHERE seq > ? ORDER BY seq LIMIT ?"
        return tuple((seq, decode_event(event)) for seq, event in self._db.rows(sql, after, limit))

    def snapshot_before(self, customer: CustomerId, order: OrderKey) -> Snapshot | None:
        found = self._db.rows(
            f"SELECT {_SNAPSHOT} FROM snapshot WHERE customer = ? AND ({ORDER}) < (?, ?, ?, ?) "
            "ORDER BY time_ms DESC, received_ms DESC, source DESC, message_id DESC LIMIT 1",
            customer,
            *order,
        )
        return to_snapshot(found[0]) if found else None
