"""Whatever is done, in whatever order, the three engines give the same answers."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.messages.facts import Identified
from makegood.messages.ids import BookHash, CaseId, CommandId, RepId
from makegood.ports.rows import CustomerRow, OutboxStatus, PersonRow, Snapshot, booking_key
from makegood.ports.store import Reading, Store, Writing
from makegood.store.memory import MemoryStore
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.store_samples import (
    case,
    command,
    customer,
    event,
    ledger_line,
    offered,
    profile,
)

NAMES = ("ana", "ben", "cid", "dan")
PROFILES = [profile(name) for name in (*NAMES, "mail")]
Do = Callable[[Writing], object]
names = st.sampled_from(NAMES)
instants = st.integers(1, 40)
few = st.sampled_from(["1", "2", "3", "é", "Z"])


class Undone(Exception):
    """Ends a transaction as a fault would."""


@st.composite
def appends(draw) -> Do:
    batch = [
        offered(
            draw(few),
            draw(names),
            draw(instants),
            body=draw(
                st.sampled_from([None, Identified(lookups=(profile("mail"), profile("ana")))])
            ),
            digest=draw(st.sampled_from(["same", "other"])),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    return lambda writing: writing.append(batch)


@st.composite
def links(draw) -> Do:
    left, right = profile(draw(names)), profile(draw(names))
    if draw(st.booleans()):
        return lambda writing: writing.link(left, right)
    return lambda writing: writing.unlink(left, right)


@st.composite
def saves(draw) -> Do:
    row = CustomerRow(
        customer=customer(draw(names)),
        state=b"s",
        last=event(draw(few), time_ms=draw(instants)).order,
        gate=draw(st.binary(max_size=3)),
        next_due_ms=draw(st.integers(0, 5)),
        stuck=draw(st.sampled_from(["", "KeyError"])),
        events=draw(instants),
    )

    def save(writing: Writing) -> object:
        locked = writing.lock((row.customer, customer("mail")))
        writing.save([row] if row.customer in locked else [])
        return locked

    return save


@st.composite
def snapshots(draw) -> Do:
    snapshot = Snapshot(
        customer=customer(draw(names)),
        upto=event(draw(few), time_ms=draw(instants)).order,
        fired_ms=0,
        state=b"x",
        commands=(CommandId("m1"),),
        events=draw(instants),
    )
    since = draw(st.sampled_from([None, snapshot.upto]))
    if draw(st.booleans()):
        return lambda writing: writing.put_snapshots((snapshot,), keep_events=5)
    return lambda writing: writing.drop_snapshots(snapshot.customer, since)


@st.composite
def projects(draw) -> Do:
    name = draw(names)
    rows = [
        case(
            f"{name}{n}",
            name,
            risk=draw(st.integers(0, 2)),
            due_ms=draw(st.integers(0, 2)),
            owner=draw(st.sampled_from(["kathy", "abe", ""])),
            is_open=draw(st.booleans()),
            held=draw(st.booleans()),
            opened_ms=draw(instants),
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    money = [ledger_line(f"{name}{n}", f"{name}{n}", name) for n in range(len(rows))]
    failures = {CaseId(f"kfailure{row.case}"): row.case for row in rows}
    failures |= {
        booking_key(draw(st.sampled_from(["R1", "r1r1", "Ré"])), row.case): row.case
        for row in rows
    }
    return lambda writing: writing.project([customer(name)], rows, money, failures)


@st.composite
def outbox(draw) -> Do:
    name = draw(few)
    one = command(name, draw(names), draw(instants), draw(st.sampled_from(["sorry", "new"])))
    now_ms, fence = draw(instants), draw(st.integers(0, 3))
    status = draw(st.sampled_from([OutboxStatus.DONE, OutboxStatus.FAILED, OutboxStatus.HELD]))
    return draw(
        st.sampled_from(
            [
                lambda writing: writing.put_commands([one]),
                lambda writing: writing.put_commands([one, replace(one, due_ms=now_ms)]),
                lambda writing: writing.withdraw([one.id, CommandId("m2")], now_ms),
                lambda writing: writing.record([one], OutboxStatus.MISSED, now_ms, "late"),
                lambda writing: writing.claim(now_ms, 5, fence),
                lambda writing: writing.settle(one.id, fence, status, now_ms, "why"),
                lambda writing: writing.retry_at(one.id, fence, now_ms, "later"),
                lambda writing: writing.revive(one.id, now_ms),
            ]
        )
    )


@st.composite
def people(draw) -> Do:
    name = draw(names)
    person = PersonRow(
        profile=profile(name),
        identifier=f"user:{name}",
        name=draw(st.sampled_from(["", "Ana Lima", "Ben"])),
        email=draw(st.sampled_from(["", "a@example.org"])),
    )
    text = {
        draw(few): (profile(name), draw(st.text(max_size=3).filter(lambda it: "\0" not in it)))
    }
    return draw(
        st.sampled_from(
            [
                lambda writing: writing.put_persons([person]),
                lambda writing: writing.put_texts(text),
                lambda writing: writing.erase(customer(name)),
                lambda writing: writing.put_book(BookHash(name), "text", activate=True),
            ]
        )
    )


deeds = st.one_of(appends(), links(), saves(), snapshots(), projects(), outbox(), people())
transactions = st.tuples(st.lists(deeds, min_size=1, max_size=5), st.booleans())
stories = st.lists(transactions, min_size=1, max_size=10)


def tell(store: Store, story: list[tuple[list[Do], bool]]) -> list[object]:
    """Do everything; give every answer."""
    answers: list[object] = []
    for deeds_, undone in story:
        try:
            with store.writing() as writing:
                answers += [do(writing) for do in deeds_]
                answers.append(seen(writing))
                if undone:
                    raise Undone
        except Undone:
            answers.append("undone")
        with store.reading() as reading:
            answers.append(seen(reading))
    return answers


def seen(reading: Reading) -> list[object]:
    """Everything that can be read; a position in the log is only told by its order."""
    customers = [customer(name) for name in NAMES]
    far = event("~", time_ms=99).order
    return [
        dict(reading.customers_of(PROFILES)),
        dict(reading.profiles_of(customers)),
        dict(reading.lookups_of(PROFILES)),
        [reading.gate_records(one) for one in PROFILES],
        reading.rows(customer(""), 10),
        [reading.history(one) for one in customers],
        [reading.history(one, event("2", time_ms=20).order) for one in customers],
        [one for _, one in reading.log(0, 100)],
        reading.cases(limit=9),
        reading.cases(limit=9, open_only=False, after=(1, 1, CaseId("k"))),
        reading.cases(owner=RepId("kathy"), limit=9),
        reading.cases(brands=("blue", ""), limit=9),
        reading.cases_of(customers),
        [reading.case(CaseId(f"kfailurek{name}0")) for name in NAMES],
        [reading.ledger(CaseId(f"k{name}0")) for name in NAMES],
        dict(reading.counts()),
        reading.outbox_of(PROFILES),
        [reading.outbox(status, CommandId(""), 9) for status in OutboxStatus],
        dict(reading.persons(PROFILES)),
        [reading.find_cases(text, 2) for text in ("r1", "R1R", "", "%", "r1r1r1")],
        [reading.find_persons(text, 9) for text in ("a", "user:", "LIMA")],
        dict(reading.texts(["1", "2", "3"])),
        dict(reading.open_cases_by_owner()),
        dict(reading.open_cases_by_brand()),
        dict(reading.books()),
        reading.active_book(),
        [reading.snapshot_before(one, far) for one in customers],
    ]


def assert_same(told: list[object], expected: list[object]) -> None:
    """Compare answer by answer, so that the first difference is shown."""
    for got, wanted in zip(told, expected, strict=True):
        if isinstance(got, list) and isinstance(wanted, list):
            for part, of in zip(got, wanted, strict=True):
                assert part == of
        assert got == wanted


@contextmanager
def fresh_sqlite() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "it.sqlite3")
        try:
            yield store
        finally:
            store.close()


@given(story=stories)
def test_sqlite_answers_as_memory_does(story):
    for deeds_, undone in story:
        note(f"transactions of {len(deeds_)}, {'undone' if undone else 'kept'}")
    with fresh_sqlite() as store:
        assert_same(tell(store, story), tell(MemoryStore(), story))


@pytest.fixture(scope="module")
def emptied(postgres_server_url: str) -> Iterator[Callable[[], Store]]:
    """Give the same database again and again, emptied."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    with psycopg.connect(postgres_server_url, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS makegood_agree WITH (FORCE)")
        server.execute("CREATE DATABASE makegood_agree")
        url = make_conninfo(postgres_server_url, dbname="makegood_agree")
        store = PostgresStore(url, pool_size=2)

        def empty() -> Store:
            with psycopg.connect(url, autocommit=True) as connection:
                tables = connection.execute(
                    "SELECT string_agg(tablename, ', ') FROM pg_tables "
                    "WHERE schemaname = 'public' AND tablename <> 'meta'"
                ).fetchone()
                assert tables is not None
                connection.execute(f"TRUNCATE {tables[0]}".encode())
                connection.execute("DELETE FROM meta WHERE name NOT IN ('version', 'everyone')")
            return store

        yield empty
        store.close()
        server.execute("DROP DATABASE makegood_agree WITH (FORCE)")


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@settings(max_examples=100)
@given(story=stories)
def test_postgres_answers_as_memory_does(emptied, story):
    assert_same(tell(emptied(), story), tell(MemoryStore(), story))
