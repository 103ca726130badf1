"""What a book does to a customer, in numbers: one number for each kind of thing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.core.state import Case, State
from makegood.replay.trial import Tried

Unit = Literal["count", "milliseconds", "cents"]


class Group(Struct, frozen=True, kw_only=True):
    """A kind of figure.

    Attributes:
        id: Its name in JSON.
        title: Its name for people.
        by: What its figures are told apart by; empty for one figure.
    """

    id: str
    title: str
    unit: Unit = "count"
    by: str = ""


GROUPS = (
    Group(id="customers", title="Customers touched"),
    Group(id="cases", title="Cases opened"),
    Group(id="failures", title="Failures", by="kind"),
    Group(id="cannot_judge", title="Could not be judged", by="rule"),
    Group(id="doubles", title="Double deviations"),
    Group(id="held", title="Customers held"),
    Group(id="hold_time", title="Hours held", unit="milliseconds"),
    Group(id="offers", title="Offers", by="remedy"),
    Group(id="owed", title="Owed", unit="cents", by="entitlement"),
    Group(id="gifts", title="Gifts", by="remedy"),
    Group(id="gift_amounts", title="Gifts, in money", unit="cents", by="remedy"),
    Group(id="calls", title="Call tasks", by="reason"),
    Group(id="broken", title="Promises broken"),
    Group(id="orders", title="Orders, none of them sent", by="kind"),
)
"""In the order in which reports show them."""

Key: TypeAlias = tuple[str, str, str]
"""(group, name within it, currency)."""


def figures_of(trial: Tried, end_ms: int) -> Counter[Key]:
    """Count what a book did to one customer; empty for somebody it never touched.

    Args:
        trial: The customer.
        end_ms: The end of the log, until which an open hold is counted.
    """
    found: Counter[Key] = Counter()
    for kind, count in trial.orders.items():
        found["orders", kind, ""] += count
    cases = trial.state.cases
    if not cases:
        return found
    for rule, count in trial.settled.items():
        found["cannot_judge", rule, ""] += count
    found["customers", "", ""] = 1
    found["cases", "", ""] = len(cases)
    found["held", "", ""] = 1  # every case holds from the moment it opens
    found["hold_time", "", ""] = _held_ms(trial.state, end_ms)
    for case in cases:
        _count(found, case)
    return found


def _count(found: Counter[Key], case: Case) -> None:
    for failure in case.failures:
        found["failures", failure.rule, ""] += 1
        for owed in failure.owed:
            cents = max(owed.amount.cents - owed.elsewhere_cents, 0)
            found["owed", owed.entitlement, owed.amount.currency] += cents
    for unclear in case.unclear:
        found["cannot_judge", unclear.rule, ""] += 1
    for offer in case.offers:
        found["offers", offer.offer, ""] += 1
    for gift in case.gifts:
        found["gifts", gift.remedy, ""] += 1
        found["gift_amounts", gift.remedy, gift.expected.currency] += gift.expected.cents
    if case.double:
        found["doubles", "", ""] += 1
    if case.call is not None:
        found["calls", case.call.why, ""] += 1
    if case.broken:
        found["broken", "", ""] += case.broken


def _held_ms(state: State, end_ms: int) -> int:
    """How long marketing waited; two holds at the same time are one."""
    held, until = 0, 0
    for begin, end in sorted(_holds(state.cases, end_ms)):
        held += max(end - max(begin, until), 0)
        until = max(until, end)
    return held


def _holds(cases: Iterable[Case], end_ms: int) -> Iterator[tuple[int, int]]:
    for case in cases:
        lifted_ms = (case.lifts_ms or case.closed_ms) if case.lifted else end_ms
        yield case.opened_ms, lifted_ms
