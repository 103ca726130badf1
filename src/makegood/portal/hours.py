"""When somebody works, as a customer reads it: Monday to Friday, from eight to six."""

from collections.abc import Mapping
from datetime import time

from babel.dates import format_time, get_day_names

from makegood.messages.errors import InputError
from makegood.ports.rows import RepRow
from makegood.projections.figures import locale_for
from makegood.runtime.duty import parse_hours

_WHOLE_DAY = time(0)
_TO = "\N{EN DASH}"


def hours_words(rep: RepRow, language: str, timezone: str) -> str:
    """Say when somebody works; empty when nobody knows.

    Args:
        rep: Whose hours.
        language: Of the reader.
        timezone: Of the firm; hours in another one name theirs.
    """
    try:
        spans = parse_hours(rep.hours)
    except InputError:
        return ""
    locale = locale_for(language)
    found = get_day_names("abbreviated", context="stand-alone", locale=locale)
    names = {day: str(found[day]) for day in range(7)}
    parts = []
    for days, begins, until in spans:
        clocks = [format_time(one, "short", locale=locale) for one in (begins, until)]
        when = "" if begins == until == _WHOLE_DAY else f" {clocks[0]}{_TO}{clocks[1]}"
        parts.append(f"{_days(days, names)}{when}")
    words = ", ".join(parts)
    return f"{words} ({rep.timezone})" if words and rep.timezone != timezone else words


def _days(days: frozenset[int], names: Mapping[int, str]) -> str:
    """Name days in a row by their first and last, also over the end of a week."""
    ordered = sorted(days)
    first = next((day for day in ordered if (day - 1) % 7 not in days), 0)
    row = [(first + n) % 7 for n in range(len(ordered))]
    if set(row) == set(days) and len(row) > 2:
        return f"{names[row[0]]}{_TO}{names[row[-1]]}"
    return ", ".join(names[day] for day in ordered)
