"""Weeks begin and end where clocks of a zone say so, also when a clock is changed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.analytics.monday.weeks import due_of, last_due, week_named, week_of

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
INSTANTS = st.integers(min_value=946_684_800_000, max_value=4_102_444_800_000)


def at(text: str, zone: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@given(INSTANTS, ZONES)
def test_every_instant_lies_in_exactly_one_week_and_weeks_meet(now_ms, zone):
    week = week_of(now_ms, zone)
    assert week.before_ms < week.begins_ms <= now_ms < week.ends_ms
    assert week.earlier().ends_ms == week.begins_ms
    assert week.earlier().begins_ms == week.before_ms
    assert week_of(week.ends_ms, zone).begins_ms == week.ends_ms
    assert week.first.weekday() == 0


@given(INSTANTS, ZONES)
def test_a_week_is_found_again_by_its_name(now_ms, zone):
    week = week_of(now_ms, zone)
    assert week_named(week.name, zone) == week


@given(INSTANTS, ZONES, st.integers(0, 6), st.integers(0, 24 * 60 - 1))
def test_the_latest_letter_is_due_within_the_last_eight_days_and_is_of_a_week_that_is_over(
    now_ms, zone, weekday, minute
):
    week, due_ms = last_due(now_ms, weekday, minute, zone)
    assert now_ms - 8 * DAY_MS < due_ms <= now_ms
    assert week.ends_ms <= due_ms + HOUR_MS  # a skipped hour is read as the one after
    assert due_of(week, weekday, minute) == due_ms


@pytest.mark.parametrize(
    ("week", "hours"), [("2026-W13", 167), ("2026-W43", 169), ("2026-W47", 168)]
)
def test_a_week_in_which_the_clock_is_changed_is_an_hour_shorter_or_longer(week, hours):
    found = week_named(week, "Europe/Berlin")
    assert found is not None
    assert found.ends_ms - found.begins_ms == hours * HOUR_MS


@pytest.mark.parametrize(
    ("day", "name"),
    [("2026-12-31", "2026-W53"), ("2027-01-03", "2026-W53"), ("2027-01-04", "2027-W01"),
     ("2024-12-30", "2025-W01"), ("2023-01-01", "2022-W52")],
)  # fmt: skip
def test_weeks_over_the_end_of_a_year_have_the_year_of_their_thursday(day, name):
    assert week_of(at(f"{day}T12:00", "UTC"), "UTC").name == name


def test_a_letter_due_in_the_hour_that_is_skipped_or_shown_twice_is_due_once():
    spring = week_named("2026-W12", "Europe/Berlin")
    autumn = week_named("2026-W42", "Europe/Berlin")
    assert spring is not None
    assert autumn is not None
    skipped = datetime.fromtimestamp(due_of(spring, 6, 150) / 1000, UTC)
    twice = datetime.fromtimestamp(due_of(autumn, 6, 150) / 1000, UTC)
    assert skipped.isoformat() == "2026-03-29T01:30:00+00:00"
    assert twice.isoformat() == "2026-10-25T00:30:00+00:00"


@pytest.mark.parametrize("name", ["2026-W54", "2026W47", "2025-W53", "", "last", "0000-W01"])
def test_what_is_no_week_is_found_nowhere(name):
    assert week_named(name, "UTC") is None


def test_a_week_knows_its_days():
    week = week_named("2026-W47", "UTC")
    assert week is not None
    assert (week.first, week.last) == (date(2026, 11, 16), date(2026, 11, 22))
