"""A backup taken while events come in fills another database, on either engine, to the same."""

import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from msgspec.structs import replace

from makegood.bootstrap import open_archive, open_makegood, open_store
from makegood.messages.errors import InputError
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import CommandId, CustomerId, profile_id
from makegood.ports.acts import Act, first_break
from makegood.ports.archive import Archivable
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import Activation, OutboxStatus, PersonRow, RepRow
from makegood.ports.store import Store
from makegood.replay.again import replay
from makegood.runtime.archive import Manifest, Written, load_archive, verify, write_archive
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.keys import mint
from makegood.runtime.restoring import note_restored, put_aside
from makegood.settings import Settings
from makegood.store.schema import STEPS, NewerDatabase
from makegood.store.tables import columns_at
from makegood.testing.book import HOUR_MS, small_library
from makegood.testing.clock import FakeClock
from makegood.testing.store_notice_conformance import notice
from makegood.testing.store_parking_conformance import parked_mail, waiting
from makegood.testing.store_webhook_conformance import delivery

SECRET = b"a secret for backups, 32 bytes.."
POSTGRES = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
LIBRARY = small_library()
SQLITE, SERVER = "sqlite", pytest.param("postgres", marks=POSTGRES)
WAYS = [
    (SQLITE, SQLITE),
    pytest.param(SQLITE, "postgres", marks=POSTGRES),
    pytest.param("postgres", SQLITE, marks=POSTGRES),
    pytest.param("postgres", "postgres", marks=POSTGRES),
]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give the address of a new, empty database of an engine."""
    made: list[tuple[str, str]] = []

    def new(engine: str) -> str:
        if engine == SQLITE:
            return f"sqlite:///{tmp_path / uuid4().hex}.db"
        import psycopg
        from psycopg import sql

        server = request.getfixturevalue("postgres_server_url")
        name = f"makegood_test_{uuid4().hex[:16]}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made.append((server, name))
        from urllib.parse import urlsplit

        return urlsplit(server)._replace(path=f"/{name}").geturl()

    yield new
    for server, name in made:
        import psycopg
        from psycopg import sql

        with psycopg.connect(server, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


@contextmanager
def opened(address: str) -> Iterator[Store]:
    store = open_store(address)
    try:
        yield store
    finally:
        store.close()


def intake_of(store: Store, clock: FakeClock) -> Intake:
    return Intake(store, lambda: LIBRARY, clock, SECRET)


def late(number: int, at_ms: int) -> Arrival:
    """A car that was not there; every third customer twice, with a name and words."""
    facts: dict[str, object] = {"reservation": f"R{number}", "reason": "x", "price_cents": 9_000}
    body = Touchpoint(name="Rental Unfulfilled", properties=facts)
    return Arrival(
        source="rental",
        message_id=f"late {number}",
        identifier=f"user:{number // 3 * 2 + number % 2}",
        time_ms=at_ms,
        body=body,
        body_digest=body_digest(body),
        person=PersonRow(profile=profile_id("x", SECRET), name=f"Nul\x00 Name {number}"),
    )


def filled(store: Store, clock: FakeClock) -> None:
    """A bit of everything that is kept."""
    book = LIBRARY.book(LIBRARY.active)
    with store.writing() as writing:
        writing.put_book(book.hash, book.text or "text", activate=False)
        writing.put_activation(Activation(book=book.hash, at_ms=1, kind="activated", by="omar"))
        writing.put_key(mint("shop", ("ingest",), 1)[1])
        writing.put_reps((RepRow(rep="kathy", name="Kathy", role="rep"),))  # type: ignore[arg-type]
        writing.put_texts({"r1": (profile_id("user:0", SECRET), "words\x00 and ünïcode")})
        writing.put_act(Act(what="key.made", at_ms=1, who="omar"))
    intake = intake_of(store, clock)
    intake.take([late(number, clock.now_ms()) for number in range(60)])
    clock.advance(HOUR_MS)
    with store.writing() as writing:
        for row in writing.claim(clock.now_ms(), 60_000, 7)[:3]:
            writing.settle(row.command.id, row.fence, OutboxStatus.DONE, clock.now_ms())


def everything(database: Archivable) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as bytes and words, whatever the engine's own order is."""
    with database.dump() as dump:
        return {
            table: sorted(
                (tuple(_plain(cell) for cell in row) for row in dump.rows(table)), key=repr
            )
            for table in dump.columns()
        }


def _plain(cell: object) -> object:
    return cell.replace("\x00", "\ufffd") if isinstance(cell, str) else cell


