"""Who is held now, many at once: as the gate would answer, with due timers counted.

What leaves as a list or a feed is as old as its `as_of`; it is called "synced" for that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from makegood.core.holds import GateRow
from makegood.core.notices import scopes_of
from makegood.gate.judging import is_due, row_now
from makegood.messages.ids import CustomerId, ProfileId
from makegood.playbooks.book import Library
from makegood.ports.store import Reading


def rows_now(
    reading: Reading, customers: Sequence[CustomerId], library: Library, now_ms: int
) -> Mapping[CustomerId, GateRow]:
    """Give the gate rows of customers as of now, in two queries."""
    records = reading.gates_of(customers)
    due = [record.customer for record in records if is_due(record, now_ms)]
    states = reading.states_of(due)
    return {
        record.customer: row_now(record, states.get(record.customer), library, now_ms)
        for record in records
    }


def held_now(
    reading: Reading, customers: Sequence[CustomerId], library: Library, now_ms: int
) -> Mapping[CustomerId, tuple[str, ...]]:
    """Say for which brands each customer is held now; ("*",) is all of them."""
    rows = rows_now(reading, customers, library, now_ms)
    return {customer: scopes_of(row) for customer, row in rows.items()}


def found_by(
    reading: Reading, customers: Sequence[CustomerId]
) -> Mapping[CustomerId, frozenset[ProfileId]]:
    """Give all that the gate finds customers by, in one query.

    Their own profiles and look-ups; and, because the gate takes the strictest answer of everyone
    an identifier may mean, those of a customer who lists one of these profiles as a look-up.
    """
    found: dict[CustomerId, set[ProfileId]] = {}
    for one in reading.called(sorted(customers)):
        found.setdefault(one.customer, set()).add(one.profile)
    return {customer: frozenset(names) for customer, names in found.items()}


def still_held(
    reading: Reading,
    names: Iterable[ProfileId],
    is_held: Callable[[GateRow], bool],
    library: Library,
    now_ms: int,
) -> frozenset[ProfileId]:
    """Give those of some profiles by which the gate finds anybody who is held.

    An address that two customers share is held while either is; constant in the number of queries.
    """
    asked = sorted(set(names))
    if not asked:
        return frozenset()
    users = reading.users_of(asked)
    found = set(reading.customers_of(sorted({*asked, *_flat(users.values())})).values())
    members = reading.profiles_of(sorted(found))
    lookups = reading.lookups_of(_flat(members.values()))
    found |= set(reading.customers_of(_flat(lookups.values())).values())
    rows = rows_now(reading, sorted(found), library, now_ms)
    held = [customer for customer, row in rows.items() if is_held(row)]
    return frozenset(one.profile for one in reading.called(held)).intersection(asked)


def _flat(groups: Iterable[Iterable[ProfileId]]) -> list[ProfileId]:
    return sorted({profile for group in groups for profile in group})
