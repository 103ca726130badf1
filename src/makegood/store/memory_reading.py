"""Every look at the memory engine's tables."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from makegood.core.likeness import (
    NOTHING,
    Cell,
    Comparable,
    Likeness,
    Measures,
    added,
    cells_of,
)
from makegood.messages.events import Event, OrderKey
from makegood.messages.ids import (
    BookHash,
    CaseId,
    CommandId,
    CustomerId,
    EventId,
    ProfileId,
    RepId,
)
from makegood.ports.drafts import Draft, Trial, TrialResult
from makegood.ports.rows import (
    Activation,
    AskedRow,
    CaseRow,
    CustomerRow,
    GateRecord,
    KeyRow,
    LedgerRow,
    OutboxRow,
    OutboxStatus,
    PersonRow,
    RepRow,
    Snapshot,
    booking_key,
)
from makegood.store.memory_tables import Tables
from makegood.store.shapes import NEVER, person_words, queue_key
from makegood.store.sql_desk import MOST_CASES, no_counts
from makegood.store.sql_everyone import LIKENESS, read_likeness

Key = TypeVar("Key")
Value = TypeVar("Value")
Profiles = tuple[ProfileId, ...]


class MemoryReading:
    """One look at the tables."""

    _t: Tables

    def __init__(self, tables: Tables) -> None:
        self._t = tables

    def customers_of(self, profiles: Sequence[ProfileId]) -> Mapping[ProfileId, CustomerId]:
        return _picked(self._t.customer_of, profiles)

    def profiles_of(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, Profiles]:
        return _picked(self._t.members, customers)

    def lookups_of(self, profiles: Sequence[ProfileId]) -> Mapping[ProfileId, Profiles]:
        return _picked(self._t.lookups, profiles)

    def gate_records(self, profile: ProfileId) -> tuple[GateRecord, ...]:
        t = self._t
        found = self._customers((profile, *t.users.get(profile, ())))
        own = [member for customer in found for member in t.members[customer]]
        lookups = (lookup for member in own for lookup in t.lookups.get(member, ()))
        rows = _picked(t.customers, sorted(found | self._customers(lookups)))
        return tuple(
            GateRecord(
                customer=row.customer, gate=row.gate, next_due_ms=row.next_due_ms, stuck=row.stuck
            )
            for row in rows.values()
        )

    def _customers(self, profiles: Iterable[ProfileId]) -> set[CustomerId]:
        return set(_picked(self._t.customer_of, profiles).values())

    def row(self, customer: CustomerId) -> CustomerRow | None:
        return self._t.customers.get(customer)

    def rows(self, after: CustomerId, limit: int) -> tuple[CustomerRow, ...]:
        wanted = sorted(customer for customer in self._t.customers if customer > after)
        return tuple(self._t.customers[customer] for customer in wanted[:limit])

    def history(self, customer: CustomerId, after: OrderKey | None = None) -> tuple[Event, ...]:
        t = self._t
        members = t.members.get(customer, ())
        events = [t.log[seq] for member in members for seq in t.log_of.get(member, ())]
        later = [event for event in events if after is None or event.order > after]
        return tuple(sorted(later, key=lambda event: event.order))

    def log(self, after: int, limit: int) -> tuple[tuple[int, Event], ...]:
        last = min(after + limit, len(self._t.log))
        return tuple((seq, self._t.log[seq]) for seq in range(after + 1, last + 1))

    def cases(
        self,
        *,
        owner: RepId | None = None,
        open_only: bool = True,
        brands: Sequence[str] = (),
        after: tuple[int, int, CaseId] | None = None,
        limit: int = 50,
    ) -> tuple[CaseRow, ...]:
        start = (-after[0], after[1], after[2]) if after is not None else (-NEVER - 1, 0, "")
        wanted = [
            row
            for row in self._t.case_rows.values()
            if (row.is_open or not open_only)
            and (owner is None or row.owner == owner)
            and (not brands or row.brand in brands)
            and (*queue_key(row), row.case) > start
        ]
        wanted.sort(key=lambda row: (*queue_key(row), row.case))
        return tuple(wanted[: min(limit, MOST_CASES)])

    def case(self, case: CaseId) -> CaseRow | None:
        return self._t.case_rows.get(self._t.failures.get(case, case))

    def find_cases(self, booking: str, limit: int) -> tuple[CaseRow, ...]:
        prefix = booking_key(booking)
        if prefix == booking_key(""):
            return ()
        keys = sorted(key for key in self._t.failures if key.startswith(prefix))[:MOST_CASES]
        rows = [self._t.case_rows[case] for case in {self._t.failures[key] for key in keys}]
        return tuple(sorted(rows, key=lambda row: (-row.opened_ms, row.case))[:limit])

    def cases_of(self, customers: Sequence[CustomerId]) -> tuple[CaseRow, ...]:
        t = self._t
        found = [t.case_rows[case] for one in set(customers) for case in t.cases_by.get(one, ())]
        return tuple(sorted(found, key=lambda row: (-row.opened_ms, row.case)))

    def counts(self, *names: str) -> Mapping[str, int]:
        t, counts = self._t, no_counts()
        counts["log"] = len(t.log)
        counts["customers"] = len(t.customers)
        counts["stuck_customers"] = sum(1 for row in t.customers.values() if row.stuck)
        counts["waiting_requests"] = sum(map(len, t.asked.values()))
        counts["open_cases"] = sum(1 for row in t.case_rows.values() if row.is_open)
        counts["held_customers"] = len({row.customer for row in t.case_rows.values() if row.held})
        for row in t.commands.values():
            counts[f"outbox_{row.status}"] += 1
        return {name: counts[name] for name in names or counts}

    def ledger(self, case: CaseId) -> tuple[LedgerRow, ...]:
        row = self._t.case_rows.get(case)
        lines = self._t.money.get(row.customer, ()) if row is not None else ()
        found = [line for line in lines if line.case == case]
        return tuple(sorted(found, key=lambda it: (it.at_ms, it.command, it.account)))

    def open_cases_by_owner(self) -> Mapping[RepId, int]:
        counts: dict[RepId, int] = {}
        for row in self._t.case_rows.values():
            if row.is_open and row.owner:
                counts[row.owner] = counts.get(row.owner, 0) + 1
        return counts

    def open_cases_by_brand(self) -> Mapping[str, int]:
        return Counter(row.brand for row in self._t.case_rows.values() if row.is_open)

    def waiting(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, EventId] | None = None,
        limit: int = 50,
    ) -> tuple[AskedRow, ...]:
        rows = (one for found in self._t.asked.values() for one in found)
        theirs = [one for one in rows if not brands or one.brand in (*brands, "")]
        later = [one for one in theirs if after is None or (one.due_ms, one.event) > after]
        later.sort(key=lambda one: (one.due_ms, one.event))
        return tuple(later[: min(limit, MOST_CASES)])

    def stuck(self, limit: int) -> Mapping[CustomerId, str]:
        found = sorted(row.customer for row in self._t.customers.values() if row.stuck)
        return {customer: self._t.customers[customer].stuck for customer in found[:limit]}

    def outbox_of(self, profiles: Sequence[ProfileId]) -> tuple[OutboxRow, ...]:
        t = self._t
        found = [t.commands[it] for one in set(profiles) for it in t.commands_of.get(one, ())]
        return tuple(sorted(found, key=lambda row: (row.command.due_ms, row.command.id)))

    def outbox(self, status: OutboxStatus, after: CommandId, limit: int) -> tuple[OutboxRow, ...]:
        rows = self._t.commands.items()
        wanted = sorted(id_ for id_, row in rows if row.status is status and id_ > after)
        return tuple(self._t.commands[id_] for id_ in wanted[:limit])

    def command(self, command: CommandId) -> OutboxRow | None:
        return self._t.commands.get(command)

    def taken(self, events: Sequence[EventId]) -> frozenset[EventId]:
        return frozenset(_picked(self._t.dedupe, events))

    def commands(self, commands: Sequence[CommandId]) -> tuple[OutboxRow, ...]:
        found = _picked(self._t.commands, commands).values()
        return tuple(sorted(found, key=lambda row: (row.command.due_ms, row.command.id)))

    def persons(self, profiles: Sequence[ProfileId]) -> Mapping[ProfileId, PersonRow]:
        return _picked(self._t.people, profiles)

    def find_persons(self, text: str, limit: int) -> tuple[PersonRow, ...]:
        prefix = text.strip().casefold()
        found = [
            row
            for row in self._t.people.values()
            if prefix and any(word.startswith(prefix) for word in person_words(row))
        ]
        return tuple(sorted(found, key=lambda row: row.profile)[:limit])

    def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        return {ref: words for ref, (_owner, words) in _picked(self._t.words, refs).items()}

    def reps(self) -> tuple[RepRow, ...]:
        return tuple(self._t.roster[rep] for rep in sorted(self._t.roster))

    def key(self, sha256: bytes) -> KeyRow | None:
        return self._t.api_keys.get(sha256)

    def keys(self) -> tuple[KeyRow, ...]:
        rows = self._t.api_keys.values()
        return tuple(sorted(rows, key=lambda row: (-row.created_ms, row.sha256)))

    def books(self) -> Mapping[BookHash, str]:
        return dict(self._t.book_texts)

    def active_book(self) -> BookHash | None:
        active = self._t.settings.get("active_book")
        return BookHash(active) if active is not None else None

    def activations(self) -> tuple[Activation, ...]:
        rows = self._t.activations
        return tuple(rows[place] for place in range(len(rows)))

    def taken_from(self, budget: str, period: str) -> int:
        return self._t.budgets.get((budget, period), 0)

    def draft(self) -> Draft | None:
        return self._t.drafts[max(self._t.drafts)] if self._t.drafts else None

    def trials(self, limit: int) -> tuple[Trial, ...]:
        return tuple(self._t.trials[place] for place in sorted(self._t.trials)[::-1][:limit])

    def trial_result(self, place: int) -> TrialResult | None:
        return self._t.trial_results.get(place)

    def snapshot_before(self, customer: CustomerId, order: OrderKey) -> Snapshot | None:
        kept = self._t.snapshots.get(customer, ())
        before = [snapshot for snapshot in kept if snapshot.upto < order]
        return max(before, key=lambda snapshot: snapshot.upto, default=None)

    def likeness(self) -> Likeness:
        return read_likeness(self._t.settings.get(LIKENESS, ""))

    def cells(self, topic: str, since_day: int, judged_day: int) -> tuple[Cell, ...]:
        sums: dict[tuple[str, bool], Measures] = {}
        for (its_topic, day, rest), measures in self._t.everyone.items():
            if its_topic == topic and day >= since_day:
                key = (rest, day <= judged_day)
                sums[key] = added(sums.get(key, NOTHING), measures)
        return cells_of(sums)

    def comparables(
        self, after: CustomerId, limit: int
    ) -> Mapping[CustomerId, tuple[Comparable, ...]]:
        wanted = sorted(customer for customer in self._t.comparable if customer > after)
        return _picked(self._t.comparable, wanted[:limit])


def _picked(table: Mapping[Key, Value], keys: Iterable[Key]) -> dict[Key, Value]:
    return {key: table[key] for key in keys if key in table}
