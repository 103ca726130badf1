"""The long way to the answer of `everyone`: read every case of every customer."""

from collections.abc import Mapping, Sequence

from makegood.core.likeness import DAY_MS, Comparable
from makegood.messages.ids import CustomerId
from makegood.messages.money import Money, share_of
from makegood.playbooks.book import RuleBook
from makegood.ports.store import Reading
from makegood.projections.everyone import Everyone, Given, Share, Wanted, share

Rows = Mapping[CustomerId, Sequence[Comparable]]


def all_rows(reading: Reading, page: int = 3) -> Rows:
    """Every customer's rows, page by page."""
    found: dict[CustomerId, Sequence[Comparable]] = {}
    while more := reading.comparables(max(found, default=CustomerId("")), page):
        found |= more
    return found


class Brute:
    """Every case that one question asks for."""

    def __init__(self, rows: Rows, wanted: Wanted, book: RuleBook, now_ms: int) -> None:
        self.wanted, self.book = wanted, book
        self.terms, self.like = book.everyone, wanted.like
        self.today = now_ms // DAY_MS
        alike = [[row for row in own if self.is_alike(row)] for own in rows.values()]
        self.cases = [row for own in alike for row in own]
        self.latest = [max(own, key=lambda row: (row.at_ms, row.event)) for own in alike if own]
        self.told = [
            row
            for row in self.latest
            if self.today - row.at_ms // DAY_MS >= self.terms.judge_after_days
        ]

    def rank(self, level: str) -> int:
        levels = ("", *self.terms.standing)
        return levels.index(level) if level in levels else 0

    def is_alike(self, row: Comparable) -> bool:
        return (
            row.kind == self.like.kind
            and all(getattr(row, name) == getattr(self.like, name) for name in self.same())
            and self.rank(row.standing) >= self.rank(self.like.standing)
            and self.today - row.at_ms // DAY_MS < self.terms.within_days
        )

    def same(self) -> list[str]:
        keys = {"failure": "what", "loss": "loss", "brand": "brand", "severity": "severity"}
        same = [keys[key] for key in self.terms.same]
        if self.like.kind == "request":
            same = ["what", *(["brand"] if "brand" in self.terms.same else [])]
        return [*same, *(["brand"] if self.wanted.own_brand else [])]

    def came_back(self, *answers: str) -> Share:
        them = [row for row in self.told if not answers or row.answer in answers]
        return share(sum(row.back for row in them), len(them), self.terms.too_few)

    def count(self, *answers: str) -> int:
        return sum(row.answer in answers for row in self.cases)

    def remedies(self) -> tuple[Given, ...]:
        names = {*self.wanted.remedies, *(one[0] for row in self.cases for one in row.given)}
        found = map(self.remedy, names)
        return tuple(sorted(found, key=lambda one: (-one.cases, one.remedy)))

    def remedy(self, name: str) -> Given:
        paid = [one for row in self.cases for one in row.given if one[0] == name]
        told = [row for row in self.told if name in {one[0] for one in row.given}]
        for_all, unpriced = self.cost_of(name)
        return Given(
            remedy=name,
            cases=sum(name in {one[0] for one in row.given} for row in self.cases),
            sums=by_currency([Money(cents, currency) for _, cents, currency in paid]),
            for_all=for_all,
            unpriced=unpriced,
            came_back=share(sum(row.back for row in told), len(told), self.terms.too_few),
        )

    def cost_of(self, name: str) -> tuple[tuple[Money, ...], int]:
        known, count = self.book.remedies.get(name), len(self.cases)
        if self.wanted.cents is not None and self.wanted.remedies[:1] == (name,):
            return (Money(self.wanted.cents * count, self.book.currency),), 0
        if known is None:
            return (), count
        if known.cost_cents or not known.cost_ratio:
            return (Money(known.cost_cents * count, self.book.currency),), 0
        prices = [row.price for row in self.cases if row.price is not None]
        shares = tuple(share_of(price, known.cost_ratio) for price in by_currency(prices))
        return shares, count - len(prices)


def brute(rows: Rows, wanted: Wanted, book: RuleBook, now_ms: int) -> Everyone:
    """Answer from every case."""
    it, terms, like = Brute(rows, wanted, book, now_ms), book.everyone, wanted.like
    return Everyone(
        kind=like.kind,
        what=like.what,
        same=terms.same if like.kind == "failure" else ("request",),
        standing=like.standing if it.rank(like.standing) else "",
        brand=like.brand if "brand" in it.same() else "",
        within_days=terms.within_days,
        judge_after_days=terms.judge_after_days,
        too_few=terms.too_few,
        customers=len(it.latest),
        cases=len(it.cases),
        given=it.count("given", "allowed"),
        refused=it.count("denied"),
        waiting=it.count("waiting"),
        remedies=it.remedies(),
        knows_return=bool(terms.came_back_by),
        came_back=it.came_back(),
        came_back_given=it.came_back("given", "allowed"),
        came_back_refused=it.came_back("denied"),
    )


def by_currency(sums: Sequence[Money]) -> tuple[Money, ...]:
    """One sum for each currency."""
    return tuple(
        Money(sum(one.cents for one in sums if one.currency == currency), currency)
        for currency in sorted({one.currency for one in sums})
    )
