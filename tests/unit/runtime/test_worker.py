import random
from threading import Event

import pytest
from msgspec.structs import replace

from makegood.core.holds import Answer
from makegood.messages.commands import MessageClass, Urgency
from makegood.messages.errors import EffectFailed, StoreBusy
from makegood.messages.facts import Carried, Confirmed, Declined, Dropped
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import CustomerRow, OutboxStatus, PersonRow
from makegood.runtime.backoff import SCHEDULE_MS
from makegood.runtime.delivery import Deliverer, joined, question_of, without_personal
from makegood.runtime.worker import Pace, Worker
from makegood.store.memory import MemoryStore
from makegood.store.memory_writing import MemoryWriting
from makegood.testing.counterparts import FakeEffect
from tests.unit.effects.scene import ANA, CASE, NOW_MS, Hands, can_you, command, message, refund

MINUTE_MS = 60_000
OTHER = ProfileId("p" + "9" * 32)


class Notes:
    """Stands in for the intake: notes what it is told, and within which transaction."""

    def __init__(self, busy=0):
        self.told = []
        self.advanced = []
        self.busy = busy
        self.unstorable = set()

    def record(self, writing, told, now_ms):
        assert writing is not None
        if any(one.body.command in self.unstorable for one in told):
            raise OverflowError("a number of 70 bits")
        if self.busy:
            self.busy -= 1
            raise StoreBusy
        assert all(one.body.step for one in told)
        self.told.extend(told)

    def advance(self, customers, now_ms):
        if self.unstorable & set(customers):
            raise OverflowError("a number of 70 bits")
        self.advanced.extend(customers)

    @property
    def bodies(self):
        return [replace(told.body, step="") for told in self.told]


class Firm:
    """A store, an effect, a gate and a worker."""

    def __init__(self, *commands, script=None, may_send=None, threads=1, busy=0, settle_ms=200):
        self.clock = Hands()
        self.store = MemoryStore()
        self.effect = FakeEffect(script)
        self.notes = Notes(busy)
        self.asked = []
        self.worker = self.another(may_send, threads, settle_ms)
        with self.store.writing() as writing:
            writing.put_commands(commands)
            writing.put_persons([ANA])

    def another(self, may_send=None, threads=1, settle_ms=200):
        def free(command_, person):
            self.asked.append(command_.id)
            answer = Answer(allowed=True, reason="free", says="Nothing stands against it.")
            return may_send(command_, person) if may_send else answer

        return Worker(
            self.store,
            self.notes,
            Deliverer(self.effect, free, self.clock),
            self.clock,
            pace=Pace(threads=threads, lease_ms=MINUTE_MS, settle_ms=settle_ms),
            rng=random.Random(7),
        )

    def row(self, command_):
        with self.store.reading() as reading:
            return reading.command(command_.id)


def fails(error):
    def script(_attempt):
        raise error

    return script


def held(_command, _person):
    return Answer(allowed=False, reason="hold", says="A failure is not made good yet.", case=CASE)


def test_a_message_is_carried_out_once_and_told_once():
    sent = command(message())
    firm = Firm(sent)
    assert firm.worker.run_once().done == 1
    assert firm.worker.run_once().is_idle
    assert firm.effect.tries_of(sent.id) == 1
    assert firm.row(sent).status is OutboxStatus.DONE
    assert [told.message_id for told in firm.notes.told] == [f"{sent.id}/carried"]
    assert firm.notes.told[0].profile == sent.profile
    assert firm.notes.told[0].body.step == sent.step
    assert firm.effect.attempts[0].to.person.email == ANA.email


def test_what_is_not_due_waits():
    later = command(message(), due_ms=NOW_MS + 1)
    firm = Firm(later)
    assert firm.worker.run_once().is_idle
    firm.clock.move(1)
    assert firm.worker.run_once().done == 1


def test_the_gate_is_asked_at_hand_over_and_only_about_what_a_hold_stops():
    offer = command(message("loyalty", message_class=MessageClass.PROMOTIONAL), step="offer")
    firm = Firm(command(message()), offer, command(refund(), step="refund"))
    firm.worker.run_once()
    assert firm.asked == [offer.id]


