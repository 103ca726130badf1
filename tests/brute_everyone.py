"""The long way to the answer of `everyone`: read every case of every customer."""

from collections.abc import Mapping, Sequence

from makegood.core.likeness import DAY_MS, Comparable
from makegood.messages.ids import CustomerId
from makegood.messages.money import Money, share_of
from makegood.playbooks.book import RuleBook
from makegood.ports.store import Reading
from makegood.projections.everyone import Everyone, Given, Wanted, share

Rows = Mapping[CustomerId, Sequence[Comparable]]


def all_rows(reading: Reading, page: int = 3) -> Rows:
    """Every customer's rows, page by page."""
    found: dict[CustomerId, Sequence[Comparable]] = {}
    while more := reading.comparables(max(found, default=CustomerId("")), page):
        found |= more
    return found


def brute(rows: Rows, wanted: Wanted, book: RuleBook, now_ms: int) -> Everyone:
    """Answer from every case."""
    terms, like = book.everyone, wanted.like
    levels = ("", *terms.standing)

    def rank(level: str) -> int:
        return levels.index(level) if level in levels else 0

    def is_alike(row: Comparable) -> bool:
        keys = {"failure": "what", "loss": "loss", "brand": "brand", "severity": "severity"}
        same = [keys[key] for key in terms.same]
        if like.kind == "request":
            same = ["what", *(["brand"] if "brand" in terms.same else [])]
        if wanted.own_brand:
            same.append("brand")
        return (
            row.kind == like.kind
            and all(getattr(row, name) == getattr(like, name) for name in same)
            and rank(row.standing) >= rank(like.standing)
            and now_ms // DAY_MS - row.at_ms // DAY_MS < terms.within_days
        )

    def is_told(row: Comparable) -> bool:
        return now_ms // DAY_MS - row.at_ms // DAY_MS >= terms.judge_after_days

    alike = {who: [row for row in own if is_alike(row)] for who, own in rows.items()}
    cases = [row for own in alike.values() for row in own]
    latest = [max(own, key=lambda row: (row.at_ms, row.event)) for own in alike.values() if own]
    told = [row for row in latest if is_told(row)]
    given = [row for row in told if row.answer in ("given", "allowed")]
    refused = [row for row in told if row.answer == "denied"]

    def came_back(them: Sequence[Comparable]):
        return share(sum(row.back for row in them), len(them), terms.too_few)

    def remedy(name: str) -> Given:
        with_it = [row for row in cases if name in {one[0] for one in row.given}]
        paid = [one for row in cases for one in row.given if one[0] == name]
        for_all, unpriced = cost_of(name)
        return Given(
            remedy=name,
            cases=len(with_it),
            sums=by_currency([Money(cents, currency) for _, cents, currency in paid]),
            for_all=for_all,
            unpriced=unpriced,
            came_back=came_back([row for row in told if name in {one[0] for one in row.given}]),
        )

    def cost_of(name: str):
        known = book.remedies.get(name)
        if wanted.cents is not None and wanted.remedies[:1] == (name,):
            return (Money(wanted.cents * len(cases), book.currency),), 0
        if known is None:
            return (), len(cases)
        if known.cost_cents or not known.cost_ratio:
            return (Money(known.cost_cents * len(cases), book.currency),), 0
        prices = [row.price for row in cases if row.price is not None]
        shares = tuple(share_of(price, known.cost_ratio) for price in by_currency(prices))
        return shares, len(cases) - len(prices)

    names = {*wanted.remedies, *(one[0] for row in cases for one in row.given)}
    remedies = sorted(map(remedy, names), key=lambda one: (-one.cases, one.remedy))
    return Everyone(
        kind=like.kind,
        what=like.what,
        same=terms.same if like.kind == "failure" else ("request",),
        standing=like.standing if rank(like.standing) else "",
        brand=like.brand if wanted.own_brand or "brand" in terms.same else "",
        within_days=terms.within_days,
        judge_after_days=terms.judge_after_days,
        too_few=terms.too_few,
        customers=len(latest),
        cases=len(cases),
        given=sum(row.answer in ("given", "allowed") for row in cases),
        refused=sum(row.answer == "denied" for row in cases),
        waiting=sum(row.answer == "waiting" for row in cases),
        remedies=tuple(remedies),
        knows_return=bool(terms.came_back_by),
        came_back=came_back(told),
        came_back_given=came_back(given),
        came_back_refused=came_back(refused),
    )


def by_currency(sums: Sequence[Money]) -> tuple[Money, ...]:
    """One sum for each currency."""
    return tuple(
        Money(sum(one.cents for one in sums if one.currency == currency), currency)
        for currency in sorted({one.currency for one in sums})
    )
