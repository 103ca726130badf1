"""A database of before keeps its rows when it is brought up to date, on each SQL engine."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.ports.store import Store
from makegood.store import postgres as postgres_engine
from makegood.store import schema
from makegood.store import sqlite as sqlite_engine
from makegood.store import tables_people as people
from makegood.store.postgres import PostgresStore
from makegood.store.shapes import pack
from makegood.store.sqlite import SqliteStore
from makegood.store.tables_spend import SPEND
from makegood.testing.store_link_conformance import link_pair
from makegood.testing.store_samples import case, ledger_line
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


CASE = (
    "INSERT INTO cases (case_id, customer, owner, rank, due_key, is_open, held, opened_ms, brand, "
    "row_blob) VALUES ('k1', 'pana', '', 0, 0, 1, 0, 5, 'one', ?)"
)
MONEY = (
    "INSERT INTO ledger (command_id, account, case_id, customer, at_ms, row_blob) "
    "VALUES ('m1', 'owed', 'k1', 'pana', 5, ?)"
)
OLD_CASE = replace(case("1"), opened_ms=5)
OLD_LINE = ledger_line("1", "1")


def test_cases_and_money_of_before_are_there_and_say_nothing_new_until_written_again(
    opened, monkeypatch
):
    steps = schema.STEPS
    for module in (schema, sqlite_engine, postgres_engine):
        monkeypatch.setattr(module, "STEPS", steps[: steps.index(SPEND)])
    old = opened()
    with old.writing_session() as session:
        session.run(CASE, pack(OLD_CASE))
        session.run(MONEY, pack(OLD_LINE))
    old.close()
    for module in (schema, sqlite_engine, postgres_engine):
        monkeypatch.setattr(module, "STEPS", steps)
    new = opened()
    with new.writing() as writing:
        assert writing.case(OLD_CASE.case) is not None
        assert writing.ledger(OLD_CASE.case) == (OLD_LINE,)
        assert writing.spend_sums((0, 10_000)) == ()
        assert writing.ended_sums((0, 10_000)) == ()
        assert writing.failure_counts((0, 10_000)) == ()
        writing.project((OLD_CASE.customer,), [OLD_CASE], [OLD_LINE], {})
        assert len(writing.spend_sums((0, 10_000))) == 1
    new.close()
