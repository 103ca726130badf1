"""Speak the customer's language: English, German or Spanish.

A small catalogue of our own: the pages are few, the wheel ships no compiled files, and a missing
or extra word fails a test.
"""

import re
from collections.abc import Mapping

from babel import Locale
from babel.dates import format_time
from babel.numbers import format_decimal
from django.http import HttpRequest

from makegood.messages.money import Money
from makegood.portal.words import call_backs, de, en, es
from makegood.ports.rows import PersonRow
from makegood.projections.figures import day_words, local, locale_for, money_words

CATALOGUE: Mapping[str, Mapping[str, str]] = {
    "en": {**en.WORDS, **call_backs.EN},
    "de": {**de.WORDS, **call_backs.DE},
    "es": {**es.WORDS, **call_backs.ES},
}
DEFAULT = "en"
_LONGEST_HEADER = 200
_ONE_O_CLOCK = re.compile(r"\blas (1:[0-9]{2})\b")  # Spanish: a la 1:05, but a las 2:05
_QUALITY = re.compile(r"[01](\.[0-9]{0,3})?")


class Speech:
    """Says things in one language."""

    def __init__(self, language: str, timezone: str = "UTC") -> None:
        self.language = language if language in CATALOGUE else DEFAULT
        self.others = tuple((tag, CATALOGUE[tag]["language"]) for tag in CATALOGUE)
        self._words = CATALOGUE[self.language]
        self._locale: Locale = locale_for(self.language)
        self.timezone = timezone

    def say(self, key: str, **values: object) -> str:
        words = self._words[key].format(**values)
        return _ONE_O_CLOCK.sub(r"la \1", words) if self.language == "es" else words

    def money(self, money: Money) -> str:
        return money_words(money, self._locale)

    def number(self, number: float) -> str:
        """Write a number with one digit after the point."""
        text: str = format_decimal(number, "#,##0.0", locale=self._locale)
        return text

    def clock(self, at_ms: int) -> str:
        text: str = format_time(local(at_ms, self.timezone), "short", locale=self._locale)
        return text

    def when(self, at_ms: int, now_ms: int) -> str:
        """Say when something happened; with the day when it is not today."""
        clock = self.clock(at_ms)
        if local(at_ms, self.timezone).date() == local(now_ms, self.timezone).date():
            return self.say("happened.today", clock=clock)
        return self.say("happened.day", clock=clock, day=self.day(at_ms))

    def day(self, at_ms: int) -> str:
        return day_words(at_ms, self.timezone, self._locale)


def language_of(request: HttpRequest, person: PersonRow | None = None) -> str:
    """Choose the language: the one asked for on the page, the person's own, the browser's."""
    asked = request.GET.get("lang", "")
    if asked in CATALOGUE:
        return asked
    if person is not None and (own := _base(person.language)) in CATALOGUE:
        return own
    return _of_browser(request.headers.get("Accept-Language", ""))


def _of_browser(header: str) -> str:
    wishes = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, quality = part.strip().partition(";q=")
        weight = float(quality) if _QUALITY.fullmatch(quality) else 1.0
        wishes.append((-weight, _base(tag)))
    return next((tag for _, tag in sorted(wishes) if tag in CATALOGUE), DEFAULT)


def _base(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
