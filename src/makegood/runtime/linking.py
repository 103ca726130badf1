"""Who is who changes: customers are joined and taken apart, under the locks of a transaction."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from makegood.messages.events import Event
from makegood.messages.facts import Identified, Unlinked
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import CustomerRow
from makegood.ports.store import Writing
from makegood.runtime.noticing import Was, because_of


class Locked(Struct, frozen=True, kw_only=True):
    """Customers that a transaction may change.

    Attributes:
        customers: By profile.
        rows: By id.
        beside: Pairs (customer who was given names, another one whom the gate means by them too).
        others: Rows of those others, where they are not among `rows`.
    """

    customers: Mapping[ProfileId, CustomerId]
    rows: Mapping[CustomerId, CustomerRow]
    beside: frozenset[tuple[CustomerId, CustomerId]] = frozenset()
    others: Mapping[CustomerId, CustomerRow] = {}


def relink(writing: Writing, events: Sequence[Event]) -> Mapping[CustomerId, Was]:
    """Let links and their undoing take effect; give whom to fold again, and what they were."""
    again: dict[CustomerId, Was] = {}
    for event in events:
        if isinstance(event.body, Unlinked):
            rows = writing.lock(sorted(writing.customers_of([event.profile]).values()))
            was = _was(event, rows, again, split=True)
            again |= dict.fromkeys(writing.unlink(event.profile, event.body.other), was)
        elif isinstance(event.body, Identified) and event.body.also:
            profiles = (event.profile, *event.body.also)
            before = writing.customers_of(profiles)
            rows = writing.lock(sorted(set(before.values())))
            for other in event.body.also:
                writing.link(event.profile, other)  # also within one customer: it may be cut
            if len(before) == len(set(profiles)) and len(set(before.values())) == 1:
                continue
            was = _was(event, rows, again, split=False)
            again |= dict.fromkeys(writing.customers_of([event.profile]).values(), was)
    return again


def _was(
    event: Event,
    rows: Mapping[CustomerId, CustomerRow],
    again: Mapping[CustomerId, Was],
    *,
    split: bool,
) -> Was:
    """Say what customers were before any link of this transaction; the locked rows go away."""
    found = [row for id_ in rows for row in (again[id_].rows if id_ in again else (rows[id_],))]
    split = split or any(again[id_].split for id_ in rows if id_ in again)
    was = Was(cause=event.id, rows=tuple(found), afresh=True, split=split)
    return because_of((event,), was)


def locked(writing: Writing, events: Sequence[Event], also: Iterable[CustomerId]) -> Locked:
    """Lock the customers of events; if a link came first, those they have become."""
    profiles = sorted({event.profile for event in events})
    named = sorted({event.profile for event in events if _names(event)})
    beside: frozenset[tuple[CustomerId, CustomerId]] = frozenset()
    if named:
        customers, beside = writing.meant_too(profiles, named)
    else:
        customers = writing.customers_of(profiles)
    while True:
        rows = writing.lock(sorted({*customers.values(), *also}))
        now = customers if writing.is_alone else writing.customers_of(profiles)
        if now == customers:
            break
        customers = now
        if named:
            _, beside = writing.meant_too(profiles, named)
    others = {one for _, one in beside} - rows.keys()
    more = writing.lock(sorted(others)) if others else {}
    return Locked(customers=customers, rows=rows, beside=beside, others=more)


def _names(event: Event) -> bool:
    return isinstance(event.body, Identified) and bool(event.body.lookups or event.body.also)
