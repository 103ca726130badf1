"""Who is "like this customer", as numbers that can be added up.

A book says by a few words of a closed list which cases are alike. Every case of a customer then
counts in a cell of its day, and a question over a year adds cells instead of reading cases. One
customer is counted once although their cases stand in many cells: a case counts for its customer
where no later one like it does.
Source: story 1, "if we do it for you we must do it for everyone".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from makegood.messages.ids import EventId
from makegood.messages.money import Money
from makegood.playbooks.terms import EveryoneTerms

DAY_MS = 86_400_000
NOBODY = -1  # below every standing
WHOLE_CASE = "*"  # the cell that counts cases; others count a remedy, or the price paid
PRICE_PAID = ""

Measures: TypeAlias = tuple[int, int, int, int, int, int, int]
"""n, cents, back, given, given_back, refused, refused_back."""
Place: TypeAlias = tuple[str, int, str]
"""(topic, day, the rest in JSON): where a cell stands."""
NOTHING: Measures = (0, 0, 0, 0, 0, 0, 0)
"""Of no case."""
_write_rest = msgspec.json.Encoder().encode
_read_rest = msgspec.json.Decoder(tuple[str, int, int, int, str, str]).decode


class Likeness(Struct, frozen=True, array_like=True):
    """By what cases are alike; cells that were counted by another likeness are worthless.

    Attributes:
        same: Words of the closed list, in its order.
        standing: Levels, the lowest first.
    """

    same: tuple[str, ...] = EveryoneTerms().same
    standing: tuple[str, ...] = ()

    def rank(self, standing: str) -> int:
        """Place a level: 1 for the lowest that is named, 0 for none or an unknown one."""
        return self.standing.index(standing) + 1 if standing in self.standing else 0

    def topic(self, it: "Comparable") -> str:
        """Name what all cases like this one have in common, but for brand and standing."""
        values = {
            "failure": it.what,
            "loss": it.loss,
            "brand": it.brand,
            "severity": str(it.severity),
        }
        if it.kind == "request":
            kept = {"request": it.what} | {k: values[k] for k in ("brand",) if k in self.same}
        else:
            kept = {key: values[key] for key in self.same}
        return _write_rest([it.kind, kept]).decode()


def likeness_of(terms: EveryoneTerms) -> Likeness:
    """Give the likeness that a book asks for."""
    return Likeness(terms.same, terms.standing)


class Comparable(Struct, frozen=True, gc=False, array_like=True):
    """One failure or request, as others are compared with it; nothing in it is personal.

    Attributes:
        event: The event that showed it.
        kind: `failure` or `request`.
        what: Id of the failure rule, or of the request.
        loss: What was lost; empty for a request.
        severity: 1 to 5; 0 for a request.
        standing: The customer's level then.
        price: Of what was affected, when it is known.
        given: (remedy, cents, currency) of all that was given for it.
        answer: `given` or `not_given`; of a request `waiting`, `allowed` or `denied`.
        back: The customer came back after it.
    """

    event: EventId
    kind: Literal["failure", "request"]
    what: str
    loss: str
    brand: str
    severity: int
    standing: str
    at_ms: int
    price: Money | None
    given: tuple[tuple[str, int, str], ...]
    answer: Literal["given", "not_given", "waiting", "allowed", "denied"]
    back: bool

    @property
    def day(self) -> int:
        """The UTC day it happened, counted from 1970."""
        return self.at_ms // DAY_MS


class Cell(Struct, frozen=True, gc=False, array_like=True):
    """Cases that no question tells apart, added up.

    Attributes:
        rank: Their standing.
        above: The highest standing of a later case like it of the same customer, at most `rank`.
        above_here: The same within its brand.
        remedy: `WHOLE_CASE`, `PRICE_PAID`, or what was given.
        currency: Of the cents; empty where none are.
        judged: They are old enough to tell whether the customer came back.
        measures: See `Measures`.
    """

    brand: str
    rank: int
    above: int
    above_here: int
    remedy: str
    currency: str
    judged: bool
    measures: Measures


def count_in(
    cells: dict[Place, Measures],
    customers: Iterable[Iterable[Comparable]],
    likeness: Likeness,
    sign: int = 1,
) -> None:
    """Count all cases of some customers into cells.

    Args:
        cells: Changed in place.
        customers: The cases of each customer.
        likeness: By what they are alike.
        sign: -1 takes them out again.
    """
    for rows in customers:
        topics: dict[str, list[Comparable]] = {}
        for row in rows:
            topics.setdefault(likeness.topic(row), []).append(row)
        for topic, alike in topics.items():
            _count_alike(cells, topic, alike, likeness, sign)


def _count_alike(
    cells: dict[Place, Measures],
    topic: str,
    alike: list[Comparable],
    likeness: Likeness,
    sign: int,
) -> None:
    """Count the cases of one customer and topic, the latest first."""
    above, above_in = NOBODY, dict[str, int]()
    for row in sorted(alike, key=lambda one: (one.at_ms, one.event), reverse=True):
        rank = likeness.rank(row.standing)
        here = above_in.get(row.brand, NOBODY)
        key = (row.brand, rank, min(above, rank), min(here, rank))
        for remedy, currency, measures in _parts(row, sign):
            place = (topic, row.day, _write_rest((*key, remedy, currency)).decode())
            known = cells.get(place)
            cells[place] = measures if known is None else added(known, measures)
        above, above_in[row.brand] = max(above, rank), max(here, rank)


def _parts(row: Comparable, sign: int) -> Iterable[tuple[str, str, Measures]]:
    one = sign
    given = one if row.answer in ("given", "allowed") else 0
    refused = one if row.answer == "denied" else 0
    back = row.back
    yield (
        WHOLE_CASE,
        "",
        (one, 0, one * back, given, given * back, refused, refused * back),
    )
    if row.price is not None:
        yield PRICE_PAID, row.price.currency, (one, one * row.price.cents, 0, 0, 0, 0, 0)
    first: set[str] = set()
    for remedy, cents, currency in row.given:
        n = 0 if remedy in first else one  # in a second currency it is the same remedy once more
        first.add(remedy)
        yield remedy, currency, (n, one * cents, n * back, 0, 0, 0, 0)


def added(one: Measures, other: Sequence[int]) -> Measures:
    """Add two cells up."""
    n, cents, back, given, given_back, refused, refused_back = other
    return (
        one[0] + n,
        one[1] + cents,
        one[2] + back,
        one[3] + given,
        one[4] + given_back,
        one[5] + refused,
        one[6] + refused_back,
    )


def changed(
    before: Iterable[Iterable[Comparable]], after: Iterable[Iterable[Comparable]], by: Likeness
) -> dict[Place, Measures]:
    """Say what to add to the cells when customers' cases change; nothing that stays is named.

    Args:
        before: The cases of each customer.
        after: The cases of each customer now.
        by: The likeness that the cells are counted by.
    """
    cells: dict[Place, Measures] = {}
    count_in(cells, before, by, sign=-1)
    count_in(cells, after, by)
    return {place: measures for place, measures in cells.items() if any(measures)}


def cells_of(sums: Mapping[tuple[str, bool], Sequence[int]]) -> tuple[Cell, ...]:
    """Read what stands in the JSON of cells: ((rest, judged) -> measures)."""
    return tuple(
        Cell(*_read_rest(rest), judged, added(NOTHING, measures))
        for (rest, judged), measures in sums.items()
        if any(measures)
    )
