"""Timestamps and durations, to the nanosecond."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.playbooks.cel import CelEvaluationError, Duration, Timestamp
from makegood.playbooks.cel.instants import (
    date_part,
    duration_part,
    offset_nanos,
    read_duration,
    read_timestamp,
)

LAST = 253_402_300_799_999_999_999


@settings(max_examples=200, derandomize=True, database=None)
@given(st.integers(min_value=-62_135_596_800 * 10**9, max_value=LAST))
def test_a_timestamp_reads_back_what_it_wrote(nanos):
    assert read_timestamp(str(Timestamp(nanos))) == Timestamp(nanos)


@settings(max_examples=200, derandomize=True, database=None)
@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_a_duration_reads_back_what_it_wrote(nanos):
    assert read_duration(str(Duration(nanos))) == Duration(nanos)


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("1h30m", 5400 * 10**9),
        ("-1.5s", -1_500_000_000),
        ("+1us", 1000),
        (".5ms", 500_000),
        ("0", 0),
    ],
)
def test_durations_are_read(text, nanos):
    assert read_duration(text).nanos == nanos


@pytest.mark.parametrize("text", ["", "5", "1d", "1h-5m", "s", ".s", "1 h", "300000h0m9999999h"])
def test_what_is_no_duration_is_an_error(text):
    with pytest.raises(CelEvaluationError):
        read_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-09",
        "2026-02-09 14:30:00Z",
        "2026-02-09T14:30:00",
        "2026-02-29T00:00:00Z",
        "2026-02-09T24:00:00Z",
        "2026-02-09T23:59:60Z",
        "2026-02-09T23:59:00+24:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "10000-01-01T00:00:00Z",
    ],
)
def test_what_is_no_timestamp_is_an_error(text):
    with pytest.raises(CelEvaluationError):
        read_timestamp(text)


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("getFullYear", 2026),
        ("getMonth", 1),
        ("getDate", 8),
        ("getDayOfMonth", 7),
        ("getDayOfWeek", 0),
        ("getDayOfYear", 38),
        ("getHours", 23),
        ("getMinutes", 30),
        ("getSeconds", 7),
        ("getMilliseconds", 250),
    ],
)
def test_parts_of_a_sunday_evening(part, wanted):
    assert date_part(part, read_timestamp("2026-02-08T23:30:07.25Z")) == wanted


def test_an_offset_moves_the_day():
    moment = read_timestamp("2026-02-08T23:30:00Z")
    assert date_part("getDayOfWeek", moment, "+01:00") == 1
    assert date_part("getHours", moment, "-02:30") == 21
    assert offset_nanos("Europe/London") is None


def test_parts_of_a_length_count_the_whole_and_truncate_toward_zero():
    length = Duration(-61_500_000_000)
    assert duration_part("getMinutes", length) == -1
    assert duration_part("getSeconds", length) == -61
    assert duration_part("getMilliseconds", length) == -500
