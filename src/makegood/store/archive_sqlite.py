"""A SQLite file written out whole, and filled again."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from makegood.ports.archive import Cells, Dump
from makegood.store.schema import META, STEPS, steps_after
from makegood.store.sqlite import SETTINGS, ddl
from makegood.store.tables import columns_at


class SqliteDump:
    """One look: a reading transaction, which in WAL mode hinders no writer."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        found = connection.execute("SELECT words FROM meta WHERE name = 'version'").fetchone()
        self.version = int(found[0])

    def columns(self) -> Mapping[str, tuple[str, ...]]:
        return columns_at(self.version)

    def rows(self, table: str) -> Iterator[Cells]:
        names = ", ".join(self.columns()[table])
        with closing(self._connection.execute(f"SELECT {names} FROM {table}")) as cursor:
            yield from cursor


class SqliteArchive:
    """One database file."""

    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(str(self._path), isolation_level=None, timeout=30)

    @contextmanager
    def dump(self) -> Iterator[Dump]:
        with closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield SqliteDump(connection)

    def is_empty(self) -> bool:
        if not self._path.exists():
            return True
        with closing(self._connect()) as connection:
            (count,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return bool(count == 0)

    def load(self, version: int, tables: Iterable[tuple[str, Iterator[Cells]]]) -> None:
        steps_after(version)  # refuses what is newer, before there is a file
        with closing(self._connect()) as connection:
            for setting in SETTINGS:
                connection.execute(setting)
            connection.execute("BEGIN IMMEDIATE")
            _fill(connection, version, tables)
            connection.execute("COMMIT")


def _fill(
    connection: sqlite3.Connection, version: int, tables: Iterable[tuple[str, Iterator[Cells]]]
) -> None:
    connection.execute(META)
    for statement in (one for step in STEPS[:version] for one in step):
        connection.execute(ddl(statement))
    connection.execute("DELETE FROM meta")  # what the steps put there comes from the archive
    for table, rows in tables:
        names = columns_at(version)[table]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        connection.executemany(sql, rows)
    for statement in steps_after(version):
        connection.execute(ddl(statement))
    now = str(len(STEPS))
    connection.execute("UPDATE meta SET words = ? WHERE name = 'version'", (now,))
