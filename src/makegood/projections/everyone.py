"""Everyone like this: how many there are, what they were given, what all of it would cost.

Nothing here decides anything. Who has to answer "if we do it for you we must do it for everyone"
sees who everyone is. Counts are exact; a share comes with its interval or is not told at all.
Source: story 1; Wilson 1927 (an interval for a share that holds for few cases too).
"""

from collections.abc import Iterable, Sequence
from math import sqrt

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.goodwill import expected_cost, is_unsized
from makegood.core.likeness import (
    DAY_MS,
    PRICE_PAID,
    WHOLE_CASE,
    Cell,
    Comparable,
    Likeness,
    likeness_of,
)
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook
from makegood.playbooks.terms import EveryoneTerms
from makegood.ports.store import Reading

_Z = 1.959964  # 95 % of a normal distribution lie within this many deviations


class Wanted(Struct, frozen=True, kw_only=True):
    """One question.

    Attributes:
        like: The failure or request that others are compared with.
        remedies: What to work out the cost of, whether or not it was ever given.
        cents: What the first of them costs for each; None by the book.
        own_brand: Look at cases of its brand only, whatever the book compares by.
    """

    like: Comparable
    remedies: tuple[str, ...] = ()
    cents: int | None = None
    own_brand: bool = False


class Share(Struct, frozen=True, kw_only=True):
    """How many of some customers came back.

    Attributes:
        back: Those who did.
        of: Customers for whom it can be told by now.
        low: Where the true share begins, with 95 % confidence; None when they are too few.
        high: Where it ends.
    """

    back: int
    of: int
    low: float | None = None
    high: float | None = None


class Given(Struct, frozen=True, kw_only=True):
    """One remedy among comparable cases.

    Attributes:
        cases: How many it was given in.
        sums: What that came to, one sum for each currency.
        for_all: What it would cost in every comparable case.
        unpriced: Cases in which that cannot be told: nobody knows the price.
        came_back: Of those who were given it the last time.
    """

    remedy: str
    cases: int
    sums: tuple[Money, ...]
    for_all: tuple[Money, ...]
    unpriced: int
    came_back: Share


class Everyone(Struct, frozen=True, kw_only=True):
    """The answer.

    Attributes:
        kind: `failure` or `request`.
        what: Which.
        same: What all have in common.
        standing: Their level, or a higher one; empty for any.
        brand: Only cases of this brand; empty for all.
        within_days: How far back.
        judge_after_days: How old a case is before it can be told whether somebody came back.
        customers: How many customers, each once.
        cases: How many cases or requests, this one among them.
        given: Cases in which anything was given; requests that were allowed.
        refused: Requests that were refused.
        waiting: Requests that still wait.
        too_few: Fewer customers than this tell nothing about all.
        remedies: The most often given first.
        knows_return: The book says by what customers come back.
        came_back: Of all; then of those who were given something, and refused, the last time.
        is_ready: False while another rule book's comparison is being counted: ask again.
    """

    kind: str
    what: str
    same: tuple[str, ...]
    standing: str
    brand: str
    within_days: int
    judge_after_days: int
    too_few: int
    customers: int = 0
    cases: int = 0
    given: int = 0
    refused: int = 0
    waiting: int = 0
    remedies: tuple[Given, ...] = ()
    knows_return: bool = False
    came_back: Share = Share(back=0, of=0)
    came_back_given: Share = Share(back=0, of=0)
    came_back_refused: Share = Share(back=0, of=0)
    is_ready: bool = True

    @property
    def is_too_few(self) -> bool:
        """Whether there are too few customers to tell anything about all of them."""
        return self.customers < self.too_few


def everyone(reading: Reading, wanted: Wanted, book: RuleBook, now_ms: int) -> Everyone:
    """Answer a question from the cells; no case is read.

    Args:
        reading: One look at the store.
        wanted: The question.
        book: The active book.
        now_ms: The present; today counts.
    """
    terms, like = book.everyone, wanted.like
    likeness = likeness_of(terms)
    today = now_ms // DAY_MS
    found = _nobody(wanted, terms, likeness)
    if reading.likeness() != likeness:
        return replace(found, is_ready=False)
    since, judged = today - terms.within_days + 1, today - terms.judge_after_days
    rank = likeness.rank(like.standing)
    counts = _Counts(
        (
            cell
            for cell in reading.cells(likeness.topic(like), since, judged)
            if cell.rank >= rank and (not wanted.own_brand or cell.brand == like.brand)
        ),
        rank,
        wanted,
    )
    return counts.answer(found, wanted, book.for_brand(like.brand))


