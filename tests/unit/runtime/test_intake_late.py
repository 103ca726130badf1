"""What comes late, or fires at its time: folded where it belongs, and nothing is sent twice."""

import pytest

from makegood.messages.commands import Fulfil
from makegood.messages.facts import Touchpoint
from makegood.ports.rows import OutboxStatus
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS
from tests.unit.runtime.intake_world import Firm, arrival, no_car, quiet


@pytest.fixture
def firm() -> Firm:
    return Firm()


def test_a_late_event_is_folded_where_it_belongs(firm):
    firm.take(no_car(firm, "second", ago_ms=HOUR_MS))
    facts = {"reason": "overbooked", "reservation": "R2"}
    body = Touchpoint(name="Rental Unfulfilled", properties=facts)
    firm.take(arrival(firm, body, "first", ago_ms=2 * HOUR_MS))
    (case,) = firm.state().cases
    assert [failure.about for failure in case.failures] == ["R2", "R1"]
    assert case.double
    assert firm.row().events == 2


def test_sent_stays_sent_and_is_not_sent_again_under_a_late_cause(firm):
    firm.take(no_car(firm, "second", ago_ms=HOUR_MS))
    firm.deliver()
    sent = {row.command.id for row in firm.outbox() if row.status is OutboxStatus.DONE}
    steps = {row.command.step for row in firm.outbox()}
    assert sent
    firm.take(no_car(firm, "first", ago_ms=2 * HOUR_MS))
    after = firm.outbox()
    assert {row.command.id for row in after if row.status is OutboxStatus.DONE} == sent
    again = [
        row
        for row in after
        if row.command.step in steps
        and row.command.id not in sent
        and row.status is OutboxStatus.WAITING
    ]
    assert again == []


def test_what_a_late_event_makes_needless_is_withdrawn(firm):
    firm.take(no_car(firm, "second", ago_ms=HOUR_MS))
    before = {row.command.id for row in firm.outbox()}
    firm.take(no_car(firm, "first", ago_ms=2 * HOUR_MS))
    status = {row.command.id: row.status for row in firm.outbox()}
    assert {status[id_] for id_ in before} == {OutboxStatus.WITHDRAWN}
    assert OutboxStatus.WAITING in status.values()


def test_what_would_come_too_late_is_missed_and_shown(firm):
    promised = Touchpoint(name="Callback Promised", properties={"reservation": "R1"})
    firm.take(arrival(firm, promised, "promise", ago_ms=20 * HOUR_MS))
    firm.intake.advance([firm.customer()], firm.clock.now_ms())
    now_ms = firm.clock.now_ms()
    useless = [row for row in firm.outbox() if 0 < row.command.useful_until_ms < now_ms]
    assert useless
    assert {(row.status, row.settled_ms) for row in useless} == {(OutboxStatus.MISSED, now_ms)}
    assert all(row.error for row in useless)
    with firm.store.writing() as writing:
        assert not {row.command.id for row in writing.claim(now_ms, 1, 100)} & {
            row.command.id for row in useless
        }


def test_what_is_owed_never_expires(firm):
    firm.take(quiet(firm, "here"), no_car(firm, ago_ms=200 * DAY_MS))
    refund = next(row for row in firm.outbox() if isinstance(row.command.order, Fulfil))
    assert refund.status is OutboxStatus.WAITING
    assert refund.command.useful_until_ms == 0


def test_imported_history_folds_and_sends_nothing(firm):
    firm.take(no_car(firm, ago_ms=30 * DAY_MS, imported=True))
    assert firm.state().cases
    assert firm.holds()
    firm.intake.advance([firm.customer()], firm.clock.advance(DAY_MS))
    assert firm.outbox() == ()


def test_a_timer_fires_once_at_its_time_and_logs_nothing(firm):
    body = Touchpoint(name="Callback Promised", properties={"reservation": "R1"})
    firm.take(arrival(firm, body, "promise"))
    due_ms = firm.row().next_due_ms
    assert due_ms == firm.clock.now_ms() + 4 * HOUR_MS
    firm.intake.advance([firm.customer()], due_ms - 1)
    assert not firm.state().cases
    firm.clock.set(due_ms)
    firm.intake.advance([firm.customer()], due_ms)
    firm.intake.advance([firm.customer()], due_ms)
    (case,) = firm.state().cases
    assert case.failures[0].rule == "callback_overdue"
    assert firm.row().fired_ms == due_ms
    with firm.store.reading() as reading:
        assert len(reading.history(firm.customer())) == 1


def test_news_that_the_promise_was_kept_in_time_undoes_the_timer_that_fired(firm):
    promised = Touchpoint(name="Callback Promised", properties={"reservation": "R1"})
    firm.take(arrival(firm, promised, "promise"))
    due_ms = firm.row().next_due_ms
    firm.clock.set(due_ms + HOUR_MS)
    firm.intake.advance([firm.customer()], firm.clock.now_ms())
    assert firm.holds()
    waiting = [row for row in firm.outbox() if row.status is OutboxStatus.WAITING]
    assert waiting
    kept = Touchpoint(name="Callback Made", properties={"reservation": "R1"})
    firm.take(arrival(firm, kept, "kept", ago_ms=2 * HOUR_MS))
    assert not firm.state().cases
    assert not firm.holds()
    assert {row.status for row in firm.outbox()} == {OutboxStatus.WITHDRAWN}


def test_an_event_received_before_a_timer_fired_is_late_though_its_own_time_is_after(firm):
    """A client's clock runs ahead; the timer of another transaction fired in between."""
    promised = Touchpoint(name="Callback Promised", properties={"reservation": "R1"})
    firm.take(arrival(firm, promised, "promise"))
    due_ms = firm.row().next_due_ms
    firm.clock.set(due_ms - MINUTE_MS)
    firm.intake.advance([firm.customer()], due_ms)
    kept = Touchpoint(name="Callback Made", properties={"reservation": "R1"})
    firm.take(arrival(firm, kept, "kept", ago_ms=-2 * MINUTE_MS))
    assert not firm.state().cases


def test_a_late_event_among_many_refolds_from_a_snapshot(firm):
    for n in range(130):
        firm.take(quiet(firm, f"{n:03}"))
        firm.clock.advance(1000)
    firm.take(no_car(firm, ago_ms=10_500))
    with firm.store.reading() as reading:
        order = reading.history(firm.customer())[-1].order
        snapshot = reading.snapshot_before(firm.customer(), order)
        assert snapshot is not None
        assert snapshot.events == 64
    assert firm.row().events == 131
    assert firm.holds()
