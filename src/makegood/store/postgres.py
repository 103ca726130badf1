"""PostgreSQL 15 or newer: many processes, rows locked in sorted order, any pooler."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import count
from threading import Lock
from typing import Any

import psycopg
from psycopg import IsolationLevel, Pipeline, errors
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn
from psycopg.waiting import Ready, Wait

from makegood.messages.errors import StoreBusy
from makegood.ports.store import Reading, Writing
from makegood.store.connections import (
    READ_SILENCE_S,
    WRITE_SILENCE_S,
    PatientConnection,
    Pool,
)
from makegood.store.schema import BLOBS, META, NUMBERS, STEPS, steps_after
from makegood.store.session import PAGE, Row, Value
from makegood.store.sql import SqlReading, SqlWriting

NUL, REPLACEMENT = "\x00", "\ufffd"
POOL_SIZE = 10
OPEN_TRIES = 6  # each waits as long as a request does
SLOTS = 1024  # more than connections at a time, so that two rarely add to one tally row
MIGRATION_LOCK = 0x6D616B65  # any number that is always this one
LAST_POSITION = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM log_position"
HOLDERS = """
    SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation'
        AND relation = 'log_position'::regclass AND mode = 'RowExclusiveLock'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
BUSY = (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable)
_NUMBERS = count()  # names of cursors
Cursor = psycopg.Cursor[Row]


class PostgresStore:
    """One database; keeps no state in a session, so a transaction pooler may stand between."""

    def __init__(
        self,
        url: str,
        pool_size: int = POOL_SIZE,
        silence_s: tuple[float, float] = (READ_SILENCE_S, WRITE_SILENCE_S),
    ) -> None:
        """Connect, and bring the tables up to date.

        Args:
            url: Where the server is.
            pool_size: Most connections of this process.
            silence_s: How long a read and a write wait for an answer before they give up.
        """
        self._pool = Pool(url, pool_size)
        self._silence_s = silence_s
        self._syncs = 0
        self._count_lock = Lock()
        try:
            self._open()
        except BaseException:
            self._pool.close()
            raise

    def _open(self) -> None:
        """Wait for a server that is starting itself, then bring the tables up to date."""
        for tries_left in range(OPEN_TRIES - 1, -1, -1):
            try:
                # However long: a step may rewrite a large table.
                with self._session(None) as session:
                    _migrate(session)
                break
            except psycopg.OperationalError:  # away, or gone again in the middle
                if not tries_left:
                    raise

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self._pool.connection(self._silence_s[0]) as connection:
            _prepare(connection, IsolationLevel.REPEATABLE_READ, read_only=True)
            yield SqlReading(PostgresSession(connection))

    @contextmanager
    def looking(self) -> Iterator[Reading]:
        with self._pool.connection(self._silence_s[0]) as connection:
            connection.autocommit = True
            try:
                yield SqlReading(PostgresSession(connection))
            finally:
                with suppress(psycopg.Error):  # it broke, and is replaced
                    connection.autocommit = False

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with self.writing_session() as session:
            yield SqlWriting(session)

    @contextmanager
    def writing_session(self) -> Iterator["PostgresSession"]:
        """Hold a transaction; what leaves without an exception is durable.

        Statements go out as they come, and the server works on them while we go on: an answer is
        waited for where somebody needs it, and at the commit.
        """
        with self._session(self._silence_s[1]) as session:
            yield session

    @contextmanager
    def _session(self, silence_s: float | None) -> Iterator["PostgresSession"]:
        with self._pool.connection(silence_s) as connection:
            _prepare(connection, IsolationLevel.READ_COMMITTED, read_only=False)
            with connection.pipeline() as pipeline:
                session = PostgresSession(connection, pipeline)
                yield session
                session.commit()
        with self._count_lock:
            self._syncs += session.has_written

    def syncs(self) -> int:
        return self._syncs

    def close(self) -> None:
        self._pool.close()


def _prepare(connection: PatientConnection, level: IsolationLevel, *, read_only: bool) -> None:
    """Say what the next BEGIN shall be; this asks the server nothing."""
    connection.isolation_level = level
    connection.read_only = read_only


