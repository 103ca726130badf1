"""Clocks of duty: what counts is the time in which somebody is there, also when clocks change."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from makegood.playbooks.duty import DutyHours, parse_hours

MINUTE_MS = 60_000
DAY_MS = 86_400_000
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
# Around the nights of 2026 in which clocks change somewhere in these zones.
NIGHTS = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")
HOURS = (
    "mon-fri 08:00-20:00; sat 09:00-13:00",
    "mon-sun 00:00-00:00",
    "sun 06:00-22:00",
    "mon-sun 22:00-06:00",
    "sat-sun 20:00-08:00; sat 18:00-21:00",
    "mon-sun 05:00-12:00; mon-fri 10:00-19:00",
)
ODD = (*HOURS, "sun 02:30-03:00", "sat-sun 01:00-02:30; sun 02:15-04:00")
"""Hours that begin or end in the very hour that is skipped, or is there twice."""


def duty(hours: str, zone: str, closed: tuple[str, ...] = ()) -> DutyHours:
    return DutyHours(hours=hours, spans=parse_hours(hours), zone=zone, closed=frozenset(closed))


@st.composite
def moments(draw: st.DrawFn) -> int:
    night = datetime.fromisoformat(draw(st.sampled_from(NIGHTS))).replace(tzinfo=UTC)
    minutes = draw(st.integers(min_value=-3 * 1440, max_value=3 * 1440))
    return int(night.timestamp() * 1000) + minutes * MINUTE_MS


def is_there(one: DutyHours, at_ms: int) -> bool:
    """Look at the clock on the wall."""
    now = datetime.fromtimestamp(at_ms / 1000, tz=ZoneInfo(one.zone))
    for days, begins, until in one.spans:
        over = until <= begins
        wall = now.time()
        today = now.weekday() in days and now.date().isoformat() not in one.closed
        if today and begins <= wall and (over or wall < until):
            return True
        before = datetime.combine(now.date(), time(), tzinfo=UTC).timestamp() - 86_400
        day = datetime.fromtimestamp(before, tz=UTC).date()
        if over and day.weekday() in days and day.isoformat() not in one.closed and wall < until:
            return True
    return False


@given(
    st.sampled_from(HOURS), st.sampled_from(ZONES), moments(), st.integers(1, 36 * 60),
    st.sampled_from([(), ("2026-03-29",), ("2026-10-25", "2026-10-26")]),
)  # fmt: skip
def test_exactly_the_minutes_in_which_somebody_is_there_count(hours, zone, from_ms, span, closed):
    one = duty(hours, zone, closed)
    due_ms = one.after(from_ms, span * MINUTE_MS)
    minutes = range(from_ms, due_ms, MINUTE_MS)
    assert sum(is_there(one, at_ms) for at_ms in minutes) == span
    assert is_there(one, due_ms - MINUTE_MS)


@given(st.sampled_from(ODD), st.sampled_from(ZONES), moments(), st.integers(1, 10**8),
       st.integers(1, 10**8))  # fmt: skip
def test_a_span_is_over_when_its_two_parts_are(hours, zone, from_ms, first, second):
    one = duty(hours, zone)
    assert one.after(from_ms, first + second) == one.after(one.after(from_ms, first), second)


@given(st.sampled_from(ODD), st.sampled_from(ZONES), moments(), st.integers(0, 10**8),
       st.integers(1, 10**8))  # fmt: skip
def test_who_begins_later_is_not_done_sooner_and_nobody_is_done_at_once(
    hours, zone, from_ms, more, span
):
    one = duty(hours, zone)
    due_ms = one.after(from_ms, span)
    assert due_ms >= from_ms + span
    assert one.after(from_ms + more, span) >= due_ms


@given(st.sampled_from(ZONES), moments(), st.integers(0, 10**10))
def test_without_hours_clocks_run_all_the_time(zone, from_ms, span):
    assert DutyHours(zone=zone).after(from_ms, span) == from_ms + span


def test_a_night_in_which_clocks_change_is_longer_or_shorter():
    night = duty("mon-sun 22:00-06:00", "Europe/Berlin")
    for day, hours in (("2026-03-28", 7), ("2026-03-21", 8), ("2026-10-24", 9)):
        begins = datetime.fromisoformat(f"{day}T22:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
        from_ms = int(begins.timestamp() * 1000)
        assert night.after(from_ms, hours * 3_600_000) == from_ms + hours * 3_600_000
        assert night.after(from_ms, hours * 3_600_000 + 1) > from_ms + DAY_MS - 4 * 3_600_000


def test_who_never_comes_any_more_has_no_hours():
    days = [
        datetime.fromtimestamp(n * 86_400, tz=UTC).date().isoformat()
        for n in range(20_000, 21_500)
    ]
    gone = duty("mon-sun 08:00-20:00", "UTC", tuple(days))
    assert gone.after(20_100 * DAY_MS, 5) == 20_100 * DAY_MS + 5
