"""Money and dates as the customer's own language writes them."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency

from makegood.messages.money import Money

FALLBACK = Locale("en")


def locale_of(language: str) -> Locale:
    """Give the locale of a BCP 47 tag; English for an unknown or empty one."""
    tag = language.replace("_", "-")
    while tag:
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            tag = tag.rpartition("-")[0]
    return FALLBACK


def money_text(money: Money, locale: Locale) -> str:
    """Write an amount, for example $1,234.50 or 1.234,50 €."""
    return format_currency(Decimal(money.cents) / 100, money.currency, locale=locale)


def moment_text(at_ms: int, locale: Locale, timezone: str) -> str:
    """Write a date with its time of day, both as the clocks of the time zone show them."""
    local = _local(at_ms, timezone)
    return f"{format_date(local.date(), 'long', locale=locale)}, {_time(local, locale)}"


def date_text(at_ms: int, locale: Locale, timezone: str) -> str:
    """Write a date without its time."""
    return str(format_date(_local(at_ms, timezone).date(), "long", locale=locale))


def _local(at_ms: int, timezone: str) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(timezone))


def _time(local: datetime, locale: Locale) -> str:
    return str(format_time(local.time(), "short", locale=locale))
