"""What PostgreSQL promises beyond the port: its word is read; a fault leaves nothing behind."""

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from makegood.messages.errors import StoreBusy
from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from makegood.store.postgres import PostgresSession, PostgresStore
from makegood.store.schema import NewerDatabase
from makegood.store.shapes import pack
from makegood.testing.store_samples import offered

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture
def store(postgres_url: str):
    store = PostgresStore(postgres_url, pool_size=2)
    yield store
    store.close()


def hire(session: PostgresSession, *reps: str | None) -> None:
    """Write rows; nobody waits for the answers."""
    for rep in reps:
        row = RepRow(rep=RepId(rep or ""), name="", role="agent")
        session.put("rep", "rep row_blob", [(rep, pack(row))], "DO NOTHING")


def hire_and_overlook(store: PostgresStore, ask: str) -> None:
    """Leave a transaction as if nothing had failed in it."""
    with store.writing_session() as session:
        hire(session, "kathy")
        with pytest.raises(psycopg.errors.DivisionByZero):
            getattr(session, ask)("SELECT 1 / 0")


@pytest.mark.parametrize("ask", ["rows", "changed"])
def test_a_commit_that_the_server_turned_into_a_rollback_is_no_commit(store, ask):
    with pytest.raises(psycopg.Error):
        hire_and_overlook(store, ask)
    assert nobody_works_here(store)


def hire_nobody(store: PostgresStore) -> None:
    with store.writing_session() as session:
        hire(session, "kathy", None, "ben")


def test_a_fault_of_a_statement_that_nobody_waited_for_stores_nothing(store):
    with pytest.raises(psycopg.errors.NotNullViolation):
        hire_nobody(store)
    assert nobody_works_here(store)
    with store.writing() as writing:
        writing.append([offered("1")])
    with store.reading() as reading:
        assert len(reading.log(0, 9)) == 1


def nobody_works_here(store: PostgresStore) -> bool:
    with store.reading() as reading:
        return reading.reps() == ()


def hire_impatiently(store: PostgresStore) -> None:
    with store.writing_session() as session:
        session.run("SET LOCAL lock_timeout = '10ms'")
        hire(session, "kathy")


def test_who_is_in_the_way_of_another_is_told_that_the_store_is_busy(store):
    with store.writing_session() as session:
        hire(session, "kathy")
        session.rows("SELECT 1")
        with pytest.raises(StoreBusy):
            hire_impatiently(store)
    assert not nobody_works_here(store)


def test_only_what_changed_something_counts_as_a_sync(store):
    before = store.syncs()
    with store.writing() as writing:
        writing.customers_of([offered("1").event.profile])
        writing.due_customers(10**15, 10)
    assert store.syncs() == before
    with store.writing() as writing:
        writing.append([offered("1")])
    assert store.syncs() == before + 1


def test_a_database_of_a_newer_version_is_refused_and_its_pool_is_closed(
    postgres_url, monkeypatch
):
    PostgresStore(postgres_url).close()
    with psycopg.connect(postgres_url) as server:
        server.execute("UPDATE meta SET words = '999' WHERE name = 'version'")
    closed = []
    close = ConnectionPool.close
    monkeypatch.setattr(ConnectionPool, "close", lambda pool: closed.append(close(pool)))
    with pytest.raises(NewerDatabase):
        PostgresStore(postgres_url)
    assert closed == [None]


def test_a_statement_larger_than_what_the_socket_takes_at_once_goes_out_whole(store):
    many = [(f"name {n:060}", 0, 1) for n in range(150_000)]
    with store.writing_session() as session:
        session.put("tally", "name slot amount", many, "DO NOTHING")
    with store.reading() as reading:
        assert reading.counts("log") == {"log": 0}
    with store.writing_session() as session:
        assert session.rows("SELECT count(*) FROM tally") == [(len(many),)]


def test_who_may_still_write_before_the_end_of_the_log_is_known(store):
    """A place of the log is taken before it is committed; a later one may be committed first."""
    with store.writing() as slow:
        slow.append([offered("slow", "ana")])
        with store.reading() as reading:
            before = reading.log_edge()
        with store.writing() as quick:
            quick.append([offered("quick", "ben")])
        with store.reading() as reading:
            edge = reading.log_edge()
            ((place, _),) = reading.log(0, 9)
    assert edge.place == place == before.place + 1, "what is quick stands behind what is slow"
    assert before.writing == edge.writing != frozenset()
    with store.reading() as reading:
        after = reading.log_edge()
        assert [one.message_id for _, one in reading.log(0, 9)] == ["slow", "quick"]
    assert (after.place, after.writing) == (edge.place, frozenset())
