"""Which agreements hold for a brand, a place and an instant, why, and which of several is best.

A customer negotiates once: what was agreed with one house is honoured in all of them, unless the
agreement itself says not. Every answer has its reason, so that nobody argues at the desk.
Source: story 2 (one customer across every brand).
"""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from makegood.messages.agreements import (
    Agreement,
    GuaranteeTerms,
    RateTerms,
    Terms,
    WaiverTerms,
)
from makegood.messages.facts import Body, Fact, Facts, Requested, Touchpoint
from makegood.messages.ids import AccountId, AgreementId
from makegood.messages.money import Money


class Why(StrEnum):
    """Why an agreement holds somewhere, or does not."""

    UMBRELLA = "umbrella"
    AGREED_HERE = "agreed_here"
    HONOURED = "honoured"
    ALSO_HERE = "also_here"
    NOT_HERE = "not_here"
    ONLY_THERE = "only_there"
    NOT_YET = "not_yet"
    ENDED = "ended"

    @property
    def holds(self) -> bool:
        """Whether it is a reason to honour the agreement."""
        return self in _YES


_YES = frozenset({Why.UMBRELLA, Why.AGREED_HERE, Why.HONOURED, Why.ALSO_HERE})


class Here(Struct, frozen=True, gc=False, kw_only=True):
    """Where and when something happens.

    Attributes:
        brand: Empty when nobody said: then it is somewhere under the umbrella.
        place: A location of the brand; empty when nobody said.
        at_ms: When.
    """

    brand: str = ""
    place: str = ""
    at_ms: int


class Honoured(Struct, frozen=True, gc=False, kw_only=True):
    """An agreement that holds, with its reason."""

    agreement: Agreement
    why: Why


def judge(agreement: Agreement, here: Here) -> Why:
    """Say whether an agreement holds somewhere at an instant, and why.

    What the agreement says of a place or brand by name comes before everything else.
    """
    if here.at_ms < agreement.from_ms:
        return Why.NOT_YET
    if not agreement.is_in_force(here.at_ms):
        return Why.ENDED
    names = named(here)
    if names & set(agreement.not_at):
        return Why.NOT_HERE
    if agreement.scope == "umbrella":
        return Why.UMBRELLA
    if is_agreed_at(agreement, here):
        return Why.AGREED_HERE
    if agreement.elsewhere:
        return Why.HONOURED
    return Why.ALSO_HERE if names & set(agreement.also_at) else Why.ONLY_THERE


def named(here: Here) -> frozenset[str]:
    """Give the names by which an agreement may mean a place: its own, and its brand's."""
    names = (("brand", here.brand), ("place", here.place))
    return frozenset(f"{kind}:{name}" for kind, name in names if name)


def is_agreed_at(agreement: Agreement, here: Here) -> bool:
    """Whether it was agreed with the very brand or place."""
    if agreement.place:
        return agreement.place == here.place
    return bool(agreement.brand) and agreement.brand == here.brand


def is_seen_by(agreement: Agreement, brands: Collection[str]) -> bool:
    """Whether brands may see an agreement: their own, the umbrella's, and what they honour.

    What another brand agreed for itself alone is not theirs to see.
    """
    if agreement.brand in ("", *brands):
        return True
    shut = {name.removeprefix("brand:") for name in agreement.not_at}
    open_to = {name.removeprefix("brand:") for name in agreement.also_at}
    return any(one not in shut and (agreement.elsewhere or one in open_to) for one in brands)


def that_hold(agreements: Iterable[Agreement], here: Here) -> tuple[Honoured, ...]:
    """Give the agreements that hold, the nearest to where we are first, then by id."""
    judged = ((one, judge(one, here)) for one in agreements)
    found = [Honoured(agreement=one, why=why) for one, why in judged if why.holds]
    return tuple(sorted(found, key=_nearest_first))


def _nearest_first(one: Honoured) -> tuple[int, int, str]:
    near = one.why is Why.AGREED_HERE
    return (0 if near else 1, 0 if one.agreement.place else 1, one.agreement.id)


