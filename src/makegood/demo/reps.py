"""The people of the synthetic airline: who is on duty, and what they do with their tasks."""

from collections.abc import Sequence

from makegood.demo.flights import NEW_YORK
from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from makegood.runtime.duty import on_duty_until_ms

NAMES = (
    "Kathy", "Ahmed", "Bea", "Carlos", "Dana", "Esther", "Frank", "Gita", "Henry", "Ivy", "Jan",
    "Kim", "Lena", "Milo", "Nora", "Omar",
)  # fmt: skip
CUSTOMERS_FOR_EACH = 700  # assumed: enough people that promised calls can be made on a bad day
SHIFTS = ((5, 14), (13, 23))  # hours of the day, by the clock of New York


def roster(customers: int) -> tuple[RepRow, ...]:
    """As many reps as the customers need, at least four."""
    count = max(4, customers // CUSTOMERS_FOR_EACH)
    return tuple(_rep(number) for number in range(count))


def on_duty(reps: Sequence[RepRow], at_ms: int) -> tuple[RepRow, ...]:
    """Who works at an instant."""
    return tuple(rep for rep in reps if on_duty_until_ms(rep, at_ms))


def _rep(number: int) -> RepRow:
    name = NAMES[number % len(NAMES)]
    again = number // len(NAMES)
    begins, ends = SHIFTS[number % len(SHIFTS)]
    return RepRow(
        rep=RepId(f"{name.lower()}{again or ''}"),
        name=name,
        role="rep",
        hours=f"mon-sun {begins:02}:00-{ends:02}:00",
        timezone=str(NEW_YORK),
    )
