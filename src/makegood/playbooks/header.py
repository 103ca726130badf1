"""The head of a rule book: who the firm is, its brands, and who may give how much."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields
from makegood.playbooks.reading import NAME, Section, without_repeats
from makegood.playbooks.spans import DAY_MS
from makegood.playbooks.terms import Brand

GRAMMAR = 1
DOUBLE_WINDOW_MS = 180 * DAY_MS  # two failures this close count as one bad story
# Source: Maxham and Netemeyer 2002, a panel of 20 months; the window itself is a choice.
MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class Header(Struct, frozen=True, kw_only=True):
    """What the head of a book says."""

    name: str
    umbrella: str
    currency: str
    timezone: str
    double_window_ms: int
    brands: Mapping[str, Brand]
    authority_cents: Mapping[str, int]
    approval_ms: int


def read_header(top: Section) -> Header:
    """Read the fields at the top of a book and its brands."""
    version = top.whole("makegood", most=1000)
    if top.has("makegood") and version != GRAMMAR:
        top.error("makegood", f"The grammar is {GRAMMAR}, not {version}.", "Write `makegood: 1`.")
    top.node("may_change")  # read where a brand's book is put over this one
    return Header(
        name=top.text("name"),
        umbrella=top.text("umbrella"),
        currency=read_currency(top, "USD"),
        timezone=_timezone(top),
        double_window_ms=top.span_ms("double_window", default=DOUBLE_WINDOW_MS),
        brands=_brands(top),
        authority_cents=dict(_authority(top)),
        approval_ms=_approval(top),
    )


def check_brand(section: Section, key: str, name: str, header: Header) -> None:
    """Report a brand that the book does not name."""
    if name and name not in header.brands:
        section.error(key, f"`{name}` is not a brand.", nearest(name, header.brands))


def read_currency(section: Section, default: str) -> str:
    """Read the currency of sums."""
    found = section.text("currency", default=default)
    if found != default and not CURRENCY.fullmatch(found):
        section.error(
            "currency", f"`{found}` is not a currency.", "Write its ISO 4217 code, as in USD."
        )
    return found


def _timezone(top: Section) -> str:
    found = top.text("timezone", default="UTC")
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        top.error(
            "timezone",
            f"`{found}` is not a time zone.",
            "Write an IANA name, as in Europe/Berlin.",
        )
    return found


def _brands(top: Section) -> Mapping[str, Brand]:
    sections = top.sections("brands", "brand")
    if not sections:
        top.error(
            "brands", "The book names no brand.", "Add `brands:`; every message needs a sender."
        )
    ids = tuple(section.name("id") for section in sections)
    return {name: _brand(section, name) for section, name in without_repeats(sections, ids)}


def _brand(section: Section, name: str) -> Brand:
    brand = Brand(
        id=name,
        name=section.text("name"),
        sender=_mail(section, "sender"),
        offers_sender=_mail(section, "offers_sender"),
        phone=section.text("phone", default=""),
        strict=section.flag("strict"),
    )
    if brand.sender and brand.sender == brand.offers_sender:
        section.error(
            "offers_sender",
            "Offers and service mail have the same sender.",
            "Receivers judge them apart; use an address of its own.",
        )
    section.text("book", default="")  # read where books are composed
    section.done()
    return brand


def _mail(section: Section, key: str) -> str:
    found = section.text(key)
    if found and not MAIL.fullmatch(found):
        section.error(key, f"`{found}` is not an e-mail address.", "Write name@example.org.")
    return found


def _authority(top: Section) -> tuple[tuple[str, int], ...]:
    found = []
    for entry in top.named("authority", "role"):
        if not NAME.fullmatch(entry.key):
            top.report.error(entry.place, f"`{entry.key}` is not the name of a role.")
        if not isinstance(entry.value, Fields):
            top.report.error(
                entry.value.place,
                f"What the role `{entry.key}` may give is an amount.",
                "Write `{cents: 5000}`.",
            )
            continue
        amount = Section(entry.value, "amount", top.report)
        found.append((entry.key, amount.whole("cents")))
        amount.done()
    return tuple(found)


def _approval(top: Section) -> int:
    """Read how long a second person has; 0 when the book has no approval."""
    approval = top.section("approval", "approval")
    if approval is None:
        return 0
    within_ms = approval.span_ms("within")
    if approval.has("within") and within_ms == 0:
        approval.error("within", "`within` is longer than nothing.", "Write for example 2h.")
    approval.done()
    if len(tuple(top.named("authority", "role"))) < 2:
        top.error(
            "approval",
            "Nobody has more authority than another, so nobody can approve.",
            "Add a role with a higher limit to `authority:`.",
        )
    return within_ms
