"""A PostgreSQL database written out whole, and filled again, by COPY in one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg import IsolationLevel, sql

from makegood.ports.archive import Cells, Dump
from makegood.store.postgres import NUL, REPLACEMENT, ddl, kind_of
from makegood.store.schema import META, STEPS, steps_after
from makegood.store.session import Row
from makegood.store.tables import columns_at

Connection = psycopg.Connection[Row]

# The next event stands behind all that were restored, and so does what numbers itself.
_GO_ON = "SELECT setval('log_position', (SELECT coalesce(max(seq), 0) + 1 FROM log), false)"
_DRAWN = """SELECT table_name, column_name FROM information_schema.columns
    WHERE is_identity = 'YES' AND table_schema = ANY (current_schemas(false))"""


class PostgresDump:
    """One look: a repeatable read, which hinders no writer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        found = connection.execute("SELECT words FROM meta WHERE name = 'version'").fetchone()
        self.version = int(found[0]) if found else 0

    def columns(self) -> Mapping[str, tuple[str, ...]]:
        return columns_at(self.version)

    def rows(self, table: str) -> Iterator[Cells]:
        names = self.columns()[table]
        command = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT BINARY)").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        with self._connection.cursor().copy(command) as copy:
            copy.set_types([kind_of(name) for name in names])
            yield from copy.rows()


class PostgresArchive:
    """One database of a server."""

    engine = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def dump(self) -> Iterator[Dump]:
        with psycopg.connect(self._url, prepare_threshold=None) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield PostgresDump(connection)

    def is_empty(self) -> bool:
        with psycopg.connect(self._url) as connection:
            found = connection.execute(
                "SELECT count(*) FROM information_schema.tables "
                "WHERE table_schema = ANY (current_schemas(false))"
            ).fetchone()
        return found is not None and found[0] == 0

    def load(self, version: int, tables: Iterable[tuple[str, Iterator[Cells]]]) -> None:
        steps_after(version)  # refuses what is newer
        with psycopg.connect(self._url, prepare_threshold=None) as connection:
            _run(connection, ddl(META))
            _run(connection, "CREATE SEQUENCE log_position")
            for statement in (one for step in STEPS[:version] for one in step):
                _run(connection, ddl(statement))
            _run(connection, "DELETE FROM meta")  # what the steps put there is in the archive
            for table, rows in tables:
                _copy_in(connection, table, columns_at(version)[table], rows)
            for statement in steps_after(version):
                _run(connection, ddl(statement))
            _run(connection, f"UPDATE meta SET words = '{len(STEPS)}' WHERE name = 'version'")
            _run(connection, _GO_ON)
            _draw_on(connection)


def _draw_on(connection: Connection) -> None:
    """Let each table that numbers its rows go on behind those that were copied into it."""
    for table, column in connection.execute(_DRAWN).fetchall():
        last = sql.SQL(
            "SELECT setval(pg_get_serial_sequence({name}, {column_name}), "
            "(SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"
        )
        connection.execute(
            last.format(
                name=sql.Literal(table),
                column_name=sql.Literal(column),
                column=sql.Identifier(column),
                table=sql.Identifier(table),
            )
        )


def _run(connection: Connection, statement: str) -> None:
    connection.execute(statement.encode())


def _copy_in(
    connection: Connection, table: str, names: tuple[str, ...], rows: Iterator[Cells]
) -> None:
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor().copy(command) as copy:
        copy.set_types([kind_of(name) for name in names])
        for row in rows:
            copy.write_row([_storable(cell) for cell in row])


def _storable(cell: str | int | bytes) -> str | int | bytes:
    """Leave NUL out of texts, which SQLite keeps and PostgreSQL does not."""
    return cell.replace(NUL, REPLACEMENT) if isinstance(cell, str) and NUL in cell else cell
