"""A file that a property system drops: read when it changes, over all nights, and not for ever."""

import os
from pathlib import Path

import polars
import pytest

from makegood.messages.errors import EffectFailed
from makegood.ports.availability import Need, Room
from makegood.sources.availability_file import AvailabilityFile

HEAD = "place,product,from,until,left,rate_cents,party,as_of\n"
AS_OF_MS = 1_796_400_000_000  # 2026-12-04T16:00:00Z
NIGHT = Need(from_="2026-12-04", until="2026-12-05")


def rooms(path: Path, text: str, need: Need = NIGHT) -> dict[str, Room]:
    path.write_text(HEAD + text, encoding="utf-8")
    found = AvailabilityFile("rooms", path).rooms(need, ["a", "b"], 0)
    return {one.place: one for one in found}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rooms.csv"


def test_it_says_what_is_left_at_which_rate_and_since_when(path):
    found = rooms(path, "a,,2026-12-04,2026-12-05,3,18900,2,2026-12-04T16:00:00Z\n")
    assert found == {"a": Room(place="a", left=3, rate_cents=18_900, as_of_ms=AS_OF_MS)}


def test_of_several_nights_the_fewest_count_at_the_highest_rate(path):
    need = Need(from_="2026-12-04", until="2026-12-06")
    nights = "a,,2026-12-04,2026-12-05,3,18900,,\na,,2026-12-05,2026-12-06,1,20900,,\n"
    found = rooms(path, nights, need)["a"]
    assert (found.left, found.rate_cents) == (1, 20_900)


def test_of_a_night_of_which_nothing_is_said_nobody_knows(path):
    need = Need(from_="2026-12-04", until="2026-12-06")
    assert rooms(path, "a,,2026-12-04,2026-12-05,3,18900,,\n", need) == {}


@pytest.mark.parametrize(
    ("need", "known"),
    [
        (Need(product="Suite"), {"a"}),
        (Need(product="double"), {"b"}),
        (Need(party=3), {"b"}),
        (Need(party=2), {"a", "b"}),
    ],
)
def test_only_what_fits_counts(path, need, known):
    assert set(rooms(path, "a,suite,,,1,,2,\nb,double,,,1,,4,\n", need)) == known


def test_without_a_time_it_is_as_old_as_the_file(path):
    path.write_text(HEAD + "a,,,,1,,,\n")
    os.utime(path, (1_000, 1_000))
    (found,) = AvailabilityFile("rooms", path).rooms(Need(), ["a"], 0)
    assert found.as_of_ms == 1_000_000


def test_it_is_read_again_when_it_changes_and_only_then(path):
    path.write_text(HEAD + "a,,,,1,,,\n")
    source = AvailabilityFile("rooms", path)
    assert source.rooms(Need(), ["a"], 0)[0].left == 1
    path.write_text(HEAD + "a,,,,10,,,\n")
    assert source.rooms(Need(), ["a"], 0)[0].left == 10


@pytest.mark.parametrize("text", ["a,,,,,,,\n", "a,,,,many,,,\n", "a,,,,1,,,yesterday\n"])
def test_a_file_that_cannot_be_read_is_a_source_that_is_away(path, text):
    path.write_text(HEAD + text)
    with pytest.raises(EffectFailed, match="cannot be read"):
        AvailabilityFile("rooms", path).rooms(Need(), ["a"], 0)


def test_so_is_one_that_is_not_there(tmp_path):
    with pytest.raises(EffectFailed, match="cannot be read"):
        AvailabilityFile("rooms", tmp_path / "none.csv").rooms(Need(), ["a"], 0)


def test_parquet_says_the_same(tmp_path):
    path = tmp_path / "rooms.parquet"
    polars.DataFrame(
        {"place": ["a"], "left": [2], "rate_cents": [None], "from": ["2026-12-04"]}
    ).write_parquet(path)
    (found,) = AvailabilityFile("rooms", path).rooms(NIGHT, ["a"], 0)
    assert (found.left, found.rate_cents) == (2, -1)


def test_no_parquet_is_a_source_that_is_away(tmp_path):
    path = tmp_path / "rooms.parquet"
    path.write_bytes(b"no parquet")
    with pytest.raises(EffectFailed, match="cannot be read"):
        AvailabilityFile("rooms", path).rooms(NIGHT, ["a"], 0)
