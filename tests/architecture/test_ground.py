"""What the tests stand on: an empty PostgreSQL for every test, and a hard time limit."""

import psycopg
import pytest

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@pytest.mark.parametrize("which", ["first", "second"])
def test_every_test_gets_an_empty_database(postgres_url, which):
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(TABLES).fetchone() == (0,)
        connection.execute("CREATE TABLE left_behind (which text)")
        connection.execute("INSERT INTO left_behind VALUES (%s)", [which])


def test_postgres_is_one_that_we_support(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        assert connection.info.server_version >= 150000


def test_nothing_may_hang_for_ever(pytestconfig):
    assert float(pytestconfig.getini("timeout")) <= 600


def test_warnings_are_errors(pytestconfig):
    assert pytestconfig.getini("filterwarnings")[0] == "error"
