"""The three engines keep the same promises."""

from pathlib import Path

import pytest

for suite in ("conformance", "desk_conformance", "log_conformance", "outbox_conformance"):
    pytest.register_assert_rewrite(f"makegood.testing.store_{suite}")

from makegood.ports.store import Store  # noqa: E402
from makegood.store.memory import MemoryStore  # noqa: E402
from makegood.store.postgres import PostgresStore  # noqa: E402
from makegood.store.sqlite import SqliteStore  # noqa: E402
from makegood.testing.store_conformance import StoreConformance  # noqa: E402


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
