"""The people of the synthetic airline: who is on duty, and what they do with their tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from makegood.demo.flights import NEW_YORK
from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow

NAMES = (
    "Kathy", "Ahmed", "Bea", "Carlos", "Dana", "Esther", "Frank", "Gita", "Henry", "Ivy", "Jan",
    "Kim", "Lena", "Milo", "Nora", "Omar",
)  # fmt: skip
CUSTOMERS_FOR_EACH = 700  # assumed: enough people that promised calls can be made on a bad day
SHIFTS = ((5, 14), (13, 23))  # hours of the day, by the clock of New York


class Rep(Struct, frozen=True, kw_only=True):
    """One synthetic rep."""

    row: RepRow
    from_hour: int
    to_hour: int

    def is_on_duty(self, at_ms: int) -> bool:
        hour = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(NEW_YORK).hour
        return self.from_hour <= hour < self.to_hour


def roster(customers: int) -> tuple[Rep, ...]:
    """As many reps as the customers need, at least four."""
    count = max(4, customers // CUSTOMERS_FOR_EACH)
    return tuple(_rep(number) for number in range(count))


def on_duty(reps: Sequence[Rep], at_ms: int) -> tuple[Rep, ...]:
    """Who works at an instant."""
    return tuple(rep for rep in reps if rep.is_on_duty(at_ms))


def _rep(number: int) -> Rep:
    name = NAMES[number % len(NAMES)]
    again = number // len(NAMES)
    begins, ends = SHIFTS[number % len(SHIFTS)]
    return Rep(
        row=RepRow(
            rep=RepId(f"{name.lower()}{again or ''}"),
            name=name,
            role="rep",
            hours=f"mon-sun {begins:02}:00-{ends:02}:00",
            timezone=str(NEW_YORK),
        ),
        from_hour=begins,
        to_hour=ends,
    )
