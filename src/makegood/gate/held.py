"""Who is held now, many at once: as the gate would answer, with due timers counted.

What leaves as a list or a feed is as old as its `as_of`; it is called "synced" for that.
"""

from collections.abc import Iterable, Mapping, Sequence

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
    """Give all that the gate finds customers by, in seven queries at most.

    Their own profiles and look-ups; and, because the gate takes the strictest answer of everyone
    an identifier may mean, those of a customer who lists one of these profiles as a look-up.
    """
    own = reading.profiles_of(sorted(customers))
    users = reading.users_of(_flat(own.values()))
    theirs = reading.customers_of(_flat(users.values()))
    friends = reading.profiles_of(sorted(set(theirs.values()) - set(own)))
    everyone = {**friends, **own}
    lookups = reading.lookups_of(_flat(everyone.values()))

    def names(customer: CustomerId) -> set[ProfileId]:
        profiles = everyone.get(customer, ())
        return {*profiles, *(one for profile in profiles for one in lookups.get(profile, ()))}

    found: dict[CustomerId, frozenset[ProfileId]] = {}
    for customer in own:
        listing = {user for profile in own[customer] for user in users.get(profile, ())}
        close = {theirs[user] for user in listing if user in theirs}
        found[customer] = frozenset().union(names(customer), *(names(one) for one in close))
    return found


def _flat(groups: Iterable[Iterable[ProfileId]]) -> list[ProfileId]:
    return sorted({profile for group in groups for profile in group})
