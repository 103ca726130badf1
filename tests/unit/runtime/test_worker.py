"""A worker carries out what is due, once, and tells what came of it."""

from threading import Event

from msgspec.structs import replace

from makegood.messages.commands import MessageClass, Urgency
from makegood.messages.errors import EffectFailed, StoreBusy
from makegood.messages.facts import Carried, Dropped
from makegood.messages.ids import ProfileId
from makegood.ports.rows import OutboxStatus, PersonRow
from makegood.runtime.backoff import SCHEDULE_MS
from makegood.runtime.delivery import joined, question_of, without_personal
from tests.unit.effects.scene import ANA, CASE, NOW_MS, can_you, command, message, refund
from tests.unit.runtime.worker_world import MINUTE_MS, OTHER, Firm, fails, held


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