def _nobody(wanted: Wanted, terms: EveryoneTerms, likeness: Likeness) -> Everyone:
    like = wanted.like
    same = likeness.same if like.kind == "failure" else ("request",)
    return Everyone(
        kind=like.kind,
        what=like.what,
        same=same,
        standing=like.standing if likeness.rank(like.standing) else "",
        brand=like.brand if wanted.own_brand or "brand" in likeness.same else "",
        within_days=terms.within_days,
        judge_after_days=terms.judge_after_days,
        too_few=terms.too_few,
        knows_return=bool(terms.came_back_by),
    )


class _Counts:
    """The cells of one question, added up."""

    def __init__(self, cells: Iterable[Cell], rank: int, wanted: Wanted) -> None:
        self._whole: list[Cell] = []
        self._prices: list[Cell] = []
        self._given: dict[str, list[Cell]] = {}
        self._rank = rank
        self._wanted = wanted
        for cell in cells:
            if cell.remedy == WHOLE_CASE:
                self._whole.append(cell)
            elif cell.remedy == PRICE_PAID:
                self._prices.append(cell)
            else:
                self._given.setdefault(cell.remedy, []).append(cell)

    def answer(self, nobody: Everyone, wanted: Wanted, book: RuleBook) -> Everyone:
        whole, few = self._whole, nobody.too_few
        cases, given, refused = (_sum(whole, at) for at in (0, 3, 5))
        latest = [cell for cell in whole if self._is_latest(cell)]
        told = [cell for cell in latest if cell.judged]
        names = dict.fromkeys((*wanted.remedies, *self._given))
        remedies = [self._remedy(name, cases, few, book) for name in names]
        remedies.sort(key=lambda one: (-one.cases, one.remedy))
        is_request = nobody.kind == "request"
        return replace(
            nobody,
            customers=_sum(latest, 0),
            cases=cases,
            given=given,
            refused=refused,
            waiting=cases - given - refused if is_request else 0,
            remedies=tuple(remedies),
            came_back=share(_sum(told, 2), _sum(told, 0), few),
            came_back_given=share(_sum(told, 4), _sum(told, 3), few),
            came_back_refused=share(_sum(told, 6), _sum(told, 5), few),
        )

    def _is_latest(self, cell: Cell) -> bool:
        """Whether its cases are the last of their customers that the question asks for."""
        return (cell.above_here if self._wanted.own_brand else cell.above) < self._rank

    def _remedy(self, name: str, cases: int, few: int, book: RuleBook) -> Given:
        cells = self._given.get(name, [])
        told = [cell for cell in cells if cell.judged and self._is_latest(cell)]
        for_all, unpriced = self._for_all(name, cases, book)
        return Given(
            remedy=name,
            cases=_sum(cells, 0),
            sums=_sums(cells),
            for_all=for_all,
            unpriced=unpriced,
            came_back=share(_sum(told, 2), _sum(told, 0), few),
        )

    def _for_all(self, name: str, cases: int, book: RuleBook) -> tuple[tuple[Money, ...], int]:
        """Say what a remedy costs in every case, and in how many cases nobody can tell."""
        wanted, remedy = self._wanted, book.remedies.get(name)
        if wanted.cents is not None and name == next(iter(wanted.remedies), None):
            return (Money(wanted.cents * cases, book.currency),), 0
        if remedy is None or remedy.dosed:  # a dose follows how bad each case was
            return (), cases
        if not is_unsized(remedy, None):
            each = expected_cost(remedy, None, book.currency)
            return (Money(each.cents * cases, each.currency),), 0
        prices = _sums(self._prices)
        all_of_it = tuple(expected_cost(remedy, price, book.currency) for price in prices)
        return all_of_it, cases - _sum(self._prices, 0)


def _sum(cells: Iterable[Cell], at: int) -> int:
    return sum(cell.measures[at] for cell in cells)


def _sums(cells: Sequence[Cell]) -> tuple[Money, ...]:
    """Add money up, each currency for itself."""
    sums: dict[str, int] = {}
    for cell in cells:
        sums[cell.currency] = sums.get(cell.currency, 0) + cell.measures[1]
    return tuple(Money(sums[currency], currency) for currency in sorted(sums))


def share(back: int, of: int, too_few: int) -> Share:
    """Give a share with its Wilson interval; of too few, the counts alone.

    Args:
        back: Of those counted, who came back.
        of: All who were counted.
        too_few: Fewer than this have no interval.
    """
    if of < max(too_few, 1):
        return Share(back=back, of=of)
    part, square = back / of, _Z * _Z
    middle = part + square / (2 * of)
    reach = _Z * sqrt(part * (1 - part) / of + square / (4 * of * of))
    scale = 1 + square / of
    low, high = (middle - reach) / scale, (middle + reach) / scale
    return Share(
        back=back,
        of=of,
        low=0.0 if back == 0 else max(low, 0.0),
        high=1.0 if back == of else min(high, 1.0),
    )
