"""Budgets by SQL: a row for each period, locked by who takes from it."""

from collections import Counter
from collections.abc import Mapping

from makegood.messages.ids import EventId
from makegood.ports.rows import Reservation
from makegood.store.session import Session, replace

_ADD = """(budget, period) DO UPDATE SET
    taken_cents = budget.taken_cents + excluded.taken_cents"""
_ROW = "WHERE budget = ? AND period = ?"


class BudgetReading:
    """What is left."""

    _db: Session

    def taken_from(self, budget: str, period: str) -> int:
        found = self._db.rows(f"SELECT taken_cents FROM budget {_ROW}", budget, period)
        return int(found[0][0]) if found else 0


class BudgetWriting(BudgetReading):
    """Taking and giving back."""

    def reserve(self, row: Reservation, most_cents: int) -> int | None:
        db, key = self._db, (row.budget, row.period)
        db.put("budget", "budget period taken_cents", [(*key, 0)], "(budget, period) DO NOTHING")
        taken = int(db.rows(f"SELECT taken_cents FROM budget {_ROW}{db.lock_rows}", *key)[0][0])
        if db.rows("SELECT cents FROM reservation WHERE event_id = ?", row.event):
            return taken
        if taken + row.cents > most_cents:
            return None
        values = [(row.event, *key, row.cents)]
        db.put("reservation", "event_id budget period cents", values, "(event_id) DO NOTHING")
        db.run(f"UPDATE budget SET taken_cents = ? {_ROW}", taken + row.cents, *key)
        return taken + row.cents

    def settle_reservations(self, cents: Mapping[EventId, int]) -> None:
        db = self._db
        found = db.rows(
            "SELECT budget, period, event_id, cents FROM reservation WHERE event_id = ANY(?)",
            sorted(cents),
        )
        changed = [row for row in sorted(found) if cents[row[2]] != row[3]]
        more: Counter[tuple[str, str]] = Counter()
        for budget, period, event, before in changed:
            more[budget, period] += cents[event] - before
        # In one order, so that two who settle never wait for each other.
        sums = [(*key, more[key]) for key in sorted(more)]
        db.put("budget", "budget period taken_cents", sums, _ADD)
        columns = "event_id budget period cents"
        rows = [(event, budget, period, cents[event]) for budget, period, event, _ in changed]
        db.put("reservation", columns, rows, replace(columns, "event_id"))
