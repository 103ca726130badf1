"""Airports: how far, in which countries, and what is not known stays missing."""

import subprocess
import sys

import pytest
from msgspec.structs import replace

from makegood.messages.facts import Touchpoint
from makegood.playbooks.book import LookUp
from makegood.sources.airports import Airport, airport, distance_km, looked_up
from makegood.testing.book import small_book

BY = {"origin": "origin", "destination": "to"}
BOOK = replace(small_book(), look_ups={"Flown": (LookUp(table="airports", by=BY),)})
POLE, EQUATOR = Airport(90.0, 0.0, "AQ"), Airport(0.0, 0.0, "GH")


def flown(**facts: object) -> dict[str, object]:
    return dict(looked_up(Touchpoint(name="Flown", properties=facts), BOOK).properties)


def test_both_ends_are_looked_up_and_the_event_is_kept():
    assert flown(origin="FRA", to="EWR", seat="1A") == {
        "origin": "FRA", "to": "EWR", "seat": "1A", "origin_country": "DE",
        "destination_country": "US", "distance_km": 6210,
    }  # fmt: skip


def test_what_the_event_says_itself_stays():
    told = flown(origin="FRA", to="EWR", distance_km=1, origin_country="XX")
    assert (told["distance_km"], told["origin_country"]) == (1, "XX")


def test_a_null_of_the_event_says_nothing():
    told = flown(origin="FRA", to="EWR", distance_km=None, origin_country=None)
    assert (told["distance_km"], told["origin_country"]) == (6210, "DE")


@pytest.mark.parametrize("end", ["QQQ", "", None, 7, "fra", ["FRA"]])
def test_an_unknown_airport_leaves_the_facts_missing(end):
    told = flown(origin="FRA", to=end)
    assert told["origin_country"] == "DE"
    assert "distance_km" not in told
    assert "destination_country" not in told
    assert "origin_country" not in flown(to=end)


def test_an_event_without_a_look_up_is_the_same_event():
    body = Touchpoint(name="Walked", properties={"origin": "FRA", "to": "EWR"})
    assert looked_up(body, BOOK) is body


def test_what_is_there_already_makes_no_new_event():
    told = looked_up(Touchpoint(name="Flown", properties={"origin": "FRA", "to": "EWR"}), BOOK)
    assert looked_up(told, BOOK) is told


def test_a_quarter_of_a_great_circle_is_ten_thousand_kilometres_rounded_up():
    assert distance_km(POLE, EQUATOR) == 10_008  # 10,007.557
    assert distance_km(EQUATOR, POLE) == 10_008
    assert distance_km(EQUATOR, EQUATOR) == 0
    assert distance_km(EQUATOR, Airport(0.0, 180.0, "XX")) == 20_016  # 20,015.115


def test_a_metre_more_is_a_kilometre_more():
    """So that "1,500 km or less" says the same of the whole number as of the distance itself."""
    degree = 10_007.557 / 90
    assert distance_km(EQUATOR, Airport(1499.999 / degree, 0.0, "XX")) == 1500
    assert distance_km(EQUATOR, Airport(1500.001 / degree, 0.0, "XX")) == 1501


@pytest.mark.parametrize(
    ("origin", "destination", "about_km"),
    [("LHR", "JFK", 5540), ("CDG", "MAD", 1064), ("SYD", "LAX", 12_061), ("HNL", "NRT", 6134)],
)
def test_known_distances_are_near(origin, destination, about_km):
    one, other = airport(origin), airport(destination)
    assert one is not None
    assert other is not None
    assert abs(distance_km(one, other) - about_km) <= about_km * 0.006  # the Earth is no sphere


def test_the_table_is_not_read_before_somebody_asks():
    code = (
        "import sys, makegood.runtime.intake, makegood.bootstrap; "
        "sys.exit('airportsdata' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
