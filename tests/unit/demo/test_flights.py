"""Flights get their instants right, and a shift keeps the weekday and the clock."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from makegood.books.opening import shipped_books
from makegood.demo.flights import HOUR_MS, flights_of, shift_to
from makegood.demo.tables import shipped_storm
from makegood.playbooks.load import load_book

NEW_YORK = ZoneInfo("America/New_York")
NATURE = 902  # of 974 cancellations, by the worst weather of twelve hours


@pytest.fixture(scope="module")
def storm():
    return flights_of(shipped_storm(), 0)


def utc(at_ms):
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC)


def test_a_flight_leaves_and_lands_by_the_clocks_of_its_airports(storm):
    flight = next(f for f in storm if f.number == "UA593" and f.day == date(2013, 2, 7))
    assert utc(flight.departs_ms) == datetime(2013, 2, 7, 23, 19, tzinfo=UTC)
    arrival = utc(flight.arrives_ms).astimezone(ZoneInfo("America/Los_Angeles"))
    assert (arrival.hour, arrival.minute) == (21, 38)


def test_no_flight_is_scheduled_for_longer_than_half_a_day(storm):
    hours = [(flight.arrives_ms - flight.departs_ms) / HOUR_MS for flight in storm]
    assert min(hours) > 0.5
    assert max(hours) < 12


def test_what_landed_landed_after_it_left(storm):
    for flight in storm:
        if not flight.is_cancelled:
            left_ms = flight.departs_ms + flight.left_minutes * 60_000
            assert flight.landed_ms > left_ms


def test_a_diverted_flight_has_no_delay_that_anybody_measured(storm):
    unknown = [f for f in storm if not f.is_cancelled and f.late_minutes is None]
    assert len(unknown) == 19
    assert all(flight.landed_ms for flight in unknown)


def test_every_flight_of_the_storm_has_its_weather(storm):
    assert all(flight.weather is not None for flight in storm)
    assert storm[0].weather.facts()["inferred"] is True


def test_the_morning_after_the_snow_is_still_its_doing(storm):
    book = load_book(shipped_books()["airline"], name="airline.yaml")
    causes = Counter()
    for flight in storm:
        if flight.is_cancelled:
            facts = {"flight": flight.number, "date": "d", "weather": flight.weather.facts()}
            (finding,) = book.find("Flight Cancelled", facts, {})
            causes[flight.day.day, finding.cause.value] += 1
    assert (causes[8, "nature"], causes[8, "firm"]) == (466, 6)
    assert (causes[9, "nature"], causes[9, "firm"]) == (360, 33)
    assert (causes[10, "nature"], causes[10, "firm"]) == (0, 26)
    assert sum(n for (_, cause), n in causes.items() if cause == "nature") == NATURE


def test_without_reported_gusts_the_wind_is_the_gust(storm):
    assert all(f.weather.gust_mph >= f.weather.wind_mph - 0.1 for f in storm)
    assert any(f.weather.gust_mph > f.weather.wind_mph + 5 for f in storm)


@pytest.mark.parametrize("latest", [date(2026, 3, 9), date(2026, 7, 1), date(2027, 1, 1)])
def test_a_shift_keeps_the_weekday_and_ends_within_a_week_of_the_day(latest):
    last = date(2013, 2, 12)
    moved = last + timedelta(days=shift_to(last, latest))
    assert moved.weekday() == last.weekday()
    assert timedelta(0) <= latest - moved < timedelta(days=7)


def test_a_shift_into_summer_time_keeps_the_clock_of_the_departure(storm):
    days = shift_to(date(2013, 2, 12), date(2026, 7, 15))
    moved = flights_of(shipped_storm(), days)
    before = [utc(f.departs_ms).astimezone(NEW_YORK).strftime("%a %H:%M") for f in storm]
    after = [utc(f.departs_ms).astimezone(NEW_YORK).strftime("%a %H:%M") for f in moved]
    assert before == after
    assert moved[0].day - storm[0].day == timedelta(days=days)
