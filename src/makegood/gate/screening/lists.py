"""Lists on the disk: CSV and Parquet, read as they stand, and written whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl

from makegood.messages.errors import InputError

FORMATS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet"}
# How far the table engine reads ahead; left to itself it holds hundreds of megabytes of a list.
_READ_AHEAD = {
    "POLARS_CSV_CHUNK_SIZE": "4000000",  # bytes
    "POLARS_ROW_GROUP_PREFETCH_SIZE": "1",  # row groups of a Parquet file
}


def keep_small() -> None:
    """Hold little of a list in memory; what the environment says already is kept."""
    for name, value in _READ_AHEAD.items():
        os.environ.setdefault(name, value)


def check_names(source: Path, ends: list[Path]) -> None:
    """Refuse names under which a list cannot be read or written.

    Raises:
        InputError: An ending, a file, a folder, or a name that is used twice.
    """
    for path in (source, *ends):
        if path.suffix.casefold() not in FORMATS:
            raise InputError(f"{path.name}: the name should end in {', '.join(FORMATS)}.")
    if not source.is_file():
        raise InputError(f"{source} is not a file.")
    every = [path.resolve() for path in (source, *ends)]
    if len(set(every)) < len(every):
        raise InputError("The list and what comes of it need names of their own.")
    for path in ends:
        if not path.parent.is_dir():
            raise InputError(f"{path.parent} is not a folder.")


def scan(path: Path) -> pl.LazyFrame:
    """Read a list as it stands, when it is asked for."""
    if FORMATS[path.suffix.casefold()] == "parquet":
        return pl.scan_parquet(path)
    # Nothing is guessed: what stood there as text is written as text.
    return pl.scan_csv(path, separator=_separator(path), infer_schema=False)


def written(rows: pl.LazyFrame, path: Path, file: BinaryIO) -> pl.LazyFrame:
    """Give the order to write rows into an open file, in the format of a path's ending."""
    if FORMATS[path.suffix.casefold()] == "parquet":
        return rows.sink_parquet(file, lazy=True)
    return rows.sink_csv(file, separator=_separator(path), lazy=True)


def _separator(path: Path) -> str:
    return "\t" if path.suffix.casefold() == ".tsv" else ","


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Open a place beside a file; what is written there becomes the file when all went well.

    The engine gets the open file and never its name: a thread of its own that is still busy when
    another has failed would make the name anew after it was taken away.
    """
    beside = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    with beside.open("xb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def set_aside(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a place beside a file for rows that are to be read again; it is gone afterwards."""
    aside = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.aside")
    with aside.open("xb") as file:
        try:
            yield aside, file
        finally:
            aside.unlink(missing_ok=True)
