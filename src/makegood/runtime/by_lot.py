"""Which meetings that customers rated were by lot: routing drew the person, and nobody chose.

Who is met by lot is no favourite of who rates them, and got no easier cases. So such a rating says
more, and what looks for favourites leaves it out.
Source: evidence 49 (quasi-random assignment of agents, arXiv 2412.04860).
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

from makegood.core.routed import Routed
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.ports.store import Reading


class Met(Struct, frozen=True, kw_only=True):
    """A meeting that may have been by lot.

    Attributes:
        profile: The customer's, as the source named them.
        rep: Whom they met; empty for nobody who is known.
        brand: At which brand.
        at_ms: When.
        for_ms: So long after a decision its person is still whom the customer meets; by the book.
    """

    profile: ProfileId
    rep: RepId
    brand: str
    at_ms: int
    for_ms: int


def chances(reading: Reading, meetings: Sequence[Met]) -> tuple[float, ...]:
    """Say of each meeting with what chance the person was drawn; two questions for all of them.

    Args:
        reading: Where decisions are.
        meetings: A page of them.
    """
    asked = [one for one in meetings if one.rep and one.for_ms]
    if not asked:
        return (0.0,) * len(meetings)
    customers = reading.customers_of(sorted({one.profile for one in asked}))
    found = reading.routings_of(
        sorted(set(customers.values())),
        min(one.at_ms - one.for_ms for one in asked),
        max(one.at_ms for one in asked),
    )
    of: dict[CustomerId, list[Routed]] = {}
    for one in found:
        of.setdefault(one.customer, []).append(one.routed)
    known = {profile: of[customer] for profile, customer in customers.items() if customer in of}
    return tuple(float(chance_by_lot(one, known.get(one.profile, ()))) for one in meetings)


def chance_by_lot(met: Met, decided: Iterable[Routed]) -> Fraction:
    """Give the chance with which the person was drawn, once it was left to chance; else 0.

    The last decision about the customer before they met has to have drawn just this person, and
    a conversation has to have been answered by them. Where that is not certain, it was no lot.

    Args:
        met: The meeting.
        decided: Decisions about the customer.
    """
    before = [one for one in decided if 0 <= met.at_ms - one.at_ms < met.for_ms]
    last = max(before, key=lambda one: one.at_ms, default=None)
    if last is None or not last.by_chance or last.chosen != met.rep:
        return Fraction(0)
    if last.answered_by not in ("", met.rep) or (last.brand and last.brand != met.brand):
        return Fraction(0)
    return Fraction(1, len(last.eligible))
