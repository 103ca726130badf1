"""What making good costs beside what winning customers costs, by month, brand and currency.

Nothing here is an effect: who was made good might have stayed, and who was won might have come.
What was spent is counted whole and so has no interval. The mean cost of a case is one of a sample
of such cases: its interval is the normal one, told from `FEWEST_CASES` cases on, for costs are
skewed. Amounts of several currencies are never added.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import sqrt
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.analytics.parity.intervals import Interval, z_for
from makegood.ports.spend import UNKNOWN, Acquisition, EndedSum, SpendSum
from makegood.ports.store import Reading

ALPHA = 0.05
FEWEST_CASES = 30
"""From fewer nothing is said of the mean cost: one large gift would move it too far."""
MADE_GOOD = "made_whole"
MARKETING = "marketing"


class Month(Struct, frozen=True, kw_only=True):
    """A month by the clock of a place.

    Attributes:
        name: As 2026-03.
        until_ms: When the next one begins; of the running one, now.
    """

    name: str
    from_ms: int
    until_ms: int
    is_running: bool


def months_until(now_ms: int, zone: str, back: int) -> tuple[Month, ...]:
    """Give so many whole months and the running one, the oldest first.

    Args:
        now_ms: When it is now.
        zone: IANA name.
        back: How many whole ones.
    """
    here = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    running = here.year * 12 + here.month - 1
    starts = [_begin(number, zone) for number in range(running - back, running + 1)]
    ends = [*(int(one.timestamp() * 1000) for one in starts), max(now_ms + 1, 1)]
    return tuple(
        Month(
            name=f"{one.year}-{one.month:02}", from_ms=since, until_ms=until,
            is_running=number == back,
        )
        for number, (one, (since, until)) in enumerate(zip(starts, pairwise(ends), strict=True))
    )  # fmt: skip


def _begin(number: int, zone: str) -> datetime:
    year, month = divmod(number, 12)
    return datetime(year, month + 1, 1, tzinfo=ZoneInfo(zone))


class MonthSpend(Struct, frozen=True, kw_only=True):
    """One month of one brand in one currency.

    Attributes:
        month: As 2026-03.
        is_running: It is not over yet.
        goodwill_cents: What was given as goodwill, booked as marketing.
        owed_cents: What was paid because it was owed.
        made_good: Cases that ended made good, those that cost nothing too.
        cost: Mean cost of goodwill of these, in cents; None while it cannot be told.
        friends: Who became customers by links of these cases.
        acquisition_cents: What the firm's books say; -1 where they say nothing.
        new_customers: What they put down to it; -1 where they say nothing.
    """

    month: str
    is_running: bool
    brand: str
    currency: str
    goodwill_cents: int = 0
    owed_cents: int = 0
    made_good: int = 0
    cost: Interval | None = None
    friends: int = 0
    acquisition_cents: int = UNKNOWN
    new_customers: int = UNKNOWN

    @property
    def per_new_cents(self) -> int | None:
        """What a new customer cost by the books: a quotient of two counts, and no sample."""
        if self.acquisition_cents < 0 or self.new_customers <= 0:
            return None
        return round(self.acquisition_cents / self.new_customers)


class Sums(Struct, frozen=True, kw_only=True):
    """What was added up."""

    spent: tuple[SpendSum, ...]
    ended: tuple[EndedSum, ...]
    books: tuple[Acquisition, ...]


def add_up(reading: Reading, months: Sequence[Month], brands: Sequence[str] = ()) -> Sums:
    """Add up some months in three statements.

    Args:
        reading: The store.
        months: Which, rising.
        brands: Of these, "" is what has none; nothing for all. What the books say of all brands
            together is only for who may see them all.
    """
    bounds = [*(one.from_ms for one in months), months[-1].until_ms]
    own = [brand for brand in brands if brand]
    return Sums(
        spent=reading.spend_sums(bounds, brands),
        ended=reading.ended_sums(bounds, brands),
        books=reading.acquisition_sums(months[0].name, months[-1].name, own),
    )


class _Row(Struct, kw_only=True):
    goodwill: int = 0
    owed: int = 0
    cases: int = 0
    friends: int = 0
    cents: int = 0
    squares: float = 0.0
    books: int = UNKNOWN
    customers: int = UNKNOWN
    is_whole: bool = True


def by_month(
    sums: Sums, months: Sequence[Month], currency_of: Callable[[str], str]
) -> tuple[MonthSpend, ...]:
    """Put the sums together, the newest month first.

    Args:
        sums: What was added up.
        months: The same months.
        currency_of: Gives the currency of a brand, for cases that cost nothing.
    """
    rows: dict[tuple[int, str, str], _Row] = {}

    def at(month: int, brand: str, currency: str) -> _Row:
        return rows.setdefault((month, brand, currency), _Row())

    for spent in sums.spent:
        row = at(spent.month, spent.brand, spent.currency)
        row.goodwill += spent.cents if spent.account == MARKETING else 0
        row.owed += 0 if spent.account == MARKETING else spent.cents
    for ended in (one for one in sums.ended if one.phase == MADE_GOOD):
        row = at(ended.month, ended.brand, ended.currency or currency_of(ended.brand))
        row.cases += ended.cases
        row.friends += ended.friends
        row.cents += ended.cents
        row.squares += ended.squares
    numbers = {one.name: number for number, one in enumerate(months)}
    for told in sums.books:
        _tell(at(numbers[told.month], told.brand, told.currency), told)
    z = z_for(ALPHA, max(sum(row.cases >= FEWEST_CASES for row in rows.values()), 1))
    newest = sorted(rows, key=lambda key: (-key[0], key[1], key[2]))
    return tuple(_month(months[key[0]], key[1:], rows[key], z) for key in newest)


def _tell(row: _Row, told: Acquisition) -> None:
    row.books = max(row.books, 0) + told.cents
    row.is_whole = row.is_whole and told.customers != UNKNOWN
    row.customers = max(row.customers, 0) + max(told.customers, 0)


def _month(month: Month, of: tuple[str, str], row: _Row, z: float) -> MonthSpend:
    is_told = row.books != UNKNOWN and row.is_whole  # a channel without a count leaves it open
    return MonthSpend(
        month=month.name,
        is_running=month.is_running,
        brand=of[0],
        currency=of[1],
        goodwill_cents=row.goodwill,
        owed_cents=row.owed,
        made_good=row.cases,
        cost=mean_cost(row.cases, row.cents, row.squares, z),
        friends=row.friends,
        acquisition_cents=row.books,
        new_customers=row.customers if is_told else UNKNOWN,
    )


def mean_cost(cases: int, cents: int, squares: float, z: float) -> Interval | None:
    """Give the mean cost of a case; None for too few."""
    if cases < FEWEST_CASES:
        return None
    value = cents / cases
    spread = sqrt(max(squares - cases * value * value, 0.0) / (cases - 1))
    reach = z * spread / sqrt(cases)
    return Interval(value=value, low=max(value - reach, 0.0), high=value + reach)


def in_chart(rows: Sequence[MonthSpend], currency: str) -> Iterator[tuple[str, float, float]]:
    """Give (month, goodwill, acquisition) of all brands together, in units, oldest first."""
    own = [one for one in rows if one.currency == currency]
    for month in sorted({one.month for one in own}):
        some = [one for one in own if one.month == month]
        goodwill = sum(one.goodwill_cents for one in some)
        books = sum(max(one.acquisition_cents, 0) for one in some)
        yield month, goodwill / 100, books / 100
