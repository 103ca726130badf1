"""Agreements: what an account has agreed with the firm, where it is honoured, from when to when.

An agreement is data of the firm, not of a person: it names its account by an id, so that it may
stand on an event for ever. Names of accounts and of people are kept beside the log.
Source: stories 1 and 2.
"""

from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.ids import AccountId, AgreementId, ProfileId
from makegood.messages.money import Money, share_of

Kind: TypeAlias = Literal["rate", "waiver", "guarantee"]
Scope: TypeAlias = Literal["umbrella", "brand", "place"]


class RateTerms(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="rate"):
    """What the account pays instead of the list price.

    Attributes:
        code: What booking systems call the rate; empty when they have no name for it.
        off_per_mille: Off the list price, in thousandths: 125 is 12.5 %. 0 for none.
        prices: (product, price) at a fixed price; the product "*" is everything else.
    """

    code: str = ""
    off_per_mille: int = 0
    prices: tuple[tuple[str, Money], ...] = ()

    def price_of(self, product: str, list_price: Money) -> Money | None:
        """Say what a product costs by this rate.

        Args:
            product: As the booking systems call it; empty when nobody said.
            list_price: What everybody else pays.

        Returns:
            The price, never more than the list price; None when the rate says nothing about it,
            or in another currency.
        """
        fixed = dict(self.prices)
        price = fixed.get(product) or fixed.get("*")
        if price is not None:
            return min(price, list_price) if price.currency == list_price.currency else None
        if not self.off_per_mille:
            return None
        return share_of(list_price, Decimal(1000 - self.off_per_mille) / 1000)


class WaiverTerms(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="waiver"):
    """What the account need not pay or do.

    Attributes:
        waives: Id of a waiver of the rule book, which its tables read as `customer.waived.*`.
    """

    waives: str


class GuaranteeTerms(
    Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="guarantee"
):
    """What the account was promised, and what it is owed when that is broken.

    Attributes:
        promises: What, in one word, for example `last_room`; conditions read it as
            `customer.agreed.guarantees.*`.
        broken_by: Failures of the rule book that break it.
        owes: Remedy of the rule book that pays what is owed; empty when only the promise counts.
        amount: How much; None when it is a share of the price.
        price_per_mille: Share of the price, in thousandths; 1000 is all of it.
        within_ms: How long the firm has to pay it.
    """

    promises: str
    broken_by: tuple[str, ...] = ()
    owes: str = ""
    amount: Money | None = None
    price_per_mille: int = 0
    within_ms: int = 0


Terms: TypeAlias = RateTerms | WaiverTerms | GuaranteeTerms


class Agreement(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Something agreed with an account, at the umbrella, a brand or a place, for a time.

    Attributes:
        id: The firm's number of it; free of personal data.
        account: With whom.
        terms: What was agreed.
        brand: The brand it was agreed with; empty for the umbrella.
        place: The place it was agreed with, which is of that brand; empty for all of the brand.
        elsewhere: It is honoured everywhere under the umbrella, not only where it was agreed.
        not_at: Where it is not honoured all the same, as `brand:<id>` or `place:<id>`.
        also_at: Where it is honoured although it is not elsewhere, in the same form.
        from_ms: The first instant it holds.
        until_ms: The first instant it no longer holds; 0 for no end.
    """

    id: AgreementId
    account: AccountId
    terms: Terms
    brand: str = ""
    place: str = ""
    elsewhere: bool = True
    not_at: tuple[str, ...] = ()
    also_at: tuple[str, ...] = ()
    from_ms: int = 0
    until_ms: int = 0

    @property
    def kind(self) -> Kind:
        """What kind of agreement it is."""
        match self.terms:
            case RateTerms():
                return "rate"
            case WaiverTerms():
                return "waiver"
            case GuaranteeTerms():
                return "guarantee"

    @property
    def scope(self) -> Scope:
        """Where it was agreed."""
        if self.place:
            return "place"
        return "brand" if self.brand else "umbrella"

    def is_in_force(self, at_ms: int) -> bool:
        """Whether it holds at an instant, wherever."""
        return self.from_ms <= at_ms and (not self.until_ms or at_ms < self.until_ms)


class Parties(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Who asks, who pays and who is told, where that is not simply the customer.

    Attributes:
        account: The account through which it was booked; empty when none was named.
        asks: Pseudonym of who asks; empty for the customer.
        pays: Pseudonym of who pays, and gets back what is refunded; empty for the customer.
        told: Pseudonyms of those the case writes to, where "" is the customer; none for the
            customer alone. Who is not among them is not written to, the customer included.
    """

    account: AccountId = AccountId("")
    asks: ProfileId = ProfileId("")
    pays: ProfileId = ProfileId("")
    told: tuple[ProfileId, ...] = ()
