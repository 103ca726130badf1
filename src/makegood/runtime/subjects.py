"""Whom a notice is about, as they stand at the hand-over."""

from collections.abc import Callable, Mapping, Sequence

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.notices import FeedNotice, Subject
from makegood.ports.rows import CaseRow
from makegood.ports.store import Reading

HeldNow = Callable[[Reading, Sequence[CustomerId]], Mapping[CustomerId, tuple[str, ...]]]
"""Says for which brands each customer is held now, due timers counted."""


def subjects_of(
    reading: Reading, said: Sequence[FeedNotice], held_now: HeldNow
) -> Mapping[int, Subject]:
    """Find today's customer behind each notice, by its sequence; in a constant number of queries.

    A customer who is gone without another in their place is known by no name and not held.
    """
    profiles = sorted({one.notice.profile for one in said})
    customers = reading.customers_of(profiles)
    found = dict.fromkeys(sorted(set(customers.values())))
    members = reading.profiles_of(list(found))
    lookups = reading.lookups_of(_flat(members))
    names = {
        customer: tuple(
            dict.fromkeys((*own, *(one for profile in own for one in lookups.get(profile, ()))))
        )
        for customer, own in members.items()
    }
    persons = reading.persons(_flat(names))
    held = held_now(reading, list(found))
    cases: dict[CustomerId, list[CaseRow]] = {}
    for row in reading.cases_of(list(found)):
        cases.setdefault(row.customer, []).append(row)

    def subject(one: FeedNotice) -> Subject:
        notice = one.notice
        customer = customers.get(notice.profile)
        if customer is None:
            return Subject(customer=notice.customer)
        ids = {notice.case, notice.into, *notice.names}
        own = names.get(customer, ())
        return Subject(
            customer=customer,
            profiles=own,
            persons=tuple(persons[profile] for profile in own if profile in persons),
            held=held.get(customer, ()),
            case=next((row for row in cases.get(customer, ()) if row.case in ids), None),
        )

    return {one.sequence: subject(one) for one in said}


def _flat(groups: Mapping[CustomerId, Sequence[ProfileId]]) -> list[ProfileId]:
    return sorted({profile for group in groups.values() for profile in group})
