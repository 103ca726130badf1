"""Who is who changes: customers are joined and taken apart, under the locks of a transaction."""

from collections.abc import Iterable, Mapping, Sequence

from makegood.messages.events import Event
from makegood.messages.facts import Unlinked, joined_with
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import CustomerRow
from makegood.ports.store import Writing
from makegood.runtime.noticing import Was, because_of


def relink(writing: Writing, events: Sequence[Event]) -> Mapping[CustomerId, Was]:
    """Let links and their undoing take effect; give whom to fold again, and what they were."""
    again: dict[CustomerId, Was] = {}
    for event in events:
        if isinstance(event.body, Unlinked):
            rows = writing.lock(sorted(writing.customers_of([event.profile]).values()))
            was = _was(event, rows, again, split=True)
            again |= dict.fromkeys(writing.unlink(event.profile, event.body.other), was)
        elif also := joined_with(event.body):
            profiles = (event.profile, *also)
            before = writing.customers_of(profiles)
            rows = writing.lock(sorted(set(before.values())))
            for other in also:
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


def locked(
    writing: Writing, events: Sequence[Event], also: Iterable[CustomerId]
) -> tuple[Mapping[ProfileId, CustomerId], Mapping[CustomerId, CustomerRow]]:
    """Lock the customers of events; if a link came first, those they have become."""
    profiles = sorted({event.profile for event in events})
    customers = writing.customers_of(profiles)
    while True:
        rows = writing.lock(sorted({*customers.values(), *also}))
        if writing.is_alone:
            return customers, rows
        now = writing.customers_of(profiles)
        if now == customers:
            return customers, rows
        customers = now
