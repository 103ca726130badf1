"""A store that counts what its engine is asked, and how many rows come back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from msgspec import Struct

from makegood.ports.store import Reading, Writing
from makegood.store.postgres import PostgresStore
from makegood.store.session import Row, Session, Value
from makegood.store.sql import SqlReading, SqlWriting
from makegood.store.sqlite import SqliteStore


class Asked(Struct):
    """What the engine was asked so far.

    Attributes:
        statements: Of every kind.
        rows: That came back.
    """

    statements: int = 0
    rows: int = 0


class CountingSession:
    """Passes everything on and counts it."""

    def __init__(self, session: Session, asked: Asked) -> None:
        self._session = session
        self._asked = asked

    def rows(self, sql: str, *values: Value) -> list[Row]:
        found = self._session.rows(sql, *values)
        self._asked.statements += 1
        self._asked.rows += len(found)
        return found

    def changed(self, sql: str, *values: Value) -> int:
        self._asked.statements += 1
        return self._session.changed(sql, *values)

    def run(self, sql: str, *values: Value) -> None:
        self._asked.statements += 1
        self._session.run(sql, *values)

    def put(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> None:
        self._asked.statements += bool(rows)
        self._session.put(into, columns, rows, conflict)

    def put_new(self, into: str, columns: str, rows: Sequence[Row], conflict: str) -> int:
        self._asked.statements += bool(rows)
        return self._session.put_new(into, columns, rows, conflict)

    def positions(self, count: int) -> list[int]:
        self._asked.statements += 1
        return self._session.positions(count)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class CountingStore:
    """Counts what passes through one store, read and written."""

    def __init__(self, store: SqliteStore | PostgresStore) -> None:
        self._store = store
        self.asked = Asked()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self._store.reading() as reading:
            assert isinstance(reading, SqlReading)
            yield SqlReading(cast("Session", CountingSession(reading._db, self.asked)))

    @contextmanager
    def looking(self) -> Iterator[Reading]:
        with self._store.looking() as reading:
            assert isinstance(reading, SqlReading)
            yield SqlReading(cast("Session", CountingSession(reading._db, self.asked)))

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with self._store.writing_session() as session:
            yield SqlWriting(cast("Session", CountingSession(session, self.asked)))

    def syncs(self) -> int:
        return self._store.syncs()

    def close(self) -> None:
        self._store.close()
