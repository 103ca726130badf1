"""What people are put into groups by; small groups stand together, so that nobody is one."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec.structs import replace

from makegood.analytics.parity.records import NOT_TOLD, Answered, Served
from makegood.messages.errors import InputError
from makegood.messages.facts import Fact, Facts
from makegood.playbooks.book import RuleBook

OTHERS = "others"
MOST_GROUPS = 12
FEWEST = 5
"""A group of fewer could be a person; it stands with the others."""
GroupOf: TypeAlias = Callable[[Facts, str], str]
"""(facts of the customer, brand) -> group."""
_LANGUAGE = ("language", "locale")


def group_of(by: str, book: RuleBook) -> GroupOf:
    """Give the function that says what somebody belongs to.

    Args:
        by: tier, voice, value, language, country, brand, or a fact of the customer.
        book: Says how a standing is read; the book of a brand says it for its cases.

    Raises:
        InputError: The book does not say how to read it.
    """
    known = {"tier": _tier, "voice": _voice, "value": _value}
    name = by.removeprefix("customer.")
    if by == "brand":
        return lambda _, brand: brand or "umbrella"
    if by == "language":
        return lambda facts, _: _language(facts)
    if by in known:
        make = known[by]
        whole, own = make(book), {brand: make(one) for brand, one in book.by_brand.items()}
        return lambda facts, brand: own.get(brand, whole)(facts, brand)
    return lambda facts, _: plain(facts.get(name))


def plain(value: Fact) -> str:
    """Name the group of a value."""
    if value is None or value == "":
        return NOT_TOLD
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return "some" if value else "none"
    return str(value).strip().lower()[:60] or NOT_TOLD


def without_small(
    served: Iterable[Served], answered: Iterable[Answered]
) -> tuple[tuple[Served, ...], tuple[Answered, ...]]:
    """Put groups of a few people, and those beyond the largest, together."""
    served, answered = tuple(served), tuple(answered)
    counts = Counter([one.group for one in served] + [one.group for one in answered])
    largest = [group for group, count in counts.most_common(MOST_GROUPS) if count >= FEWEST]
    if len(largest) == len(counts):
        return served, answered
    kept = frozenset((*largest, NOT_TOLD))

    def group(name: str) -> str:
        return name if name in kept else OTHERS

    return (
        tuple(replace(one, group=group(one.group)) for one in served),
        tuple(replace(one, group=group(one.group)) for one in answered),
    )


def _tier(book: RuleBook) -> GroupOf:
    terms = book.standing.tier if book.standing is not None else None
    if terms is None:
        return lambda facts, _: plain(facts.get("tier"))

    def tier(facts: Facts, _: str) -> str:
        value = facts.get(terms.fact)
        rank = terms.rank(value)
        return plain(value) if rank is None else terms.order[rank]

    return tier


def _voice(book: RuleBook) -> GroupOf:
    terms = book.standing.public_voice if book.standing is not None else None
    if terms is None:
        raise InputError(
            "The rule book does not say when a public voice is wide: add `public_voice:` to its "
            "`standing:`, or name a fact, as in --by customer.public_voice."
        )

    def voice(facts: Facts, _: str) -> str:
        is_wide = terms.is_wide(facts.get(terms.fact))
        return NOT_TOLD if is_wide is None else "wide" if is_wide else "not wide"

    return voice


def _value(book: RuleBook) -> GroupOf:
    terms = book.standing.value if book.standing is not None else None
    if terms is None or not terms.bands:
        raise InputError(
            "The rule book has no bands of value: add `value:` with `bands:` to its `standing:`."
        )

    def value(facts: Facts, _: str) -> str:
        cents = facts.get(terms.fact)
        if isinstance(cents, bool) or not isinstance(cents, int | float):
            return NOT_TOLD
        return terms.band(cents) or "below"

    return value


def _language(facts: Facts) -> str:
    told = next((facts[name] for name in _LANGUAGE if facts.get(name)), "")
    return plain(str(told).replace("_", "-").partition("-")[0])
