"""SQLite, the default: one file, no server, one writer at a time."""

import re
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock

import msgspec

from makegood.messages.errors import StoreBusy
from makegood.ports.store import Reading, Writing
from makegood.store.schema import META, STEPS, steps_after
from makegood.store.session import PAGE, Row, Value
from makegood.store.sql import SqlReading, SqlWriting

BUSY_TIMEOUT_S = 15.0  # another process may hold the file for one batch, not longer
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit that was acknowledged survives a power cut
    "PRAGMA wal_autocheckpoint = 4000",  # pages: many commits change the same ones
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32768",  # KiB
)


class SqliteStore:
    """One database file; many readers beside one writer."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._idle: deque[sqlite3.Connection] = deque()
        self._write_lock = Lock()
        self._syncs = 0
        self._writer = self._connect()
        try:
            with self.writing_session() as session:
                _migrate(session)
        except BaseException:
            self._writer.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        for setting in SETTINGS:
            connection.execute(setting).close()
        return connection

    def _reader(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        connection = self._reader()
        try:
            connection.execute("BEGIN")
            yield SqlReading(SqliteSession(connection))
        finally:
            self._put_back(connection)

    def _put_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            raise
        self._idle.append(connection)

    def looking(self) -> AbstractContextManager[Reading]:
        return self.reading()  # a transaction costs nothing here

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with self.writing_session() as session:
            yield SqlWriting(session)

    @contextmanager
    def writing_session(self) -> Iterator["SqliteSession"]:
        """Hold the one writer's transaction; what leaves without an exception is durable."""
        with self._write_lock:
            before = self._writer.total_changes
            _begin(self._writer)
            try:
                yield SqliteSession(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            self._syncs += self._writer.total_changes > before

    def syncs(self) -> int:
        return self._syncs

    def close(self) -> None:
        with self._write_lock:
            self._writer.close()
        while self._idle:
            self._idle.pop().close()


def _begin(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise StoreBusy from error
        raise


class SqliteSession:
    """One open transaction on SQLite."""

    lock_rows = ""  # the one writer already holds everything
    skip_locked = ""
    is_alone = True

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, *values: Value) -> list[Row]:
        with closing(self._connection.execute(in_sqlite(sql), _bound(values))) as cursor:
            return cursor.fetchall()

    def pages(self, sql: str, *values: Value) -> Iterator[list[Row]]:
        with closing(self._connection.execute(in_sqlite(sql), _bound(values))) as cursor:
            while page := cursor.fetchmany(PAGE):
                yield page

    def changed(self, sql: str, *values: Value) -> int:
        with closing(self._connection.execute(in_sqlite(sql), _bound(values))) as cursor:
            return cursor.rowcount

    def run(self, sql: str, *values: Value) -> None:
        self.changed(sql, *values)

    def put(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> None:
        self.put_new(into, columns, rows, conflict)

    def put_new(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> int:
        if not rows:
            return 0
        sql = _insert(into, columns, conflict)
        with closing(self._connection.executemany(sql, rows)) as cursor:
            return cursor.rowcount

    def positions(self, count: int) -> list[int]:
        last = self.rows("SELECT coalesce(max(seq), 0) FROM log")[0][0]
        return list(range(last + 1, last + 1 + count))

    def given_out(self) -> tuple[int, frozenset[str]]:
        # One writer at a time: what was taken before is committed before.
        return self.rows("SELECT coalesce(max(seq), 0) FROM log")[0][0], frozenset()

    def slot(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _insert(into: str, columns: str, conflict: str) -> str:
    names = columns.split()
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {into} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT {conflict}"


@lru_cache(maxsize=256)
def in_sqlite(sql: str) -> str:
    """Spell the shared SQL for SQLite: a list of texts comes as one JSON array."""
    sql = sql.replace("= ANY(?)", "IN (SELECT value FROM json_each(?))")
    sql = sql.replace("/* end to end */", "NOT INDEXED")
    return re.sub(r"/\* by (\w+) \*/", r"INDEXED BY \1", sql)


def _json(texts: Sequence[str] | Sequence[bytes]) -> str:
    return msgspec.json.encode(texts).decode()


def _bound(values: Sequence[Value]) -> list[str | int | bytes]:
    return [value if isinstance(value, str | int | bytes) else _json(value) for value in values]


def _migrate(session: SqliteSession) -> None:
    session.run(META)
    known = session.rows("SELECT words FROM meta WHERE name = 'version'")
    for statement in steps_after(int(known[0][0]) if known else 0):
        session.run(ddl(statement))
    version = [("version", str(len(STEPS)))]
    session.put("meta", "name words", version, "(name) DO UPDATE SET words = excluded.words")


def ddl(statement: str) -> str:
    """Spell a statement of the schema for SQLite."""
    statement = statement.replace("{clustered}", "WITHOUT ROWID")
    statement = statement.replace("{drawn}", "AUTOINCREMENT")
    return re.sub(r"\bseq BIGINT NOT NULL PRIMARY KEY", "seq INTEGER PRIMARY KEY", statement)
