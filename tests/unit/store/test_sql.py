"""What the SQL engines promise beyond the port: indexes, few statements, versions, patience."""

import sqlite3
from pathlib import Path

import pytest

from makegood.messages.errors import StoreBusy
from makegood.store import schema
from makegood.store import sqlite as sqlite_engine
from makegood.store import tables_people as people
from makegood.store.schema import NewerDatabase, steps_after
from makegood.store.shapes import pack
from makegood.store.sql import SqlWriting
from makegood.store.sql_customers import GATE
from makegood.store.sql_desk import COUNTS
from makegood.store.sql_everyone import CELLS
from makegood.store.sql_outbox import READY
from makegood.store.sqlite import SqliteSession, SqliteStore, in_sqlite
from makegood.testing.store_link_conformance import link_pair
from makegood.testing.store_routing_conformance import routing
from makegood.testing.store_samples import (
    case,
    command,
    comparable,
    customer,
    identified,
    ledger_line,
    offered,
    profile,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "makegood.sqlite3"


@pytest.fixture
def store(path: Path):
    store = SqliteStore(path)
    yield store
    store.close()


class Counting:
    """Counts the statements that a transaction runs."""

    def __init__(self, session: SqliteSession) -> None:
        self.count = 0
        self._session = session
        self.lock_rows, self.skip_locked = session.lock_rows, session.skip_locked
        self.is_alone = session.is_alone

    def rows(self, sql, *values):
        self.count += 1
        return self._session.rows(sql, *values)

    def changed(self, sql, *values):
        self.count += 1
        return self._session.changed(sql, *values)

    def run(self, sql, *values):
        self.count += 1
        self._session.run(sql, *values)

    def put(self, *what):
        self.count += 1
        self._session.put(*what)

    def put_new(self, *what):
        self.count += 1
        return self._session.put_new(*what)

    def positions(self, count):
        self.count += 1
        return self._session.positions(count)

    def slot(self):
        return self._session.slot()


def statements(store: SqliteStore, size: int) -> dict[str, int]:
    """How many statements each method takes for a batch of a size."""
    names = [f"c{size}-{n}" for n in range(size)]
    everyone = [customer(name) for name in names]
    commands = [command(name, name) for name in names]
    cases = [case(name, name) for name in names]
    ledger = [ledger_line(name, name, name) for name in names]
    methods = {
        "append": lambda w: w.append([identified(name, name, f"mail {name}") for name in names]),
        "customers_of": lambda w: w.customers_of([profile(name) for name in names]),
        "lock": lambda w: w.lock(everyone),
        "save": lambda w: w.save([w.row(everyone[0])] * size),
        "project": lambda w: w.project(
            everyone, cases, ledger, {it.case: it.case for it in cases}
        ),
        "put_comparables": lambda w: w.put_comparables({one: [comparable()] for one in everyone}),
        "put_comparables again": lambda w: w.put_comparables({everyone[0]: [comparable()]}),
        "put_commands": lambda w: w.put_commands(commands),
        "claim": lambda w: w.claim(10**9, 1, size),
        "outbox_of": lambda w: w.outbox_of([profile(name) for name in names]),
        "withdraw": lambda w: w.withdraw([it.id for it in commands], 1),
        "project_routings": lambda w: w.project_routings(
            [(one, n) for n, one in enumerate(everyone, 1)],
            [routing(name, name, at_ms=n) for n, name in enumerate(names, 1)],
        ),
        "cases": lambda w: w.cases(limit=size),
        "cases_of": lambda w: w.cases_of(everyone),
        "gate_records": lambda w: w.gate_records(profile(names[0])),
        "counts": lambda w: w.counts(),
    }
    taken = {}
    with store.writing_session() as session:
        for name, method in methods.items():
            counting = Counting(session)
            method(SqlWriting(counting))
            taken[name] = counting.count
    return taken


def test_a_batch_takes_as_many_statements_as_a_single_one(store):
    one, many = statements(store, 1), statements(store, 60)
    assert one == many
    assert one["gate_records"] == 1
    assert one["counts"] == 1
    assert one["put_comparables"] == 3
    assert one["put_comparables again"] == 1
    assert max(one.values()) <= 9


def plan(path: Path, sql: str, *values) -> str:
    connection = sqlite3.connect(path)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {in_sqlite(sql)}", values).fetchall()
    connection.close()
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("sql", "values", "index"),
    [
        ("SELECT row_blob FROM cases WHERE is_open = 1 ORDER BY rank, due_key, case_id LIMIT 9",
         (), "cases_open"),
        ("SELECT row_blob FROM cases WHERE is_open = 1 AND (rank, due_key, case_id) > (?, ?, ?) "
         "ORDER BY rank, due_key, case_id LIMIT 9", (1, 2, "k"), "cases_open"),
        ("SELECT row_blob FROM cases WHERE is_open = 1 AND owner = ? AND "
         "(rank, due_key, case_id) > (?, ?, ?) ORDER BY rank, due_key, case_id LIMIT 9",
         ("kathy", 1, 2, "k"), "cases_mine"),
        ("SELECT row_blob FROM cases WHERE is_open = 1 AND brand = ANY(?) "
         "ORDER BY rank, due_key, case_id LIMIT 9", ('["vans"]',), "cases_open"),
        (READY.format(skip_locked=""), (1, 2) * 5 + (2,), "outbox_ready"),
        ("SELECT customer FROM customer WHERE next_due_ms > 0 AND next_due_ms <= ? "
         "ORDER BY next_due_ms, customer LIMIT ?", (1, 2), "customer_due"),
    ],
)  # fmt: skip
def test_a_queue_is_one_range_of_an_index(store, path, sql, values, index):
    steps = plan(path, sql, *values)
    assert index in steps
    assert "TEMP B-TREE" not in steps


