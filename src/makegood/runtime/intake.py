"""The intake: events become durable and folded in one transaction, and only then acknowledged.

Once it has said yes to a failure, no later question about that customer, by any identifier linked
by then, is answered with yes to marketing: hold and log are one commit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from makegood.messages.errors import StoreBusy
from makegood.messages.events import OWN_SOURCE, Event, capped_time_ms
from makegood.messages.facts import Body, Identified, Touchpoint, Unlinked
from makegood.messages.identifiers import LOOKUP_KINDS
from makegood.messages.ids import CustomerId, EventId, ProfileId, event_id, profile_id
from makegood.playbooks.book import Library
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.ports.clock import Clock
from makegood.ports.rows import Offered, PersonRow, Taken
from makegood.ports.store import Store, Writing
from makegood.runtime.agreeing import Concerned
from makegood.runtime.budgets import settle
from makegood.runtime.calling import with_hints
from makegood.runtime.folding import Folding, by_customer
from makegood.runtime.linking import locked, relink
from makegood.runtime.own_brands import OutsideBrands, check_brands, refused
from makegood.runtime.sends import told_sends
from makegood.runtime.stamping import Stamping
from makegood.runtime.told import Told
from makegood.sources.airports import looked_up

EFFECTS = f"{OWN_SOURCE}:effects"
"""Source of the outcomes that effects report."""
_CONFLICT = (
    "An event with this source and message id is stored already and says something else; "
    "give the new event an id of its own."
)


_TRIES = 5  # two transactions meet now and then; five times in a row is a fault to be told
Given = TypeVar("Given")


class Intake:
    """Takes events into the log and folds them, for live traffic and imports alike."""

    def __init__(
        self, store: Store, library_of: Callable[[], Library], clock: Clock, key: bytes
    ) -> None:
        """Join the parts.

        Args:
            store: Where everything is kept.
            library_of: Gives the rule books of this moment.
            clock: The one clock.
            key: The deployment's secret for pseudonyms, at most 64 bytes.
        """
        self._store = store
        self._library_of = library_of
        self._clock = clock
        self._key = key

    def take(self, arrivals: Sequence[Arrival]) -> tuple[Acknowledged, ...]:
        """Store and fold a batch.

        A link of two customers takes effect in its own commit, so that everything acknowledged
        before it stands whatever becomes of it.

        Returns:
            One answer for each arrival, in order, after the commit that made it durable.
        """
        answers: list[Acknowledged] = []
        for chunk in self._chunks(arrivals):
            answers += self._committed(chunk)
        return tuple(answers)

    def _committed(self, arrivals: Sequence[Arrival]) -> list[Acknowledged]:
        """Commit a batch, without what its keys are not for."""
        outside: set[int] = set()
        while True:
            kept = [one for n, one in enumerate(arrivals) if n not in outside]
            try:
                answers = iter(patiently(partial(self._commit, kept)) if kept else ())
            except OutsideBrands as found:
                ids = [event_id(one.source, one.message_id) for one in arrivals]
                outside |= {n for n, one in enumerate(ids) if one in found.events}
                continue
            return [
                refused(one) if n in outside else next(answers) for n, one in enumerate(arrivals)
            ]

    def _chunks(self, arrivals: Sequence[Arrival]) -> Iterable[Sequence[Arrival]]:
        linking = self._linking(arrivals)
        begin = 0
        for index in sorted(linking):
            if index > begin:
                yield arrivals[begin:index]
            yield arrivals[index : index + 1]
            begin = index + 1
        if begin < len(arrivals):
            yield arrivals[begin:]

    def _linking(self, arrivals: Sequence[Arrival]) -> set[int]:
        """Which arrivals change who is who."""
        also = {n: one for n, one in enumerate(arrivals) if one.also}
        found = {n for n, one in enumerate(arrivals) if isinstance(one.body, Unlinked)}
        if not also:
            return found
        named = {name for one in also.values() for name in (one.identifier, *one.also)}
        profiles = {name: self.profile(name) for name in named}
        with self._store.reading() as reading:
            customers = reading.customers_of(sorted(profiles.values()))
        for n, one in also.items():
            own = {customers.get(profiles[name]) for name in (one.identifier, *one.also)}
            if len(own) > 1 or None in own:
                found.add(n)
        return found

    def now_ms(self) -> int:
        """Tell the time as the log will have it."""
        return self._clock.now_ms()

    def profile(self, identifier: str) -> ProfileId:
        """Give the pseudonym of a normalised typed identifier."""
        return profile_id(identifier, self._key)

    def _commit(self, arrivals: Sequence[Arrival]) -> list[Acknowledged]:
        now_ms = self._clock.now_ms()
        library = self._library_of()
        with self._store.writing() as writing:
            duty = Stamping(writing, library, now_ms)
            arrivals = [with_hints(one, duty.book) for one in arrivals]
            duty.look_at(
                Concerned(self.profile(one.identifier), one.body, one.time_ms)
                for one in arrivals
                if duty.may_agree(one.body)
            )
            offered = [
                Offered(event=self._event(one, now_ms, duty), body_digest=one.body_digest)
                for one in arrivals
            ]
            receipts = writing.append(offered)
            fresh = [
                (arrival, item.event)
                for arrival, item, receipt in zip(arrivals, offered, receipts, strict=True)
                if receipt.taken is Taken.NEW
            ]
            self._keep_personal(writing, fresh)
            opened, brands = self._fold(writing, [event for _, event in fresh], library, now_ms)
            check_brands(fresh, brands, duty.book)
            if sends := told_sends([event for _, event in fresh], duty.book):
                writing.add_sends(sends)
        return [
            Acknowledged(
                taken=receipt.taken,
                event=receipt.id,
                error=_CONFLICT if receipt.taken is Taken.CONFLICT else "",
                opened=receipt.id in opened,
            )
            for receipt in receipts
        ]

    def _event(self, arrival: Arrival, now_ms: int, duty: Stamping) -> Event:
        body, book = arrival.body, duty.book
        if isinstance(body, Identified):
            body = replace(
                body,
                lookups=tuple(sorted(self.profile(one) for one in arrival.lookups)),
                also=tuple(sorted(self.profile(one) for one in arrival.also)),
            )
        elif isinstance(body, Touchpoint) and (book.look_ups or book.by_brand):
            body = looked_up(body, book)
        time_ms = capped_time_ms(arrival.time_ms, now_ms)
        capped = arrival.time_ms if time_ms != arrival.time_ms else 0
        profile = self.profile(arrival.identifier)
        return Event(
            source=arrival.source,
            message_id=arrival.message_id,
            profile=profile,
            time_ms=time_ms,
            received_ms=now_ms,
            body=body,
            claimed_ms=arrival.claimed_ms or capped,
            stamp=duty.stamp(profile, body, time_ms, imported=arrival.imported),
        )

    def _keep_personal(self, writing: Writing, fresh: Sequence[tuple[Arrival, Event]]) -> None:
        """Keep names, addresses and words beside the log; the log has only pseudonyms."""
        people: dict[ProfileId, PersonRow] = {}
        texts: dict[str, tuple[ProfileId, str]] = {}
        for arrival, event in fresh:
            if arrival.person is not None:
                row = replace(arrival.person, profile=event.profile, identifier=arrival.identifier)
                people[event.profile] = _filled(people.get(event.profile), row)
            elif event.profile not in people:
                people[event.profile] = PersonRow(
                    profile=event.profile, identifier=arrival.identifier
                )
            for name in arrival.lookups:
                if name.split(":", 1)[0] in LOOKUP_KINDS:
                    lookup = self.profile(name)
                    people[lookup] = PersonRow(profile=lookup, identifier=name)
            for ref, text in arrival.texts.items():
                texts[ref] = (event.profile, text)
        if people:
            writing.put_persons([people[profile] for profile in sorted(people)])
        if texts:
            writing.put_texts(texts)

    def _fold(
        self, writing: Writing, events: Sequence[Event], library: Library, now_ms: int
    ) -> tuple[frozenset[EventId], Mapping[EventId, tuple[str, ...]]]:
        """Fold events; say which opened a case, and which brands each is about."""
        if not events:
            return frozenset(), {}
        again = relink(writing, events)
        them = locked(writing, events, again)
        groups = by_customer(events, them.customers)
        folding = Folding(writing, library, now_ms)
        for customer in sorted(them.rows):
            if customer in again:
                folding.refold(them.rows[customer], was=again[customer])
            else:
                folding.take(them.rows[customer], groups[customer])
        if them.beside:
            folding.say_beside(them, groups)
        opened = folding.opened(groups)
        folding.write()
        settle(writing, events, library)
        return opened, folding.brands

    def record(
        self,
        writing: Writing,
        told: Sequence[Told],
        now_ms: int,
        library: Library | None = None,
    ) -> bool:
        """Append facts of our own inside a transaction and fold them.

        Args:
            writing: An open transaction.
            told: Facts with their message ids; one that is in the log already changes nothing.
            now_ms: The present.
            library: The books they were judged by; else those of this moment.

        Returns:
            Whether all of them are new.
        """
        if not told:
            return True
        library = library or self._library_of()
        duty = Stamping(writing, library, now_ms)
        last = _last_times(writing, [one.profile for one in told])
        at = [max(now_ms, last.get(one.profile, 0) + 1) for one in told]
        duty.look_at(
            Concerned(one.profile, one.body, at_ms)
            for one, at_ms in zip(told, at, strict=True)
            if duty.may_agree(one.body)
        )
        offered = [
            self._own(one, at_ms, now_ms, duty) for one, at_ms in zip(told, at, strict=True)
        ]
        receipts = writing.append(offered)
        fresh = [
            item.event
            for item, receipt in zip(offered, receipts, strict=True)
            if receipt.taken is Taken.NEW
        ]
        self._fold(writing, fresh, library, now_ms)
        return len(fresh) == len(told)

    def _own(self, told: Told, time_ms: int, now_ms: int, duty: Stamping) -> Offered:
        event = Event(
            source=told.source or EFFECTS,
            message_id=told.message_id,
            profile=told.profile,
            time_ms=time_ms,
            received_ms=now_ms,
            body=told.body,
            stamp=duty.stamp(told.profile, told.body, time_ms, brand=told.brand),
        )
        return Offered(event=event, body_digest=body_digest(told.body))

    def advance(self, customers: Sequence[CustomerId], now_ms: int) -> None:
        """Fire the due timers of customers, in a transaction of its own."""

        def fire() -> None:
            with self._store.writing() as writing:
                self.tick(writing, customers, now_ms)

        patiently(fire)

    def tick(self, writing: Writing, customers: Sequence[CustomerId], now_ms: int) -> None:
        """Fire the due timers of customers inside a transaction."""
        rows = writing.lock(sorted(customers))
        folding = Folding(writing, self._library_of(), now_ms)
        for customer in sorted(rows):
            row = rows[customer]
            if not row.stuck and 0 < row.next_due_ms <= now_ms:
                folding.tick(row)
        folding.write()

    def refold(self, customers: Sequence[CustomerId]) -> None:
        """Fold whole histories again after an upgrade: nothing is sent, what was sent stays."""
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            rows = writing.lock(sorted(customers))
            folding = Folding(writing, self._library_of(), now_ms)
            for customer in sorted(rows):
                folding.upgrade(rows[customer])
            folding.write()


def patiently(do: Callable[[], Given]) -> Given:
    """Run a transaction, again when another one was in the way and nothing was stored."""
    for _ in range(_TRIES - 1):
        try:
            return do()
        except StoreBusy:
            continue
    return do()


def _last_times(writing: Writing, profiles: Sequence[ProfileId]) -> dict[ProfileId, int]:
    """When the last known event of each customer happened, by what the sources say.

    A fact of our own answers what we know, so it comes after all of it: in the same millisecond,
    and also when a source's clock runs ahead of ours.
    """
    customers = writing.customers_of(profiles)
    rows = writing.lock(sorted(set(customers.values())))
    return {
        profile: row.last[0]
        for profile, customer in customers.items()
        if (row := rows.get(customer)) is not None and row.last is not None
    }


def _filled(before: PersonRow | None, after: PersonRow) -> PersonRow:
    """Let later words win, and keep what they leave out."""
    if before is None:
        return after
    return PersonRow(
        profile=after.profile,
        identifier=after.identifier or before.identifier,
        name=after.name or before.name,
        email=after.email or before.email,
        phone=after.phone or before.phone,
        language=after.language or before.language,
    )


def body_digest(body: Body) -> bytes:
    """Digest a body of ours, so that a repeat is told from a conflict."""
    return blake2b(msgspec.json.encode(body, order="deterministic"), digest_size=16).digest()


def text_ref(event: EventId, name: str = "text") -> str:
    """Name a free text of an event."""
    return f"{event}/{name}"
