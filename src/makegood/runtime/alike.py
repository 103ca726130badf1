"""What the roster says of people where two are compared: brands, languages, hours, room."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from makegood.core.succession import Profile
from makegood.messages.errors import InputError
from makegood.messages.ids import RepId
from makegood.playbooks.people_terms import PeopleRules
from makegood.ports.rows import RepRow
from makegood.ports.ties import Load
from makegood.runtime.duty import parse_hours
from makegood.runtime.rooms import NO_LOAD, room_of

_WEEK = 7 * 24


def base(language: str) -> str:
    """Give a language without its region: "pt" for "pt-BR"."""
    return language.replace("_", "-").partition("-")[0].lower()


def profile_of(row: RepRow, load: Load, rules: PeopleRules, now_ms: int) -> Profile:
    """Say what counts where somebody is compared with another.

    Args:
        row: Of the roster.
        load: How many customers they have, wait for them, or are put forward to them.
        rules: The book's people.
        now_ms: The present; hours are those of this week, for clocks change.
    """
    most = room_of(row, rules)
    day = datetime.fromtimestamp(now_ms / 1000, tz=UTC).date()
    monday = day - timedelta(days=day.weekday())
    return Profile(
        rep=row.rep,
        brands=frozenset(row.brands),
        languages=frozenset(base(one) for one in row.languages),
        hours=hours_of(row.hours, row.timezone, monday.isoformat()),
        room=max(0, most - load.theirs - load.waiting - load.heir),
        most=most,
    )


def profiles_of(
    reps: Mapping[RepId, RepRow], loads: Mapping[RepId, Load], rules: PeopleRules, now_ms: int
) -> dict[RepId, Profile]:
    """Say it of everybody."""
    return {
        rep: profile_of(row, loads.get(rep, NO_LOAD), rules, now_ms) for rep, row in reps.items()
    }


@lru_cache(maxsize=2_000)  # a roster has few different hours, and a page asks for all of them
def hours_of(hours: str, timezone: str, monday: str) -> frozenset[int]:
    """Give the hours of a week in UTC in which somebody works; 0 is Monday at midnight.

    Args:
        hours: As the roster has them.
        timezone: IANA name; hours that cannot be read are none.
        monday: The first day of the week that is meant, ISO 8601.
    """
    try:
        zone, spans = ZoneInfo(timezone), parse_hours(hours)
    except (InputError, KeyError, ValueError, OSError):
        return frozenset()
    begins = datetime.fromisoformat(monday).replace(tzinfo=UTC)
    found = set()
    for n in range(_WEEK):
        there = (begins + timedelta(hours=n)).astimezone(zone)
        for days, first, last in spans:
            until = last if last > first else None  # an end before the beginning is another day's
            same_day = there.weekday() in days and there.time() >= first
            if same_day and (until is None or there.time() < until):
                found.add(n)
            before = (there - timedelta(days=1)).weekday()
            if until is None and before in days and there.time() < last:
                found.add(n)
    return frozenset(found)
