"""Empty stores of each engine, and empty databases of both."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from makegood.ports.store import Store
from makegood.store.memory import MemoryStore
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from tests.conformance.archives import SQLITE
from tests.conformance.engines import ENGINES


@pytest.fixture
def memory() -> Store:
    """Give an empty store in memory."""
    return MemoryStore()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    """Give an empty store in a file."""
    store = SqliteStore(tmp_path / "it.sqlite3")
    yield store
    store.close()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Store]:
    """Give an empty store on a server."""
    store = PostgresStore(postgres_url, pool_size=4)
    yield store
    store.close()


@pytest.fixture
def pooled(pooled_url: str) -> Iterator[Store]:
    """Give an empty store on a server behind a pooler of transactions."""
    store = PostgresStore(pooled_url, pool_size=4)
    yield store
    store.close()


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Store:
    """Give an empty store, one engine after the other."""
    made: Store = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give the address of a new, empty database of an engine."""
    made: list[tuple[str, str]] = []

    def new(engine: str) -> str:
        if engine == SQLITE:
            return f"sqlite:///{tmp_path / uuid4().hex}.db"
        import psycopg
        from psycopg import sql

        server = request.getfixturevalue("postgres_server_url")
        name = f"makegood_test_{uuid4().hex[:16]}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made.append((server, name))
        from urllib.parse import urlsplit

        return urlsplit(server)._replace(path=f"/{name}").geturl()

    yield new
    for server, name in made:
        import psycopg
        from psycopg import sql

        with psycopg.connect(server, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))
