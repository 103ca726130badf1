"""What a restore takes, and what it leaves to a person, on both engines."""

import threading

import pytest
from msgspec.structs import replace

from makegood.bootstrap import open_makegood
from makegood.engines import open_archive
from makegood.messages.errors import InputError
from makegood.messages.ids import CommandId
from makegood.ports.rows import OutboxStatus
from makegood.replay.again import replay
from makegood.runtime.archive import load_archive, verify
from makegood.runtime.restoring import note_restored, put_aside
from makegood.settings import Settings
from makegood.store.schema import STEPS, NewerDatabase
from makegood.testing.book import HOUR_MS
from makegood.testing.clock import FakeClock
from makegood.testing.store_parking_conformance import parked_mail, waiting
from tests.conformance.archives import (
    LIBRARY,
    SECRET,
    SERVER,
    SQLITE,
    everything,
    filled,
    intake_of,
    late,
    opened,
    written,
)


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
    before = set(threading.enumerate())
    with pytest.raises(InputError, match="cut off") as refused:
        open_makegood(settings)
    # What was opened for it is closed, and not only forgotten: its frames are kept alive here.
    assert (refused.tb is not None, set(threading.enumerate()) <= before) == (True, True)
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
