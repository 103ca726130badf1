"""Capacity and fairness of routing: who was asked how often, how much by chance, who waited.

Nobody is ranked. A share comes with its interval, like is compared with like (the same brand, the
same kind of thing), and with too few on either side there is nothing to say.
Source: evidence 48 and 49.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from makegood.analytics.parity.intervals import Counted, Interval, difference, wilson, z_for
from makegood.messages.ids import RepId
from makegood.ports.routings import WAIT_BANDS_MS, RoutingAsked, RoutingCount

TOO_FEW = 30
"""On either side of a comparison."""
LONG_MS = 5 * 60_000
"""Who waited longer is counted as having waited long."""
_LONG = WAIT_BANDS_MS.index(LONG_MS) + 1
_ALPHA = 0.10
_TENURES = {-1: "never bought", 0: "new this year", 1: "one to five years", 2: "over five years"}


class OfRep(Struct, frozen=True, kw_only=True):
    """How often somebody was asked.

    Attributes:
        asked: In all.
        by_chance: Because the slice fell on them.
    """

    rep: RepId
    asked: int
    by_chance: int


class OfBrand(Struct, frozen=True, kw_only=True):
    """How it went for customers of a brand.

    Attributes:
        decisions: In all.
        could: Decisions of which a share was left to chance.
        chance: The share of these that the slice fell on; what the book's slice is compared with.
        known: Waits of which is known whether they are long: they have ended, or are long already.
        long: Those longer than `LONG_MS`.
        long_share: The share of these.
        wait: Customers who wait still.
    """

    brand: str
    decisions: int
    could: int
    by_chance: int
    chance: Interval
    known: int
    long: int
    long_share: Interval
    wait: int


class OfGroup(Struct, frozen=True, kw_only=True):
    """Whether a group of customers waits longer than the others.

    Attributes:
        by: `level` or `tenure`.
        more: The share that waited long, less that of the others; None when nobody can tell yet.
    """

    by: str
    group: str
    n: int
    more: Interval | None

    @property
    def says(self) -> str:
        """`more`, `less`, `alike` (no difference can be told) or `too_few`."""
        if self.more is None:
            return "too_few"
        if not self.more.excludes(0.0):
            return "alike"
        return "more" if self.more.value > 0 else "less"


def of_reps(counts: Iterable[RoutingAsked]) -> tuple[OfRep, ...]:
    """Add up by person, in the order of their ids."""
    asked: dict[RepId, list[int]] = defaultdict(lambda: [0, 0])
    for one in counts:
        asked[one.rep][0] += one.n
        asked[one.rep][1] += one.by_chance
    return tuple(OfRep(rep=rep, asked=n, by_chance=by) for rep, (n, by) in sorted(asked.items()))


def of_brands(counts: Iterable[RoutingCount]) -> tuple[OfBrand, ...]:
    """Add up by brand, in the order of their ids."""
    own: dict[str, list[RoutingCount]] = defaultdict(list)
    for one in counts:
        own[one.brand].append(one)
    return tuple(_brand(brand, own[brand]) for brand in sorted(own))


def _brand(brand: str, own: Sequence[RoutingCount]) -> OfBrand:
    n, by_chance = sum(one.n for one in own), sum(one.by_chance for one in own)
    could = sum(one.open_to_chance for one in own)
    known, long = _waits(own)
    z = z_for(_ALPHA)
    return OfBrand(
        brand=brand,
        decisions=n,
        could=could,
        by_chance=by_chance,
        chance=wilson(by_chance, could, z),
        known=known,
        long=long,
        long_share=wilson(long, known, z),
        wait=sum(one.n for one in own if one.wait < 0),
    )


def _waits(own: Iterable[RoutingCount]) -> tuple[int, int]:
    """Of how many waits is known whether they are long, and how many of those are.

    Who waits still, and has for long, is among them: else those who are never answered would be
    the ones who wait least.
    """
    rows = list(own)
    overdue = sum(one.overdue for one in rows)
    ended = [one for one in rows if one.wait >= 0]
    long = sum(one.n for one in ended if one.wait >= _LONG)
    return sum(one.n for one in ended) + overdue, long + overdue


def of_groups(counts: Sequence[RoutingCount]) -> tuple[OfGroup, ...]:
    """Compare each level and each tenure with all other customers, brand by brand."""
    return (
        *_groups("level", counts, lambda one: one.level),
        *_groups("tenure", counts, lambda one: _TENURES[one.tenure]),
    )


def _groups(
    by: str, counts: Sequence[RoutingCount], name_of: Callable[[RoutingCount], str]
) -> tuple[OfGroup, ...]:
    names = sorted({name_of(one) for one in counts} - {""})
    z = z_for(_ALPHA, len(names))
    return tuple(
        _group(by, name, counts, [name_of(one) == name for one in counts], z) for name in names
    )


def _group(
    by: str, name: str, counts: Sequence[RoutingCount], is_in: Sequence[bool], z: float
) -> OfGroup:
    strata: dict[tuple[str, str], tuple[list[RoutingCount], list[RoutingCount]]] = {}
    for one, here in zip(counts, is_in, strict=True):
        sides = strata.setdefault((one.brand, one.kind), ([], []))
        sides[0 if here else 1].append(one)
    counted = [_counted(mine, others) for mine, others in strata.values()]
    compared = difference(counted, z)
    enough = compared is not None and min(compared.here, compared.elsewhere) >= TOO_FEW
    more = compared.interval if compared is not None and enough else None
    return OfGroup(by=by, group=name, n=sum(one.whole for one in counted), more=more)


def _counted(mine: Sequence[RoutingCount], others: Sequence[RoutingCount]) -> Counted:
    (known, long), (other_known, other_long) = _waits(mine), _waits(others)
    return Counted(part=long, whole=known, other_part=other_long, other_whole=other_known)
