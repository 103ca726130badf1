"""Hours, zones and languages, in the reader's words."""

import pytest

from makegood.projections.hours import hours_words, language_words, zone_words
from makegood.runtime.duty import parse_hours


@pytest.mark.parametrize(
    ("hours", "language", "says"),
    [
        ("mon-fri 08:00-18:00; sat 09:00-13:00", "en", "Mon-Fri 08:00-18:00, Sat 09:00-13:00"),
        ("sat-mon 22:00-06:00", "de", "Sa-Mo 22:00-06:00"),
        ("mon-sun 00:00-00:00", "es", "lun-dom"),
        ("", "en", ""),
    ],
)
def test_hours_are_read_by_day(hours: str, language: str, says: str):
    assert hours_words(parse_hours(hours), language).replace("\N{EN DASH}", "-") == says


@pytest.mark.parametrize(
    ("zone", "language", "says"),
    [
        ("America/New_York", "es", "Nueva York"),
        ("America/Argentina/Buenos_Aires", "en", "Buenos Aires"),
        ("Mars/Base", "de", "Mars/Base"),
    ],
)
def test_a_time_zone_is_a_city(zone: str, language: str, says: str):
    assert zone_words(zone, language) == says


def test_languages_are_named_in_the_readers():
    assert language_words(("de-AT", "pt", "tlh"), "es") == "alemán, portugués, klingon"
    assert language_words(("xx",), "en") == "xx"
