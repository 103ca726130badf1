"""Accounts and agreements as the interface takes and gives them."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from makegood.api.shapes import Line
from makegood.messages.agreements import Agreement, GuaranteeTerms, RateTerms, WaiverTerms
from makegood.ports.accounts import Account

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Names = Annotated[list[Line], Field(max_length=50)]
Fields = dict[str, object]
_DAY = Field("", description="Day as 2026-03-31; empty for none. The last day still counts.")
_MORE = Field(description="Give it as `after` for the next page; null at the end.")


class AccountIn(Schema):
    """An account to be kept."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["person", "company", "agency"]
    name: Line = Field("", description="Of a company or agency; empty for a person.")
    tells: Literal["guest", "booker", "both"] = "guest"
    acts_for: Names = Field([], description="Accounts that an agency acts for now.")


class AccountOut(Schema):
    """An account."""

    id: str
    kind: str
    name: str
    tells: str = Field(description="Whom a case writes to: the guest, whoever booked, or both.")
    acts_for: list[str]


class AccountPage(Schema):
    """One page of accounts, by id."""

    accounts: list[AccountOut]
    next: str | None = _MORE


class PartyIn(Schema):
    """Somebody to have a role."""

    model_config = ConfigDict(extra="forbid")

    identifier: Line = Field(description="Typed, as user:42 or email:till@firm.example.com.")
    role: Literal["guest", "asks", "pays", "told"]
    from_: str = Field("", alias="from", description="First day; empty for always.")
    until: str = _DAY


class PartyOut(Schema):
    """Somebody in a role."""

    profile: str
    identifier: str | None = Field(description="Null once the person was erased.")
    role: str
    from_at: datetime | None
    until_at: datetime | None = Field(description="The first instant no longer; null: no end.")


class PartyPage(Schema):
    """One page of parties."""

    parties: list[PartyOut]
    next: str | None = _MORE


class AgreementIn(Schema):
    """An agreement to be kept; only the fields of its kind are filled in."""

    model_config = ConfigDict(extra="forbid")

    account: Name
    kind: Literal["rate", "waiver", "guarantee"]
    code: Line = ""
    percent_off: Line = Field("", description="Off the list price, as 15 or 12.5.")
    prices: dict[str, str] = Field({}, description="Product to price, as 95.00 or 95.00 EUR.")
    waives: Line = Field("", description="A waiver of the rule book.")
    promises: Line = ""
    broken_by: Names = Field([], description="Failures of the rule book.")
    owes: Line = Field("", description="Remedy of the rule book that pays what is owed.")
    amount: Line = ""
    percent_of_price: Line = ""
    within: Line = Field("", description="How long the firm has to pay, as 7d.")
    brand: Line = Field("", description="Agreed with this brand; empty for the umbrella.")
    place: Line = ""
    elsewhere: bool = Field(True, description="Honoured everywhere under the umbrella.")
    not_at: Names = Field([], description="Where not all the same: brand:... or place:...")
    also_at: Names = Field([], description="Where it is, though not elsewhere.")
    from_: str = Field("", alias="from", description="First day; empty for always.")
    until: str = _DAY


class AgreementOut(Schema):
    """An agreement; what is not of its kind is null."""

    id: str
    account: str
    kind: str
    scope: str
    code: str | None
    off_per_mille: int | None
    prices: dict[str, Fields] | None
    waives: str | None
    promises: str | None
    broken_by: list[str] | None
    owes: str | None
    cents: int | None
    currency: str | None
    price_per_mille: int | None
    within_ms: int | None
    brand: str | None
    place: str | None
    elsewhere: bool
    not_at: list[str]
    also_at: list[str]
    from_at: datetime | None
    until_at: datetime | None = Field(description="The first instant no longer; null: no end.")


class AgreementPage(Schema):
    """One page of agreements, by id."""

    agreements: list[AgreementOut]
    next: str | None = _MORE


class EndIn(Schema):
    """When an agreement ends."""

    model_config = ConfigDict(extra="forbid")

    until: str = Field("", description="Last day it holds; empty: it ends now.")


class KeptOut(Schema):
    """What became of it."""

    fate: Literal["new", "changed", "same"]


def account_fields(one: Account, now_ms: int) -> Fields:
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "tells": one.tells,
        "acts_for": [it.account for it in one.clients if it.is_at(now_ms)],
    }


def instant(at_ms: int) -> datetime | None:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC) if at_ms else None


def agreement_fields(one: Agreement) -> Fields:
    rate = one.terms if isinstance(one.terms, RateTerms) else None
    waiver = one.terms if isinstance(one.terms, WaiverTerms) else None
    broken = one.terms if isinstance(one.terms, GuaranteeTerms) else None
    money = broken.amount if broken is not None else None
    return {
        "id": one.id,
        "account": one.account,
        "kind": one.kind,
        "scope": one.scope,
        **_rate(rate),
        "waives": waiver.waives if waiver is not None else None,
        "promises": broken.promises if broken is not None else None,
        "broken_by": list(broken.broken_by) if broken is not None else None,
        "owes": (broken.owes or None) if broken is not None else None,
        "cents": money.cents if money is not None else None,
        "currency": money.currency if money is not None else None,
        "price_per_mille": broken.price_per_mille or None if broken is not None else None,
        "within_ms": broken.within_ms if broken is not None else None,
        "brand": one.brand or None,
        "place": one.place or None,
        "elsewhere": one.elsewhere,
        "not_at": list(one.not_at),
        "also_at": list(one.also_at),
        "from_at": instant(one.from_ms),
        "until_at": instant(one.until_ms),
    }


def _rate(rate: RateTerms | None) -> Fields:
    if rate is None:
        return {"code": None, "off_per_mille": None, "prices": None}
    prices = {
        name: {"cents": price.cents, "currency": price.currency} for name, price in rate.prices
    }
    return {"code": rate.code or None, "off_per_mille": rate.off_per_mille, "prices": prices}
