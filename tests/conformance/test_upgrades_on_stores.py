"""A database of before keeps its rows when it is brought up to date, on each SQL engine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from makegood.ports.store import Store
from makegood.store import postgres as postgres_engine
from makegood.store import schema
from makegood.store import sqlite as sqlite_engine
from makegood.store import tables_people as people
from makegood.store.postgres import PostgresStore
from makegood.store.shapes import pack
from makegood.store.sqlite import SqliteStore
from makegood.testing.store_link_conformance import link_pair
from tests.conformance.engines import ON_DISK

BEFORE = schema.STEPS.index(people.LOTS) + 1
LOT = "INSERT INTO lot (customer, experiment, treated, propensity, at_ms, back_ms) VALUES "
PAIR = "INSERT INTO link_pair VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


@pytest.fixture(params=ON_DISK)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    if request.param == "sqlite":
        return lambda: SqliteStore(tmp_path / "makegood.db")
    url = request.getfixturevalue("postgres_url")
    return lambda: PostgresStore(url, pool_size=2)


def test_lots_and_pairs_of_before_are_there_afterwards(opened, monkeypatch):
    row, steps = link_pair(1), schema.STEPS
    for module in (schema, sqlite_engine, postgres_engine):
        monkeypatch.setattr(module, "STEPS", steps[:BEFORE])
    old = opened()
    with old.writing_session() as session:
        session.run(LOT + "('c1', 'hello', 1, 5000, 7, 9)")
        session.run(PAIR, row.id, "review", 1, row.left, row.right, "hotels", "cars", pack(row))
    old.close()
    for module in (schema, sqlite_engine, postgres_engine):
        monkeypatch.setattr(module, "STEPS", steps)
    new = opened()
    with new.writing_session() as session:
        (version,) = session.rows("SELECT words FROM meta WHERE name = 'version'")
        assert version == (f"{len(steps)}",)
        assert session.rows("SELECT back_ms, good_ms, bad_ms FROM lot") == [(9, 0, 0)]
        assert session.rows("SELECT count(*) FROM letter") == [(0,)]
    with new.writing() as writing:
        assert writing.links_named([row.left]) == (row,)
        writing.put_links([row])
        assert writing.links_named([row.left]) == ()
    new.close()
