"""Guest lists come into tables: a row is cleaned, kept, or refused with its line and reason."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
from msgspec import Struct

from makegood.linkage import cleaning
from makegood.linkage.plan import FIELDS, GuestList
from makegood.messages.errors import InputError
from makegood.messages.identifiers import SHARED_ABOVE, normal

Row: TypeAlias = Mapping[str, str]
Clean: TypeAlias = dict[str, str | tuple[str, ...] | None]
Tell: TypeAlias = Callable[[int, int], None]
TEXTS = (
    "unique_id", "given", "surname", "birth", "mail", "phone", "street", "house", "place", "city",
    "postcode", "region", "number", "given_known",
)  # fmt: skip
LISTS = ("given_roots", "surname_parts")
COUNTS = ("given_seen",)
"""How many guests of all lists have the same: what hardly anybody is called may be a slip."""
SHAREABLE = ("mail", "phone", "number")
"""What a family or an agency has together: of more guests than a few it says nothing."""
_BATCH = 20_000
_NO_LETTER = "\ufffd"  # stands where bytes are no UTF-8
_MOST_REFUSED = 1_000  # of which the reasons are kept
_SCHEMA = pa.schema(
    [(name, pa.string()) for name in TEXTS] + [(name, pa.list_(pa.string())) for name in LISTS]
)
_SHOWN = pa.schema([("unique_id", pa.string()), *((name, pa.string()) for name in FIELDS)])


class Refused(Struct, frozen=True, kw_only=True):
    """A row that cannot be compared."""

    line: int
    why: str


class Loaded(Struct, frozen=True, kw_only=True):
    """What became of a list.

    Attributes:
        rows: All rows.
        kept: Rows that are compared.
        refused: The first of the others, with their reasons.
        shared: Addresses and numbers that more than three of its guests have; they say nothing.
    """

    list: str
    brand: str
    rows: int
    kept: int
    refused: tuple[Refused, ...] = ()
    shared: int = 0


def load(
    con: duckdb.DuckDBPyConnection, table: str, told: GuestList, path: Path, tell: Tell
) -> Loaded:
    """Read a list into `<table>` for comparing and `<table>_shown` for people.

    Raises:
        InputError: The file cannot be read at all.
    """
    ask(con, f"CREATE TABLE {table} AS SELECT * FROM _empty")
    ask(con, f"CREATE TABLE {table}_shown AS SELECT * FROM _empty_shown")
    reading = _Reading(told)
    rows = _rows(con, path, told, reading)
    while batch := list(islice(rows, _BATCH)):
        clean = pa.Table.from_pylist([one for one, _ in batch], schema=_SCHEMA)
        shown = pa.Table.from_pylist([one for _, one in batch], schema=_SHOWN)
        _put(con, table, clean)
        _put(con, f"{table}_shown", shown)
        tell(reading.rows, 0)
    shared = _forget_shared(con, table)
    return Loaded(
        list=told.id,
        brand=told.brand,
        rows=reading.rows,
        kept=len(reading.seen),
        refused=tuple(reading.refused),
        shared=shared,
    )


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty forms that lists are read into."""
    _put(con, "_empty", pa.Table.from_pylist([], schema=_SCHEMA), make=True)
    _put(con, "_empty_shown", pa.Table.from_pylist([], schema=_SHOWN), make=True)


