"""A worker that dies, loses its lease or meets what cannot be stored."""

from makegood.messages.facts import Carried
from makegood.messages.ids import CustomerId
from makegood.ports.rows import CustomerRow, OutboxStatus
from makegood.runtime.backoff import SCHEDULE_MS
from tests.unit.effects.scene import ANA, NOW_MS, command, message, refund
from tests.unit.runtime.worker_world import MINUTE_MS, Firm


def test_the_one_window_a_worker_that_died_is_followed_by_one_with_the_same_id():
    sent = command(message())
    firm = Firm(sent)
    with firm.store.writing() as writing:
        dead = writing.claim(NOW_MS, MINUTE_MS, 10)  # claims, delivers, dies before it settles
    firm.effect.carry_out(dead[0].command, None, NOW_MS)
    assert firm.worker.run_once().is_idle
    firm.clock.move(MINUTE_MS)
    assert firm.worker.run_once().done == 1
    assert firm.effect.tries_of(sent.id) == 2
    assert {attempt.command.id for attempt in firm.effect.attempts} == {sent.id}
    with firm.store.writing() as writing:
        assert not writing.settle(sent.id, dead[0].fence, OutboxStatus.DONE, NOW_MS)
    assert len(firm.notes.told) == 1


def test_where_nobody_else_can_live_the_leases_of_the_dead_are_taken_over_at_once():
    sent = command(message())
    firm = Firm(sent)
    with firm.store.writing() as writing:
        writing.claim(NOW_MS, MINUTE_MS, 9)  # and dies
    assert firm.worker.run_once().is_idle
    firm.worker.take_over()
    assert firm.worker.run_once().done == 1
    assert firm.row(sent).attempts == 2


def test_a_worker_that_lost_its_lease_tells_nothing():
    firm = None

    def slow(attempt):
        firm.clock.move(2 * MINUTE_MS)
        with firm.store.writing() as writing:
            assert len(writing.claim(firm.clock.now_ms(), MINUTE_MS, 10)) == 1
        return Carried(command=attempt.command.id)

    sent = command(message())
    firm = Firm(sent, script=slow)
    assert firm.worker.run_once().lost == 1
    assert firm.notes.told == []
    assert firm.row(sent).status is OutboxStatus.LEASED


def test_nothing_is_handed_over_at_the_end_of_a_lease():
    def slow(attempt):
        firm.clock.move(MINUTE_MS - 20_000)
        return Carried(command=attempt.command.id)

    first, second = command(message(), step="a"), command(message(), step="b")
    firm = Firm(first, second, script=slow)
    assert firm.worker.run_once().done == 1
    assert len(firm.effect.attempts) == 1
    firm.clock.move(MINUTE_MS)
    assert firm.worker.run_once().done == 1


def test_what_was_not_begun_waits_again_at_once_and_was_no_try():
    def slow(attempt):
        firm.clock.move(MINUTE_MS - 20_000)
        return Carried(command=attempt.command.id)

    first, second = command(refund(), step="a"), command(message(), step="b")
    firm = Firm(first, second, script=slow)
    firm.worker.run_once()
    row = firm.row(second)
    assert (row.status, row.attempts) == (OutboxStatus.WAITING, 0)
    assert firm.worker.run_once().done == 1


def test_an_outcome_that_cannot_be_stored_does_not_keep_its_neighbours_from_being_settled():
    bad, good = command(refund(), step="bad"), command(refund(), step="good")
    firm = Firm(bad, good)
    firm.notes.unstorable = {bad.id}
    assert firm.worker.run_once().done == 1
    assert firm.row(good).status is OutboxStatus.DONE
    assert firm.row(bad).status is OutboxStatus.LEASED
    assert [told.body.command for told in firm.notes.told] == [good.id]


def test_what_is_never_settled_is_not_sent_for_ever():
    bad = command(refund())
    firm = Firm(bad)
    firm.notes.unstorable = {bad.id}
    for _ in range(3 * len(SCHEDULE_MS)):
        firm.worker.run_once()
        firm.clock.move(2 * MINUTE_MS)
    assert firm.effect.tries_of(bad.id) == len(SCHEDULE_MS) + 1
    firm.notes.unstorable = set()
    assert firm.worker.run_once().failed == 1
    assert firm.notes.bodies[0].why == "failed"


def test_a_timer_that_cannot_be_fired_stops_neither_other_timers_nor_deliveries():
    firm = Firm(command(refund()))
    stuck, fine = CustomerId("p" + "a" * 32), CustomerId("p" + "b" * 32)
    with firm.store.writing() as writing:
        for customer in (stuck, fine):
            due = CustomerRow(customer=customer, next_due_ms=NOW_MS - 1)
            writing.save([due])
    firm.notes.unstorable = {stuck}
    assert firm.worker.run_once().done == 1
    assert firm.notes.advanced == [fine]


def test_a_busy_store_is_asked_again_before_anything_is_sent_twice():
    sent = command(message())
    firm = Firm(sent, busy=3)
    assert firm.worker.run_once().done == 1
    assert firm.effect.tries_of(sent.id) == 1
    assert len(firm.notes.told) == 1


def test_no_transaction_is_open_while_the_outside_is_waited_for():
    def writes(attempt):
        with firm.store.writing() as writing:  # the memory engine lets one writer in at a time
            writing.put_persons([ANA])
        return Carried(command=attempt.command.id)

    firm = Firm(command(message()), script=writes)
    assert firm.worker.run_once().done == 1


def test_an_adapter_that_breaks_does_not_stop_its_neighbours():
    bad, good = command(refund(), step="bad"), command(refund(), step="good")

    def script(attempt):
        if attempt.command.id == bad.id:
            raise ValueError("Ana Lopez")
        return Carried(command=attempt.command.id)

    firm = Firm(bad, good, script=script)
    worked = firm.worker.run_once()
    assert (worked.done, worked.retried) == (1, 1)
    assert "Ana" not in firm.row(bad).error
