"""Where histories come from: an exported log, or the deployment's own store, only read."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path

import msgspec
from msgspec import Struct

from makegood.analytics.report.masking import masked
from makegood.messages.errors import InputError
from makegood.messages.events import Event
from makegood.messages.facts import Identified, Linked, Unlinked, joined_with
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import PersonRow
from makegood.ports.store import Store
from makegood.replay.again import rows_of

_ORDER = attrgetter(*("time_ms", "received_ms", "source", "message_id"))  # as `Event.order`
_PERSON = b'{"person":'
_LINKING = frozenset((Identified, Linked, Unlinked))  # what changes who is who


class History(Struct, frozen=True, gc=False, kw_only=True):
    """One customer.

    Attributes:
        customer: The least of the linked profiles, as in the store.
        events: In fold order.
    """

    customer: str
    events: Sequence[Event]


class StoredLog:
    """The log of a deployment, customer by customer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.end_ms = self._end_ms()

    def _end_ms(self) -> int:
        with self._store.reading() as reading:
            last, end_ms = max(reading.counts("log")["log"] - 1, 0), 0
            while page := reading.log(last, 100):
                last, end_ms = page[-1][0], max(end_ms, *(one.received_ms for _, one in page))
        return end_ms

    def histories(self) -> Iterator[History]:
        """Give every customer, by id."""
        for row in rows_of(self._store):
            with self._store.reading() as reading:
                events = reading.history(row.customer)
            if events:  # somebody who was linked and taken apart again has none
                yield History(customer=row.customer, events=events)

    def who(self, customer: str) -> str:
        """Name a customer in an example: enough to find them, too little to write to them."""
        return _who(customer, self._persons(customer))

    def language(self, customer: str) -> str:
        """Give the language a customer reads; empty when nobody told."""
        return _language(self._persons(customer))

    def _persons(self, customer: str) -> list[PersonRow]:
        with self._store.reading() as reading:
            profiles = reading.profiles_of([CustomerId(customer)]).get(CustomerId(customer), ())
            persons = reading.persons(profiles)
        return [persons[one] for one in profiles if one in persons]


class ExportedLog:
    """What `makegood export` wrote, read once and held in memory."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            InputError: It cannot be read, or a line is no event; the line is named.
        """
        self.end_ms = 0
        self._events: dict[ProfileId, list[Event]] = {}
        self._persons: dict[ProfileId, PersonRow] = {}
        self._edges: dict[ProfileId, set[ProfileId]] = {}
        self._members: dict[str, list[ProfileId]] = {}
        try:
            with path.open("rb") as file:
                self._read(file, path.name)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}.") from None

    def _read(self, lines: Iterator[bytes], name: str) -> None:
        decode = msgspec.json.Decoder(Event).decode
        events, end_ms, read = self._events, 0, 0
        try:
            for line in lines:
                read += 1
                if line.startswith(_PERSON):
                    person = msgspec.json.decode(line, type=dict[str, PersonRow])["person"]
                    self._persons[person.profile] = person
                    continue
                event = decode(line)
                events.setdefault(event.profile, []).append(event)
                if event.received_ms > end_ms:
                    end_ms = event.received_ms
                if type(event.body) in _LINKING:
                    self._relink(event)
        except msgspec.MsgspecError as error:
            raise InputError(f"{name}:{read}: not a line of `makegood export`: {error}.") from None
        self.end_ms = end_ms

    def _relink(self, event: Event) -> None:
        """Let a link or its undoing take effect, in the order of the log, as the intake does."""
        body, own = event.body, event.profile
        for other in joined_with(body):
            if other != own:
                self._edges.setdefault(own, set()).add(other)
                self._edges.setdefault(other, set()).add(own)
        if isinstance(body, Unlinked):
            self._edges.get(own, set()).discard(body.other)
            self._edges.get(body.other, set()).discard(own)

    def histories(self) -> Iterator[History]:
        """Give every customer, by id."""
        done: set[ProfileId] = set()
        for profile in sorted({*self._events, *self._edges}):
            if profile in done:
                continue
            members = self._reach(profile)
            done |= members
            if len(members) > 1:
                self._members[profile] = sorted(members)
            events = [event for one in sorted(members) for event in self._events.get(one, ())]
            events.sort(key=_ORDER)
            if events:
                yield History(customer=profile, events=events)

    def _reach(self, start: ProfileId) -> set[ProfileId]:
        reached, edge = {start}, [start]
        while edge:
            near = self._edges.get(edge.pop(), ())
            edge += [profile for profile in near if profile not in reached]
            reached.update(near)
        return reached

    def who(self, customer: str) -> str:
        """Name a customer in an example: enough to find them, too little to write to them."""
        return _who(customer, self._persons_of(customer))

    def language(self, customer: str) -> str:
        """Give the language a customer reads; empty when nobody told."""
        return _language(self._persons_of(customer))

    def _persons_of(self, customer: str) -> list[PersonRow]:
        members = self._members.get(customer, [ProfileId(customer)])
        return [self._persons[one] for one in members if one in self._persons]


def _language(persons: Sequence[PersonRow]) -> str:
    return next((one.language for one in persons if one.language), "")


def _who(customer: str, persons: Sequence[PersonRow]) -> str:
    """Mask a customer; the beginning of the pseudonym finds the events in the log."""
    emails = [f"email:{one.email}" for one in persons if one.email]
    named = emails or sorted(one.identifier for one in persons if one.identifier)
    return f"{masked(named[0]) if named else 'customer'} ({customer[:8]}…)"
