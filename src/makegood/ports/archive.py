"""Everything a store keeps, table by table, in one consistent look: what a backup is made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias

Cells: TypeAlias = Sequence[str | int | bytes]
"""One row, in the order of its table's columns; the same on every engine."""

UNSETTLED = "restoring"
"""The row of `meta` that says from when the backup is, until its restore has come to the end."""


class Dump(Protocol):
    """One look at all tables, while others go on writing.

    Attributes:
        version: How many steps of the schema they have taken.
    """

    version: int

    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """Give the columns of each table."""

    def rows(self, table: str) -> Iterator[Cells]:
        """Give the rows of a table, one after the other."""


class Archivable(Protocol):
    """A database that can be written out whole, and be filled from what was written.

    Attributes:
        engine: Its name.
    """

    engine: str

    def dump(self) -> AbstractContextManager[Dump]:
        """Look at everything, as of now."""

    def is_empty(self) -> bool:
        """Whether there is nothing in it, not even tables."""

    def load(self, version: int, tables: Iterable[tuple[str, Iterator[Cells]]]) -> None:
        """Fill an empty database, and bring it up to the schema of this program.

        Args:
            version: The steps of the schema that the rows have.
            tables: Each table with its rows.

        Raises:
            NewerDatabase: This program is older than the rows; nothing is written.
        """
