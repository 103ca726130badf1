"""CSV files as other systems export them: any usual separator, read in batches of columns.

The standard reader is used and not a columnar one: it goes on after a broken row and says which
row it was, so that no row is dropped without a word.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
from msgspec import Struct

from makegood.messages.errors import InputError

BATCH_ROWS = 100_000  # rows in memory at a time
SEPARATORS = (",", ";", "\t", "|")
ROW = "row"
_CHUNK_BYTES = 1 << 20
_UNCLOSED = "unexpected end of data"  # the standard reader's words for a quote never closed


class Export(Struct, frozen=True, kw_only=True):
    """One file and how it is read.

    Attributes:
        headings: As they stand in the file.
        separator: Found from the headings.
        encoding: "utf-8-sig" unless the caller named another.
    """

    path: Path
    headings: tuple[str, ...]
    separator: str
    encoding: str


class Batch(Struct, frozen=True, kw_only=True):
    """Some rows of an export.

    Attributes:
        frame: `row` (1 is the row of headings) and the columns asked for, as text.
        broken: Rows that do not have one cell for each heading, or broken quotes.
    """

    frame: pl.DataFrame
    broken: tuple[int, ...]


def open_export(path: Path, *, encoding: str = "") -> Export:
    """Find out how a file is written.

    Args:
        path: The CSV file.
        encoding: What to read it as when it is not UTF-8; empty allows nothing else.

    Raises:
        InputError: It is no file, empty, or not UTF-8 and no encoding was named.
    """
    if not path.is_file():
        raise InputError(f"{path} is not a file.")
    found = _encoding(path, encoding)
    with path.open(encoding=found, errors="replace", newline="") as text:
        first = text.readline()
    if not first.strip():
        raise InputError(f"{path.name} is empty: its first line should be the headings.")
    separator = max(SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark))))
    with path.open(encoding=found, errors="replace", newline="") as text:
        headings = next(csv.reader(text, delimiter=separator))
    return Export(path=path, headings=tuple(headings), separator=separator, encoding=found)


def _encoding(path: Path, wanted: str) -> str:
    bad_line = _first_line_not_utf8(path)
    if not bad_line:
        return "utf-8-sig"
    if not wanted:
        raise InputError(
            f"{path.name} is not UTF-8 (line {bad_line}). Save it as UTF-8, or say what it is: "
            "--encoding cp1252 for most Windows programs, --encoding utf-16 for Excel's "
            '"Unicode text".'
        )
    try:
        codecs.lookup(wanted)
    except LookupError:
        raise InputError(f"There is no encoding {wanted!r}; try cp1252 or utf-16.") from None
    return wanted


def _first_line_not_utf8(path: Path) -> int:
    """Give the line of the first byte that is not UTF-8, or 0."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK_BYTES)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if not chunk:
                return 0


def batches(export: Export, wanted: Sequence[str]) -> Iterator[Batch]:
    """Read the columns asked for, batch by batch.

    Args:
        export: From `open_export`.
        wanted: Headings, each once; a heading that stands twice gives its first column.

    Raises:
        InputError: A quote is never closed, so that the rest of the file is one cell.
    """
    places = [export.headings.index(heading) for heading in wanted]
    numbers: list[int] = []
    rows: list[list[str]] = []
    broken: list[int] = []
    for number, cells in _rows(export):
        if len(cells) != len(export.headings):
            broken.append(number)
            continue
        numbers.append(number)
        rows.append(cells)
        if len(rows) >= BATCH_ROWS:
            yield _batch(wanted, places, numbers, rows, broken)
            numbers, rows, broken = [], [], []
    yield _batch(wanted, places, numbers, rows, broken)


def _rows(export: Export) -> Iterator[tuple[int, list[str]]]:
    """Give (number, cells) for each row that is not blank; no cells when quotes are broken."""
    with export.path.open(encoding=export.encoding, errors="replace", newline="") as text:
        reader = csv.reader(text, delimiter=export.separator, strict=True)
        next(reader)
        number = 1
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if _UNCLOSED in str(error):
                    raise InputError(
                        f"{export.path.name}: a quote opened in row {number} is never closed, so "
                        "that the rest of the file cannot be read. Close it or export again."
                    ) from None
                yield number, []
                continue
            if cells:
                yield number, cells
            else:
                number -= 1  # a blank line is no row


def _batch(
    wanted: Sequence[str],
    places: Sequence[int],
    numbers: list[int],
    rows: list[list[str]],
    broken: list[int],
) -> Batch:
    columns: dict[str, pl.Series] = {
        heading: pl.Series([cells[place] for cells in rows], dtype=pl.String).str.strip_chars()
        for heading, place in zip(wanted, places, strict=True)
    }
    frame = pl.DataFrame({ROW: pl.Series(numbers, dtype=pl.UInt32), **columns})
    return Batch(frame=frame, broken=tuple(broken))
