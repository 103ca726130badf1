"""Accounts, their parties and agreements as people write them: cells of a table, fields of a form.

Every mistake says which cell, what is wrong with it and what to write instead.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias, cast
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.messages.agreements import (
    Agreement,
    GuaranteeTerms,
    RateTerms,
    Terms,
    WaiverTerms,
)
from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal
from makegood.messages.ids import AccountId, AgreementId
from makegood.messages.money import Money
from makegood.playbooks.spans import span_ms
from makegood.ports.accounts import Account, AccountKind, Client, Role, Tells
from makegood.sources.limits import check_text

Cells: TypeAlias = Mapping[str, str]
ACCOUNT = ("account", "kind", "name", "tells", "acts_for")
PARTY = ("account", "identifier", "role", "from", "until")
AGREEMENT = (
    "agreement", "account", "kind", "code", "percent_off", "prices", "waives", "promises",
    "broken_by", "owes", "amount", "percent_of_price", "within", "brand", "place", "elsewhere",
    "not_at", "also_at", "from", "until",
)  # fmt: skip
"""The columns of each table; the first of `ACCOUNT` and `AGREEMENT` names the row."""
_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "rate": ("code", "percent_off", "prices"),
    "waiver": ("waives",),
    "guarantee": ("promises", "broken_by", "owes", "amount", "percent_of_price", "within"),
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_AT = re.compile(r"(?:brand|place):[^\s;:]{1,64}")
_SUM = re.compile(r"([0-9]{1,8})(?:\.([0-9]{1,2}))?(?: ([A-Z]{3}))?", re.ASCII)
_PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9])?", re.ASCII)
MOST_PRICES = 100  # products of one rate; it stands on every event that it matters to
MOST_NAMES = 50  # of a list in a cell
_LONGEST = 200


class Ways(Struct, frozen=True, kw_only=True):
    """How days and sums are meant.

    Attributes:
        zone: IANA name of the time zone in which a day begins.
        currency: Of a sum that names none.
    """

    zone: str = "UTC"
    currency: str = "USD"


class PartyIn(Struct, frozen=True, kw_only=True):
    """A role with the identifier in clear.

    Attributes:
        identifier: Normalised.
    """

    account: AccountId
    identifier: str
    role: Role
    from_ms: int = 0
    until_ms: int = 0


Written: TypeAlias = Account | PartyIn | Agreement


def account_of(cells: Cells) -> Account:
    """Read an account.

    Raises:
        InputError: A cell is wrong; the words say which, and what to write.
    """
    kind = _choice(cells, "kind", ("person", "company", "agency"))
    name = _text(cells, "name")
    if kind == "person" and name:
        raise InputError("`name` stays empty for a person: their name is kept with the person.")
    if kind != "person" and not name:
        raise InputError("`name` is empty; write what the company or agency is called.")
    clients = _names(cells, "acts_for", _NAME)
    if clients and kind != "agency":
        raise InputError("`acts_for` is for agencies; leave it empty, or write agency in `kind`.")
    return Account(
        id=AccountId(_name(cells, "account")),
        kind=cast("AccountKind", kind),
        name=name,
        tells=cast("Tells", _choice(cells, "tells", ("guest", "booker", "both"), "guest")),
        clients=tuple(Client(account=AccountId(one)) for one in clients),
    )


def party_of(cells: Cells, ways: Ways) -> PartyIn:
    """Read who has which role in an account.

    Raises:
        InputError: A cell is wrong; the words say which, and what to write.
    """
    from_ms, until_ms = _days(cells, ways)
    return PartyIn(
        account=AccountId(_name(cells, "account")),
        identifier=normal(_text(cells, "identifier")),
        role=cast("Role", _choice(cells, "role", ("guest", "asks", "pays", "told"))),
        from_ms=from_ms,
        until_ms=until_ms,
    )


def agreement_of(cells: Cells, ways: Ways) -> Agreement:
    """Read an agreement.

    Raises:
        InputError: A cell is wrong; the words say which, and what to write.
    """
    kind = _choice(cells, "kind", tuple(_OF_KIND))
    for other, names in _OF_KIND.items():
        if wrong := [name for name in names if _text(cells, name) and other != kind]:
            raise InputError(f"`{wrong[0]}` is for a {other}, and this is a {kind}; empty it.")
    from_ms, until_ms = _days(cells, ways)
    place = _text(cells, "place")
    brand = _text(cells, "brand")
    if place and not brand:
        raise InputError("`place` needs the `brand` it belongs to; write that too.")
    elsewhere = _choice(cells, "elsewhere", ("yes", "no"), "yes") == "yes"
    also_at = _names(cells, "also_at", _AT)
    if also_at and elsewhere:
        raise InputError("`also_at` is for what is not honoured `elsewhere`; write no there.")
    if not (brand or elsewhere):
        raise InputError("At the umbrella there is no elsewhere; write yes, or name a `brand`.")
    return Agreement(
        id=AgreementId(_name(cells, "agreement")),
        account=AccountId(_name(cells, "account")),
        terms=_terms(cells, kind, ways),
        brand=brand,
        place=place,
        elsewhere=elsewhere,
        not_at=_names(cells, "not_at", _AT),
        also_at=also_at,
        from_ms=from_ms,
        until_ms=until_ms,
    )


def _terms(cells: Cells, kind: str, ways: Ways) -> Terms:
    match kind:
        case "rate":
            return _rate(cells, ways)
        case "waiver":
            return WaiverTerms(waives=_needed(cells, "waives", "what the rule book calls it"))
        case _:
            return _guarantee(cells, ways)


def _rate(cells: Cells, ways: Ways) -> RateTerms:
    prices: dict[str, Money] = {}
    for entry in _list(cells, "prices", MOST_PRICES):
        product, equals, price = entry.partition("=")
        if not equals or not product.strip():
            raise InputError(f"`prices` has {entry[:40]!r}; write product=95.00, ; between them.")
        prices[product.strip()] = _sum("prices", price.strip(), ways)
    off = _per_mille(cells, "percent_off")
    code = _text(cells, "code")
    if not (code or off or prices):
        raise InputError("A rate needs `code`, `percent_off` or `prices`; write one of them.")
    return RateTerms(code=code, off_per_mille=off, prices=tuple(sorted(prices.items())))


def _guarantee(cells: Cells, ways: Ways) -> GuaranteeTerms:
    written, within = _text(cells, "amount"), _text(cells, "within")
    share = _per_mille(cells, "percent_of_price")
    owes = _text(cells, "owes")
    if owes and bool(written) == bool(share):
        raise InputError("What is owed is an `amount` or a `percent_of_price`; write one of them.")
    if (written or share) and not owes:
        raise InputError("`owes` is empty; write the remedy of the rule book that pays it.")
    within_ms = span_ms(within) if within else 0
    if within_ms is None:
        raise InputError(f"`within` is {within[:40]!r}; write a span such as 4h or 7d.")
    return GuaranteeTerms(
        promises=_needed(cells, "promises", "one word for it, such as last_room"),
        broken_by=_names(cells, "broken_by", _NAME),
        owes=owes,
        amount=_sum("amount", written, ways) if written else None,
        price_per_mille=share,
        within_ms=within_ms,
    )


def _text(cells: Cells, name: str) -> str:
    value = (cells.get(name) or "").strip()
    check_text(value, f"`{name}`")
    if len(value) > (_LONGEST if name not in ("prices", "not_at", "also_at") else 8_000):
        raise InputError(f"`{name}` is too long; write at most {_LONGEST} characters.")
    return value


def _needed(cells: Cells, name: str, what: str) -> str:
    value = _text(cells, name)
    if not value:
        raise InputError(f"`{name}` is empty; write {what}.")
    if not _NAME.fullmatch(value):
        raise InputError(f"`{name}` is {value[:40]!r}; write letters, digits, `.`, `_` and `-`.")
    return value


def _name(cells: Cells, name: str) -> str:
    return _needed(cells, name, f"the {name}'s own name, such as meridian-1")


def _choice(cells: Cells, name: str, of: tuple[str, ...], otherwise: str = "") -> str:
    value = _text(cells, name).casefold() or otherwise
    if value not in of:
        raise InputError(f"`{name}` is {value[:40]!r}; write {', '.join(of[:-1])} or {of[-1]}.")
    return value


def _list(cells: Cells, name: str, most: int) -> list[str]:
    found = [one.strip() for one in _text(cells, name).split(";") if one.strip()]
    if len(found) > most:
        raise InputError(f"`{name}` lists {len(found)}; at most {most} fit into one row.")
    return found


def _names(cells: Cells, name: str, form: re.Pattern[str]) -> tuple[str, ...]:
    found = _list(cells, name, MOST_NAMES)
    example = "brand:inn or place:rome-1" if form is _AT else "names"
    for one in found:
        if not form.fullmatch(one):
            raise InputError(f"`{name}` has {one[:40]!r}; write {example}, with ; between them.")
    return tuple(dict.fromkeys(found))


def _sum(name: str, written: str, ways: Ways) -> Money:
    found = _SUM.fullmatch(written)
    if found is None:
        raise InputError(f"`{name}` has {written[:40]!r}; write a sum as 95, 95.50 or 95.50 EUR.")
    cents = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    return Money(cents, found[3] or ways.currency)


def _per_mille(cells: Cells, name: str) -> int:
    written = _text(cells, name).removesuffix("%").strip()
    if not written:
        return 0
    found = int(Decimal(written) * 10) if _PERCENT.fullmatch(written) else 0
    if not 0 < found <= 1000:
        raise InputError(f"`{name}` is {written[:40]!r}; write per cent as 15 or 12.5, up to 100.")
    return found


def _days(cells: Cells, ways: Ways) -> tuple[int, int]:
    """Read the first and the last day; the last one still counts, to its end."""
    first, last = _day(cells, "from"), _day(cells, "until")
    if first and last and last < first:
        raise InputError(f"`until` is {last}, before `from`; write the last day it still holds.")
    begins = begins_ms(first, ways.zone) if first else 0
    return begins, begins_ms(last + timedelta(days=1), ways.zone) if last else 0


def _day(cells: Cells, name: str) -> date | None:
    written = _text(cells, name)
    if not written:
        return None
    try:
        found = date.fromisoformat(written)
    except ValueError:
        found = date.min
    if not 1970 < found.year < 9999 or written != found.isoformat():
        raise InputError(f"`{name}` is {written[:40]!r}; write a day as 2026-03-31.")
    return found


def end_of(written: str, ways: Ways) -> int:
    """Give the first instant after a last day, as somebody wrote it; 0 for none.

    Raises:
        InputError: It is no day.
    """
    last = _day({"until": written}, "until")
    return begins_ms(last + timedelta(days=1), ways.zone) if last else 0


def begins_ms(day: date, zone: str) -> int:
    """Give the instant at which a day begins somewhere."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)
