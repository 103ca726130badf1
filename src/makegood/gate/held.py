"""Who is held now, many at once: as the gate would answer, with due timers counted.

What leaves as a list or a feed is as old as its `as_of`; it is called "synced" for that.
"""

from collections.abc import Mapping, Sequence

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