def ask(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Run a statement and take its whole answer: the connection does nothing else before."""
    return con.execute(sql, list(values)).fetchall()


def _put(
    con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, *, make: bool = False
) -> None:
    con.register("_rows", rows)
    verb = f"CREATE TABLE {table} AS" if make else f"INSERT INTO {table}"
    ask(con, f"{verb} SELECT * FROM _rows")
    con.unregister("_rows")


def _forget_shared(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Let an address of more than three guests say nothing; give how many there were."""
    gone = 0
    for field in SHAREABLE:
        many = (
            f"SELECT {field} FROM {table} WHERE {field} IS NOT NULL "
            f"GROUP BY {field} HAVING count(*) > {SHARED_ABOVE}"
        )
        ((found,),) = ask(con, f"SELECT count(*) FROM ({many})")
        if found:
            gone += found
            ask(con, f"UPDATE {table} SET {field} = NULL WHERE {field} IN ({many})")
    return gone


def count_names(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
    """Write beside each guest how many of all lists have the given name."""
    every = " UNION ALL ".join(f"SELECT given FROM {table}" for table in tables)
    ask(con, f"CREATE TABLE _names AS SELECT given, count(*) AS n FROM ({every}) GROUP BY given")
    for table in tables:
        ask(con, f"ALTER TABLE {table} ADD COLUMN given_seen BIGINT")
        ask(
            con,
            f"UPDATE {table} SET given_seen = _names.n FROM _names "
            f"WHERE _names.given = {table}.given",
        )


class _Reading:
    """Cleans rows one by one, and remembers what it has seen."""

    def __init__(self, told: GuestList) -> None:
        self.told = told
        self.rows = 0
        self.seen: dict[str, int] = {}
        self.refused: list[Refused] = []

    def refuse(self, line: int, why: str) -> None:
        if len(self.refused) < _MOST_REFUSED:
            self.refused.append(Refused(line=line, why=why))

    def take(self, line: int, row: Row) -> tuple[Clean, dict[str, str | None]] | None:
        self.rows += 1
        number = row[self.told.key].strip()
        if not number:
            self.refuse(
                line, f"The column {self.told.key!r} is empty: whose row it is is not said."
            )
            return None
        try:
            key = normal(self.told.identifier(number))
        except InputError as error:
            self.refuse(line, str(error))
            return None
        if key in self.seen:
            self.refuse(line, f"Line {self.seen[key]} has the same customer.")
            return None
        self.seen[key] = line
        said = {field: row[column].strip() for field, column in self.told.columns.items()}
        shown = {field: said.get(field) or None for field in FIELDS}
        return cleaned(key, said, self.told.birth_as), {"unique_id": key, **shown}


def cleaned(key: str, said: Row, birth_as: str = "") -> Clean:
    """Bring the fields of one guest to the form in which they are compared."""
    given, surname = (
        cleaning.given_name(said.get("given", "")),
        cleaning.surname(said.get("surname", "")),
    )
    if said.get("name"):
        split = cleaning.split_name(said["name"])
        given, surname = given or split[0], surname or split[1]
    street, house = cleaning.street_name(said.get("street", ""))
    fields: Clean = {
        "unique_id": key,
        "given": given,
        "surname": surname,
        "birth": cleaning.birth_date(said.get("birth", ""), birth_as),
        "mail": cleaning.mail_address(said.get("mail", "")),
        "phone": cleaning.phone_number(said.get("phone", "")),
        "street": street,
        "house": cleaning.code(said.get("house", "")) or house,
        "place": cleaning.plain(said.get("place", "")),
        "city": cleaning.plain(said.get("city", "")),
        "postcode": cleaning.code(said.get("postcode", "")),
        "region": cleaning.plain(said.get("region", "")),
        "number": cleaning.code(said.get("number", "")),
        "given_known": "known" if cleaning.is_known(given) else "",
        "given_roots": cleaning.name_roots(given),
        "surname_parts": tuple(part for part in surname.split() if len(part) > 3),
    }
    return {name: value or None for name, value in fields.items()}


def _rows(
    con: duckdb.DuckDBPyConnection, path: Path, told: GuestList, reading: _Reading
) -> Iterator[tuple[Clean, dict[str, str | None]]]:
    is_parquet = path.suffix.casefold() == ".parquet"
    lines = _parquet(con, path, told) if is_parquet else _csv(path, told, reading)
    for line, row in lines:
        taken = reading.take(line, row)
        if taken is not None:
            yield taken


def _check(path: Path, columns: tuple[str, ...], told: GuestList) -> None:
    if len(set(columns)) < len(columns):
        raise InputError(f"{path.name}: the first line should name each column once.")
    for column in (told.key, *told.columns.values()):
        if column not in columns:
            raise InputError(
                f"{path.name} has no column {column!r}; it has {', '.join(columns)}. "
                f"Correct the list {told.id!r} of the plan."
            )


def _csv(path: Path, told: GuestList, reading: _Reading) -> Iterator[tuple[int, Row]]:
    # The standard reader: it goes on after a row that is broken, and knows its line.
    try:
        text = path.open(encoding="utf-8-sig", newline="", errors="replace")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    with text:
        lines = csv.reader(text, delimiter="\t" if path.suffix == ".tsv" else ",")
        head = tuple(next(lines, ()))
        _check(path, head, told)
        while True:
            try:
                cells = next(lines, None)
            except csv.Error as error:
                reading.rows += 1
                reading.refuse(lines.line_num, f"The line is not CSV: {error}.")
                continue
            if cells is None:
                return
            if wrong := _wrong_with(cells, head):
                reading.rows += 1
                reading.refuse(lines.line_num, wrong)
            elif cells:
                yield lines.line_num, dict(zip(head, cells, strict=True))


def _wrong_with(cells: list[str], head: tuple[str, ...]) -> str:
    """Say why a line cannot be read; an empty line is nothing, and nothing is wrong with it."""
    if cells and len(cells) != len(head):
        return f"{len(cells)} cells, but the head names {len(head)}."
    if any(_NO_LETTER in cell for cell in cells):
        return "The line is not UTF-8; save the file as UTF-8."
    return ""


def _parquet(
    con: duckdb.DuckDBPyConnection, path: Path, told: GuestList
) -> Iterator[tuple[int, Row]]:
    cursor = con.cursor()
    try:
        cursor.execute("SELECT * FROM read_parquet(?)", [str(path)])
    except duckdb.Error as error:
        raise InputError(f"{path.name} is not Parquet: {error}.") from None
    names = tuple(column[0] for column in cursor.description or ())
    _check(path, names, told)
    line = 0
    while rows := cursor.fetchmany(_BATCH):
        for values in rows:
            line += 1
            cells = ("" if value is None else str(value) for value in values)
            yield line, dict(zip(names, cells, strict=True))
