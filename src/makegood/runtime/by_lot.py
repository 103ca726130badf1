"""Which meetings that customers rated were by lot: routing drew the person, and nobody chose.

Who is met by lot is no favourite of who rates them, and got no easier cases. So such a rating says
more, and what looks for favourites leaves it out.
Source: science, row 49 (quasi-random assignment of agents, arXiv 2412.04860).
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.routed import Routed
from makegood.messages.ids import CustomerId
from makegood.ports.reputation import RatingRow
from makegood.ports.store import Reading


class Met(Struct, frozen=True, kw_only=True):
    """A rating that may be about a meeting by lot.

    Attributes:
        row: The rating.
        for_ms: So long after a decision its person is still whom the customer meets; by the book.
    """

    row: RatingRow
    for_ms: int


def with_lots(reading: Reading, rated: Sequence[Met]) -> tuple[RatingRow, ...]:
    """Say of ratings with what chance their person was drawn; two questions for all of them.

    Args:
        reading: Where decisions are.
        rated: The ratings, none of them with a chance.
    """
    asked = [one for one in rated if one.row.rep and one.for_ms]
    if not asked:
        return tuple(one.row for one in rated)
    customers = reading.customers_of(sorted({one.row.profile for one in asked}))
    found = reading.routings_of(
        sorted(set(customers.values())),
        min(one.row.met_ms - one.for_ms for one in asked),
        max(one.row.met_ms for one in asked),
    )
    of: dict[CustomerId, list[Routed]] = {}
    for one in found:
        of.setdefault(one.customer, []).append(one.routed)
    return tuple(
        replace(one.row, propensity=float(chance_by_lot(one, of[customer])))
        if (customer := customers.get(one.row.profile)) in of
        else one.row
        for one in rated
    )


def chance_by_lot(met: Met, decided: Iterable[Routed]) -> Fraction:
    """Give the chance with which the person was drawn, once it was left to chance; else 0.

    The last decision about the customer before they met has to have drawn just this person, and
    a conversation has to have been answered by them. Where that is not certain, it was no lot.

    Args:
        met: The rating.
        decided: Decisions about the customer.
    """
    row = met.row
    before = [one for one in decided if 0 <= row.met_ms - one.at_ms < met.for_ms]
    last = max(before, key=lambda one: one.at_ms, default=None)
    if last is None or not last.by_chance or last.chosen != row.rep:
        return Fraction(0)
    if last.answered_by not in ("", row.rep) or (last.brand and last.brand != row.brand):
        return Fraction(0)
    return Fraction(1, len(last.eligible))