def written(path: Path, address: str, *, with_key: bool = False) -> Manifest:
    what = Written(version="1", at_ms=5, accounts=b"[]", key=SECRET, with_key=with_key)
    return write_archive(path, open_archive(address), what)


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_a_backup_under_load_restores_and_replays_to_the_identical_state(
    place, tmp_path, source, target
):
    old, new, clock = place(source), place(target), FakeClock()
    path, copied = tmp_path / "b.backup", tmp_path / "again.backup"
    with opened(old) as store:
        filled(store, clock)
        intake, stop, taken = intake_of(store, clock), threading.Event(), [60]
        under_way = threading.Event()

        def go_on() -> None:
            while not stop.is_set():
                first = taken[0]
                intake.take([late(first + n, clock.now_ms()) for n in range(5)])
                taken[0] = first + 5
                under_way.set()

        writer = threading.Thread(target=go_on)
        writer.start()
        try:
            assert under_way.wait(60)
            before = taken[0]
            written(path, old)
        finally:
            stop.set()
            writer.join()
        after = taken[0]
    manifest = verify(path)
    events = manifest.parts["tables/log"].rows
    assert before <= events <= after
    load_archive(path, manifest, open_archive(new))
    with opened(new) as store:
        replayed = replay(store, LIBRARY)
        assert (replayed.is_identical, replayed.stuck) == (True, 0)
        assert replayed.events == events
        with store.reading() as reading:
            assert first_break(reading.acts_after(0, 10)) is None
            assert reading.active_book() == LIBRARY.active
            assert reading.keys()[0].name == "shop"
            assert len(reading.persons([profile_id("user:0", SECRET)])) == 1
    written(copied, new)
    again = place(SQLITE)
    load_archive(copied, verify(copied), open_archive(again))
    assert everything(open_archive(again)) == everything(open_archive(new))


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_every_row_comes_back_byte_for_byte_and_the_next_event_goes_on(
    place, tmp_path, source, target
):
    old, new, clock = place(source), place(target), FakeClock()
    with opened(old) as store:
        filled(store, clock)
    written(tmp_path / "b.backup", old)
    load_archive(tmp_path / "b.backup", verify(tmp_path / "b.backup"), open_archive(new))
    assert everything(open_archive(new)) == everything(open_archive(old))
    with opened(new) as store:
        repeat = intake_of(store, clock).take([late(0, clock.now_ms() - HOUR_MS)])
        fresh = intake_of(store, clock).take([late(1_000, clock.now_ms())])
        assert [one.taken.value for one in (*repeat, *fresh)] == ["duplicate", "new"]
        with store.reading() as reading:
            assert len(reading.log(0, 100)) == 61
            assert reading.counts("log")["log"] == 61


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_what_numbers_its_rows_itself_goes_on_behind_what_was_restored(
    place, tmp_path, source, target
):
    old, new = place(source), place(target)
    with opened(old) as store, store.writing() as writing:
        writing.put_notices([notice(f"n{number}") for number in range(5)])
        writing.publish(3, {}, 10)
        writing.put_deliveries([delivery(f"n{number}", 10) for number in range(5)], 0)
        writing.put_act(Act(what="key.made", at_ms=1, who="omar"))
    written(tmp_path / "b.backup", old)
    load_archive(tmp_path / "b.backup", verify(tmp_path / "b.backup"), open_archive(new))
    with opened(new) as store:
        with store.writing() as writing:
            writing.put_notices([notice("n0"), notice("n5")])
            writing.publish(10, {}, 20)
            writing.put_deliveries([delivery("n5", 10)], 0)
            writing.put_act(Act(what="key.made", at_ms=2, who="omar"))
        with store.reading() as reading:
            told = reading.feed(0, 10)
            logged = reading.deliveries("w1", 0, 10)
            assert [one.notice.id for one in told] == [f"n{number}" for number in range(6)]
            assert [one.notice for one in logged][:2] == ["n5", "n4"]
            assert first_break(reading.acts_after(0, 10)) is None