class Rate(Struct, frozen=True, gc=False, kw_only=True):
    """What something costs by an agreement.

    Attributes:
        honoured: The agreement, and why it holds.
        price: What the customer pays.
    """

    honoured: Honoured
    price: Money


def best_rate(
    agreements: Iterable[Agreement], here: Here, list_price: Money, product: str = ""
) -> Rate | None:
    """Find the agreement by which something costs least; the nearest one of several alike.

    Returns:
        None when no rate that holds says anything, or none is below the list price.
    """
    found: Rate | None = None
    for one in that_hold(agreements, here):
        terms = one.agreement.terms
        price = terms.price_of(product, list_price) if isinstance(terms, RateTerms) else None
        if price is not None and price < (found.price if found else list_price):
            found = Rate(honoured=one, price=price)
    return found


def waived_by(honoured: Sequence[Honoured]) -> dict[str, Honoured]:
    """Give what is waived by agreements that hold, each with the nearest that says so."""
    found: dict[str, Honoured] = {}
    for one in honoured:
        if isinstance(one.agreement.terms, WaiverTerms):
            found.setdefault(one.agreement.terms.waives, one)
    return found


def place_of(body: Body) -> str:
    """Say at which place something happened; empty when nobody said."""
    match body:
        case Touchpoint(properties=told) | Requested(facts=told):
            place = told.get("place")
            return place if isinstance(place, str) else ""
    return ""


def with_agreed(customer: Facts, honoured: Sequence[Honoured]) -> Facts:
    """Give a customer's facts with the agreements that hold, whatever a source says of them."""
    return {**customer, "agreed": agreed_facts(honoured)}


def agreed_facts(honoured: Sequence[Honoured]) -> Facts:
    """Give the agreements that hold as conditions read them, as `customer.agreed`.

    Returns:
        `rates` (rate code, else id -> off_per_mille), `off_per_mille` (the most of these),
        `prices` (product -> the lowest fixed price in cents), `waives` and `guarantees` (what ->
        true); each is there and empty when nothing was agreed, so that a condition can be judged.
    """
    rates: dict[str, int] = {}
    prices: dict[str, int] = {}
    waives: Facts = {}
    guarantees: Facts = {}
    for one in honoured:
        match one.agreement.terms:
            case RateTerms() as rate:
                name = rate.code or one.agreement.id
                rates[name] = max(rate.off_per_mille, rates.get(name, 0))
                for product, price in rate.prices:
                    prices[product] = min(price.cents, prices.get(product, price.cents))
            case WaiverTerms() as waiver:
                waives[waiver.waives] = True
            case GuaranteeTerms() as guarantee:
                guarantees[guarantee.promises] = True
    return {
        "rates": rates,
        "off_per_mille": max(rates.values(), default=0),
        "prices": prices,
        "waives": waives,
        "guarantees": guarantees,
    }


def written_out(agreed: Fact) -> tuple[Agreement, ...]:
    """Make agreements of the umbrella of what an example says in `customer.agreed`.

    Args:
        agreed: As `agreed_facts` gives it; what is not of that form is left out.
    """
    if not isinstance(agreed, dict):
        return ()
    terms: list[Terms] = [
        RateTerms(code=name, off_per_mille=off)
        for name, off in _entries(agreed, "rates")
        if isinstance(off, int)
    ]
    terms += [
        RateTerms(code=f"price of {name}", prices=((name, Money(cents)),))
        for name, cents in _entries(agreed, "prices")
        if isinstance(cents, int)
    ]
    terms += [
        WaiverTerms(waives=name) for name, said in _entries(agreed, "waives") if said is True
    ]
    guarantees = [name for name, said in _entries(agreed, "guarantees") if said is True]
    terms += [GuaranteeTerms(promises=name) for name in guarantees]
    return tuple(
        Agreement(id=AgreementId(f"example-{n}"), account=AccountId("example"), terms=one)
        for n, one in enumerate(terms)
    )


def _entries(agreed: dict[str, object], what: str) -> list[tuple[str, object]]:
    found = agreed.get(what)
    return list(found.items()) if isinstance(found, dict) else []
