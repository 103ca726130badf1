"""What is answered later by those outside ends the command that waits for it."""

import pytest

from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Carried, Confirmed, Declined, Dropped
from makegood.ports.rows import OutboxStatus
from makegood.runtime.backoff import SCHEDULE_MS
from makegood.store.memory_writing import MemoryWriting
from tests.unit.effects.scene import NOW_MS, can_you, command, refund
from tests.unit.runtime.worker_world import MINUTE_MS, Firm, fails


def test_a_later_answer_ends_the_command_that_waits_for_it():
    asked = command(can_you())
    firm = Firm(asked, script=fails(EffectFailed("will say later")))
    firm.worker.run_once()
    yes = Confirmed(command=asked.id, detail={"minutes": 9})
    assert firm.worker.called_back("cabs", asked.id, yes)
    assert firm.row(asked).status is OutboxStatus.DONE
    assert [told.message_id for told in firm.notes.told] == [f"{asked.id}/confirmed"]
    firm.clock.move(SCHEDULE_MS[-1])
    assert firm.worker.run_once().is_idle


def test_an_answer_that_overtakes_the_try_under_way_counts_once():
    def overtaken(attempt):
        assert firm.worker.called_back("cabs", asked.id, Declined(command=asked.id))
        return Confirmed(command=attempt.command.id)

    asked = command(can_you())
    firm = Firm(asked, script=overtaken)
    assert firm.worker.run_once().lost == 1
    assert firm.notes.bodies == [Declined(command=asked.id)]


def test_an_answer_that_waited_for_the_end_of_the_try_ends_the_command_too(monkeypatch):
    asked = command(can_you())
    firm = Firm(asked)
    with firm.store.writing() as writing:
        (leased,) = writing.claim(NOW_MS, MINUTE_MS, 1)
    lock = MemoryWriting.lock

    def waits(writing, customers):  # meanwhile the try is settled: it comes back later
        writing.retry_at(asked.id, leased.fence, NOW_MS + 1, "will say later")
        return lock(writing, customers)

    monkeypatch.setattr(MemoryWriting, "lock", waits)
    assert firm.worker.called_back("cabs", asked.id, Confirmed(command=asked.id))
    assert firm.row(asked).status is OutboxStatus.DONE


@pytest.mark.parametrize(
    ("provider", "body"),
    [("payments", Confirmed), ("cabs", Carried)],
)
def test_nobody_answers_for_another_or_something_else(provider, body):
    asked = command(can_you())
    firm = Firm(asked)
    assert not firm.worker.called_back(provider, asked.id, body(command=asked.id))
    assert firm.notes.told == []
    assert firm.row(asked).status is OutboxStatus.WAITING


def test_a_provider_that_gives_up_later_makes_a_dead_letter_and_may_still_succeed():
    owed = command(refund())
    firm = Firm(owed, script=fails(EffectFailed("taken, not done yet")))
    firm.worker.run_once()
    gave_up = Dropped(command=owed.id, why="failed", reason="account closed")
    assert firm.worker.called_back("payments", owed.id, gave_up)
    assert firm.row(owed).status is OutboxStatus.FAILED
    assert firm.row(owed).error == "account closed"
    assert firm.worker.called_back("payments", owed.id, Carried(command=owed.id))
    assert firm.row(owed).status is OutboxStatus.DONE


def test_an_unknown_command_is_nobodys():
    asked = command(can_you())
    assert not Firm().worker.called_back("cabs", asked.id, Confirmed(command=asked.id))
