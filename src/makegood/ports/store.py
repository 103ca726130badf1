"""The store: log, dedupe, state, gate row, outbox and projections, in one transaction."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from makegood.messages.events import Event, OrderKey
from makegood.messages.ids import (
    BookHash,
    CaseId,
    CustomerId,
    EventId,
    ProfileId,
    RepId,
)
from makegood.ports.parts import PartsReading, PartsWriting
from makegood.ports.reckoned import LetDown
from makegood.ports.rows import (
    Activation,
    AskedRow,
    CaseRow,
    CustomerRow,
    GateRecord,
    KeyRow,
    LedgerRow,
    Offered,
    PersonRow,
    Receipt,
    RepRow,
    Reservation,
    Snapshot,
)


class Reading(PartsReading, Protocol):
    """One consistent look at the store, as of its beginning."""

    def customers_of(self, profiles: Sequence[ProfileId]) -> Mapping[ProfileId, CustomerId]:
        """Find the customers of profiles; unknown ones are left out."""

    def profiles_of(
        self, customers: Sequence[CustomerId]
    ) -> Mapping[CustomerId, tuple[ProfileId, ...]]:
        """List the linked profiles of customers, each sorted."""

    def gate_records(self, profile: ProfileId) -> tuple[GateRecord, ...]:
        """Give the records of everyone an identifier may mean, in one query.

        That is the customer of the profile itself, every customer who lists it as a look-up
        (e-mail, phone, loyalty number), and every look-up profile of that customer which has a
        history of its own. Empty when nobody is known.
        """

    def row(self, customer: CustomerId) -> CustomerRow | None:
        """Give one customer's row, or None."""

    def rows(self, after: CustomerId, limit: int) -> tuple[CustomerRow, ...]:
        """Page through all customers by id, beginning after the given one ("" for the first)."""

    def history(self, customer: CustomerId, after: OrderKey | None = None) -> tuple[Event, ...]:
        """Give the customer's events in fold order, beginning after a key."""

    def taken(self, events: Sequence[EventId]) -> frozenset[EventId]:
        """Say which events were ever taken into the log."""

    def log(self, after: int, limit: int) -> tuple[tuple[int, Event], ...]:
        """Page through the whole log by position, in order of arrival."""

    def cases(
        self,
        *,
        owner: RepId | None = None,
        open_only: bool = True,
        brands: Sequence[str] = (),
        after: tuple[int, int, CaseId] | None = None,
        limit: int = 50,
    ) -> tuple[CaseRow, ...]:
        """Page through cases, the customer about to be lost first.

        Args:
            owner: Only this rep's cases.
            open_only: Leave out closed cases.
            brands: Only cases of these brands; none for all. "" is a case without a brand.
            after: (risk, due_ms or the largest integer when nothing is due, case) of the last
                row of the page before. Order: risk falling, due rising, case rising.
            limit: At most 200.
        """

    def case(self, case: CaseId) -> CaseRow | None:
        """Give one case; every failure event of a case finds it, not only the first."""

    def cases_of(self, customers: Sequence[CustomerId]) -> tuple[CaseRow, ...]:
        """Give all cases of some customers, newest first."""

    def counts(self, *names: str) -> Mapping[str, int]:
        """Count what there is, without reading every row of the log.

        Args:
            names: Only these, which is cheaper: log, customers, open_cases, held_customers,
                stuck_customers, and outbox rows by status (`outbox_waiting`, ...). None for all.
        """

    def ledger(self, case: CaseId) -> tuple[LedgerRow, ...]:
        """Give the money that moved for a case, oldest first."""

    def persons(self, profiles: Sequence[ProfileId]) -> Mapping[ProfileId, PersonRow]:
        """Give personal data; unknown or erased profiles are left out."""

    def find_persons(self, text: str, limit: int) -> tuple[PersonRow, ...]:
        """Search names, addresses and identifiers by prefix, without regard to case."""

    def find_cases(self, booking: str, limit: int) -> tuple[CaseRow, ...]:
        """Search bookings, flights and orders by prefix, without regard to case; newest first."""

    def lookups_of(
        self, profiles: Sequence[ProfileId]
    ) -> Mapping[ProfileId, tuple[ProfileId, ...]]:
        """Give the e-mail, phone and loyalty profiles that find these profiles."""

    def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        """Give free texts; erased ones are left out."""

    def reps(self) -> tuple[RepRow, ...]:
        """Give the roster, by sign-in name."""

    def open_cases_by_owner(self) -> Mapping[RepId, int]:
        """Count open cases of each rep."""

    def open_cases_by_brand(self) -> Mapping[str, int]:
        """Count open cases of each brand; "" has those without one."""

    def waiting(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, EventId] | None = None,
        limit: int = 50,
    ) -> tuple[AskedRow, ...]:
        """Page through the requests that wait for a person, the most pressing first.

        Args:
            brands: Only of these, and of none; empty for all.
            after: Due time and event of the last one of the page before.
            limit: At most so many.
        """

    def stuck(self, limit: int) -> Mapping[CustomerId, str]:
        """Give customers whose history cannot be folded, by id, and where it stopped."""

    def key(self, sha256: bytes) -> KeyRow | None:
        """Find a key by its digest."""

    def keys(self) -> tuple[KeyRow, ...]:
        """Give all keys, newest first."""

    def books(self) -> Mapping[BookHash, str]:
        """Give the text of every rule book the log was stamped with."""

    def active_book(self) -> BookHash | None:
        """Give the hash of the active rule book."""

    def activations(self) -> tuple[Activation, ...]:
        """Give every time a rule book became the active one, oldest first."""

    def taken_from(self, budget: str, period: str) -> int:
        """Say how much of a budget is taken in a period, in cents."""

    def snapshot_before(self, customer: CustomerId, order: OrderKey) -> Snapshot | None:
        """Give the newest snapshot that ends before an event."""


