"""The sentence about a person is written from the facts."""

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.facts import Touchpoint, Wrote
from makegood.messages.ids import RepId
from makegood.projections.clock import due_of
from makegood.projections.person import known_about
from makegood.projections.planb import cards, limit_of
from makegood.projections.reasons import reasons_of
from makegood.projections.sentence import sentence_about
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    MINUTE_MS,
    carry_out,
    confirm_offers,
    customer_of,
    introduce,
    no_car,
    take,
)


def state_of(makegood: Makegood):
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state)


def told(makegood: Makegood, name: str = "Ana") -> str:
    case = state_of(makegood).cases[-1]
    with makegood.store.reading() as reading:
        history = reading.history(customer_of(makegood, "user:ana"))
    parts = sentence_about(case, name, history, makegood.library)
    return "".join(part.words for part in parts)


def test_one_failure_names_what_where_and_when(makegood: Makegood):
    introduce(makegood)
    no_car(makegood)
    assert told(makegood).startswith(
        "Ana was let down: there was no car at Airport (R1), 09:00. What is owed, $182.40, is on"
    )


def test_what_went_wrong_on_another_day_is_told_with_its_day(makegood: Makegood, clock: FakeClock):
    introduce(makegood)
    no_car(makegood)
    clock.advance(8 * 24 * 60 * MINUTE_MS)
    case = state_of(makegood).cases[-1]
    parts = sentence_about(case, "Ana", (), makegood.library, clock.now_ms())
    words = "".join(part.words for part in parts)
    assert words.startswith("Ana was let down: there was no car at Airport (R1), 1 Jan, 09:00.")


def test_two_failures_are_counted_and_what_is_on_offer_is_said(
    makegood: Makegood, clock: FakeClock
):
    introduce(makegood)
    no_car(makegood)
    clock.advance(MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    confirm_offers(makegood)
    words = told(makegood)
    assert "let down twice: there was no car at Airport (R1), 09:00, then there was no" in words
    assert "On offer: a ride home, a call or a driver who takes you where you want to go" in words


def test_how_often_the_customer_had_to_speak_is_counted(makegood: Makegood):
    introduce(makegood)
    case = no_car(makegood)
    take(makegood, "user:ana", Touchpoint(name="Call Centre Contacted"), "c1")
    take(makegood, "user:ana", Touchpoint(name="Call Centre Contacted"), "c2")
    customer = customer_of(makegood, "user:ana")
    makegood.acts.act(customer, Wrote(case=case, text="t"), Asker(), message_id="w")
    assert told(makegood).endswith("the customer has contacted us twice and written once.")


def test_what_cannot_be_judged_asks_for_a_person(makegood: Makegood):
    introduce(makegood)
    no_car(makegood, reason=None)
    assert told(makegood) == (
        "Something happened to Ana that the rules could not judge. Please say what it was."
    )


def test_paid_money_is_said_to_be_paid(makegood: Makegood):
    introduce(makegood)
    no_car(makegood)
    carry_out(makegood)
    assert "What is owed, $182.40, is paid." in told(makegood)


def test_the_clock_calls_after_a_second_failure(makegood: Makegood, clock: FakeClock):
    introduce(makegood)
    no_car(makegood)
    clock.advance(MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    state = state_of(makegood)
    due = due_of(state, state.cases[-1], clock.now_ms())
    assert due is not None
    assert (due.what, due.level) == ("Call", "alarm")
    assert due.at_ms == clock.now_ms() + 5 * MINUTE_MS


def test_plan_b_shows_what_is_done_first_and_gives_each_open_offer_one_key(makegood: Makegood):
    introduce(makegood)
    no_car(makegood)
    state = state_of(makegood)
    asking = cards(state.cases[-1], makegood.library, makegood.clock.now_ms())
    assert [(card.stands, card.key) for card in asking] == [
        ("done", 0), ("asking", 0), ("asking", 0), ("open", 1), ("asking", 0),
    ]  # fmt: skip
    confirm_offers(makegood, minutes=14)
    laid = cards(state_of(makegood).cases[-1], makegood.library, makegood.clock.now_ms())
    assert [(card.offer, card.key) for card in laid] == [
        ("refund", 0), ("other_branch", 0), ("ride_home", 1), ("call_me", 2), ("driver", 3),
    ]  # fmt: skip
    assert laid[2].detail == "About $95. Arrives in 14 min."
    assert laid[2].best


def test_an_offer_whose_yes_ran_out_is_shown_without_a_key(makegood: Makegood, clock: FakeClock):
    introduce(makegood)
    no_car(makegood)
    confirm_offers(makegood, for_ms=MINUTE_MS)
    case = state_of(makegood).cases[-1]
    at_the_end = cards(case, makegood.library, clock.now_ms() + MINUTE_MS)
    just_before = cards(case, makegood.library, clock.now_ms() + MINUTE_MS - 1)
    assert [card.stands for card in at_the_end] == ["done", "asking", "gone", "open", "gone"]
    assert [card.stands for card in just_before] == ["done", "asking", "open", "open", "open"]


def test_reasons_name_the_rule_its_line_and_the_facts(makegood: Makegood):
    introduce(makegood)
    no_car(makegood)
    (reason,) = reasons_of(state_of(makegood).cases[-1], makegood.library)
    assert reason.book == "car-rental"
    assert reason.line > 0
    assert ("event.reason", "no_vehicle") in reason.seen
    assert reason.cause == "our fault"


def test_who_somebody_is_counts_this_case_apart_from_those_before(makegood: Makegood):
    introduce(makegood)
    no_car(makegood)
    state = state_of(makegood)
    known = known_about(state, state.cases[-1], makegood.clock.now_ms())
    assert known.standing == ("Gold since 2016",)
    assert ("Failures, 12 months", "1 in this case, none before") in known.facts
    assert ("Customer for", "10 years") in known.facts


def test_what_else_is_known_is_said_as_people_say_it(makegood: Makegood):
    introduce(makegood, agreed_rate_cents=18_900, agreed_until="2026-03-31", room="0412")
    known = known_about(state_of(makegood), None, makegood.clock.now_ms())
    assert ("Agreed rate", "189.00") in known.facts
    assert ("Agreed until", "31 Mar 2026") in known.facts
    assert ("Room", "0412") in known.facts


def test_a_role_the_book_does_not_name_may_give_nothing(makegood: Makegood):
    assert limit_of(0, "rep", makegood.book).words == "$0 of $350"
    assert limit_of(0, RepId("intern"), makegood.book).words == "$0 of $0"
