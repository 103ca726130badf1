"""Writing customers, snapshots, cases and the ledger by SQL."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from makegood.messages.events import OrderKey
from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.reckoned import LetDown
from makegood.ports.rows import AskedRow, CaseRow, CustomerRow, LedgerRow, Snapshot
from makegood.store.session import Row, Session, replace
from makegood.store.shapes import (
    ASKED,
    BRAND,
    CASES,
    CUSTOMER,
    KEYS,
    OWNER,
    SNAPSHOT,
    from_case,
    from_customer,
    from_snapshot,
    names,
    pack,
    to_customer,
)
from makegood.store.sql_customers import ORDER
from makegood.store.sql_everyone import EveryoneWriting

_LOCK = f"SELECT {names(CUSTOMER)} FROM customer WHERE customer = ANY(?) ORDER BY customer"
OWNED_BY_CUSTOMER = (
    "customer", "snapshot", "case_key", "ledger", "asked", "tie", "pointer", "routing", "lot",
    "silence", "reckoned",
)  # fmt: skip


class StateWriting(EveryoneWriting):
    """What the fold keeps about customers, and what screens read of it."""

    def lock(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, CustomerRow]:
        wanted = sorted(set(customers))
        if not wanted:
            return {}
        if not self._db.is_alone:
            self._make_lockable(wanted)
        found = self._db.rows(_LOCK + self._db.lock_rows, wanted)
        rows = {row[0]: to_customer(row) for row in found}
        if self._db.is_alone and len(rows) < len(wanted):
            missing = [customer for customer in wanted if customer not in rows]
            self._put_empty(missing)
            rows |= {customer: CustomerRow(customer=customer) for customer in missing}
        for customer in self._without_profile([id_ for id_ in rows if rows[id_].last is None]):
            del rows[customer]
        return rows

    def _put_empty(self, customers: Sequence[CustomerId]) -> None:
        empty = [from_customer(CustomerRow(customer=customer)) for customer in customers]
        self._db.put("customer", CUSTOMER, empty, "(customer) DO NOTHING")

    def _make_lockable(self, customers: Sequence[CustomerId]) -> None:
        """Put an empty row where there is none: a row has to be there to be locked.

        Before any lock, and in sorted order too, so that nobody waits in a circle.
        """
        _, *fields = from_customer(CustomerRow(customer=CustomerId("")))
        self._db.run(_MAKE_LOCKABLE, *fields, list(customers))

    def _without_profile(self, empty: list[CustomerId]) -> list[CustomerId]:
        """Remove empty rows of customers that are not: unknown, or joined to another by now."""
        if not empty:
            return []
        sql = "SELECT DISTINCT customer FROM profile WHERE customer = ANY(?)"
        there = {row[0] for row in self._db.rows(sql, empty)}
        gone = [customer for customer in empty if customer not in there]
        if gone:
            self._db.run("DELETE FROM customer WHERE customer = ANY(?)", gone)
        return gone

    def save(self, rows: Sequence[CustomerRow]) -> None:
        last = {row.customer: from_customer(row) for row in rows}
        self._db.put("customer", CUSTOMER, list(last.values()), replace(CUSTOMER, "customer"))

    def project(
        self,
        customers: Sequence[CustomerId],
        cases: Sequence[CaseRow],
        ledger: Sequence[LedgerRow],
        failures: Mapping[CaseId, CaseId],
        let_down: Sequence[LetDown] = (),
    ) -> None:
        if not customers:
            return
        newest = {case.case: case for case in cases}
        gone = self._db.rows(_TAKE_CASES, list(customers), list(newest))
        for table in ("case_key", "ledger"):
            self._db.run(f"DELETE FROM {table} WHERE customer = ANY(?)", list(customers))
        self._db.put("cases", CASES, [from_case(case) for case in newest.values()], _CASE_AGAIN)
        new = [
            (one.is_open, one.owner, one.customer, one.held, one.brand) for one in newest.values()
        ]
        self._tally_cases(gone, new, self._others_held({*customers}, gone, newest.values()))
        customer_of = {case.case: case.customer for case in cases}
        counted = {one.failure: _counted(one) for one in let_down}
        keys = [
            (failure, case, customer_of[case], *counted.get(failure, _NOT_COUNTED))
            for failure, case in failures.items()
        ]
        self._db.put("case_key", KEYS, keys, replace(KEYS, "failure"))
        columns = "command_id account case_id customer at_ms row_blob brand cents currency"
        lines = {(line.command, line.account): line for line in ledger}
        money = [
            (
                *key, line.case, line.customer, line.at_ms, pack(line), line.brand, line.cents,
                line.currency,
            )
            for key, line in lines.items()
        ]  # fmt: skip
        self._db.put("ledger", columns, money, replace(columns, "command_id account"))

    def project_waiting(
        self, customers: Sequence[CustomerId], waiting: Sequence[AskedRow]
    ) -> None:
        events = [one.event for one in waiting]
        sql = "DELETE FROM asked WHERE customer = ANY(?) OR event = ANY(?)"
        self._db.run(sql, list(customers), events)
        rows = [(one.event, one.customer, one.brand, one.due_ms, pack(one)) for one in waiting]
        self._db.put("asked", ASKED, rows, replace(ASKED, "event"))

    def put_snapshots(self, snapshots: Sequence[Snapshot], *, keep_events: int) -> None:
        key = "customer time_ms received_ms source message_id"
        last = {(it.customer, it.upto): from_snapshot(it) for it in snapshots}
        self._db.put("snapshot", SNAPSHOT, list(last.values()), replace(SNAPSHOT, key))
        customers = sorted({it.customer for it in snapshots})
        self._db.run(_FORGET, customers, keep_events)

    def drop_snapshots(self, customer: CustomerId, since: OrderKey | None) -> None:
        sql = "DELETE FROM snapshot WHERE customer = ?"
        if since is None:
            self._db.run(sql, customer)
        else:
            self._db.run(f"{sql} AND ({ORDER}) >= (?, ?, ?, ?)", customer, *since)

    def due_customers(self, now_ms: int, limit: int) -> tuple[CustomerId, ...]:
        sql = (
            "SELECT customer FROM customer WHERE next_due_ms > 0 AND next_due_ms <= ? "
            "ORDER BY next_due_ms, customer LIMIT ?"
        )
        return tuple(CustomerId(row[0]) for row in self._db.rows(sql, now_ms, limit))

    def _remove(self, customer: CustomerId) -> None:
        self._tally_cases(self._db.rows(_TAKE_CASES, [customer], []), (), frozenset())
        self._forget(customer)
        for table in OWNED_BY_CUSTOMER:
            self._db.run(f"DELETE FROM {table} WHERE customer = ?", customer)

    def _others_held(
        self, customers: set[CustomerId], gone: Iterable[Row], new: Iterable[CaseRow]
    ) -> frozenset[str]:
        """Customers beside those projected who keep another case that holds; seldom anybody."""
        ids = [case.case for case in new]
        outside = {row[2] for row in gone} | {case.customer for case in new}
        others = sorted(outside - customers)
        found = self._db.rows(_STILL_HELD, others, ids) if others else []
        return frozenset(row[0] for row in found)

    def _tally_cases(
        self, gone: Iterable[Row], new: Iterable[Row], others: frozenset[str]
    ) -> None:
        """Keep count of open cases, of each rep and brand too, and of held customers."""
        change: Counter[str] = Counter()
        held: list[set[str]] = []
        for sign, rows in ((-1, gone), (1, new)):
            held.append(set(others))
            for is_open, owner, customer, holds, brand in rows:
                if is_open:
                    change["open_cases"] += sign
                    change[f"{OWNER}{owner}"] += sign
                    change[f"{BRAND}{brand}"] += sign
                if holds:
                    held[-1].add(customer)
        change["held_customers"] += len(held[1]) - len(held[0])
        add(self._db, {name: amount for name, amount in change.items() if amount})


def _counted(one: LetDown) -> Row:
    return (one.at_ms, one.rule, one.brand, one.cause, int(one.again))


def add(db: Session, amounts: Mapping[str, int]) -> None:
    """Add to running counts, each connection to a row of its own."""
    slot = db.slot() if amounts else 0
    rows = [(name, slot, amounts[name]) for name in sorted(amounts)]
    again = "(name, slot) DO UPDATE SET amount = tally.amount + excluded.amount"
    db.put("tally", "name slot amount", rows, again)


_NOT_COUNTED: Row = (0, "", "", "", 0)  # another name of a case, and no failure
_MAKE_LOCKABLE = f"""INSERT INTO customer ({names(CUSTOMER)})
    SELECT it.customer, {", ".join("?" * (len(CUSTOMER.split()) - 1))}
    FROM unnest(?) AS it (customer)
    WHERE NOT EXISTS (SELECT 1 FROM customer known WHERE known.customer = it.customer)
    ORDER BY it.customer COLLATE "C" ON CONFLICT (customer) DO NOTHING"""
_FORGET = """DELETE FROM snapshot WHERE customer = ANY(?) AND events <= (
    SELECT max(new.events) FROM snapshot new WHERE new.customer = snapshot.customer) - ?"""
_CASE_AGAIN = replace(CASES, "case_id")
_TAKE_CASES = """DELETE FROM cases WHERE customer = ANY(?) OR case_id = ANY(?)
    RETURNING is_open, owner, customer, held, brand"""
_STILL_HELD = """SELECT DISTINCT customer FROM cases
    WHERE customer = ANY(?) AND NOT case_id = ANY(?) AND held = 1"""