@pytest.mark.parametrize("engine", [SQLITE, SERVER])
def test_the_schema_that_an_archive_knows_is_the_one_there_is(place, engine):
    address = place(engine)
    with opened(address):
        pass
    with open_archive(address).dump() as dump:
        assert dump.version == len(STEPS)
        assert dump.columns() == columns_at(len(STEPS))
    if engine == SQLITE:
        with sqlite3.connect(address.removeprefix("sqlite:///")) as connection:
            tables = (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
            names = [row[0] for row in connection.execute(tables)]
            found = {
                name: tuple(row[1] for row in connection.execute(f"PRAGMA table_info({name})"))
                for name in names
            }
        connection.close()
    else:
        import psycopg

        with psycopg.connect(address) as server:
            listed = server.execute(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
            ).fetchall()
        found = {}
        for table, column in listed:
            found[table] = (*found.get(table, ()), column)
    assert {name: sorted(of) for name, of in found.items()} == {
        name: sorted(of) for name, of in columns_at(len(STEPS)).items()
    }


@pytest.mark.parametrize("engine", [SQLITE, SERVER])
def test_what_is_not_empty_is_not_restored_into(place, tmp_path, engine):
    old, new, clock = place(SQLITE), place(engine), FakeClock()
    with opened(old) as store:
        filled(store, clock)
    written(tmp_path / "b.backup", old)
    with opened(new) as store:
        intake_of(store, clock).take([late(1, clock.now_ms())])
    before = everything(open_archive(new))
    with pytest.raises(InputError, match="not empty"):
        load_archive(tmp_path / "b.backup", verify(tmp_path / "b.backup"), open_archive(new))
    assert everything(open_archive(new)) == before


@pytest.mark.parametrize("engine", [SQLITE, SERVER])
def test_an_older_backup_is_brought_up_to_todays_tables(place, tmp_path, engine):
    old, new = place(SQLITE), place(engine)
    version = 1
    database = open_archive(old)
    rows = [("version", str(version))]
    database.load(version, [("meta", iter(rows))])
    with database.dump() as dump:
        assert dump.version == len(STEPS)
    path = tmp_path / "old.backup"
    written(path, old)
    load_archive(path, verify(path), open_archive(new))
    with opened(new) as store, store.reading() as reading:
        assert reading.schema_version() == len(STEPS)
        assert reading.acts_end() == (0, "")


@pytest.mark.parametrize("engine", [SQLITE, SERVER])
def test_what_may_have_gone_out_since_waits_for_a_person_and_the_rest_goes_on(
    place, tmp_path, engine
):
    old, new, clock = place(SQLITE), place(engine), FakeClock()
    with opened(old) as store:
        filled(store, clock)
        with store.writing() as writing:
            writing.claim(clock.now_ms(), 60_000, 2)  # under way when the backup is taken
    written(tmp_path / "b.backup", old)
    load_archive(tmp_path / "b.backup", verify(tmp_path / "b.backup"), open_archive(new))
    with opened(new) as store:
        backup_ms = clock.now_ms()
        clock.advance(3 * HOUR_MS)
        settled = put_aside(store, intake_of(store, clock), clock, backup_ms)
        with store.writing() as writing:
            assert writing.claim(clock.now_ms(), 60_000, 1_000) == ()
            assert writing.due_customers(clock.now_ms(), 10) == ()
        with store.reading() as reading:
            failed = reading.outbox(OutboxStatus.FAILED, CommandId(""), 1_000)
            done = reading.outbox(OutboxStatus.DONE, CommandId(""), 1_000)
            later = reading.outbox(OutboxStatus.WAITING, CommandId(""), 1_000)
        assert settled.aside == len(failed) > 2
        assert len(done) == 3
        assert all(row.command.due_ms > clock.now_ms() for row in later)
        assert all("may have gone out" in row.error for row in failed)
        with store.writing() as writing:
            assert writing.revive(failed[0].command.id, clock.now_ms())
            (again,) = writing.claim(clock.now_ms(), 60_000, 10)
        assert again.command.id == failed[0].command.id
        assert replay(store, LIBRARY).is_identical
        assert settled == type(settled)(timers=settled.timers, aside=len(failed))


@pytest.mark.parametrize("engine", [SQLITE, SERVER])
def test_parked_mail_that_may_have_gone_out_since_goes_nowhere_by_itself(place, tmp_path, engine):
    old, new, clock = place(SQLITE), place(engine), FakeClock()
    now_ms = clock.now_ms()
    with opened(old) as store:
        rows = [
            replace(waiting(who, at_ms=now_ms), expires_ms=now_ms + 48 * HOUR_MS) for who in "abc"
        ]
        stale = replace(waiting("d", at_ms=now_ms), expires_ms=now_ms + 1)
        with store.writing() as writing:
            writing.park([parked_mail()], [*rows, stale])
            (leased,) = writing.claim_parked(now_ms, 15 * 60_000, 1)
    written(tmp_path / "b.backup", old)
    load_archive(tmp_path / "b.backup", verify(tmp_path / "b.backup"), open_archive(new))
    with opened(new) as store:
        clock.advance(60_000)
        settled = put_aside(store, intake_of(store, clock), clock, now_ms)
        assert settled.mails == 4
        with store.writing() as writing:
            assert writing.claim_parked(clock.now_ms() + HOUR_MS // 4, 1, 10) == ()
            assert writing.release_parked(leased.parked, "omar: asked for", clock.now_ms())
            (let_go,) = writing.claim_parked(clock.now_ms(), 1, 10)
            assert let_go.parked == leased.parked
            due = writing.claim_parked(now_ms + 47 * HOUR_MS, 1, 10)
            assert {row.recipient for row in due} <= {leased.recipient, stale.recipient}
        with store.reading() as reading:
            assert {reason for _, reason in reading.parked_counts()} == {"restored"}


@pytest.mark.parametrize("engine", [SQLITE, SERVER])
def test_nothing_is_sent_out_of_a_restore_that_was_cut_off(place, tmp_path, engine):
    old, new, clock = place(SQLITE), place(engine), FakeClock()
    path = tmp_path / "b.backup"
    with opened(old) as store:
        filled(store, clock)
    written(path, old)
    load_archive(path, verify(path), open_archive(new), unsettled=True)
    written(tmp_path / "of_it.backup", new)  # brings no mark along
    settings = Settings(database=new, key=SECRET)
    with pytest.raises(InputError, match="cut off"):
        open_makegood(settings)
    with opened(new) as store:
        note_restored(store, clock, 5, None)
    open_makegood(settings, begins=False).close()
    other = place(SQLITE)
    load_archive(tmp_path / "of_it.backup", verify(tmp_path / "of_it.backup"), open_archive(other))
    with opened(other) as store, store.reading() as reading:
        assert reading.unsettled_ms() == 0


@pytest.mark.parametrize("engine", [SQLITE, SERVER])
def test_a_backup_of_a_newer_program_is_refused_and_leaves_nothing(place, tmp_path, engine):
    old, new, path = place(SQLITE), place(engine), tmp_path / "b.backup"
    with opened(old) as store:
        filled(store, FakeClock())
    manifest = replace(written(path, old), schema=len(STEPS) + 1)
    with pytest.raises(NewerDatabase):
        load_archive(path, manifest, open_archive(new))
    assert open_archive(new).is_empty()


def test_a_damaged_file_is_told_from_a_whole_one_and_restores_nothing(place, tmp_path):
    old, clock, path = place(SQLITE), FakeClock(), tmp_path / "b.backup"
    with opened(old) as store:
        filled(store, clock)
    written(path, old)
    whole = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="there already"):
        written(path, old)
    for damaged in (whole[: len(whole) // 2], b"", b"PK nothing", _flipped(whole)):
        path.write_bytes(damaged)
        with pytest.raises(InputError):
            verify(path)
    with ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", "{}")
    with pytest.raises(InputError, match="no backup"):
        verify(path)


def _flipped(whole: bytes) -> bytes:
    middle = len(whole) // 3
    return whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]


def test_a_file_whose_parts_were_exchanged_is_noticed(place, tmp_path):
    old, clock, path = place(SQLITE), FakeClock(), tmp_path / "b.backup"
    with opened(old) as store:
        filled(store, clock)
    written(path, old)
    other = tmp_path / "other.backup"
    with ZipFile(path) as source, ZipFile(other, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, b"" if name == "tables/person" else content)
    with pytest.raises(InputError, match="not what was written"):
        verify(other)


def test_the_secret_is_inside_only_when_asked_for(place, tmp_path):
    old = place(SQLITE)
    with opened(old) as store:
        filled(store, FakeClock())
    without, inside = tmp_path / "a.backup", tmp_path / "b.backup"
    assert not written(without, old).with_key
    assert written(inside, old, with_key=True).with_key
    with ZipFile(without) as archive:
        assert "key" not in archive.namelist()
        assert all(SECRET not in archive.read(name) for name in archive.namelist())
    with ZipFile(inside) as archive:
        assert archive.read("key") == SECRET


def test_a_backup_that_fails_leaves_no_file(tmp_path):
    with pytest.raises(sqlite3.OperationalError):
        written(tmp_path / "b.backup", f"sqlite:///{tmp_path / 'empty.db'}")
    assert [one.name for one in tmp_path.iterdir() if "backup" in one.name] == []


def test_a_backup_that_finds_no_room_says_so_and_leaves_no_file(place, tmp_path):
    class Full:
        engine = SQLITE

        def dump(self):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    what = Written(version="1", at_ms=5, accounts=b"[]", key=SECRET)
    with pytest.raises(InputError, match="No space left"):
        write_archive(tmp_path / "b.backup", Full(), what)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match="no folder"):
        written(tmp_path / "nowhere" / "b.backup", place(SQLITE))


def test_nobody_is_another_customer_after_a_restore(place, tmp_path):
    old, new, clock = place(SQLITE), place(SQLITE), FakeClock()
    with opened(old) as store:
        filled(store, clock)
        with store.reading() as reading:
            rows = reading.rows(CustomerId(""), 100)
    written(tmp_path / "b.backup", old)
    load_archive(tmp_path / "b.backup", verify(tmp_path / "b.backup"), open_archive(new))
    with opened(new) as store, store.reading() as reading:
        assert reading.rows(CustomerId(""), 100) == rows
