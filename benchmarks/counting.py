"""A store that counts what its engine is asked, and how many rows come back."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

from msgspec import Struct

from makegood.ports.store import Reading, Writing
from makegood.store.postgres import PostgresStore
from makegood.store.session import Row, Session, Value
from makegood.store.sql import SqlReading
from makegood.store.sqlite import SqliteStore


class Asked(Struct):
    """What the engine was asked so far."""

    statements: int = 0
    rows: int = 0


class CountingSession:
    """Passes everything on, and counts what is read."""

    def __init__(self, session: Session, asked: Asked) -> None:
        self._session = session
        self._asked = asked

    def rows(self, sql: str, *values: Value) -> list[Row]:
        found = self._session.rows(sql, *values)
        self._asked.statements += 1
        self._asked.rows += len(found)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class CountingStore:
    """Counts what is read through one store; what is written passes by uncounted."""

    def __init__(self, store: SqliteStore | PostgresStore) -> None:
        self._store = store
        self.asked = Asked()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self._store.reading() as reading:
            assert isinstance(reading, SqlReading)
            yield SqlReading(cast("Session", CountingSession(reading._db, self.asked)))

    def writing(self) -> AbstractContextManager[Writing]:
        return self._store.writing()

    def syncs(self) -> int:
        return self._store.syncs()

    def close(self) -> None:
        self._store.close()
