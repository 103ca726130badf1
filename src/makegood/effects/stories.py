"""The story of a customer in a sentence, as the other side reads it: they repeat nothing."""

import re
from collections.abc import Mapping
from datetime import date
from string import Template

from babel import Locale
from babel.dates import format_date

from makegood.effects.locales import date_text, locale_of
from makegood.effects.words import spoken
from makegood.messages.facts import Facts
from makegood.playbooks.book import RuleBook
from makegood.playbooks.placing import PlaceRule
from makegood.ports.rows import PersonRow

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
OR = " | "
_SOMEBODY = {"en": "A customer", "de": "Ein Kunde", "es": "Un cliente"}


def story_of(
    rule: PlaceRule, facts: Facts, book: RuleBook, person: PersonRow | None, language: str
) -> str:
    """Tell it in a language; a clause that names what nobody told is left out.

    Args:
        rule: Its clauses.
        facts: Of the ask.
        book: Titles, currency and time zone.
        person: Who comes; without a name it is "a customer".
        language: Of whoever reads it; English where the rule has none in it.
    """
    told = _in_language(rule.story, language)
    locale = locale_of(language if told in rule.story.values() else "en")
    values = told_values(facts, book, locale)
    name = person.name.strip() if person is not None else ""
    values["guest"] = name or _SOMEBODY.get(locale.language, _SOMEBODY["en"])
    values.setdefault("house", book.umbrella)
    clauses = [_filled(clause, values) for clause in told]
    words = "; ".join(clause.strip().rstrip(".;") for clause in clauses if clause)
    return f"{words}." if words else ""


def told_values(facts: Facts, book: RuleBook, locale: Locale) -> dict[str, str]:
    """Turn the facts of an ask into words; a day is written out."""
    values = spoken(facts, book, locale)
    ends = facts.get("agreed_until_ms")
    if isinstance(ends, int):  # the first instant at which it no longer holds
        values["agreed_until"] = date_text(ends - 1, locale, book.timezone)
    for name, value in facts.items():
        if isinstance(value, str) and _DAY.fullmatch(value):
            values[name] = _day(value, locale)
    return {name: words for name, words in values.items() if words.strip()}


def _day(written: str, locale: Locale) -> str:
    try:
        return str(format_date(date.fromisoformat(written), "long", locale=locale))
    except ValueError:
        return written


def _in_language(texts: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    tag = language.replace("_", "-")
    return texts.get(tag) or texts.get(tag.partition("-")[0]) or texts.get("en", ())


def _filled(clause: str, values: Mapping[str, str]) -> str:
    """Say the first of the ways to say it of which every fact is known."""
    for way in clause.split(OR):
        if set(Template(way).get_identifiers()) <= set(values):
            return Template(way).substitute(values)
    return ""
