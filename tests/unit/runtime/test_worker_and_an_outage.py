"""A store that goes away while the worker delivers, and comes back."""

from contextlib import contextmanager

import pytest

from makegood.ports.rows import OutboxStatus
from makegood.testing.counterparts import FakeEffect
from tests.unit.effects.scene import command, message, refund
from tests.unit.runtime.worker_world import Firm

LONGEST_PAUSE_S = 5


class Away(Exception):
    """The store is away."""


class Outage:
    """Lets a store be away from some call on, and back."""

    def __init__(self, store):
        self._store = store
        self.is_away = False

    @contextmanager
    def reading(self):
        self._see()
        with self._store.reading() as reading:
            yield reading

    @contextmanager
    def writing(self):
        self._see()
        with self._store.writing() as writing:
            yield writing

    def _see(self):
        if self.is_away:
            raise Away


def outage_after_the_first_delivery(threads):
    sent = [command(message()), command(refund(), step="refund")]
    firm = Firm(*sent)
    outage = firm.store = Outage(firm.store)

    def break_off(_attempt):
        outage.is_away = True
        return firm_script(_attempt)

    firm_script = firm.effect._script
    firm.effect._script = break_off
    firm.worker = firm.another(threads=threads)
    return sent, firm, outage


@pytest.mark.parametrize("threads", [1, 4])
def test_what_was_delivered_while_the_store_went_away_is_settled_and_not_sent_again(threads):
    sent, firm, outage = outage_after_the_first_delivery(threads)
    with pytest.raises(Away):
        firm.worker.run_once()
    outage.is_away = False
    worked = firm.worker.run_once()
    assert worked.done == 2
    assert [firm.effect.tries_of(one.id) for one in sent] == [1, 1]
    assert {firm.row(one).status for one in sent} == {OutboxStatus.DONE}
    assert len(firm.notes.told) == 2


def test_a_store_that_was_away_for_one_statement_only_costs_no_second_delivery():
    sent = command(message())
    firm = Firm(sent)
    record, faults = firm.notes.record, [Away]

    def break_off_once(*told):
        if faults:
            raise faults.pop()
        return record(*told)

    firm.notes.record = break_off_once
    assert firm.worker.run_once().done == 1
    assert firm.row(sent).status is OutboxStatus.DONE
    assert firm.effect.tries_of(sent.id) == 1


def test_what_another_worker_settled_meanwhile_is_told_by_that_one_alone():
    script = FakeEffect()._script
    (sent, _), firm, outage = outage_after_the_first_delivery(1)
    with pytest.raises(Away):
        firm.worker.run_once()
    outage.is_away = False
    firm.clock.move(61_000)
    firm.effect._script = script
    firm.another().run_once()
    worked = firm.worker.run_once()
    assert worked.lost == 2
    assert firm.effect.tries_of(sent.id) == 2
    assert len(firm.notes.told) == 2


def test_a_worker_that_is_told_to_stop_settles_what_it_delivered():
    sent, firm, outage = outage_after_the_first_delivery(1)
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        outage.is_away = False

    firm.worker.run_forever(lambda: bool(pauses), pause)
    assert {firm.row(one).status for one in sent} == {OutboxStatus.DONE}


def test_after_a_long_outage_the_worker_is_back_within_seconds():
    firm = Firm()
    outage = firm.store = Outage(firm.store)
    firm.worker = firm.another()
    outage.is_away = True
    pauses = []
    firm.worker.run_forever(lambda: len(pauses) >= 50, pauses.append)
    assert all(0 < pause <= LONGEST_PAUSE_S for pause in pauses)
