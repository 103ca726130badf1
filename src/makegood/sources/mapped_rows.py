"""Rows of a file, read as the table of a source says: heads by any of their names, cells by type.

The standard reader: unlike a columnar one it reads every encoding, goes on after a row that is
broken, and can give that row back as it stands in the file.
"""

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.messages.facts import Fact, Facts
from makegood.playbooks.mappings import Cell, Column, TableForm
from makegood.sources.mapped_times import clock_of, day_of
from makegood.sources.tables import Lines

_MONEY_NOISE = re.compile(r"[^\d.,\-]")
_LARGEST = 15  # digits of a number that a double keeps whole


class TableRow(Struct, frozen=True, kw_only=True):
    """One row of a file.

    Attributes:
        line: The line of the file on which it begins, from 1.
        raw: The row as it stands there.
        record: Its cells by name; an empty cell is missing. None when it could not be read.
        error: Why not.
        done: Bytes of the file read up to and with it.
    """

    line: int
    raw: str
    record: Facts | None
    error: str = ""
    done: int = 0


def table_rows(path: Path, table: TableForm) -> Iterator[TableRow]:
    """Read a file row by row.

    Raises:
        InputError: Its head lacks a required column, or two columns are the same one.
    """
    encoding = "utf-8-sig" if codecs.lookup(table.encoding).name == "utf-8" else table.encoding
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        lines = Lines(text)
        reader = csv.reader(lines, delimiter=table.delimiter, strict=True)
        try:
            head = tuple(next(reader, []))
        except csv.Error as error:
            raise InputError(f"{path.name}: the first line is not CSV: {error}.") from None
        plan = plan_of(head, table, path.name)
        while True:
            line = lines.begin()
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield _refused(line, lines, f"The line is not CSV: {error}.")
                continue
            if cells is None:
                return
            if cells:
                yield _row(line, lines, cells, len(head), plan, table)


def plan_of(head: tuple[str, ...], table: TableForm, file: str) -> tuple[tuple[int, Column], ...]:
    """Say which column of the file is which of the table's; the others are left alone.

    Raises:
        InputError: A required one is missing, or one is there twice.
    """
    places: dict[str, list[int]] = {}
    for n, name in enumerate(head):
        places.setdefault(_squeezed(name), []).append(n)
    plan = []
    for column in table.columns:
        names = {_squeezed(name) for name in (column.name, *column.heads)}
        found = sorted(n for name in names for n in places.get(name, ()))
        if len(found) > 1:
            both = ", ".join(repr(head[n]) for n in found)
            raise InputError(f"{file}: {both} are all `{column.name}`; leave one in the export.")
        if found:
            plan.append((found[0], column))
        elif column.required:
            raise InputError(
                f"{file} has no column for `{column.name}`. It may be called "
                f"{', '.join(column.heads)}; the file has {', '.join(head)[:300] or 'no head'}. "
                "Add its name to `heads` in the rule book."
            )
    return tuple(plan)


def _squeezed(name: str) -> str:
    return re.sub(r"[\s._#-]+", "", name.casefold())


def _row(
    line: int,
    lines: Lines,
    cells: list[str],
    width: int,
    plan: tuple[tuple[int, Column], ...],
    table: TableForm,
) -> TableRow:
    if len(cells) != width:
        return _refused(line, lines, f"{len(cells)} cells, but the head names {width}.")
    record: Facts = {}
    try:
        for n, column in plan:
            text = cells[n].strip()
            if text:
                record[column.name] = _CELLS[column.cell](text, column, table)
    except InputError as error:
        return _refused(line, lines, str(error))
    return TableRow(line=line, raw=lines.raw, record=record, done=lines.done)


def _refused(line: int, lines: Lines, error: str) -> TableRow:
    return TableRow(line=line, raw=lines.raw, record=None, error=error, done=lines.done)


def _text(text: str, column: Column, table: TableForm) -> Fact:
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise InputError(f"`{column.name}` is not written in {table.encoding}.")
    return text


def _whole(text: str, column: Column, table: TableForm) -> Fact:
    number = _decimal(text, column, table)
    if "." in number:
        raise InputError(f"`{column.name}` is {text[:40]!r}, and should be a whole number.")
    return int(number)


def _number(text: str, column: Column, table: TableForm) -> Fact:
    return float(_decimal(text, column, table))


def _cents(text: str, column: Column, table: TableForm) -> Fact:
    """Read a sum of money; what is less than a cent is no price."""
    number = _decimal(_MONEY_NOISE.sub("", text), column, table)
    whole, _, fraction = number.partition(".")
    if len(fraction.rstrip("0")) > 2:
        raise InputError(f"`{column.name}` is {text[:40]!r}, which is no sum of money.")
    cents = int(whole.lstrip("-") or 0) * 100 + int(fraction[:2].ljust(2, "0"))
    return -cents if whole.startswith("-") else cents


def _decimal(text: str, column: Column, table: TableForm) -> str:
    """Write a number with a point; signs between thousands fall away where they stand right."""
    other = "," if table.decimal == "." else "."
    whole, point, fraction = text.partition(table.decimal)
    if other in whole and not re.fullmatch(rf"-?\d{{1,3}}(\{other}\d{{3}})+", whole):
        whole = "?"
    whole = whole.replace(other, "").replace("\u00a0", "").replace("'", "")
    number = f"{whole}.{fraction}" if point else whole
    if not re.fullmatch(r"-?\d*(\.\d+)?", number) or not re.search(r"\d", number):
        raise InputError(f"`{column.name}` is {text[:40]!r}, which is no number.")
    if len(re.sub(r"\D", "", number)) > _LARGEST:
        raise InputError(f"`{column.name}` is {text[:40]!r}, which is too large.")
    return number


def _date(text: str, column: Column, table: TableForm) -> Fact:  # noqa: ARG001
    return day_of(text, column.format).isoformat()


def _time(text: str, column: Column, table: TableForm) -> Fact:  # noqa: ARG001
    return clock_of(text, column.format)


def _flag(text: str, column: Column, table: TableForm) -> Fact:
    word = text.casefold()
    if word in {one.casefold() for one in table.yes}:
        return True
    if word in {one.casefold() for one in table.no}:
        return False
    raise InputError(
        f"`{column.name}` is {text[:40]!r}, and neither {', '.join(table.yes)} nor "
        f"{', '.join(table.no)}."
    )


_CELLS: Mapping[Cell, Callable[[str, Column, TableForm], Fact]] = {
    Cell.TEXT: _text,
    Cell.WHOLE: _whole,
    Cell.NUMBER: _number,
    Cell.CENTS: _cents,
    Cell.DATE: _date,
    Cell.TIME: _time,
    Cell.FLAG: _flag,
}