class Writing(Reading, PartsWriting, Protocol):
    """One transaction. Leaving it without an exception commits durably; else nothing happened."""

    @property
    def is_alone(self) -> bool:
        """Nobody else writes until the end: what was read before `lock` is still so after it."""

    def append(self, offered: Sequence[Offered]) -> tuple[Receipt, ...]:
        """Store events that are new; a repeat or a conflict stores nothing.

        A repeat inside the same call counts as one too. Profiles become known (each its own
        customer) and, for `Identified`, its look-ups are recorded.
        """

    def link(self, left: ProfileId, right: ProfileId) -> None:
        """Join two profiles; both become one customer with the least profile id.

        Idempotent. The rows, snapshots and cases of the customer that ceased to be are removed;
        the caller refolds the one that remains.
        """

    def unlink(self, left: ProfileId, right: ProfileId) -> tuple[CustomerId, ...]:
        """Take back a link; give the customers to refold. Idempotent."""

    def lock(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, CustomerRow]:
        """Lock customers in sorted order until the end; a new one gets an empty row."""

    def save(self, rows: Sequence[CustomerRow]) -> None:
        """Write customers that `lock` gave."""

    def project(
        self,
        customers: Sequence[CustomerId],
        cases: Sequence[CaseRow],
        ledger: Sequence[LedgerRow],
        failures: Mapping[CaseId, CaseId],
        let_down: Sequence[LetDown] = (),
    ) -> None:
        """Replace all cases and ledger lines of customers.

        Args:
            customers: Whose.
            cases: All their cases now.
            ledger: All their money now.
            failures: Case id of every failure event, and `booking_key` -> the case it names.
            let_down: The same failures, as far as they are counted by time.
        """

    def project_waiting(
        self, customers: Sequence[CustomerId], waiting: Sequence[AskedRow]
    ) -> None:
        """Replace the requests of customers that wait for a person by those that wait now."""

    def put_snapshots(self, snapshots: Sequence[Snapshot], *, keep_events: int) -> None:
        """Keep snapshots; a customer's later one with the same end replaces the earlier.

        Args:
            snapshots: New ones.
            keep_events: Forget a customer's that are this many events older than their newest.
        """

    def drop_snapshots(self, customer: CustomerId, since: OrderKey | None) -> None:
        """Forget snapshots that end at or after an event; all of them for None."""

    def due_customers(self, now_ms: int, limit: int) -> tuple[CustomerId, ...]:
        """Give customers whose next timer is due, the longest overdue first."""

    def put_persons(self, rows: Sequence[PersonRow]) -> None:
        """Write personal data; an empty field leaves what is there."""

    def put_texts(self, texts: Mapping[str, tuple[ProfileId, str]]) -> None:
        """Keep free texts under their refs."""

    def erase(self, customer: CustomerId) -> int:
        """Delete the personal data and free texts of a customer; give how many rows went."""

    def put_reps(self, rows: Sequence[RepRow]) -> None:
        """Write the roster's rows."""

    def put_key(self, row: KeyRow) -> None:
        """Write a key."""

    def put_book(self, hash_: BookHash, text: str, *, activate: bool) -> None:
        """Keep a rule book's text; make it the active one."""

    def reserve(self, row: Reservation, most_cents: int) -> int | None:
        """Take a gift from its budget; others who take from it wait until the end.

        Args:
            row: What is taken; an event that took already takes nothing more.
            most_cents: The whole budget.

        Returns:
            What is taken in the period then; None when it is not enough, and nothing is taken.
        """

    def settle_reservations(self, cents: Mapping[EventId, int]) -> None:
        """Set what gifts did cost, by the facts that gave them; 0 gives all of it back."""

    def put_activation(self, row: Activation) -> None:
        """Make a kept rule book the active one, and write down that it became so."""


class Store(Protocol):
    """An engine. One instance may be used from many threads."""

    def reading(self) -> AbstractContextManager[Reading]:
        """Look at committed rows of this moment, on the primary."""

    def looking(self) -> AbstractContextManager[Reading]:
        """Look without a transaction: each statement sees what is committed when it runs.

        For a question of one statement, which on a server then takes one trip instead of three.
        """

    def writing(self) -> AbstractContextManager[Writing]:
        """Begin a transaction; on SQLite BEGIN IMMEDIATE."""

    def syncs(self) -> int:
        """How many durable commits this instance made."""

    def close(self) -> None:
        """Give back every connection."""
