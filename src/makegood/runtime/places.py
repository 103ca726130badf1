"""Take places in from a table, and give them all back; what is wrong is told with its line."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TextIO
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.messages.errors import InputError, Refused
from makegood.messages.identifiers import normal
from makegood.messages.ids import PlaceId
from makegood.ports.places import Contact, PlaceRow
from makegood.ports.store import Reading, Store

COLUMNS = (
    "place", "brand", "name", "kind", "latitude", "longitude", "near", "rank", "address",
    "directions", "timezone", "language", "contact_name", "contact_email", "contact_phone",
    "closed",
)  # fmt: skip
"""Heads of the table; `near` is ids with metres as in `harbour:900 airport:12000`."""
_NEEDED = ("place", "brand", "name", "kind")
_PAGE = 500
_MOST_PLACES = 20_000  # a firm of more has them in parts
_LONGEST = 300
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"", "no", "false", "0"})


class BadPlaces(InputError):
    """The table of places has mistakes; nothing of it was taken in.

    Attributes:
        wrong: (line, what is wrong), in the order of the table.
    """

    def __init__(self, wrong: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"line {line}: {why}" for line, why in wrong[:20]))
        self.wrong = tuple(wrong)


class Imported(Struct, frozen=True, kw_only=True):
    """What a table brought."""

    new: int
    changed: int
    same: int


def all_places(store: Store) -> tuple[PlaceRow, ...]:
    """Give every place, page by page."""
    with store.reading() as reading:
        return tuple(_paged(reading))


def _paged(reading: Reading) -> Iterator[PlaceRow]:
    after, count = "", 0
    while count < _MOST_PLACES:
        page = reading.places(after=after, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after, count = page[-1].place, count + len(page)


def ids_by_name(reading: Reading, names: Collection[str]) -> dict[str, str]:
    """Give the ids of places by their names in small letters; a name of several finds none."""
    found: dict[str, set[str]] = {}
    for row in _paged(reading):
        name = row.name.casefold()
        if name in names:
            found.setdefault(name, set()).add(row.place)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def unknown_place(reading: Reading, place: str) -> Refused | None:
    """Say that there is no such place, and which was probably meant; None where there is."""
    if place in reading.places_by_id([place]):
        return None
    some = [str(row.place) for row in reading.places(limit=_PAGE)]
    close = get_close_matches(place, some, n=1, cutoff=0.6)
    hint = f"Did you mean `{close[0]}`?" if close else "Take its id from there, or add it there."
    why = f"There is no place `{place[:40]}` in the table of places. {hint}"
    return Refused(code="no_such_place", why=why)


def import_places(store: Store, file: TextIO, brands: Collection[str]) -> Imported:
    """Take places in, all or none; a place that is there already is replaced.

    Raises:
        BadPlaces: A line is wrong; all of them are told.
    """
    rows = read_places(file, brands)
    with store.writing() as writing:
        known = writing.places_by_id([row.place for row in rows])
        writing.put_places(rows)
    new = sum(row.place not in known for row in rows)
    same = sum(known.get(row.place) == row for row in rows)
    return Imported(new=new, changed=len(rows) - new - same, same=same)


def read_places(file: TextIO, brands: Collection[str]) -> tuple[PlaceRow, ...]:
    """Read a table of places.

    Raises:
        BadPlaces: A line is wrong; all of them are told.
    """
    reader = csv.DictReader(file)
    try:
        heads = tuple(head.strip() for head in reader.fieldnames or ())
        lacking = [name for name in _NEEDED if name not in heads]
        if lacking:
            raise BadPlaces([(1, f"there is no column {', '.join(lacking)}")])
        unknown = [head for head in heads if head not in COLUMNS]
        if unknown:
            raise BadPlaces([(1, f"no place has a column {unknown[0][:40]!r}")])
        return _all_of(reader, heads, brands)
    except csv.Error as error:
        raise BadPlaces([(reader.line_num, f"cannot be read: {error}")]) from error


def _all_of(
    reader: "csv.DictReader[str]", heads: Sequence[str], brands: Collection[str]
) -> tuple[PlaceRow, ...]:
    reader.fieldnames = list(heads)
    rows: dict[str, PlaceRow] = {}
    wrong: list[tuple[int, str]] = []
    for cells in reader:
        line = reader.line_num
        try:
            row = place_of({key: (value or "").strip() for key, value in cells.items() if key})
        except (ValueError, InputError) as error:
            wrong.append((line, str(error)))
            continue
        if row.brand not in brands:
            wrong.append((line, f"the rule book has no brand {row.brand[:40]!r}"))
        elif row.place in rows:
            wrong.append((line, f"{row.place} stands here twice"))
        rows[row.place] = row
    wrong += _strangers(rows)
    if wrong:
        raise BadPlaces(wrong)
    return tuple(rows.values())


def _strangers(rows: Mapping[str, PlaceRow]) -> Iterator[tuple[int, str]]:
    for row in rows.values():
        if row.place in row.near:
            yield 0, f"{row.place} is its own neighbour"


def place_of(cells: Mapping[str, str]) -> PlaceRow:
    """Make a place of its cells, as text.

    Raises:
        ValueError: A cell cannot be read; says which.
    """
    for name in _NEEDED:
        if not cells.get(name):
            raise ValueError(f"{name} is empty")
    for name, value in cells.items():
        if len(value) > _LONGEST or not value.isprintable():
            raise ValueError(f"{name} is too long, or holds signs that cannot be printed")
    contact = Contact(
        name=cells.get("contact_name", ""),
        email=_email(cells.get("contact_email", "")),
        phone=cells.get("contact_phone", ""),
    )
    return PlaceRow(
        place=PlaceId(_id(cells["place"])),
        brand=cells["brand"],
        name=cells["name"],
        kind=cells["kind"].lower(),
        latitude=_degrees(cells.get("latitude", ""), "latitude", 90),
        longitude=_degrees(cells.get("longitude", ""), "longitude", 180),
        near=dict(_near(cells.get("near", ""))),
        rank=_number(cells.get("rank", ""), "rank", 100),
        address=cells.get("address", ""),
        directions=cells.get("directions", ""),
        timezone=_zone(cells.get("timezone", "")),
        language=cells.get("language", "") or "en",
        contacts=(contact,) if contact != Contact() else (),
        closed=_closed(cells.get("closed", "")),
    )


def _id(written: str) -> str:
    if not (written.isascii() and all(sign.isalnum() or sign in "-_." for sign in written)):
        raise ValueError(f"place {written[:40]!r} is no id: letters, digits, - _ and .")
    return written


def _email(written: str) -> str:
    if written and (written.count("@") != 1 or " " in written):
        raise ValueError("contact_email is no address")
    return normal(f"email:{written}").removeprefix("email:") if written else ""


def _degrees(written: str, name: str, most: int) -> float | None:
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        value = most + 1.0
    if not -most <= value <= most:
        raise ValueError(f"{name} is no number from -{most} to {most}")
    return value


def _near(written: str) -> Iterator[tuple[str, int]]:
    for part in written.replace(",", " ").replace(";", " ").split():
        place, _, metres = part.rpartition(":")
        if not place:
            raise ValueError(f"near: write {part[:40]}:900, with how many metres it is away")
        yield _id(place), _number(metres, "near", 20_000_000)


def _number(written: str, name: str, most: int) -> int:
    if not written:
        return 0
    if not (written.isascii() and written.isdigit() and int(written) <= most):
        raise ValueError(f"{name} is no whole number up to {most}")
    return int(written)


def _closed(written: str) -> bool:
    """Read whether a place is asked no more; what nobody understands is no "open"."""
    if written.lower() not in _YES | _NO:
        raise ValueError(f"closed is {written[:20]!r}; write yes or no")
    return written.lower() in _YES


def _zone(written: str) -> str:
    try:
        if written:
            ZoneInfo(written)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"timezone {written[:40]!r} is not known") from None
    return written
