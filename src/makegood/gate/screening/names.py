"""From customers to every identifier by which the gate would come to them.

There are two ways: a search for each customer, or one reading of all names from end to end, which
takes less than a fifth as long a customer and pays as soon as a good part of them is wanted.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from makegood.gate.screening.index import Index
from makegood.ports.store import Reading

PAGE = 5_000  # customers searched for at a time
FOUND = {"profile": pl.String, "name": pl.String, "at": pl.UInt32}
"""A pseudonym, or the identifier in clear; and the place of the customer it finds."""
_U32 = pl.UInt32


def by_search(reading: Reading, customers: pl.Series, prefix: str) -> Iterator[pl.DataFrame]:
    """Look customers up, page by page."""
    for first in range(0, len(customers), PAGE):
        page = customers.slice(first, PAGE).to_list()
        at = {customer: number for number, customer in enumerate(page, first)}
        called = reading.called(page, prefix)
        yield pl.DataFrame(
            {
                "profile": ["" if one.identifier else one.profile for one in called],
                "name": [one.identifier for one in called],
                "at": [at[one.customer] for one in called],
            },
            schema=FOUND,
        )


def end_to_end(reading: Reading, customers: pl.Series, prefix: str) -> Iterator[pl.DataFrame]:
    """Read all names, and keep those that find one of the customers."""
    if customers.is_empty():
        return
    wanted = _Wanted(reading, customers)
    for page in reading.all_names(prefix):
        yield wanted.kept(page)


class _Wanted:
    """Knows which profiles find which of the customers."""

    def __init__(self, reading: Reading, customers: pl.Series) -> None:
        held = Index(customers, pl.int_range(len(customers), dtype=_U32, eager=True))
        self._through, users = _through(reading, held)
        self._first_user = len(customers)
        everyone = pl.concat([customers, users]) if len(users) else customers
        self._members = _members(reading, everyone, held if users.is_empty() else None)

    def kept(self, page: Sequence[tuple[str, str, str]]) -> pl.DataFrame:
        """Keep of a page of names what finds a customer."""
        members, profiles, names = zip(*page, strict=True) if page else ((), (), ())
        rows, at = self._members.find(pl.Series(members, dtype=pl.String))
        whole = pl.DataFrame({"profile": profiles, "name": names}, schema=["profile", "name"])
        whole = whole.cast({"profile": pl.String, "name": pl.String})
        found = whole[rows].with_columns(at=at.cast(_U32))
        if self._through.is_empty():
            return found
        # Somebody whose own profile is a look-up of others is found by whatever finds these.
        more = found.join(self._through, left_on="at", right_on="user").drop("at")
        return pl.concat(
            [
                found.filter(pl.col("at") < self._first_user),
                more.select("profile", "name", at="customer"),
            ]
        )


def _through(reading: Reading, held: Index) -> tuple[pl.DataFrame, pl.Series]:
    """Give who is found through whom, by number, and those users who are none of the customers."""
    pairs = [pl.DataFrame(schema={"customer": _U32, "name": pl.String})]
    for page in reading.all_users():
        looked_up = pl.Series([pair[0] for pair in page], dtype=pl.String)
        users = pl.Series([pair[1] for pair in page], dtype=pl.String)
        rows, numbers = held.find(looked_up)
        pairs.append(pl.DataFrame({"customer": numbers.cast(_U32), "name": users[rows]}))
    found = pl.concat(pairs).unique()
    rows, numbers = held.find(found["name"])
    others = found["name"].unique()
    others = others.filter(~others.is_in(found["name"][rows].implode()))
    names = pl.concat(
        [
            pl.DataFrame({"name": found["name"][rows], "user": numbers.cast(_U32)}).unique(),
            pl.DataFrame({"name": others})
            .with_row_index("user", len(held))
            .select("name", "user"),
        ]
    )
    return found.join(names, on="name").select("customer", "user"), others


def _members(reading: Reading, customers: pl.Series, index: Index | None) -> Index:
    """Index every profile of some customers; a customer is called like the least of theirs."""
    numbers = pl.int_range(len(customers), dtype=_U32, eager=True)
    index = index or Index(customers, numbers)
    more = [pl.DataFrame(schema={"name": pl.String, "at": _U32})]
    for page in reading.all_members():
        rows, at = index.find(pl.Series([pair[1] for pair in page], dtype=pl.String))
        profiles = pl.Series([pair[0] for pair in page], dtype=pl.String)
        more.append(pl.DataFrame({"name": profiles[rows], "at": at.cast(_U32)}))
    found = pl.concat(more)
    if found.is_empty():
        return index
    return Index(pl.concat([customers, found["name"]]), pl.concat([numbers, found["at"]]))
