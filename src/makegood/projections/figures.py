"""Money, instants and spans in words, as a person of a language reads them."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency

from makegood.messages.money import Money

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_SHORT_SPAN_MS = HOUR_MS  # below it seconds matter to somebody who waits
_ENGLISH = Locale("en", "GB")
_LANGUAGES = {"en": _ENGLISH, "de": Locale("de"), "es": Locale("es")}


def locale_for(language: str) -> Locale:
    """Give the locale of a language we speak; British English for any other."""
    return _LANGUAGES.get(language.partition("-")[0].lower(), _ENGLISH)


def money_words(money: Money, locale: Locale = _ENGLISH) -> str:
    """Write an amount; whole units without cents: $95, $182.40."""
    amount = Decimal(money.cents) / 100
    symbol = "US$" if money.currency == "USD" else None
    text: str = format_currency(
        amount, money.currency, locale=locale, currency_digits=bool(money.cents % 100),
        format="¤#,##0" if locale is _ENGLISH and not money.cents % 100 else None,
    )  # fmt: skip
    # British English writes US$; whoever reads a dollar price beside another knows which it is.
    return text.replace(symbol, "$") if symbol and locale is _ENGLISH else text


def local(at_ms: int, timezone: str) -> datetime:
    """Give an instant as the clocks of a time zone show it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(timezone))


def clock_words(at_ms: int, timezone: str, locale: Locale = _ENGLISH) -> str:
    """Write the time of day: 09:07."""
    return str(format_time(local(at_ms, timezone), "short", locale=locale))


def day_words(at_ms: int, timezone: str, locale: Locale = _ENGLISH) -> str:
    """Write the date: 8 February 2013."""
    return str(format_date(local(at_ms, timezone).date(), "long", locale=locale))


def moment_words(at_ms: int, now_ms: int, timezone: str, locale: Locale = _ENGLISH) -> str:
    """Write the time of day, with the date when it is another day than now."""
    then, now = local(at_ms, timezone), local(now_ms, timezone)
    clock = str(format_time(then, "short", locale=locale))
    if then.date() == now.date():
        return clock
    skeleton = "MMMd" if then.year == now.year else "yMMMd"
    return f"{format_skeleton(skeleton, then, locale=locale)}, {clock}"


def span_words(span_ms: int) -> str:
    """Write a span as a clock shows it: 04:12, then 3 h 20 min, then 5 d."""
    span_ms = abs(span_ms)
    if span_ms < _SHORT_SPAN_MS:
        minutes, seconds = divmod(span_ms // 1000, 60)
        return f"{minutes:02}:{seconds:02}"
    if span_ms < 2 * DAY_MS:
        hours, rest = divmod(span_ms, HOUR_MS)
        return f"{hours} h {rest // MINUTE_MS} min"
    return f"{span_ms // DAY_MS} d"


def ago_words(span_ms: int) -> str:
    """Write how long ago: just now, 12 min, 3 h, 5 d."""
    if span_ms < MINUTE_MS:
        return "just now"
    for unit_ms, name in ((DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "min")):
        if span_ms >= unit_ms:
            return f"{span_ms // unit_ms} {name} ago"
    return "just now"


def counted(count: int, one: str, many: str = "") -> str:
    """Write a small count with its noun: once, twice, 3 calls."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def times_words(count: int) -> str:
    """Write how often: once, twice, three times."""
    words = {1: "once", 2: "twice", 3: "three times", 4: "four times", 5: "five times"}
    return words.get(count, f"{count} times")


def listed(parts: tuple[str, ...], last: str = "and") -> str:
    """Join words as a sentence does: a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
