"""The memory engine's looks at many customers at once."""

from collections.abc import Iterator, Sequence
from heapq import nsmallest

from makegood.core.holds import GateRow, encode_gate
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import CustomerRow, GateRecord
from makegood.ports.screening import Called
from makegood.store.memory_reading import MemoryReading

_SAYS_NOTHING = (b"", encode_gate(GateRow()))


def _is_noted(row: CustomerRow) -> bool:
    return bool(row.stuck) or row.gate not in _SAYS_NOTHING


class MemoryScreening(MemoryReading):
    """The gate's rows, page by page."""

    def noted(self, now_ms: int, after: CustomerId, limit: int) -> tuple[GateRecord, ...]:
        found = (
            row
            for row in self._t.customers.values()
            if row.customer > after and _is_noted(row) and not 0 < row.next_due_ms <= now_ms
        )
        return tuple(
            GateRecord(
                customer=row.customer, gate=row.gate, next_due_ms=row.next_due_ms, stuck=row.stuck
            )
            for row in nsmallest(limit, found, key=lambda row: row.customer)
        )

    def overdue(
        self, now_ms: int, after: tuple[int, CustomerId], limit: int
    ) -> tuple[CustomerRow, ...]:
        found = (
            row
            for row in self._t.customers.values()
            if 0 < row.next_due_ms <= now_ms and (row.next_due_ms, row.customer) > after
        )
        return tuple(nsmallest(limit, found, key=lambda row: (row.next_due_ms, row.customer)))

    def called(self, customers: Sequence[CustomerId], prefix: str = "") -> tuple[Called, ...]:
        found = (
            Called(customer, profile, self._identifier(profile))
            for customer in customers
            for profile in sorted(self._finding(customer))
        )
        return tuple(
            one for one in found if not one.identifier or one.identifier.startswith(prefix)
        )

    def are_many_noted(self, share: int) -> bool:
        noted = sum(map(_is_noted, self._t.customers.values()))
        return 0 < len(self._t.customers) <= noted * share

    def all_noted(self, now_ms: int) -> Iterator[Sequence[GateRecord]]:
        yield self.noted(now_ms, CustomerId(""), len(self._t.customers))

    def all_users(self) -> Iterator[Sequence[tuple[CustomerId, CustomerId]]]:
        t = self._t
        found = {
            (customer, t.customer_of[user])
            for profile, customer in t.customer_of.items()
            for user in t.users.get(profile, ())
        }
        yield [pair for pair in sorted(found) if pair[0] != pair[1]]

    def all_members(self) -> Iterator[Sequence[tuple[ProfileId, CustomerId]]]:
        members = self._t.customer_of.items()
        yield [(one, whose) for one, whose in members if CustomerId(one) != whose]

    def all_names(self, prefix: str = "") -> Iterator[Sequence[tuple[ProfileId, ProfileId, str]]]:
        named = (
            (profile, one, self._identifier(one))
            for profile in self._t.customer_of
            for one in (profile, *self._t.lookups.get(profile, ()))
        )
        yield [
            (profile, ProfileId("") if name else one, name)
            for profile, one, name in named
            if not name or name.startswith(prefix)
        ]

    def _finding(self, customer: CustomerId) -> set[ProfileId]:
        """Every profile that, asked for, leads to a customer."""
        t = self._t
        own = t.members.get(customer, ())
        through = {t.customer_of[user] for one in own for user in t.users.get(one, ())}
        members = [one for each in {customer, *through} for one in t.members.get(each, ())]
        return {*members, *(lookup for one in members for lookup in t.lookups.get(one, ()))}

    def _identifier(self, profile: ProfileId) -> str:
        person = self._t.people.get(profile)
        return person.identifier if person is not None else ""

    def known(self, after: ProfileId, limit: int) -> tuple[tuple[ProfileId, str], ...]:
        every = {*self._t.customer_of, *self._t.users}
        found = nsmallest(limit, (one for one in every if one > after))
        return tuple((profile, self._identifier(profile)) for profile in found)
