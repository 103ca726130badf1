"""Files read row by row, so that a large one never fills the memory."""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec
import polars as pl
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.sources.columns import payload_of, plan_columns
from makegood.sources.limits import MAX_EVENT_BYTES

MAX_LINE_CHARACTERS = 1024 * 1024  # a longer line is rejected without being held in memory
PARQUET_ROWS = 5_000  # rows in memory at a time
FORMATS: Mapping[str, str] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv",
    ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip


class Row(Struct, frozen=True, kw_only=True):
    """One row of a file.

    Attributes:
        line: Where it begins: line of the text file from 1, or row of the Parquet file from 1.
        item: The event as JSON; empty when it could not be made.
        raw: The row as it stands in the file, for the rejects.
        error: Why there is no item.
        done: How much of the file was read up to and with it: bytes, or rows of Parquet.
    """

    line: int
    item: bytes
    raw: str
    error: str = ""
    done: int = 0


def format_of(path: Path) -> str:
    """Tell the format of a file by its name.

    Raises:
        InputError: The name ends in nothing we know.
    """
    found = FORMATS.get(path.suffix.casefold())
    if found is None:
        raise InputError(f"{path.name}: the name should end in {', '.join(FORMATS)}.")
    return found


def size_of(path: Path) -> int:
    """Give how much there is to read, in the unit of `Row.done`."""
    if format_of(path) == "parquet":
        with _parquet(path) as frame:
            return int(frame.select(pl.len()).collect().item())
    return path.stat().st_size


def rows_of(path: Path, mapping: Mapping[str, str]) -> Iterator[Row]:
    """Read a file row by row.

    Raises:
        InputError: The file as a whole cannot be read.
    """
    match format_of(path):
        case "jsonl":
            return _json_lines(path, mapping)
        case "csv":
            return _csv_rows(path, mapping)
        case _:
            return _parquet_rows(path, mapping)


def _json_lines(path: Path, mapping: Mapping[str, str]) -> Iterator[Row]:
    if mapping:
        raise InputError("A column mapping is for CSV and Parquet; JSON lines name their fields.")
    with path.open("rb") as lines:
        number = 0
        while raw := lines.readline(MAX_LINE_CHARACTERS):
            number += 1
            is_whole = raw.endswith(b"\n") or len(raw) < MAX_LINE_CHARACTERS
            while not is_whole:
                rest = lines.readline(MAX_LINE_CHARACTERS)
                is_whole = rest.endswith(b"\n") or len(rest) < MAX_LINE_CHARACTERS
            if not raw.strip():
                continue
            item = raw.strip().removeprefix(b"\xef\xbb\xbf")
            text = item[:MAX_EVENT_BYTES].decode(errors="backslashreplace")
            yield Row(line=number, item=item, raw=text, done=lines.tell())


class Lines:
    """Hands lines to the CSV reader and remembers those of the row it is reading."""

    def __init__(self, lines: TextIO) -> None:
        self._lines = lines
        self._row: list[str] = []
        self.done = 0
        self.line = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.line += 1
        self.done += len(line.encode(errors="surrogateescape"))
        self._row.append(line)
        return line

    def begin(self) -> int:
        """Begin a row; give the number of its first line."""
        self._row.clear()
        return self.line + 1

    @property
    def raw(self) -> str:
        text = "".join(self._row).rstrip("\r\n")[:MAX_EVENT_BYTES]
        return text.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _csv_rows(path: Path, mapping: Mapping[str, str]) -> Iterator[Row]:
    # The standard reader: unlike a columnar one it goes on after a row that is broken.
    delimiter = "\t" if path.suffix.casefold() == ".tsv" else ","
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        lines = Lines(text)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        head = tuple(next(reader, []))
        if not head or len(set(head)) < len(head):
            raise InputError(f"{path.name}: the first line should name each column once.")
        plan = plan_columns(head, mapping)
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
                yield _csv_row(line, lines, head, cells, plan)


def _csv_row(
    line: int, lines: Lines, head: tuple[str, ...], cells: list[str], plan: Mapping[str, str]
) -> Row:
    if len(cells) != len(head):
        return _refused(line, lines, f"{len(cells)} cells, but the head names {len(head)}.")
    try:
        item = msgspec.json.encode(payload_of(dict(zip(head, cells, strict=True)), plan))
    except UnicodeEncodeError:
        return _refused(line, lines, "The line is not UTF-8; save the file as UTF-8.")
    except InputError as error:
        return _refused(line, lines, str(error))
    return Row(line=line, item=item, raw=lines.raw, done=lines.done)


def _refused(line: int, lines: Lines, error: str) -> Row:
    return Row(line=line, item=b"", raw=lines.raw, error=error, done=lines.done)


@contextmanager
def _parquet(path: Path) -> Iterator[pl.LazyFrame]:
    try:
        yield pl.scan_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path.name} is not Parquet: {error}.") from None


def _parquet_rows(path: Path, mapping: Mapping[str, str]) -> Iterator[Row]:
    total = size_of(path)
    with _parquet(path) as frame:
        plan = plan_columns(tuple(frame.collect_schema().names()), mapping)
        for start in range(0, total, PARQUET_ROWS):
            rows = frame.slice(start, PARQUET_ROWS).collect().iter_rows(named=True)
            for number, row in enumerate(rows, start + 1):
                yield _parquet_row(number, row, plan)


def _parquet_row(number: int, row: Mapping[str, object], plan: Mapping[str, str]) -> Row:
    raw = repr(dict(row))[:MAX_EVENT_BYTES]
    try:
        item = msgspec.json.encode(payload_of(row, plan))
    except (InputError, UnicodeEncodeError) as error:
        return Row(line=number, item=b"", raw=raw, error=str(error), done=number)
    return Row(line=number, item=item, raw=raw, done=number)
