"""PostgreSQL that restarts, or falls silent behind a line that stays open."""

import logging
import random
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from makegood.store.postgres import PostgresStore
from makegood.testing.store_samples import offered
from tests.fire.proxy import Lines, Manner

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
CONNECTIONS = 4
TRIES = 5  # more than the pool itself makes before it gives up


@pytest.fixture
def lines():
    laid = Lines(random.randrange(1_000))
    yield laid
    laid.close()


@pytest.fixture
def far_url(postgres_url, lines):
    """The same database at the end of a line."""
    parts = urlsplit(postgres_url)
    host = parse_qs(parts.query).get("host", [""])[0]
    if host:
        target = f"{host}/.s.PGSQL.{parts.port or 5432}"
    else:
        target = (parts.hostname or "127.0.0.1", parts.port or 5432)
    line = lines.open("store", target)
    secret = f":{parts.password}" if parts.password else ""
    return f"postgresql://{parts.username}{secret}@127.0.0.1:{line.port}{parts.path}"


@pytest.fixture
def store(far_url):
    made = PostgresStore(far_url, pool_size=CONNECTIONS, silence_s=(0.5, 0.5))
    yield made
    made.close()


def take(store: PostgresStore, name: str) -> None:
    with store.writing() as writing:
        writing.append([offered(name)])


def count(store: PostgresStore) -> int:
    with store.reading() as reading:
        return len(reading.log(0, 99))


@pytest.mark.parametrize("way", [take, lambda store, _: count(store)], ids=["write", "read"])
def test_a_server_that_falls_silent_is_given_up_and_found_again(store, lines, way):
    take(store, "1")
    lines.behave("store", Manner(weather="silence"))
    with pytest.raises(psycopg.OperationalError):
        way(store, "2")
    lines.break_all("store", reset=True)  # what was held back by the silence is lost with it
    lines.behave("store", Manner())
    take(store, "3")
    assert count(store) >= 2


def test_connections_that_a_restart_closed_are_not_handed_out(store, postgres_url):
    """All idle ones at once, as a restart of the server does; nobody meets the first error."""
    _use_all(store)
    with psycopg.connect(postgres_url, autocommit=True) as server:
        closed = server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert len(closed) >= CONNECTIONS
    for number in range(2 * CONNECTIONS):
        take(store, f"{number}")
    assert count(store) == 2 * CONNECTIONS


def _use_all(store: PostgresStore, left: int = CONNECTIONS) -> None:
    if left:
        with store.reading():
            _use_all(store, left - 1)


class Waits:
    """Counts how often a pool could not connect, and then lets it."""

    def __init__(self, lines: Lines) -> None:
        self.tries = 0
        self._lines = lines

    def filter(self, record: logging.LogRecord) -> bool:
        self.tries += "error connecting" in record.getMessage()
        if self.tries == TRIES:
            self._lines.behave("store", Manner())
        return True


def test_a_store_opens_when_its_server_does(far_url, lines):
    """A service manager starts everything at once; whoever is first waits."""
    lines.behave("store", Manner(weather="refuse"))
    waits = Waits(lines)
    logging.getLogger("psycopg.pool").addFilter(waits)
    try:
        store = PostgresStore(far_url)
        assert count(store) == 0
        assert waits.tries >= TRIES
        store.close()
    finally:
        logging.getLogger("psycopg.pool").removeFilter(waits)