def test_a_no_of_the_gate_sends_nothing_and_is_shown():
    offer = command(message("loyalty", message_class=MessageClass.PROMOTIONAL))
    firm = Firm(offer, may_send=held)
    assert firm.worker.run_once().held == 1
    assert firm.effect.attempts == []
    assert firm.row(offer).status is OutboxStatus.HELD
    assert firm.notes.bodies == [
        Dropped(command=offer.id, why="held", reason="A failure is not made good yet.")
    ]


def test_a_gate_that_cannot_be_asked_lets_nothing_slip_out():
    def broken(_command, _person):
        raise RuntimeError("the database is away")

    offer = command(message("loyalty", message_class=MessageClass.PROMOTIONAL))
    firm = Firm(offer, may_send=broken)
    assert firm.worker.run_once().retried == 1
    assert firm.effect.attempts == []
    assert "database" not in firm.row(offer).error


def test_the_case_asks_about_itself_with_its_own_case():
    own = command(message(message_class=MessageClass.SURVEY, question=True))
    other = command(message(message_class=MessageClass.SURVEY))
    assert question_of(own, "mail").case == CASE
    assert question_of(other, "sms").case == ""
    assert question_of(other, "sms").channel == "sms"


def test_past_its_use_it_is_missed_and_never_sent():
    late = command(message(), useful_until_ms=NOW_MS + 5)
    firm = Firm(late)
    firm.clock.move(6)
    assert firm.worker.run_once().missed == 1
    assert firm.effect.attempts == []
    assert firm.row(late).status is OutboxStatus.MISSED
    assert firm.notes.bodies[0].why == "missed"


def test_in_the_last_millisecond_it_still_helps():
    just = command(message(), useful_until_ms=NOW_MS + 5)
    firm = Firm(just)
    firm.clock.move(5)
    assert firm.worker.run_once().done == 1


def test_an_entitlement_is_paid_however_late():
    owed = command(refund())
    firm = Firm(owed)
    firm.clock.move(400 * 86_400_000)
    assert firm.worker.run_once().done == 1


def test_a_failed_try_comes_back_later_and_then_succeeds():
    tries = []

    def script(attempt):
        tries.append(attempt.now_ms)
        if len(tries) == 1:
            raise EffectFailed("busy")
        return Carried(command=attempt.command.id)

    sent = command(message())
    firm = Firm(sent, script=script)
    assert firm.worker.run_once().retried == 1
    assert firm.notes.told == []
    assert firm.row(sent).error == "busy"
    assert firm.worker.run_once().is_idle
    firm.clock.move(SCHEDULE_MS[0])
    assert firm.worker.run_once().done == 1


def test_the_outside_may_ask_for_a_longer_pause():
    sent = command(message())
    firm = Firm(sent, script=fails(EffectFailed("later", after_ms=MINUTE_MS)))
    firm.worker.run_once()
    firm.clock.move(MINUTE_MS - 1)
    assert firm.worker.run_once().is_idle
    firm.clock.move(1)
    assert firm.worker.run_once().retried == 1


def test_a_refused_address_is_a_dead_letter_at_once_and_a_person_revives_it():
    answers = [EffectFailed("no such box", retry=False), None]

    def script(attempt):
        if (error := answers.pop(0)) is not None:
            raise error
        return Carried(command=attempt.command.id)

    sent = command(message())
    firm = Firm(sent, script=script)
    assert firm.worker.run_once().failed == 1
    assert firm.row(sent).status is OutboxStatus.FAILED
    assert firm.notes.bodies == [Dropped(command=sent.id, why="failed", reason="no such box")]
    assert firm.worker.revive(sent.id)
    assert firm.worker.run_once().done == 1
    assert not firm.worker.revive(sent.id)


def test_ten_tries_and_then_a_person():
    sent = command(refund())
    firm = Firm(sent, script=fails(EffectFailed("down")))
    for delay_ms in SCHEDULE_MS:
        assert firm.worker.run_once().retried == 1
        firm.clock.move(delay_ms)
    assert firm.worker.run_once().failed == 1
    assert firm.effect.tries_of(sent.id) == len(SCHEDULE_MS) + 1


def test_two_deaths_of_one_command_are_two_events():
    sent = command(refund())
    firm = Firm(sent, script=fails(EffectFailed("no", retry=False)))
    firm.worker.run_once()
    firm.worker.revive(sent.id)
    firm.worker.run_once()
    assert len({told.message_id for told in firm.notes.told}) == 2


