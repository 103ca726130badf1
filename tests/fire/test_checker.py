"""The judge is judged: a clean fire has no breach, and each seeded one is found by its law."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fire.checker import LAWS, breaches
from tests.fire.evidence import (
    HAND_OVER_MS,
    SILENT_MS,
    Acked,
    Asked,
    Delivered,
    Evidence,
    Fault,
    Linked,
    Logged,
    Mailed,
    Order,
    Strange,
    Whole,
)

MINUTE_MS = 60_000
SORRY, REFUND, OFFER, SILENCE = "m-sorry", "m-refund", "m-offer", "m-silence"


def order(command: str, kind: str, message_class: str, due_ms: int, settled_ms: int) -> Order:
    return Order(command=command, cause=f"e-{command}", step=f"{kind}/1", kind=kind,
                 message_class=message_class, status="done", due_ms=due_ms, useful_until_ms=0,
                 next_ms=due_ms, settled_ms=settled_ms, attempts=1)  # fmt: skip


def mail(command: str, kind: str, message_class: str, user: str, at_ms: int) -> Delivered:
    return Delivered(command=command, line="mail", kind=kind, user=user, begun_ms=at_ms,
                     taken_ms=at_ms + 5, message_class=message_class, case="k1")  # fmt: skip


def clean() -> Evidence:
    """One customer let down and made whole, one left without an answer, one link, one repeat."""
    log = [Logged("shop", name, 0) for name in ("f1", "f2", "f3", "f4")]
    return Evidence(
        ended_ms=10 * MINUTE_MS,
        acked=[
            Acked("f1", "shop", "no_car", "w1", 1_000, 1_100, "w1", 10_001),
            Acked("f2", "shop", "question", "s2", 1_000, 1_100),
            Acked("f3", "shop", "car_late", "guest3", 2_000, 2_100, "w1", 10_003),
            Acked("f4", "shop", "other", "n4", 2_000, 2_100),
        ],
        linked=[Linked("guest3", "g3", 3_000)],
        whole=[Whole("w1", 100_000, 100_050)],
        asked=[
            Asked("w1", "shop", "promotional", 1_200, 1_210, False, "hold"),
            Asked("w1", "shop", "promotional", 110_000, 110_010, True, "free"),
            Asked("w1", "shop", "service", 1_200, 1_210, True, "service"),
            Asked("s2", "shop", "promotional", 2_000, 2_010, True, "free"),
            Asked("g3", "shop", "mixed", 3_100, 3_110, False, "hold"),
        ],
        delivered=[
            mail(SORRY, "sorry", "service", "w1", 1_300),
            mail(SORRY, "sorry", "service", "w1", 9_000),
            Delivered(REFUND, "hooks", "refund", "w1", 1_300, 1_310, cents=10_001),
            mail(OFFER, "loyalty_programme", "promotional", "w1", 110_000),
            mail(SILENCE, "sorry", "service", "s2", 1_000 + SILENT_MS + 200),
        ],
        faults=[Fault("kill", "work-0", 1_400, 1_500), Fault("delay", "hooks", 5_000, 6_000)],
        mailed=[
            Mailed("c1", "w1", "promotional", "d1", 120_000, 120_100),
            Mailed("c2", "w1", "promotional", "d2", 50_000, 50_100),
            Mailed("c3", "w1", "service", "d3", 50_000, 50_100),
        ],
        relayed=[
            Delivered("c1", "relay", "d1", "w1", 120_000, 120_050, "promotional"),
            Delivered("c3", "relay", "d3", "w1", 50_000, 50_050, "service"),
        ],
        parked={"c2"},
        log=log,
        orders=[
            replace(order(SORRY, "sorry", "service", 1_100, 9_100), attempts=2),
            order(REFUND, "refund", "", 1_100, 1_400),
            order(OFFER, "loyalty_programme", "promotional", 105_000, 110_100),
            order(SILENCE, "sorry", "service", 1_000 + SILENT_MS, 20_000),
        ],
        queue_answers=True,
    )  # fmt: skip


def changed(it: Evidence, command: str, **more: object) -> None:
    it.orders = [replace(one, **more) if one.command == command else one for one in it.orders]


def lose_an_event(it: Evidence) -> None:
    it.log = [one for one in it.log if one.message_id != "f4"]


def lose_it_under_another_source(it: Evidence) -> None:
    it.log = [replace(one, source="app") if one.message_id == "f4" else one for one in it.log]


def store_an_event_twice(it: Evidence) -> None:
    it.log.append(it.log[0])


def send_an_order_under_two_ids(it: Evidence) -> None:
    it.orders.append(replace(it.orders[1], command="m-again"))
    it.delivered.append(replace(it.delivered[2], command="m-again", cents=0))


def repeat_without_a_fault(it: Evidence) -> None:
    it.delivered.append(replace(it.delivered[2], begun_ms=1_350, taken_ms=1_360))
    changed(it, REFUND, attempts=2)


def repeat_after_a_fault_elsewhere(it: Evidence) -> None:
    it.delivered.append(replace(it.delivered[3], begun_ms=110_020, taken_ms=110_030))
    it.faults.append(Fault("reset", "campaign", 110_005, 110_015))
    changed(it, OFFER, attempts=2)


def deliver_more_often_than_begun(it: Evidence) -> None:
    changed(it, SORRY, attempts=1)


def deliver_what_was_never_ordered(it: Evidence) -> None:
    it.delivered.append(mail("m-stranger", "sorry", "service", "w1", 1_300))


def deliver_after_the_outcome(it: Evidence) -> None:
    changed(it, SORRY, settled_ms=5_000)


def deliver_what_was_withdrawn(it: Evidence) -> None:
    changed(it, OFFER, status="withdrawn", settled_ms=106_000)


def say_yes_in_a_hold(it: Evidence) -> None:
    it.asked.append(Asked("w1", "campaign", "promotional", 5_000, 5_010, True, "free"))


def say_yes_to_a_linked_name(it: Evidence) -> None:
    it.asked.append(Asked("g3", "campaign", "survey", 4_000, 4_010, True, "free"))


def say_yes_after_a_silence(it: Evidence) -> None:
    it.asked.append(
        Asked("s2", "campaign", "mixed", 2_000 + SILENT_MS, 2_010 + SILENT_MS, True, "")
    )


def say_yes_after_a_second_failure(it: Evidence) -> None:
    it.acked.append(Acked("f5", "shop", "car_late", "w1", 120_000, 120_100, "w1", 10_005))
    it.log.append(Logged("shop", "f5", 0))
    it.asked.append(Asked("w1", "campaign", "promotional", 120_200, 120_210, True, "free"))


def stop_a_service_message(it: Evidence) -> None:
    it.asked.append(Asked("w1", "shop", "service", 5_000, 5_010, False, "hold"))


def sell_in_a_hold(it: Evidence) -> None:
    it.delivered[3] = replace(it.delivered[3], begun_ms=50_000, taken_ms=50_005)
    changed(it, OFFER, due_ms=40_000, settled_ms=50_100)


def lose_a_mail(it: Evidence) -> None:
    it.delivered = [one for one in it.delivered if one.command != REFUND]


def let_service_die(it: Evidence) -> None:
    changed(it, SILENCE, status="failed")


def hold_service(it: Evidence) -> None:
    changed(it, SILENCE, status="held")


def miss_what_is_of_use(it: Evidence) -> None:
    changed(it, SILENCE, status="missed", useful_until_ms=MINUTE_MS)


def forget_the_apology(it: Evidence) -> None:
    it.acked.append(Acked("f6", "shop", "car_late", "n6", 2_000, 2_100, "n6", 10_006))
    it.log.append(Logged("shop", "f6", 0))


def refund_twice_under_two_ids(it: Evidence) -> None:
    it.delivered.append(replace(it.delivered[2], command="m-other"))
    it.orders.append(replace(it.orders[1], command="m-other", cause="e-other"))


def never_notice_the_silence(it: Evidence) -> None:
    it.delivered = [one for one in it.delivered if one.command != SILENCE]
    it.orders = [one for one in it.orders if one.command != SILENCE]


def notice_the_silence_too_early(it: Evidence) -> None:
    it.delivered[4] = replace(it.delivered[4], begun_ms=9_000, taken_ms=9_005)
    changed(it, SILENCE, due_ms=9_000)


def deliver_before_it_is_due(it: Evidence) -> None:
    changed(it, OFFER, due_ms=115_000)


def leave_a_timer_behind(it: Evidence) -> None:
    it.overdue.append("p1")


def ask_before_saying_sorry(it: Evidence) -> None:
    it.delivered.append(mail("m-ask", "thumbs", "survey", "w1", 1_200))
    it.orders.append(order("m-ask", "thumbs", "survey", 900, 1_400))


def keep_another_state(it: Evidence) -> None:
    it.refold_differs.append("p1")


def get_stuck(it: Evidence) -> None:
    it.stuck.append("p1")


def keep_a_lease(it: Evidence) -> None:
    changed(it, OFFER, status="leased")


def let_something_due_wait(it: Evidence) -> None:
    changed(it, OFFER, status="waiting", next_ms=it.ended_ms - 2 * HAND_OVER_MS)


def answer_with_our_fault(it: Evidence) -> None:
    it.strange.append(Strange("/v1/batch", 500, "our fault"))


def write_a_trace(it: Evidence) -> None:
    it.traces.append("Traceback (most recent call last):")


def leave_a_webhook_unsigned(it: Evidence) -> None:
    it.unsigned = 1


def let_the_desk_die(it: Evidence) -> None:
    it.queue_answers = False


def lose_a_receipt_at_the_relay(it: Evidence) -> None:
    it.relayed = [one for one in it.relayed if one.command != "c3"]


def park_a_receipt(it: Evidence) -> None:
    lose_a_receipt_at_the_relay(it)
    it.parked.add("c3")


def lose_an_offer_at_the_relay(it: Evidence) -> None:
    it.parked.clear()


def pass_an_offer_on_in_a_hold(it: Evidence) -> None:
    it.relayed.append(Delivered("c2", "relay", "d2", "w1", 50_000, 50_050, "promotional"))


def alter_a_mail(it: Evidence) -> None:
    it.relayed[0] = replace(it.relayed[0], kind="other")


def relay_twice_without_a_fault(it: Evidence) -> None:
    it.relayed.append(replace(it.relayed[0], begun_ms=120_060, taken_ms=120_070))


SEEDED: tuple[tuple[Callable[[Evidence], None], str], ...] = (
    (lose_an_event, "nothing_acknowledged_is_lost"),
    (lose_it_under_another_source, "nothing_acknowledged_is_lost"),
    (store_an_event_twice, "nothing_is_stored_twice"),
    (send_an_order_under_two_ids, "nothing_is_stored_twice"),
    (repeat_without_a_fault, "what_is_repeated_had_its_reason"),
    (repeat_after_a_fault_elsewhere, "what_is_repeated_had_its_reason"),
    (deliver_more_often_than_begun, "what_is_repeated_had_its_reason"),
    (deliver_what_was_never_ordered, "what_is_repeated_had_its_reason"),
    (deliver_after_the_outcome, "nothing_goes_out_after_its_outcome_was_stored"),
    (deliver_what_was_withdrawn, "nothing_goes_out_after_its_outcome_was_stored"),
    (say_yes_in_a_hold, "the_gate_is_shut_after_an_acknowledged_failure"),
    (say_yes_to_a_linked_name, "the_gate_is_shut_after_an_acknowledged_failure"),
    (say_yes_after_a_silence, "the_gate_is_shut_after_an_acknowledged_failure"),
    (say_yes_after_a_second_failure, "the_gate_is_shut_after_an_acknowledged_failure"),
    (stop_a_service_message, "the_gate_lets_service_pass"),
    (sell_in_a_hold, "no_marketing_arrives_past_a_hold"),
    (lose_a_mail, "every_service_message_arrives"),
    (let_service_die, "every_service_message_arrives"),
    (hold_service, "every_service_message_arrives"),
    (miss_what_is_of_use, "every_service_message_arrives"),
    (forget_the_apology, "everyone_let_down_is_told_sorry_and_refunded"),
    (refund_twice_under_two_ids, "everyone_let_down_is_told_sorry_and_refunded"),
    (never_notice_the_silence, "timers_fire_and_never_early"),
    (notice_the_silence_too_early, "timers_fire_and_never_early"),
    (deliver_before_it_is_due, "timers_fire_and_never_early"),
    (leave_a_timer_behind, "timers_fire_and_never_early"),
    (ask_before_saying_sorry, "timers_keep_their_order"),
    (keep_another_state, "state_is_the_fold_of_the_log"),
    (get_stuck, "state_is_the_fold_of_the_log"),
    (keep_a_lease, "nothing_is_left_lying"),
    (let_something_due_wait, "nothing_is_left_lying"),
    (answer_with_our_fault, "faults_are_told_in_words"),
    (write_a_trace, "faults_are_told_in_words"),
    (leave_a_webhook_unsigned, "faults_are_told_in_words"),
    (let_the_desk_die, "faults_are_told_in_words"),
    (lose_a_receipt_at_the_relay, "a_mail_that_was_taken_is_passed_on_or_kept"),
    (park_a_receipt, "a_mail_that_was_taken_is_passed_on_or_kept"),
    (lose_an_offer_at_the_relay, "a_mail_that_was_taken_is_passed_on_or_kept"),
    (pass_an_offer_on_in_a_hold, "no_campaign_passes_a_hold"),
    (alter_a_mail, "a_passing_mail_is_not_altered"),
    (relay_twice_without_a_fault, "a_passing_mail_is_not_altered"),
)


def test_a_clean_fire_has_no_breach():
    assert breaches(clean()) == []


@pytest.mark.parametrize(("seed", "law"), SEEDED, ids=[seed.__name__ for seed, _ in SEEDED])
def test_a_seeded_breach_is_found_by_its_law(seed, law):
    it = clean()
    seed(it)
    assert law in {found.partition(":")[0] for found in breaches(it)}


def test_every_law_has_a_breach_that_it_finds():
    assert {law.__name__ for law in LAWS} == {law for _, law in SEEDED}


def test_an_offer_handed_over_before_the_failure_was_acknowledged_is_no_breach():
    it = clean()
    it.acked.append(Acked("f7", "shop", "car_late", "w1", 109_000, 109_500, "w1", 10_007))
    it.log.append(Logged("shop", "f7", 0))
    it.asked = [one for one in it.asked if one.asked_ms < 109_000]
    assert breaches(it) == []


def test_a_word_that_was_under_way_may_have_ended_the_hold_that_begins():
    it = clean()
    say_yes_after_a_second_failure(it)
    it.whole.append(Whole("w1", 119_000, 121_000))
    assert breaches(it) == []


def test_a_word_heard_before_the_yes_to_a_stored_failure_was_read_may_have_ended_its_hold():
    it = clean()
    it.acked.append(Acked("f7", "shop", "car_late", "w1", 119_000, 125_000, "w1", 10_007))
    it.log.append(Logged("shop", "f7", 0))
    it.asked.append(Asked("w1", "shop", "promotional", 126_000, 126_010, True, "free"))
    assert "the_gate_is_shut_after_an_acknowledged_failure" in str(breaches(it))
    it.whole.append(Whole("w1", 121_000, 121_050))
    assert breaches(it) == []


def test_a_slow_line_may_bring_what_was_settled_meanwhile():
    it = clean()
    changed(it, SORRY, settled_ms=5_000)
    it.faults.append(Fault("silence", "mail", 1_200, 8_900))
    assert breaches(it) == []
