"""What the shared SQL needs from an engine: a transaction that runs statements."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeAlias

Value: TypeAlias = str | int | bytes | Sequence[str] | Sequence[bytes]
Row: TypeAlias = tuple[Any, ...]
"""One row as the driver gives it; the module that wrote the SELECT knows its types."""

PAGE = 20_000  # rows at a time, of a statement that gives any number


class Session(Protocol):
    """One open transaction.

    SQL is written once for both engines: `?` for a value, `= ANY(?)` for a list of texts.

    Attributes:
        lock_rows: Appended to a SELECT whose rows stay locked until the end.
        skip_locked: The same, leaving out rows that somebody else has locked.
        is_alone: Nobody else can write while this transaction is open.
    """

    lock_rows: str
    skip_locked: str
    is_alone: bool

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """Run a statement and give its rows."""

    def pages(self, sql: str, *values: Value) -> Iterator[list[Row]]:
        """Run a statement and give its rows some thousands at a time, however many there are.

        Not while only looking: an engine keeps the place in the transaction.
        """

    def changed(self, sql: str, *values: Value) -> int:
        """Run a statement and say how many rows it touched."""

    def run(self, sql: str, *values: Value) -> None:
        """Run a statement; an engine may send it on and hear of a fault later, by the commit."""

    def put_new(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> int:
        """Insert rows as `put` does, and say how many were inserted or changed."""

    def put(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> None:
        """Insert rows, in the order given; an engine may hear of a fault later, by the commit.

        Args:
            into: Table.
            columns: Names with blanks between them.
            rows: One tuple a row, in the order of the columns.
            conflict: What follows ON CONFLICT.
        """

    def positions(self, count: int) -> list[int]:
        """Take that many new positions in the log, rising."""

    def given_out(self) -> tuple[int, frozenset[str]]:
        """Give the last position that was taken, and transactions that may hold one still."""

    def slot(self) -> int:
        """Number of the tally row that this connection adds to."""


def replace(columns: str, key: str) -> str:
    """Write the ON CONFLICT clause that replaces the row with this key."""
    keys = key.split()
    parts = (f"{name} = excluded.{name}" for name in columns.split() if name not in keys)
    return f"({', '.join(keys)}) DO UPDATE SET {', '.join(parts)}"
