"""Sent is never re-sent, needless is withdrawn, late is missed and shown, nothing is lost."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.fold import Step
from makegood.messages.ids import CustomerId
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, HOUR_MS
from makegood.testing.history import folded
from tests.properties.life import Life
from tests.properties.moves import LIBRARY, Move
from tests.properties.strategies import days

GONE = (OutboxStatus.LEASED, OutboxStatus.DONE)


def books(life: Life) -> list[tuple[Step, tuple[OutboxRow, ...]]]:
    """For each customer: what the history asks for now, and what the outbox holds."""
    with life.store.reading() as reading:
        rows = reading.rows(CustomerId(""), 100)
        profiles = reading.profiles_of([row.customer for row in rows])
        return [
            (
                folded(reading.history(row.customer), LIBRARY, now_ms=life.clock.at_ms),
                reading.outbox_of(profiles.get(row.customer, ())),
            )
            for row in rows
        ]


@given(moves=days)
def test_nothing_is_handed_over_twice(moves):
    life = Life(MemoryStore()).live(moves)
    delivered = [Move(kind="deliver", who=0, pick=0)] * 8
    life.live(delivered)
    assert [command for command, times in life.sent.items() if times > 1] == []


@given(moves=days)
def test_only_what_is_wanted_waits(moves):
    life = Life(MemoryStore()).live(moves)
    for wanted, outbox in books(life):
        ids = {command.id for command in wanted.commands} - set(wanted.withdrawn)
        waiting = {row.command.id for row in outbox if row.status is OutboxStatus.WAITING}
        assert waiting <= ids


@given(moves=days)
def test_a_step_that_went_out_is_not_put_again_under_another_id(moves):
    life = Life(MemoryStore()).live(moves)
    for wanted, outbox in books(life):
        ids = {command.id for command in wanted.commands}
        steps = Counter(command.step for command in wanted.commands)
        gone = Counter(row.command.step for row in outbox if row.status in GONE)
        strange = Counter(
            row.command.step for row in outbox if row.status in GONE and row.command.id not in ids
        )
        for row in outbox:
            step = row.command.step
            if row.status is OutboxStatus.WAITING and strange[step]:
                assert gone[step] < steps[step]


@given(moves=days)
def test_what_is_wanted_is_in_the_outbox_whatever_became_of_it(moves):
    life = Life(MemoryStore()).live(moves)
    for wanted, outbox in books(life):
        known = {row.command.id: row for row in outbox}
        for command in wanted.commands:
            assert command.id in known
            row = known[command.id]
            if row.status is OutboxStatus.WITHDRAWN and command.id not in wanted.withdrawn:
                twins = [
                    one
                    for one in outbox
                    if one.command.step == command.step and one.status is OutboxStatus.DONE
                ]
                assert twins, f"{command.step} is wanted, was not sent and does not wait"


@given(moves=days, later=st.integers(0, 3))
def test_what_is_late_is_missed_and_never_waits(moves, later):
    life = Life(MemoryStore()).live(moves)
    life.live([Move(kind="page", who=later, pick=0, wait_ms=1)])
    for _, outbox in books(life):
        for row in outbox:
            if row.status is OutboxStatus.MISSED:
                assert 0 < row.command.useful_until_ms < life.clock.at_ms
                assert row.error


@given(moves=days)
def test_history_sends_nothing(moves):
    life = Life(MemoryStore())
    imported = [
        Move(one.kind, one.who, one.pick, one.lag_ms, one.wait_ms, True)
        for one in moves
        if one.kind != "unlink"
    ]
    life.live(imported)
    for wanted, outbox in books(life):
        assert wanted.commands == ()
        assert outbox == ()


def test_a_late_cause_sends_nothing_again_however_often_history_is_folded_anew():
    life = Life(MemoryStore())
    failure, deliver = Move(kind="no_car", who=0, pick=3), Move(kind="deliver", who=0, pick=0)
    life.live([failure, deliver])
    for lag_ms in (HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS):
        page = Move(kind="page", who=0, pick=0, lag_ms=lag_ms)  # late, and changes no cause
        life.live([replace(failure, lag_ms=lag_ms), deliver, page, deliver])
    delivered = [row for row in life.outbox("user:ana") if row.command.id in life.sent]
    steps = Counter(row.command.step for row in delivered)
    assert steps["R1/owed/refund_all#0"] == 1
    assert set(steps.values()) == {1}


def test_what_became_known_too_late_is_missed_and_shown_and_what_is_owed_still_goes():
    life = Life(MemoryStore())
    life.live([Move(kind="no_car", who=0, pick=3), Move(kind="promise", who=0, pick=1)])
    waiting = {row.command.id for row in life.outbox("user:ana")}
    life.clock.at_ms += 7 * DAY_MS  # nobody looked for a week
    life.live([])
    later = [row for row in life.outbox("user:ana") if row.command.id not in waiting]
    assert later
    assert {row.status for row in later} == {OutboxStatus.MISSED}
    assert all(row.error for row in later)
    owed = [row for row in life.outbox("user:ana") if "/owed/" in row.command.step]
    assert [row.status for row in owed] == [OutboxStatus.WAITING]
