"""Plan B as a rep sees it: what is done, what may be given with one key, what it would cost."""

from typing import Literal

from msgspec import Struct

from makegood.core.owed import Owed
from makegood.core.state import PRICE, Case, Gift, OfferState, OfferStatus
from makegood.messages.money import Money
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.terms import Tier
from makegood.projections.figures import clock_words, money_words
from makegood.projections.orders import remedy_words
from makegood.projections.redirects import asks_words

Card = Literal["done", "open", "asking", "gone"]
_MINUTES = ("minutes", "eta_minutes", "arrives_in_minutes", "minutes_until_arrival")


class OfferCard(Struct, frozen=True, kw_only=True):
    """One remedy on the case page.

    Attributes:
        detail: One line: what it is, what it costs, how soon.
        stands: What to show: a thing done, a button, a question under way, or a reason.
        says: The pill's words.
        key: Digit that gives it; 0 for none.
        best: The one to give first.
        calls: It is a call that the rep has to make.
    """

    offer: str
    title: str
    detail: str
    stands: Card
    says: str
    key: int = 0
    best: bool = False
    calls: bool = False


def cards(case: Case, library: Library, now_ms: int) -> tuple[OfferCard, ...]:
    """Lay out Plan B: what is owed and given first, then the choices, cheapest tier first."""
    book = library.books.get(case.origin.book) or library.books[library.active]
    settled = [*_owed(case, library), *_gifts(case, library), *_withheld(case, library)]
    latest = latest_offers(case.offers)
    choices = []
    key = 0
    for offer in sorted(latest, key=lambda one: list(Tier).index(one.tier)):
        stands, says = _standing(offer, book, now_ms)
        key += stands == "open"
        choices.append(
            OfferCard(
                offer=offer.offer,
                title=remedy_words(offer.offer, library),
                detail=_detail(offer, book),
                stands=stands,
                says=says,
                key=key if stands == "open" and case.is_open else 0,
                best=stands == "open" and key == 1 and case.is_open,
                calls=offer.calls,
            )
        )
    return (*settled, *choices)


def latest_offers(offers: tuple[OfferState, ...]) -> tuple[OfferState, ...]:
    """Only the last word on each remedy: an offer that lapsed and came again is one card."""
    return tuple({offer.offer: offer for offer in offers}.values())


def _owed(case: Case, library: Library) -> list[OfferCard]:
    found = []
    for failure in case.failures:
        for owed in failure.owed:
            if not (owed.amount.cents or owed.missing or owed.over_cents):
                continue
            stands, says = _owed_standing(owed)
            found.append(
                OfferCard(
                    offer=owed.remedy,
                    title=remedy_words(owed.remedy, library),
                    detail=_owed_detail(owed),
                    stands=stands,
                    says=says,
                )
            )
    return found


def _owed_standing(owed: Owed) -> tuple[Card, str]:
    if owed.missing:
        return "asking", _waits_for(owed.missing)
    return "done", "paid" if owed.is_paid else "on its way"


def _owed_detail(owed: Owed) -> str:
    basis = f"Owed by {owed.basis}" if owed.basis else "Owed"
    amount = f" {money_words(owed.amount)}, sent by itself;" if owed.amount.cents else ""
    over = Money(owed.over_cents, owed.amount.currency)
    more = f" {money_words(over)} more was paid than is owed; it stays." if over.cents else ""
    if not (amount or owed.missing):
        return f"No longer owed.{more}"
    return f"{basis}.{amount} {'N' if not amount else 'n'}ever taken from your limit.{more}"


def _waits_for(missing: str) -> str:
    fact = missing.rpartition(".")[2].removesuffix("_cents").replace("_", " ")
    return f"cannot judge: {fact} is missing"


