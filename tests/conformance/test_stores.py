"""The three engines keep the same promises."""

from pathlib import Path

import pytest

from makegood.ports.store import Store
from makegood.store.memory import MemoryStore
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.store_conformance import StoreConformance, ThreadConformance


class TestMemory(StoreConformance):
    def make_store(self) -> Store:
        return MemoryStore()


class TestSqlite(StoreConformance):
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path):
        self.path = tmp_path / "makegood.sqlite3"
        self.store: SqliteStore | None = None
        yield
        if self.store is not None:
            self.store.close()

    def make_store(self) -> Store:
        self.store = SqliteStore(self.path)
        return self.store


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgres(StoreConformance):
    @pytest.fixture(autouse=True)
    def _server(self, postgres_url: str):
        self.url = postgres_url
        self.store: PostgresStore | None = None
        yield
        if self.store is not None:
            self.store.close()

    def make_store(self) -> Store:
        self.store = PostgresStore(self.url, pool_size=4)
        return self.store


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgresBehindAPooler(ThreadConformance):
    @pytest.fixture(autouse=True)
    def _server(self, pooled_url: str):
        self.url = pooled_url
        self.store: PostgresStore | None = None
        yield
        if self.store is not None:
            self.store.close()

    def make_store(self) -> Store:
        self.store = PostgresStore(self.url, pool_size=4)
        return self.store