class PostgresSession:
    """One open transaction on PostgreSQL."""

    lock_rows = " FOR UPDATE"
    skip_locked = " FOR UPDATE SKIP LOCKED"
    is_alone = False

    def __init__(self, connection: PatientConnection, pipeline: Pipeline | None = None) -> None:
        self._connection = connection
        self._pipeline = pipeline
        self._sent: list[Cursor] = []

    def commit(self) -> None:
        """Make everything durable.

        A server asked to commit what has failed rolls back without a word, so its word is read.
        """
        done = self._send("COMMIT", ())
        self._answered(done)
        if done.statusmessage != "COMMIT":
            raise errors.InFailedSqlTransaction("Nothing was stored: a statement had failed.")

    @property
    def has_written(self) -> bool:
        """Whether a statement changed a row, as far as the server has answered."""
        return any(cursor.rowcount > 0 for cursor in self._sent if not _only_looked(cursor))

    def rows(self, sql: str, *values: Value) -> list[Row]:
        cursor = self._send(sql, values)
        with _busy():
            return cursor.fetchall()

    def pages(self, sql: str, *values: Value) -> Iterator[list[Row]]:
        # A cursor of the server lives as long as the transaction, so any pooler will do.
        name = f"pages_{next(_NUMBERS)}"
        with self._connection.cursor(name) as cursor, _busy():
            cursor.execute(in_postgres(sql).encode(), _storable(values))
            while page := cursor.fetchmany(PAGE):
                yield page

    def changed(self, sql: str, *values: Value) -> int:
        return self._answered(self._send(sql, values))

    def run(self, sql: str, *values: Value) -> None:
        self._send(sql, values)

    def put(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> None:
        if rows:
            self._insert(into, columns, rows, conflict)

    def put_new(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> int:
        return self._answered(self._insert(into, columns, rows, conflict)) if rows else 0

    def _insert(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> Cursor:
        names = columns.split()
        arrays = ", ".join(f"%b::{kind_of(name)}[]" for name in names)
        sql = (
            f"INSERT INTO {into} ({', '.join(names)}) SELECT * FROM unnest({arrays}) "
            f"ON CONFLICT {conflict}"
        )
        return self._send(sql, [_storable(column) for column in zip(*rows, strict=True)])

    def _send(self, sql: str, values: Sequence[Value | Sequence[int]]) -> Cursor:
        with _busy():
            cursor = self._connection.execute(in_postgres(sql).encode(), _storable(values))
        if self._pipeline is not None:
            self._connection.wait(_sent(self._connection.pgconn))
        self._sent.append(cursor)
        return cursor

    def _answered(self, cursor: Cursor) -> int:
        if self._pipeline is not None:
            with _busy():
                self._pipeline.sync()
        return cursor.rowcount

    def positions(self, count: int) -> list[int]:
        sql = "SELECT nextval('log_position') FROM generate_series(1, ?)"
        return sorted(row[0] for row in self.rows(sql, count))

    def given_out(self) -> tuple[int, frozenset[str]]:
        # In this order: who took a position before it was read holds the sequence until the end,
        # or has committed, and is seen by whoever looks anew.
        ((last,),) = self.rows(LAST_POSITION)
        return last, frozenset(row[0] for row in self.rows(HOLDERS))

    def slot(self) -> int:
        return self._connection.info.backend_pid % SLOTS


def _sent(to: PGconn) -> PQGen[None]:
    """Send on what lies here, all of it: whoever waits for an answer sends nothing more.

    What the server says meanwhile is taken in, or it would wait for us in turn.
    """
    while to.flush():
        if (yield Wait.RW) & Ready.R:
            to.consume_input()


@contextmanager
def _busy() -> Iterator[None]:
    """Say in the words of the port that another transaction was in the way."""
    try:
        yield
    except BUSY as error:
        raise StoreBusy from error


def _only_looked(cursor: Cursor) -> bool:
    return (cursor.statusmessage or "SELECT").startswith("SELECT")


def _storable(values: Sequence[Any]) -> list[Any]:
    """Leave NUL out of texts: PostgreSQL keeps none, and an answer must not fail for it."""
    return [
        value.replace(NUL, REPLACEMENT) if isinstance(value, str) and NUL in value else value
        for value in values
    ]


def kind_of(column: str) -> str:
    """Give the type of a column; a name has the same type in every table."""
    if column in BLOBS:
        return "bytea"
    return "bigint" if column in NUMBERS or column.endswith("_ms") else "text"


@lru_cache(maxsize=256)
def in_postgres(sql: str) -> str:
    """Spell the shared SQL for psycopg."""
    return re.sub(r"\b(ANY|unnest)\(\?\)", r"\1(%b)", sql).replace("?", "%s")


def _migrate(session: PostgresSession) -> None:
    # Held to the end of this transaction only; two processes may start at once.
    session.rows("SELECT pg_advisory_xact_lock(?)", MIGRATION_LOCK)
    session.run(ddl(META))
    session.run("CREATE SEQUENCE IF NOT EXISTS log_position")
    known = session.rows("SELECT words FROM meta WHERE name = 'version'")
    for statement in steps_after(int(known[0][0]) if known else 0):
        session.run(ddl(statement))
    version = [("version", str(len(STEPS)))]
    session.put("meta", "name words", version, "(name) DO UPDATE SET words = excluded.words")


def ddl(statement: str) -> str:
    """Name the types; texts compare by code point, as they do in Python and SQLite."""
    statement = statement.replace("{clustered}", "")
    statement = statement.replace("{drawn}", "GENERATED BY DEFAULT AS IDENTITY")
    statement = re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', statement)
    return re.sub(r"\bBLOB\b", "BYTEA", statement)
