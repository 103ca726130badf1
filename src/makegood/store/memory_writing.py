"""Writing to the memory engine: the log, links, customers and screens."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from makegood.core.likeness import (
    NOTHING,
    Comparable,
    Likeness,
    Measures,
    Place,
    added,
    changed,
)
from makegood.messages.events import Event, OrderKey
from makegood.messages.ids import BookHash, CaseId, CustomerId, EventId, ProfileId
from makegood.ports.drafts import Draft, Trial, TrialResult
from makegood.ports.reckoned import LetDown
from makegood.ports.rows import (
    Activation,
    AskedRow,
    CaseRow,
    CustomerRow,
    KeyRow,
    LedgerRow,
    Offered,
    PersonRow,
    Receipt,
    RepRow,
    Reservation,
    Snapshot,
)
from makegood.store.memory_accounts import MemoryAccountWriting
from makegood.store.memory_advertised import MemoryAdvertised
from makegood.store.memory_answers import MemoryAnswers
from makegood.store.memory_feelings import MemoryFeelings
from makegood.store.memory_histories import MemoryHistories
from makegood.store.memory_letters import MemoryLetters
from makegood.store.memory_links import MemoryLinkWriting
from makegood.store.memory_lots import MemoryLots
from makegood.store.memory_mail_kinds import MemoryMailKindWriting
from makegood.store.memory_marks import MemoryMarkWriting
from makegood.store.memory_monday import MemoryMonday
from makegood.store.memory_notices import MemoryNotices
from makegood.store.memory_outbox import MemoryOutbox
from makegood.store.memory_parking import MemoryParking
from makegood.store.memory_places import MemoryPlaceWriting
from makegood.store.memory_pointers import MemoryPointerWriting
from makegood.store.memory_reputation import MemoryReputation
from makegood.store.memory_routings import MemoryRoutings
from makegood.store.memory_screening import MemoryScreening
from makegood.store.memory_searches import MemorySearches
from makegood.store.memory_sends import MemorySends
from makegood.store.memory_silence import MemorySilence
from makegood.store.memory_spend import MemorySpend
from makegood.store.memory_ties import MemoryTies
from makegood.store.memory_triage import MemoryTriage
from makegood.store.memory_unfit import MemoryUnfitWriting
from makegood.store.memory_voice import MemoryVoice
from makegood.store.memory_watching import MemoryWatchWriting
from makegood.store.memory_webhooks import MemoryWebhooks
from makegood.store.memory_words import MemoryTrainings
from makegood.store.shapes import merged
from makegood.store.sql_everyone import LIKENESS, likeness_words
from makegood.store.sql_log import lookups_in, taken

Key = TypeVar("Key")
Value = TypeVar("Value")


class MemoryWriting(
    MemoryOutbox,
    MemoryMailKindWriting,
    MemoryParking,
    MemoryNotices,
    MemoryWebhooks,
    MemoryMarkWriting,
    MemoryUnfitWriting,
    MemoryScreening,
    MemorySends,
    MemoryPlaceWriting,
    MemoryReputation,
    MemoryWatchWriting,
    MemoryTies,
    MemoryAccountWriting,
    MemoryLinkWriting,
    MemoryPointerWriting,
    MemoryRoutings,
    MemoryLots,
    MemorySilence,
    MemoryHistories,
    MemoryAnswers,
    MemoryFeelings,
    MemoryLetters,
    MemoryVoice,
    MemorySearches,
    MemoryTriage,
    MemoryAdvertised,
    MemorySpend,
    MemoryMonday,
    MemoryTrainings,
):
    """One transaction on memory."""

    @property
    def is_alone(self) -> bool:
        return True

    def append(self, offered: Sequence[Offered]) -> tuple[Receipt, ...]:
        return tuple(self._enter(offer) for offer in offered)

    def _enter(self, offer: Offered) -> Receipt:
        id_ = offer.event.id
        digest = self._t.dedupe.get(id_)
        if digest is None:
            self._t.dedupe[id_] = offer.body_digest
            self._store(offer.event)
        return Receipt(id=id_, taken=taken(digest is None, digest or b"", offer))

    def _store(self, event: Event) -> None:
        t = self._t
        seq = int(t.settings.get("seq", "0")) + 1
        t.settings["seq"] = str(seq)
        t.log[seq] = event
        t.log_of[event.profile] = (*t.log_of.get(event.profile, ()), seq)
        self._know(event.profile)
        for lookup, profile in lookups_in((event,)):
            _add(t.users, lookup, profile)
            _add(t.lookups, profile, lookup)

    def _know(self, profile: ProfileId) -> None:
        if profile not in self._t.customer_of:
            self._settle((profile,))

    def _settle(self, members: Iterable[ProfileId]) -> CustomerId:
        ordered = tuple(sorted(members))
        customer = CustomerId(ordered[0])
        self._t.members[customer] = ordered
        for profile in ordered:
            self._t.customer_of[profile] = customer
        return customer

    def link(self, left: ProfileId, right: ProfileId) -> None:
        t = self._t
        if left == right:
            return
        for one, other in ((left, right), (right, left)):
            self._know(one)
            _add(t.edges, one, other)
        remains, gone = sorted((t.customer_of[left], t.customer_of[right]))
        if remains != gone:
            self.lock((remains,))
            members = t.members[remains] + t.members[gone]
            self._remove(gone)
            self._settle(members)

    def unlink(self, left: ProfileId, right: ProfileId) -> tuple[CustomerId, ...]:
        t = self._t
        if right not in t.edges.get(left, ()):
            return ()
        self.lock((t.customer_of[left],))
        for one, other in ((left, right), (right, left)):
            t.edges[one] = tuple(profile for profile in t.edges[one] if profile != other)
        side = self._reach(left)
        if right in side:
            return ()
        customer = t.customer_of[left]
        members = set(t.members[customer])
        self._remove(customer)
        return tuple(sorted((self._settle(side), self._settle(members - side))))

    def _reach(self, start: ProfileId) -> set[ProfileId]:
        reached, edge = {start}, [start]
        while edge:
            near = self._t.edges.get(edge.pop(), ())
            edge += (profile for profile in near if profile not in reached)
            reached.update(near)
        return reached

    def _remove(self, customer: CustomerId) -> None:
        t = self._t
        self._unproject(customer)
        self.put_comparables({customer: ()})
        _drop(t.comparable, customer)
        _drop(t.asked, customer)
        _drop(t.ties, customer)
        _drop(t.pointers, customer)
        _drop(t.routings, customer)
        _drop(t.lots, customer)
        _drop(t.silent, customer)
        _drop(self._week.reckoned, customer)
        _drop(t.customers, customer)
        _drop(t.due, customer)
        _drop(t.snapshots, customer)
        _drop(t.members, customer)

    def lock(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, CustomerRow]:
        there = [customer for customer in sorted(set(customers)) if customer in self._t.members]
        for customer in there:
            if customer not in self._t.customers:
                self._t.customers[customer] = CustomerRow(customer=customer)
        return {customer: self._t.customers[customer] for customer in there}

    def save(self, rows: Sequence[CustomerRow]) -> None:
        for row in rows:
            self._t.customers[row.customer] = row
            if row.next_due_ms:
                self._t.due[row.customer] = row.next_due_ms
            else:
                _drop(self._t.due, row.customer)

    def project(
        self,
        customers: Sequence[CustomerId],
        cases: Sequence[CaseRow],
        ledger: Sequence[LedgerRow],
        failures: Mapping[CaseId, CaseId],
        let_down: Sequence[LetDown] = (),
    ) -> None:
        t = self._t
        if not customers:
            return
        for customer in customers:
            self._unproject(customer)
        for case in cases:
            t.case_rows[case.case] = case
            _add(t.cases_by, case.customer, case.case)
        for failure, opened in failures.items():
            t.failures[failure] = opened
            _add(t.failures_by, t.case_rows[opened].customer, failure)
        self._week.let_down.update({one.failure: one for one in let_down})
        lines = {(line.command, line.account): line for line in ledger}
        for line in lines.values():
            _add(t.money, line.customer, line)

    def project_waiting(
        self, customers: Sequence[CustomerId], waiting: Sequence[AskedRow]
    ) -> None:
        for customer in customers:
            _drop(self._t.asked, customer)
        for one in waiting:
            _add(self._t.asked, one.customer, one)

    def _unproject(self, customer: CustomerId) -> None:
        t = self._t
        for case in t.cases_by.get(customer, ()):
            _drop(t.case_rows, case)
        for failure in t.failures_by.get(customer, ()):
            _drop(t.failures, failure)
            _drop(self._week.let_down, failure)
        _drop(t.cases_by, customer)
        _drop(t.failures_by, customer)
        _drop(t.money, customer)

    def put_comparables(self, rows: Mapping[CustomerId, Sequence[Comparable]]) -> None:
        before = [self._t.comparable.get(customer, ()) for customer in rows]
        self._count(changed(before, rows.values(), self.likeness()))
        self._t.comparable.update({customer: tuple(them) for customer, them in rows.items()})

    def put_likeness(self, likeness: Likeness) -> None:
        t = self._t
        if likeness == self.likeness():
            return
        t.settings[LIKENESS] = likeness_words(likeness)
        for place in list(t.everyone):
            del t.everyone[place]
        self._count(changed((), t.comparable.values(), likeness))

    def _count(self, cells: Mapping[Place, Measures]) -> None:
        for place, measures in cells.items():
            self._t.everyone[place] = added(self._t.everyone.get(place, NOTHING), measures)

    def put_snapshots(self, snapshots: Sequence[Snapshot], *, keep_events: int) -> None:
        table = self._t.snapshots
        for snapshot in snapshots:
            kept = table.get(snapshot.customer, ())
            others = tuple(one for one in kept if one.upto != snapshot.upto)
            table[snapshot.customer] = (*others, snapshot)
        for customer in {snapshot.customer for snapshot in snapshots}:
            oldest = max(one.events for one in table[customer]) - keep_events
            table[customer] = tuple(one for one in table[customer] if one.events > oldest)

    def drop_snapshots(self, customer: CustomerId, since: OrderKey | None) -> None:
        kept = self._t.snapshots.get(customer, ())
        self._t.snapshots[customer] = tuple(
            one for one in kept if since is not None and one.upto < since
        )

    def due_customers(self, now_ms: int, limit: int) -> tuple[CustomerId, ...]:
        due = sorted((at_ms, customer) for customer, at_ms in self._t.due.items())
        return tuple(customer for at_ms, customer in due if at_ms <= now_ms)[:limit]

    def put_persons(self, rows: Sequence[PersonRow]) -> None:
        for row in rows:
            self._t.people[row.profile] = merged(self._t.people.get(row.profile), row)

    def put_texts(self, texts: Mapping[str, tuple[ProfileId, str]]) -> None:
        self._t.words.update(texts)

    def erase(self, customer: CustomerId) -> int:
        t = self._t
        members = set(t.members.get(customer, ()))
        texts = [ref for ref, (owner, _words) in t.words.items() if owner in members]
        lookups = {it for member in members for it in t.lookups.get(member, ())}
        theirs = {it for it in lookups if members.issuperset(t.users.get(it, ()))}
        gone = members | (theirs - set(t.customer_of))
        people = [profile for profile in gone if profile in t.people]
        for ref in texts:
            del t.words[ref]
        for profile in people:
            del t.people[profile]
        return len(texts) + len(people)

    def put_reps(self, rows: Sequence[RepRow]) -> None:
        self._t.roster.update({row.rep: row for row in rows})

    def put_key(self, row: KeyRow) -> None:
        self._t.api_keys[row.sha256] = row

    def put_book(self, hash_: BookHash, text: str, *, activate: bool) -> None:
        self._t.book_texts[hash_] = text
        if activate:
            self._t.settings["active_book"] = hash_

    def put_activation(self, row: Activation) -> None:
        self._t.settings["active_book"] = row.book
        self._t.activations[len(self._t.activations)] = row

    def reserve(self, row: Reservation, most_cents: int) -> int | None:
        key = (row.budget, row.period)
        taken = self._t.budgets.get(key, 0)
        if row.event in self._t.reservations:
            return taken
        if taken + row.cents > most_cents:
            return None
        self._t.reservations[row.event] = row
        self._t.budgets[key] = taken + row.cents
        return taken + row.cents

    def settle_reservations(self, cents: Mapping[EventId, int]) -> None:
        for event, sum_ in cents.items():
            row = self._t.reservations.get(event)
            if row is not None:
                self._t.budgets[row.budget, row.period] += sum_ - row.cents
                self._t.reservations[event] = replace(row, cents=sum_)

    def put_draft(self, row: Draft) -> bool:
        is_new = row.revision not in self._t.drafts
        if is_new:
            self._t.drafts[row.revision] = row
        return is_new

    def begin_trial(self, row: Trial) -> bool:
        is_new = row.place not in self._t.trials
        if is_new:
            self._t.trials[row.place] = row
        return is_new

    def put_trial(self, row: Trial, result: TrialResult | None = None) -> None:
        if result is not None:  # first: who reads meanwhile never sees an end without its result
            self._t.trial_results[row.place] = result
        self._t.trials[row.place] = row


def _add(table: MutableMapping[Key, tuple[Value, ...]], key: Key, value: Value) -> None:
    kept = table.get(key, ())
    if value not in kept:
        table[key] = (*kept, value)


def _drop(table: MutableMapping[Key, Value], key: Key) -> None:
    if key in table:
        del table[key]
