"""Empty databases of both engines."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conformance.archives import SQLITE


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
