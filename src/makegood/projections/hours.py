"""When and in which languages somebody works, in words: Monday to Friday, from eight to six."""

from collections.abc import Mapping, Sequence
from datetime import time

from babel.dates import format_time, get_day_names, get_timezone_location

from makegood.projections.figures import locale_for

Span = tuple[frozenset[int], time, time]
"""Weekdays, from, to; Monday is 0, and an end before the beginning is of the next day."""

_WHOLE_DAY = time(0)
_TO = "\N{EN DASH}"


def hours_words(spans: Sequence[Span], language: str) -> str:
    """Say when somebody works; a day from midnight to midnight needs no times.

    Args:
        spans: Weekly hours.
        language: Of the reader.
    """
    locale = locale_for(language)
    found = get_day_names("abbreviated", context="stand-alone", locale=locale)
    names = {day: str(found[day]) for day in range(7)}
    parts = []
    for days, begins, until in spans:
        clocks = [format_time(one, "short", locale=locale) for one in (begins, until)]
        when = "" if begins == until == _WHOLE_DAY else f" {clocks[0]}{_TO}{clocks[1]}"
        parts.append(f"{_days(days, names)}{when}")
    return ", ".join(parts)


def _days(days: frozenset[int], names: Mapping[int, str]) -> str:
    """Name days in a row by their first and last, also over the end of a week."""
    ordered = sorted(days)
    first = next((day for day in ordered if (day - 1) % 7 not in days), 0)
    row = [(first + n) % 7 for n in range(len(ordered))]
    if set(row) == set(days) and len(row) > 2:
        return f"{names[row[0]]}{_TO}{names[row[-1]]}"
    return ", ".join(names[day] for day in ordered)


def zone_words(zone: str, language: str) -> str:
    """Name a time zone by its city, as the reader calls it; as written when nobody knows it."""
    try:
        named = str(get_timezone_location(zone, locale=locale_for(language), return_city=True))
    except LookupError:
        return zone
    return named.rpartition("/")[2]


def language_words(tags: Sequence[str], language: str) -> str:
    """Name languages in the reader's; as written where nobody knows them."""
    known = locale_for(language).languages
    return ", ".join(str(known.get(tag.partition("-")[0].lower(), tag)) for tag in tags)
