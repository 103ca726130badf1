"""Everyone like this in words: every number with its basis, and "too few to tell" as an answer."""

from collections.abc import Sequence

from msgspec import Struct

from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.projections.everyone import Everyone, Given, Share
from makegood.projections.figures import counted, listed, money_words
from makegood.projections.orders import remedy_words

_YEAR_DAYS = 365
NOTHING = "nothing"
_NOT_READY = "Being counted for the new rule book; look again in a moment."


class RemedyLine(Struct, frozen=True, kw_only=True):
    """What is told of one remedy.

    Attributes:
        title: What the customer gets.
        given: In how many cases.
        spent: What that came to; empty for nothing.
        for_all: What it costs in every comparable case.
        back: Whether those who were given it came back; empty when the book does not say how.
    """

    title: str
    given: str
    spent: str
    for_all: str
    back: str


class Told(Struct, frozen=True, kw_only=True):
    """The answer in words.

    Attributes:
        customers: How many, "no customer" to "37 customers".
        where: What they have in common, to follow "in 12 months".
        answers: What was answered: allowed, refused, waiting; for a failure empty.
        remedies: The most often given first.
        back: (of whom, how many came back); none when the book does not say how.
        note: What has to be known to read it; empty for nothing.
    """

    customers: str
    where: str
    answers: str = ""
    remedies: tuple[RemedyLine, ...] = ()
    back: tuple[tuple[str, str], ...] = ()
    note: str = ""


def told(found: Everyone, library: Library) -> Told:
    """Say who everyone is."""
    if not found.is_ready:
        return Told(customers="", where="", note=_NOT_READY)
    return Told(
        customers=counted(found.customers, "customer") if found.customers else "no customer",
        where=f"in {_span(found.within_days)} {_alike(found)}",
        answers=_answers(found) if found.kind == "request" else "",
        remedies=tuple(_remedy(one, found, library) for one in found.remedies),
        back=_back(found),
        note=_note(found),
    )


def _span(days: int) -> str:
    return "12 months" if days == _YEAR_DAYS else counted(days, "day")


def _alike(found: Everyone) -> str:
    if found.kind == "request":
        words = f"asked for the same, {counted(found.cases, 'request')}"
    else:
        same = listed(tuple(one for one in found.same if one != "brand"))
        words = f"with the same {same}, {counted(found.cases, 'case')}"
    standing = f", {found.standing.replace('_', ' ')} or higher" if found.standing else ""
    return f"{words}{standing}{', of this brand' if found.brand else ''}"


def _answers(found: Everyone) -> str:
    waiting = f", {found.waiting} still waiting" if found.waiting else ""
    return f"Allowed {found.given}, refused {found.refused}{waiting}"


def _remedy(one: Given, found: Everyone, library: Library) -> RemedyLine:
    return RemedyLine(
        title=remedy_words(one.remedy, library),
        given=f"{one.cases}\u00a0of\u00a0{found.cases}" if one.cases else "never",
        spent=_money(one.sums) if any(money.cents for money in one.sums) else "",
        for_all=_for_all(one, found),
        back=share_words(one.came_back, found.too_few) if found.knows_return and one.cases else "",
    )


def _for_all(one: Given, found: Everyone) -> str:
    if one.unpriced == found.cases:
        return "nobody can tell: no price is known"
    unknown = f", and {counted(one.unpriced, 'case')} without a price" if one.unpriced else ""
    costs = any(money.cents for money in one.for_all)
    return f"{_money(one.for_all) if costs else NOTHING}{unknown}"


def _money(sums: Sequence[Money]) -> str:
    return " + ".join(money_words(money) for money in sums)


def _back(found: Everyone) -> tuple[tuple[str, str], ...]:
    if not found.knows_return:
        return ()
    groups = [("all", found.came_back)]
    if found.kind == "request":
        groups += [("allowed", found.came_back_given), ("refused", found.came_back_refused)]
    return tuple((who, share_words(share, found.too_few)) for who, share in groups)


def share_words(share: Share, too_few: int) -> str:
    """Say how many came back: 7 of 12 (34 % to 81 %), or that they are too few to tell."""
    if share.low is None or share.high is None:
        few = f"too few to tell ({share.of})" if share.of < too_few else "nobody to tell of"
        return few if not share.of else f"{share.back} of {share.of}, {few}"
    low, high = (f"{100 * one:.0f}\u00a0%" for one in (share.low, share.high))
    return f"{share.back} of {share.of} ({low} to {high})"


def _note(found: Everyone) -> str:
    if not found.customers:
        return ""
    if found.is_too_few:
        return f"Too few to tell anything of all ({found.customers})."
    if found.knows_return:
        days = counted(found.judge_after_days, "day")
        return f"Came back: of those whose last time was {days} ago or more; 95\u00a0% intervals."
    return ""
