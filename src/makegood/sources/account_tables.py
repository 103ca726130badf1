"""Tables of accounts, parties or agreements: CSV, of which each row is a value or a mistake."""

import csv
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.playbooks.mistakes import nearest
from makegood.sources.account_cells import (
    ACCOUNT,
    AGREEMENT,
    PARTY,
    Cells,
    Ways,
    Written,
    account_of,
    agreement_of,
    party_of,
)

MOST_CHARACTERS = 64 * 1024  # of a line; more is no row of such a table
_TABLES = {"agreement": AGREEMENT, "identifier": PARTY, "tells": ACCOUNT, "name": ACCOUNT}
"""A column that only one table has -> the columns of that table."""


class Read(Struct, frozen=True, kw_only=True):
    """One row.

    Attributes:
        line: Where it stands in the file.
        written: What it says; None when it cannot be read.
        error: Why, and what to do.
    """

    line: int
    written: Written | None = None
    error: str = ""


def columns_of(head: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Tell which table a file is by its head.

    Raises:
        InputError: A column is unknown or twice, or it is none of the tables.
    """
    table = next((_TABLES[one] for one in _TABLES if one in head), None)
    if table is None:
        raise InputError(
            f"{name}: line 1 names no table; begin with `{','.join(ACCOUNT)}`, "
            f"`{','.join(PARTY)}` or `{','.join(AGREEMENT[:3])},...`."
        )
    for one in head:
        if one not in table:
            raise InputError(f"{name}: line 1 has a column {one[:40]!r}. {nearest(one, table)}")
    if len(set(head)) < len(head):
        raise InputError(f"{name}: line 1 names a column twice; name each once.")
    return table


def read_rows(path: Path, ways: Ways) -> Iterator[Read]:
    """Read a file row by row.

    Raises:
        InputError: It is no file, or its head is none of the tables.
    """
    if not path.is_file():
        raise InputError(f"{path} is not a file.")
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        reader = csv.reader(_short(text), strict=True)
        head = tuple(one.strip().casefold() for one in next(reader, []))
        table = columns_of(head, path.name)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield Read(line=line, error=f"The line is not CSV: {error}.")
                continue
            if cells is None:
                return
            if any(one.strip() for one in cells):
                yield _read(line, head, cells, table, ways)


def _short(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line[:MOST_CHARACTERS]


def _read(
    line: int, head: tuple[str, ...], cells: list[str], table: tuple[str, ...], ways: Ways
) -> Read:
    if len(cells) != len(head):
        return Read(line=line, error=f"{len(cells)} cells, but line 1 names {len(head)} columns.")
    try:
        return Read(line=line, written=read_one(dict(zip(head, cells, strict=True)), table, ways))
    except InputError as error:
        return Read(line=line, error=str(error))


def read_one(cells: Cells, table: tuple[str, ...], ways: Ways) -> Written:
    """Read one row of a table, or the fields of a form.

    Raises:
        InputError: A cell is wrong; the words say which, and what to write.
    """
    if table is ACCOUNT:
        return account_of(cells)
    return party_of(cells, ways) if table is PARTY else agreement_of(cells, ways)