def test_a_ride_that_nobody_confirms_is_missed_within_its_time():
    ride = command(can_you(), useful_until_ms=NOW_MS + 2 * MINUTE_MS)
    firm = Firm(ride, script=fails(EffectFailed("no answer")))
    for _ in range(600):
        firm.worker.run_once()
        firm.clock.move(1_000)
    assert firm.row(ride).status is OutboxStatus.MISSED
    assert "no answer" in firm.notes.bodies[0].reason
    assert firm.effect.tries_of(ride.id) > 2
    assert all(attempt.now_ms <= ride.useful_until_ms for attempt in firm.effect.attempts)


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


def test_the_urgent_goes_first():
    offer = message("loyalty", message_class=MessageClass.PROMOTIONAL)
    orders = [offer, message(), refund(), can_you(), message(urgency=Urgency.NOW)]
    firm = Firm(*(command(order, step=str(step)) for step, order in enumerate(orders)))
    firm.worker.run_once()
    handed = [attempt.command.order for attempt in firm.effect.attempts]
    assert handed == [message(urgency=Urgency.NOW), can_you(), refund(), message(), offer]


def test_an_urgent_word_does_not_wait_for_a_mornings_mailing():
    offer = message("loyalty", message_class=MessageClass.PROMOTIONAL)
    mailing = [command(offer, step=str(number), due_ms=NOW_MS - 99) for number in range(60)]
    firm = Firm(*mailing, command(message(urgency=Urgency.NOW), step="now"))
    firm.worker.run_once()
    assert firm.effect.attempts[0].command.step == "now"


def test_a_batch_is_no_larger_than_asked_and_runs_side_by_side():
    profiles = [ProfileId(f"p{number:032x}") for number in range(60)]
    firm = Firm(
        *(command(refund(), step=profile, profile=profile) for profile in profiles), threads=4
    )
    assert firm.worker.run_once(10).done == 10
    assert firm.worker.run_once().done == 50
    firm.worker.close()
    assert len({attempt.command.id for attempt in firm.effect.attempts}) == 60


def test_a_batch_is_settled_in_one_transaction():
    firm = Firm(*(command(refund(), step=str(number)) for number in range(20)))
    before = firm.store.syncs()
    firm.worker.run_once()
    assert firm.store.syncs() - before == 2  # the claim, and the settling


def test_what_is_delivered_is_settled_while_a_slow_one_is_still_under_way():
    """A crash must not repeat a whole batch because one mail server is slow."""
    settled = Event()
    quick, slow = (
        command(refund(), step=name, profile=ProfileId("p" + name * 32)) for name in "ab"
    )

    def script(attempt):
        if attempt.command.id == slow.id:
            assert settled.wait(60), "the quick one waits for the slow one"
        return Carried(command=attempt.command.id)

    firm = Firm(quick, slow, script=script, threads=2, settle_ms=1)
    record = firm.notes.record

    def recorded(*told):
        record(*told)
        settled.set()

    firm.notes.record = recorded
    assert firm.worker.run_once().done == 2
    firm.worker.close()


def test_words_of_the_outside_lose_the_personal_parts():
    said = without_personal(
        "550 <ANA@example.org> Lopez at +12125550100 unknown, ask x@y.org", ANA
    )
    assert "example.org" not in said.lower()
    assert "Lopez" not in said
    assert "0100" not in said
    assert "@" not in said
    assert said.startswith("550")


def test_what_one_profile_lacks_another_of_the_same_customer_has():
    person = joined(
        OTHER,
        [
            PersonRow(profile=OTHER, identifier="email:ana@example.org", language="es"),
            replace(ANA, email="other@example.org"),
        ],
    )
    assert person.email == "ana@example.org"
    assert (person.name, person.phone, person.language) == (ANA.name, ANA.phone, "es")


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


def test_the_worker_runs_until_it_is_told_to_stop_and_outlives_a_fault():
    firm = Firm(command(refund()))
    rounds, pauses = [], []
    real = firm.worker.run_once

    def run_once(limit=None):
        rounds.append(limit)
        if len(rounds) == 1:
            raise StoreBusy
        return real(limit)

    firm.worker.run_once = run_once
    firm.worker.run_forever(lambda: len(rounds) >= 4, pauses.append)
    assert firm.effect.attempts
    assert len(pauses) == 3  # after the fault, and after each of two rounds with nothing to do
    assert 1 <= pauses[0] <= 5
    assert pauses[1:] == [0.5, 0.5]
