"""Weeks and months as the calendar of a time zone has them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.analytics.periods import cut, halves, periods

ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "Europe/Berlin")
HOUR_MS = 3_600_000
FIRST_MS, LAST_MS = 946_684_800_000, 2_114_380_800_000  # of 2000 and of 2037


def ms(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def test_a_week_begins_on_monday_and_the_running_one_is_last():
    found = periods(ms("2026-11-26T12:00"), "UTC", "week", 2)
    assert [one.first for one in found] == ["2026-11-09", "2026-11-16", "2026-11-23"]
    assert [one.is_running for one in found] == [False, False, True]
    assert found[-1].until_ms == ms("2026-11-26T12:00") + 1


def test_months_begin_on_their_first_whatever_their_length():
    found = periods(ms("2026-03-31T23:59"), "UTC", "month", 4)
    assert [one.first for one in found] == [
        "2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01",
    ]  # fmt: skip


def test_a_week_in_which_the_clocks_are_changed_has_an_hour_less():
    found = periods(ms("2026-04-01T12:00"), "Europe/Berlin", "week", 1)
    assert found[0].until_ms - found[0].from_ms == 7 * 24 * HOUR_MS - HOUR_MS


def test_at_the_date_line_one_zone_is_a_week_ahead():
    now_ms = ms("2026-11-22T23:00")  # Sunday in London, Monday in Auckland
    found = cut(("UTC", "Pacific/Auckland"), now_ms, "week", 2)
    names = [one.first for one in found.whole]
    assert names == ["2026-11-09", "2026-11-16", "2026-11-23"]
    assert [one.is_running for one in found.whole] == [False, True, True]
    monday = ms("2026-11-16T00:00", "Pacific/Auckland")
    assert found.place_of(monday, "Pacific/Auckland") == 1
    assert found.place_of(monday, "UTC") == 0


def test_a_week_that_one_zone_alone_has_is_not_compared_with_those_of_all():
    now_ms = ms("2026-11-22T23:00")
    found = cut(("UTC", "Pacific/Auckland"), now_ms, "week", 2)
    assert found.place_of(ms("2026-11-03T00:00"), "UTC") == -1
    assert found.place_of(ms("2026-11-09T00:00") - 1, "UTC") == -1


@pytest.mark.parametrize(("over", "earlier", "later"), [(4, (0, 2), (2, 4)), (5, (1, 3), (3, 5))])
def test_the_oldest_of_an_odd_number_is_in_neither_half(over, earlier, later):
    found = halves(periods(ms("2026-11-26T12:00"), "UTC", "week", over))
    assert found == (range(*earlier), range(*later))


@given(
    st.integers(FIRST_MS, LAST_MS),
    st.sets(st.sampled_from(ZONES), min_size=1),
    st.sampled_from(["week", "month"]),
    st.integers(2, 26),
    st.data(),
)
def test_every_instant_is_in_one_period_and_no_edge_cuts_one(now_ms, zones, by, back, data):
    found = cut(zones, now_ms, by, back)
    zone = data.draw(st.sampled_from(sorted(zones)))
    own = found.zones[zone]
    at_ms = data.draw(st.integers(own[0].from_ms, now_ms))
    place = found.place_of(at_ms, zone)
    begun = next(one.first for one in own if one.from_ms <= at_ms < one.until_ms)
    assert begun == found.whole[place].first if place >= 0 else begun < found.whole[0].first
    edge = max(one for one in found.edges if one <= at_ms)
    assert found.place_of(edge, zone) == place
    earlier, later = halves(found.whole)

    def part(instant: int) -> int:
        place = found.place_of(instant, zone)
        return (place in earlier) + 2 * (place in later) - (place < 0)

    coarse = max((one for one in found.coarse if one <= at_ms), default=at_ms)
    assert part(coarse) == part(at_ms)