def test_everyone_is_one_range_of_days_and_reads_no_case(store, path):
    steps = plan(path, CELLS, 9, "topic", 1)
    assert "everyone USING PRIMARY KEY (topic=? AND day>?)" in steps
    assert "comparable" not in steps


def test_counting_reads_no_row_of_the_log(store, path):
    steps = plan(path, COUNTS)
    assert "log_of_profile" not in steps
    assert "SCAN log" not in steps
    assert "SCAN tally" in steps or "SEARCH tally" in steps


def test_the_gate_searches_and_never_scans(store, path):
    steps = plan(path, GATE, "p", "p")
    scanned = [line for line in steps.splitlines() if line.startswith("SCAN")]
    assert set(scanned) <= {"SCAN found", "SCAN meant"}, steps


def test_what_was_written_is_there_when_the_file_is_opened_again(path):
    first = SqliteStore(path)
    with first.writing() as writing:
        writing.append([offered("1")])
    first.close()
    second = SqliteStore(path)
    with second.reading() as reading:
        assert len(reading.log(0, 9)) == 1
        assert reading.counts()["log"] == 1
    second.close()


def test_the_disk_is_waited_for_at_each_commit(store):
    with store.writing_session() as session:
        assert session.rows("PRAGMA synchronous") == [(2,)]
        assert session.rows("PRAGMA journal_mode") == [("wal",)]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(path, monkeypatch):
    SqliteStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET words = '999' WHERE name = 'version'")
    connection.commit()
    opened = opened_by(SqliteStore, monkeypatch)
    with pytest.raises(NewerDatabase, match=r"version 999.*install the newer Makegood"):
        SqliteStore(path)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")
    assert dict(connection.execute("SELECT name, words FROM meta"))["version"] == "999"
    connection.close()


def opened_by(engine, monkeypatch) -> list[sqlite3.Connection]:
    """Collect the connections that are opened from now on."""
    opened: list[sqlite3.Connection] = []
    connect = engine._connect

    def noted(store):
        opened.append(connect(store))
        return opened[-1]

    monkeypatch.setattr(engine, "_connect", noted)
    return opened


def test_a_look_that_fails_at_its_beginning_keeps_its_connection(store, monkeypatch):
    opened = opened_by(SqliteStore, monkeypatch)
    with store.reading():
        pass
    opened[0].execute("BEGIN")
    with pytest.raises(sqlite3.OperationalError, match="within a transaction"), store.reading():
        pass
    with store.reading() as reading:
        assert reading.reps() == ()
    assert len(opened) == 1


def test_an_older_database_is_brought_up_to_date_and_keeps_its_rows(path, monkeypatch):
    old = SqliteStore(path)
    with old.writing() as writing:
        writing.append([offered("1")])
    old.close()
    more = (*schema.STEPS, ("CREATE TABLE later (it TEXT NOT NULL PRIMARY KEY)",))
    monkeypatch.setattr(schema, "STEPS", more)
    monkeypatch.setattr(sqlite_engine, "STEPS", more)
    new = SqliteStore(path)
    with new.writing_session() as session:
        assert session.rows("SELECT words FROM meta WHERE name = 'version'") == [(f"{len(more)}",)]
        assert session.rows("SELECT count(*) FROM later") == [(0,)]
    with new.reading() as reading:
        assert len(reading.log(0, 9)) == 1
    new.close()


def test_a_pair_of_before_names_were_kept_is_found_by_any_name(path, monkeypatch):
    after = schema.STEPS.index(people.LINK_NAMES) + 1
    row = link_pair(1)
    for steps in (schema.STEPS[: after - 1], schema.STEPS[:after]):
        monkeypatch.setattr(schema, "STEPS", steps)
        monkeypatch.setattr(sqlite_engine, "STEPS", steps)
        SqliteStore(path).close()
        if len(steps) < after:
            values = (row.id, "review", 1, row.left, row.right, "hotels", "cars", pack(row))
            with sqlite3.connect(path) as connection:
                connection.execute("INSERT INTO link_pair VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            connection.close()
    store = SqliteStore(path)
    with store.writing() as writing:
        assert writing.links_named([row.left]) == (row,)
        writing.put_links([row])
        assert writing.links_named([row.left]) == ()
    store.close()


def test_a_step_that_fails_changes_nothing(path, monkeypatch):
    SqliteStore(path).close()
    broken = (*schema.STEPS, ("CREATE TABLE later (it TEXT)", "CREATE NONSENSE"))
    monkeypatch.setattr(schema, "STEPS", broken)
    monkeypatch.setattr(sqlite_engine, "STEPS", broken)
    with pytest.raises(sqlite3.OperationalError):
        SqliteStore(path)
    connection = sqlite3.connect(path)
    kept = dict(connection.execute("SELECT name, words FROM meta"))
    assert kept["version"] == f"{len(schema.STEPS) - 1}"
    assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'later'").fetchall() == []
    connection.close()


def test_nothing_is_left_to_do_for_a_database_of_today():
    assert steps_after(len(schema.STEPS)) == ()


def test_a_file_that_another_process_holds_for_long_is_said_to_be_busy(path, monkeypatch):
    monkeypatch.setattr(sqlite_engine, "BUSY_TIMEOUT_S", 0.01)
    store = SqliteStore(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy), store.writing():
        pass
    other.execute("ROLLBACK")
    with store.writing() as writing:
        writing.append([offered("1")])
    other.close()
    store.close()
