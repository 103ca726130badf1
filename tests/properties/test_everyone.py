"""Through random days, what stands ready for "everyone like this" is what every state says."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import event as note
from hypothesis import given, settings

from makegood.core.everyone import comparables
from makegood.core.likeness import Comparable, likeness_of
from makegood.core.state import decode_state
from makegood.messages.ids import CustomerId
from makegood.ports.store import Store
from makegood.projections.everyone import Wanted, everyone
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from tests.brute_everyone import Rows, all_rows, brute
from tests.properties.life import Life
from tests.properties.moves import LIBRARY
from tests.properties.strategies import days

BOOK = LIBRARY.book(LIBRARY.active)


def lived(store: Store, moves) -> Life:
    with store.writing() as writing:
        writing.put_likeness(likeness_of(BOOK.everyone))
    return Life(store).live(moves)


def rows_of_states(store: Store) -> Rows:
    with store.reading() as reading:
        rows = reading.rows(CustomerId(""), 100)
    found = {row.customer: comparables(decode_state(row.state), LIBRARY) for row in rows}
    return {who: them for who, them in found.items() if them}


def check(life: Life) -> set[Comparable]:
    rows = rows_of_states(life.store)
    with life.store.reading() as reading:
        assert {who: them for who, them in all_rows(reading).items() if them} == rows
        likes = {row for own in rows.values() for row in own}
        for like in likes:
            wanted = Wanted(like=like, remedies=("refund",))
            now_ms = life.clock.at_ms
            assert everyone(reading, wanted, BOOK, now_ms) == brute(rows, wanted, BOOK, now_ms)
    return likes


def remark(likes: set[Comparable]) -> None:
    for like in likes:
        note(f"{like.kind} {like.answer}")
        note(f"came back: {like.back}")
        note(f"standing: {like.standing}")


@given(moves=days)
def test_the_cells_say_what_every_state_says(moves):
    remark(check(lived(MemoryStore(), moves)))


@settings(max_examples=40)
@given(moves=days)
def test_the_cells_of_sqlite_say_what_every_state_says(moves):
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store = SqliteStore(Path(folder) / "it.sqlite3")
        stack.callback(store.close)
        remark(check(lived(store, moves)))


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_the_cells_of_postgresql_say_what_every_state_says(postgres_url):
    import random

    from makegood.store.postgres import PostgresStore
    from tests.properties.strategies import random_days

    store = PostgresStore(postgres_url)
    try:
        assert check(lived(store, random_days(random.Random(11), most=200)))
    finally:
        store.close()
