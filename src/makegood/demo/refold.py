"""Fold the log anew, customer by customer, and note when marketing was held.

The report counts from this and from the mail server, never from what the runner believes.
"""

from collections.abc import Iterator, Mapping
from math import inf

from msgspec import Struct

from makegood.core.fold import advance, step
from makegood.core.holds import EVERYWHERE, gate_row
from makegood.core.state import EMPTY, State
from makegood.messages.events import Event
from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.playbooks.book import Library
from makegood.ports.rows import PersonRow
from makegood.ports.store import Store

PAGE = 5_000  # events read at once
PROFILES = 500  # within what every engine takes as parameters of one query


class Held(Struct, frozen=True, kw_only=True):
    """A time during which a case held marketing.

    Attributes:
        from_ms: When our server took the event; an answer before it could not know.
        to_ms: When the hold lifted; infinite while it stands.
        scope: A brand, or "*" for the umbrella.
    """

    from_ms: float
    to_ms: float
    scope: str

    def stops(self, brand: str, at_ms: float) -> bool:
        """Whether a promotional mail of a brand had to wait at an instant."""
        return self.from_ms <= at_ms < self.to_ms and self.scope in (EVERYWHERE, brand)


class Past(Struct, frozen=True, kw_only=True):
    """One customer's history, folded.

    Attributes:
        person: Name and address, of a customer whom the register made known.
        held: When marketing had to wait, by case.
    """

    customer: CustomerId
    person: PersonRow | None
    events: tuple[Event, ...]
    state: State
    held: Mapping[CaseId, Held]

    def is_held(self, brand: str, at_ms: float) -> bool:
        """Whether a promotional mail of a brand had to wait at an instant."""
        return any(held.stops(brand, at_ms) for held in self.held.values())


def pasts(store: Store, library: Library, now_ms: int) -> Iterator[Past]:
    """Fold every history in the log up to now."""
    histories, persons = _histories(store)
    for customer, events in sorted(histories.items()):
        events.sort(key=lambda event: event.order)
        state, held = _folded(events, library, now_ms)
        person = next((persons[e.profile] for e in events if e.profile in persons), None)
        yield Past(customer=customer, person=person, events=tuple(events), state=state, held=held)


def _histories(
    store: Store,
) -> tuple[dict[CustomerId, list[Event]], dict[ProfileId, PersonRow]]:
    with store.reading() as reading:
        events: list[Event] = []
        position = 0
        while page := reading.log(position, PAGE):
            position = page[-1][0]
            events += [event for _, event in page]
        found: dict[ProfileId, CustomerId] = {}
        persons: dict[ProfileId, PersonRow] = {}
        profiles = sorted({event.profile for event in events})
        for start in range(0, len(profiles), PROFILES):
            found.update(reading.customers_of(profiles[start : start + PROFILES]))
            persons.update(reading.persons(profiles[start : start + PROFILES]))
    histories: dict[CustomerId, list[Event]] = {}
    for event in events:
        histories.setdefault(found[event.profile], []).append(event)
    return histories, persons


def _folded(
    events: list[Event], library: Library, now_ms: int
) -> tuple[State, dict[CaseId, Held]]:
    state = EMPTY
    held: dict[CaseId, Held] = {}
    for event in events:
        after = step(state, event, library).state
        if after is not state:
            _note(held, after, event.received_ms)
        state = after
    state = advance(state, now_ms, library).state
    _note(held, state, now_ms)
    return state, held


def _note(held: dict[CaseId, Held], state: State, at_ms: int) -> None:
    standing = {hold.case: hold for hold in gate_row(state).holds}
    for case, hold in standing.items():
        begun = held[case].from_ms if case in held else at_ms
        held[case] = Held(from_ms=begun, to_ms=hold.lifts_ms or inf, scope=hold.scope)
    for case in held.keys() - standing.keys():
        known = held[case]
        ended = min(known.to_ms, at_ms)
        held[case] = Held(from_ms=known.from_ms, to_ms=ended, scope=known.scope)
