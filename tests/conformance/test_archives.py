"""A backup taken while events come in fills another database, on either engine, to the same."""

import errno
import os
import sqlite3
import threading
from zipfile import ZipFile

import pytest

from makegood.engines import open_archive
from makegood.messages.errors import InputError
from makegood.messages.ids import CustomerId, profile_id
from makegood.ports.acts import Act, first_break
from makegood.replay.again import replay
from makegood.runtime.archive import Written, load_archive, verify, write_archive
from makegood.store.schema import STEPS
from makegood.store.tables import columns_at
from makegood.testing.book import HOUR_MS
from makegood.testing.clock import FakeClock
from makegood.testing.store_notice_conformance import notice
from makegood.testing.store_webhook_conformance import delivery
from tests.conformance.archives import (
    LIBRARY,
    SECRET,
    SERVER,
    SQLITE,
    WAYS,
    everything,
    filled,
    intake_of,
    late,
    opened,
    written,
)


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
