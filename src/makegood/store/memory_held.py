"""Who may be held, in the memory engine."""

from collections.abc import Mapping, Sequence

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import GateRecord
from makegood.store.memory_reading import MemoryReading


class MemoryHeld(MemoryReading):
    """Many customers at once."""

    def maybe_held(self, now_ms: int, after: CustomerId, limit: int) -> tuple[CustomerId, ...]:
        t = self._t
        maybe = {row.customer for row in t.case_rows.values() if row.held}
        maybe |= {row.customer for row in t.customers.values() if row.stuck}
        maybe |= {customer for customer, due_ms in t.due.items() if due_ms <= now_ms}
        return tuple(sorted(customer for customer in maybe if customer > after)[:limit])

    def gates_of(self, customers: Sequence[CustomerId]) -> tuple[GateRecord, ...]:
        rows = (self._t.customers.get(customer) for customer in sorted(set(customers)))
        return tuple(
            GateRecord(
                customer=row.customer, gate=row.gate, next_due_ms=row.next_due_ms, stuck=row.stuck
            )
            for row in rows
            if row is not None
        )

    def states_of(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, bytes]:
        rows = self._t.customers
        return {customer: rows[customer].state for customer in customers if customer in rows}

    def meant_too(
        self, profiles: Sequence[ProfileId], named: Sequence[ProfileId]
    ) -> tuple[Mapping[ProfileId, CustomerId], frozenset[tuple[CustomerId, CustomerId]]]:
        t = self._t
        beside = {
            (customer, t.customer_of[lookup])
            for customer in self._customers(named)
            for member in t.members[customer]
            for lookup in t.lookups.get(member, ())
            if t.customer_of.get(lookup, customer) != customer
        }
        return self.customers_of(profiles), frozenset(beside)

    def users_of(self, lookups: Sequence[ProfileId]) -> Mapping[ProfileId, tuple[ProfileId, ...]]:
        users = self._t.users
        return {lookup: tuple(sorted(users[lookup])) for lookup in lookups if lookup in users}