def _gifts(case: Case, library: Library) -> list[OfferCard]:
    found = []
    for gift in case.gifts:
        cost = gift.paid if gift.paid is not None else gift.expected
        amount = f"{money_words(cost)}. " if cost.cents else ""
        by = "Given by you or a colleague." if gift.by else "Given by the plan itself."
        says = "done" if gift.paid is not None else "on its way"
        stands: Card = "gone" if gift.failed else "done"
        if gift.failed:
            says = "failed: nobody carried it out"
        if gift.missing:
            stands, says = "asking", _waits_for(gift.missing)
        found.append(
            OfferCard(
                offer=gift.remedy,
                title=remedy_words(gift.remedy, library),
                detail=f"{amount}{by}{_besides(gift, library)}",
                stands=stands,
                says=says,
            )
        )
    return found


def _besides(gift: Gift, library: Library) -> str:
    """Say what is unusual about a gift."""
    if gift.instead:
        return f" Instead of: {remedy_words(gift.instead, library).rstrip('.')}."
    return " Outside the plan." if gift.off_script else ""


_WITHHELD = {
    "match": "not given: it does not fit what was lost",
    "most": "not given: the cap of goodwill",
}
_NOT_MADE = {
    "match": "not offered: it does not fit what was lost",
    "most": "not offered: the cap of goodwill",
}


def _withheld(case: Case, library: Library) -> list[OfferCard]:
    """What the plan gives by itself and did not, with the reason."""
    return [
        OfferCard(
            offer=one.remedy,
            title=remedy_words(one.remedy, library),
            detail="",
            stands="gone",
            says=_WITHHELD[one.why],
        )
        for one in case.withheld
    ]


def _standing(offer: OfferState, book: RuleBook, now_ms: int) -> tuple[Card, str]:
    expired = bool(offer.expires_ms) and offer.expires_ms <= now_ms
    match offer.status:
        case OfferStatus.CONFIRMED if expired:
            return "gone", "no longer confirmed"
        case OfferStatus.CONFIRMED:
            until = clock_words(offer.expires_ms, book.timezone) if offer.expires_ms else ""
            return "open", f"confirmed until {until}" if until else "can be given"
        case OfferStatus.ASKING:
            return "asking", "asking whether we can"
        case OfferStatus.UNAVAILABLE:
            return "gone", _NOT_MADE.get(offer.why, "nobody can do it now")
        case OfferStatus.CHOSEN if offer.waits_for_price:
            return "asking", f"chosen, {_waits_for(PRICE)}"
        case OfferStatus.CHOSEN:
            return "done", "chosen, on its way"
        case OfferStatus.KEPT:
            return "done", "chosen, they are expected" if offer.asks else "done"
        case OfferStatus.BROKEN:
            return "gone", "promised and not kept"
        case OfferStatus.LAPSED:
            return "gone", "not taken"


def _detail(offer: OfferState, book: RuleBook) -> str:
    remedy = book.remedies.get(offer.offer)
    words = remedy.detail.get("en", "").rstrip(".") if remedy else ""
    cost = f"about {money_words(offer.cost)}" if offer.cost.cents else ""
    soon = arrival_minutes(offer)
    parts = [
        words,
        cost.capitalize(),
        f"Arrives in {soon} min" if soon else "",
        asks_words(offer),
    ]
    kept = [part for part in parts if part]
    if offer.calls and not kept:
        kept = ["You call the customer"]
    return f"{'. '.join(kept)}." if kept else ""


def arrival_minutes(offer: OfferState) -> int:
    """How soon the other side said it will be there; 0 when it did not say."""
    for name in _MINUTES:
        value = offer.detail.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return int(value)
    return 0


class Limit(Struct, frozen=True, kw_only=True):
    """How much of a rep's authority a case has used."""

    used: Money
    limit: Money

    @property
    def words(self) -> str:
        """Used of limit, in money."""
        return f"{money_words(self.used)} of {money_words(self.limit)}"


class Pocket(Limit, frozen=True, kw_only=True):
    """How much of a budget is taken in its period.

    Attributes:
        name: The budget, in words.
        per: day, week or month.
    """

    name: str
    per: str


def limit_of(used_cents: int, role: str, book: RuleBook) -> Limit:
    """Put what was given against what a role may give; nothing for a role the book omits."""
    allowed = book.authority_cents.get(role, 0)
    return Limit(used=Money(used_cents, book.currency), limit=Money(allowed, book.currency))
