"""A letter about a week reads its week and what still stands, never all there ever was."""

from collections.abc import Callable, Iterator

import pytest

from makegood.store.sqlite import SqliteStore
from makegood.testing.store_monday_conformance import case_of, keep, let_down
from makegood.testing.store_samples import known

WEEKS = (100, 200, 300)
QUESTIONS: dict[str, Callable] = {
    "let_down_in": lambda it, brands: it.let_down_in(WEEKS, brands),
    "let_down_customers": lambda it, brands: it.let_down_customers(WEEKS, brands),
    "closed_in": lambda it, brands: it.closed_in(WEEKS, brands),
    "standing_at": lambda it, brands: it.standing_at(300, brands),
    "held_at": lambda it, brands: it.held_at(300, brands),
    "moved_in": lambda it, brands: it.moved_in(WEEKS, brands),
    "requests_in": lambda it, brands: it.requests_in(WEEKS, brands),
    "overdue_at": lambda it, brands: it.overdue_at(300, brands),
}


class Explaining:
    """A session that tells how the engine would answer, beside the answer."""

    def __init__(self, session) -> None:
        self._session = session
        self.plans: list[str] = []

    def rows(self, sql, *values):
        found = self._session.rows(f"EXPLAIN QUERY PLAN {sql}", *values)
        self.plans += [row[-1] for row in found]
        return self._session.rows(sql, *values)


@pytest.fixture
def store(tmp_path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "it.sqlite3")
    known(store, "a")
    one = case_of("1", "a", 150)
    keep(store, (one, let_down(one, 150)))
    yield store
    store.close()


@pytest.mark.parametrize("brands", [(), ("cars", "vans")])
@pytest.mark.parametrize("name", QUESTIONS)
def test_no_table_is_read_whole(store: SqliteStore, name: str, brands: tuple[str, ...]):
    with store.reading() as reading:
        spy = reading._db = Explaining(reading._db)
        QUESTIONS[name](reading, brands)
    tables = ("cases", "case_key", "it", "ledger", "reckoned")
    assert any(one.startswith("SEARCH") for one in spy.plans), spy.plans
    whole = [one for one in spy.plans if one.split()[0] == "SCAN" and one.split()[1] in tables]
    partial = ("cases_open", "cases_mine", "cases_held")
    through = [one for one in whole if not one.endswith(partial)]
    assert through == [], "only an index of what stands or holds is read through"
    assert not any("cases_opened" in one for one in spy.plans), "every case there ever was"
