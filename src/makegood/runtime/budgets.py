"""Budgets: what people give is taken from one in the same transaction, and settled later.

A budget never limits what is owed, and never what the plan gives by itself.
Source: ideas, "Facts across customers": a budget is a row, locked; what was left is on the fact.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.core.decision import money_in
from makegood.core.state import State
from makegood.messages.commands import Fulfil
from makegood.messages.errors import Refused
from makegood.messages.events import Event
from makegood.messages.facts import Approved, Body, Carried, Dropped, Granted, Proposed, Settled
from makegood.messages.ids import EventId
from makegood.messages.money import Money
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.giving import Budget
from makegood.ports.rows import Reservation
from makegood.ports.store import Reading, Writing

Gives: TypeAlias = Granted | Approved | Settled
_PERIODS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}


class Purse(Struct, frozen=True, kw_only=True):
    """A budget in the period of this moment.

    Attributes:
        taken_cents: What was given from it, or is on its way.
    """

    budget: Budget
    period: str
    taken_cents: int

    @property
    def left_cents(self) -> int:
        """What can still be given; nothing where more was paid than was thought."""
        return max(self.budget.cents - self.taken_cents, 0)


def period_of(budget: Budget, at_ms: int, timezone: str) -> str:
    """Name the day, week or month that a moment belongs to, where the firm is."""
    there = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(timezone))
    return there.strftime(_PERIODS[budget.per])


def purse_of(reading: Reading, book: RuleBook, role: str, brand: str, now_ms: int) -> Purse | None:
    """Look into the budget that pays what a role gives; None when none does."""
    budget = book.budget_of(role, brand)
    return look(reading, book, budget, now_ms) if budget is not None else None


def look(reading: Reading, book: RuleBook, budget: Budget, now_ms: int) -> Purse:
    """Look into one budget."""
    period = period_of(budget, now_ms, book.timezone)
    taken = reading.taken_from(budget.purse, period)
    return Purse(budget=budget, period=period, taken_cents=taken)


class Purses:
    """The budgets as one request meets them, inside its transaction."""

    def __init__(self, writing: Writing, state: State, book: RuleBook, now_ms: int) -> None:
        """Join what a request is judged by.

        Args:
            writing: The open transaction; the customer is locked already.
            state: The customer's state.
            book: The book of the brand it is about.
            now_ms: The present.
        """
        self._writing = writing
        self._state = state
        self._book = book
        self._now_ms = now_ms

    def told(self, wanted: Body, asker: Asker) -> Asker:
        """Tell who proposes what their budget has left: what it cannot pay may be approved."""
        if not isinstance(wanted, Proposed):
            return asker
        purse = purse_of(self._writing, self._book, asker.role, self._brand(wanted), self._now_ms)
        return replace(asker, left_cents=purse.left_cents if purse is not None else None)

    def take(self, event: EventId, body: Body, asker: Asker) -> Body | Refused:
        """Take what a person gives from the budget of their role.

        Args:
            event: The id that the fact will have.
            body: The fact, as it was decided.
            asker: Who gives.

        Returns:
            The fact with the budget and what it has left, or why it cannot be given.
        """
        if not isinstance(body, Gives) or body.cost is None or not body.cost.cents:
            return body
        budget = self._book.budget_of(asker.role, self._brand(body))
        if budget is None:
            return body
        period = period_of(budget, self._now_ms, self._book.timezone)
        row = Reservation(event=event, budget=budget.purse, period=period, cents=body.cost.cents)
        taken = self._writing.reserve(row, budget.cents)
        if taken is None:
            return self._spent(budget)
        left = Money(budget.cents - taken, self._book.currency)
        return replace(body, budget=budget.id, remaining=left)

    def _spent(self, budget: Budget) -> Refused:
        left_cents = look(self._writing, self._book, budget, self._now_ms).left_cents
        left = money_in(left_cents, self._book)
        when = "today" if budget.per == "day" else f"this {budget.per}"
        ask = ", or ask for approval" if self._book.approval_ms else ""
        why = (
            f"The budget `{budget.id}` has {left} left {when}; "
            f"let somebody give it whose role has another budget{ask}."
        )
        return Refused(code="budget_spent", why=why, limit_cents=left_cents)

    def _brand(self, body: Gives | Proposed) -> str:
        if isinstance(body, Settled):
            asked = self._state.request(body.asked)
            return asked.brand if asked is not None else ""
        case = self._state.case(body.case)
        return case.brand if case is not None else ""


def settle(writing: Writing, events: Sequence[Event], library: Library) -> None:
    """Let outcomes say what gifts did cost; what did not come gives its money back."""
    if not any(book.budgets for book in library.books.values()):
        return
    outcomes = {
        event.body.command: event.body
        for event in events
        if isinstance(event.body, Carried | Dropped)
    }
    if not outcomes:
        return
    cents: dict[EventId, int] = {}
    for row in writing.commands(sorted(outcomes)):
        body = outcomes[row.command.id]
        order = row.command.order
        if not isinstance(order, Fulfil):
            continue
        if isinstance(body, Dropped):
            cents[row.command.cause] = 0
        elif body.paid is not None and body.paid.currency == order.amount.currency:
            cents[row.command.cause] = body.paid.cents
    writing.settle_reservations(cents)
