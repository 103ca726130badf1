"""Story 3, the missing car: no car, sent to a second branch, no car, and a cheery mail next day.

Wanted: marketing is held at once, a person owns it, Plan B comes while it still helps, and only
when the customer says that it is made good is anything sold again.
"""

import re

import pytest
from msgspec.structs import replace

from makegood.core.state import OfferStatus, Phase
from makegood.core.timers import TimerKind
from makegood.demo.car import ANA, FRIEND, KATHY, PRICE_CENTS
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.messages.errors import Refused
from makegood.messages.facts import (
    Answered,
    Called,
    Chosen,
    FailureRaised,
    Judged,
    Opened,
    Referred,
    Released,
    Touchpoint,
    Unsubscribed,
)
from makegood.messages.money import Money
from makegood.playbooks.feelings import Feeling
from makegood.playbooks.terms import Tier
from makegood.projections.cases import MARKETING, OWED
from makegood.runtime.feeling_line import Wanted, feelings_of
from tests.stories.conftest import DAY, World, text_of, told

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
WEEK_MS = 7 * 24 * HOUR_MS
DRIVER_CENTS = 31_000  # what the rule book says that a driver costs


@pytest.fixture
def once(world: World) -> World:
    """Given a branch without a car; nobody reached her on her way to the other one."""
    world.happens(DAY.no_car_at_the_airport())
    world.does(Called(case=world.row.case, by=KATHY.rep, reached=False), world.rep)
    world.does(Opened(case=world.row.case), world.customer)
    return world


@pytest.fixture
def twice(once: World) -> World:
    """Given that the other branch has no car either."""
    once.happens(DAY.no_car_at_the_harbour())
    return once


@pytest.fixture
def helped(twice: World) -> World:
    """Given that she chose the driver, and Kathy has called."""
    twice.does(Chosen(case=twice.row.case, offer="driver"), twice.customer)
    twice.does(Called(case=twice.row.case, by=KATHY.rep, reached=True), twice.rep)
    return twice


@pytest.fixture
def whole(helped: World) -> World:
    """Given that she said it is good again."""
    helped.later(2 * HOUR_MS)
    helped.does(Answered(case=helped.row.case, answer="good"), helped.customer)
    return helped


def open_offers(world: World) -> set[str]:
    return {one.offer for one in world.case.offers if one.status is OfferStatus.CONFIRMED}


def test_before_the_bad_day_marketing_may_write(world):
    assert all(world.gate(message_class).allowed for message_class in HELD_CLASSES)


def test_one_named_person_owns_it_from_the_first_minute(world):
    world.arrives(DAY.no_car_at_the_airport())
    assert world.row.owner == KATHY.rep
    assert world.row.opened_ms == DAY.at_ms
    world.settle()
    assert all(KATHY.name in text_of(mail) for mail in world.mails)


def test_the_first_failure_holds_all_marketing_before_anything_was_delivered(world):
    world.arrives(DAY.no_car_at_the_airport())
    assert world.firm.asked == world.mails == []
    for identifier in (ANA.identifier, f"email:{ANA.email}", f"phone:{ANA.phone}"):
        for brand in world.makegood.book.brands:
            for message_class in HELD_CLASSES:
                answer = world.gate(message_class, identifier, brand)
                assert (answer.allowed, answer.reason) == (False, "hold")
    assert world.gate(MessageClass.SERVICE).allowed


def test_what_is_owed_comes_without_being_asked_for(once):
    assert ("fulfil", "refund") in once.firm.asked
    assert [(line.account, line.cents) for line in once.ledger] == [(OWED, PRICE_CENTS)]
    assert "We left you without a car" in once.subjects


def test_nothing_is_offered_before_somebody_has_confirmed_it(world):
    world.arrives(DAY.no_car_at_the_airport())
    asking = [one for one in world.case.offers if not one.calls]
    assert {one.status for one in asking} == {OfferStatus.ASKING}
    world.settle()
    statuses = {one.offer: one.status for one in world.case.offers}
    assert statuses.pop("other_branch") is OfferStatus.UNAVAILABLE, "no branch is known nearby"
    assert set(statuses.values()) == {OfferStatus.CONFIRMED}
    assert world.subjects.count("Choose how we make it good") == 1


def test_an_offer_that_nobody_can_keep_never_appears(world):
    world.firm.full.add("driver")
    world.happens(DAY.no_car_at_the_airport())
    assert open_offers(world) == {"ride_home", "call_me"}
    refused = world.asks(Chosen(case=world.row.case, offer="driver"), world.customer)
    assert isinstance(refused, Refused)
    assert refused.code == "offer_gone"
    assert ("fulfil", "driver") not in world.firm.asked


def test_the_second_branch_is_a_double_deviation_and_a_call_is_promised(once):
    assert not once.row.double
    once.arrives(DAY.no_car_at_the_harbour())
    call = once.case.call
    assert once.row.double
    assert call is not None
    assert call.promised
    assert once.timer(TimerKind.CALL_BY) == once.clock.now_ms() + 5 * MINUTE_MS
    once.settle()
    assert {one.tier for one in once.case.offers if one.status is OfferStatus.CONFIRMED} == {
        Tier.BETTER,
        Tier.BEYOND,
    }
    assert "We let you down a second time" in once.subjects


def test_the_queue_puts_her_first_after_the_second_failure(once):
    risk = once.row.risk
    once.happens(DAY.no_car_at_the_harbour())
    assert once.row.risk > risk
    assert (once.row.waiting_for, once.row.owner) == ("call", KATHY.rep)


def test_no_call_is_promised_when_nobody_is_on_duty_to_make_it(once):
    with once.makegood.store.writing() as writing:
        writing.put_reps([replace(KATHY, present=False)])
    once.happens(DAY.no_car_at_the_harbour())
    call = once.case.call
    assert call is not None
    assert not call.promised


def test_a_promised_call_that_does_not_come_is_a_broken_promise(twice):
    assert twice.case.broken == 0
    twice.later(5 * MINUTE_MS)
    assert twice.case.broken == 1


def test_the_price_is_owed_once_although_two_branches_failed(twice):
    twice.settle()
    assert [line.cents for line in twice.ledger if line.account == OWED] == [PRICE_CENTS]


def test_the_story_told_twice_brings_one_short_message_and_leaves_plan_b_open(twice):
    offers, before = open_offers(twice), len(twice.mails)
    twice.clock.set(DAY.told_again().time_ms)
    twice.settle()
    twice.happens(DAY.told_again())
    assert [failure.rule for failure in twice.case.failures][-1] == "told_twice"
    assert twice.subjects[before:] == ["You need not tell it again"]
    assert open_offers(twice) == offers
    twice.does(Chosen(case=twice.row.case, offer="driver"), twice.customer)
    assert twice.case.phase is Phase.HELPING


def test_a_story_told_once_is_no_failure(twice):
    twice.happens(told(DAY.told_again(), times_told=1))
    assert [failure.rule for failure in twice.case.failures] == ["no_car", "no_car"]


def test_the_cheery_mail_of_the_next_morning_is_stopped_with_its_reason(twice):
    mail = DAY.cheery_mail()
    twice.clock.set(mail.at_ms)
    twice.settle()
    answer = twice.gate(mail.message_class, f"email:{mail.to}")
    assert (answer.allowed, answer.reason, answer.until) == (False, "hold", "made_whole")
    assert answer.since_ms == DAY.at_ms
    assert answer.case == twice.row.case


def test_she_chooses_plan_b_and_it_is_carried_out_once(twice):
    chosen = Chosen(case=twice.row.case, offer="driver")
    twice.does(chosen, twice.customer)
    assert twice.firm.asked.count(("fulfil", "driver")) == 1
    (driver,) = [one for one in twice.case.offers if one.status is OfferStatus.KEPT]
    assert driver.offer == "driver"
    assert "Done as you chose" in twice.subjects
    again = twice.asks(chosen, twice.customer)
    assert isinstance(again, Refused)
    assert again.code == "already_chosen"
    assert twice.firm.asked.count(("fulfil", "driver")) == 1


def test_she_is_asked_whether_it_is_good_again_only_after_she_was_helped(twice):
    question = "Is it good again?"
    twice.later(4 * HOUR_MS)
    assert question not in twice.subjects
    twice.does(Called(case=twice.row.case, by=KATHY.rep, reached=True), twice.rep)
    twice.later(2 * HOUR_MS - 1)
    assert question not in twice.subjects
    twice.later(1)
    assert twice.subjects[-1] == question
    assert not twice.gate(MessageClass.SURVEY).allowed


def test_not_good_yet_keeps_the_hold_and_wakes_the_owner(helped):
    helped.later(2 * HOUR_MS)
    helped.does(Answered(case=helped.row.case, answer="not_yet"), helped.customer)
    assert (helped.row.waiting_for, helped.row.held) == ("call", True)
    helped.later(WEEK_MS)
    assert "Thank you for staying with us" not in helped.subjects


def test_made_whole_and_only_then_the_offer_goes_out(whole):
    offer = "Thank you for staying with us"
    assert whole.case.phase is Phase.MADE_WHOLE
    whole.later(WEEK_MS - 1)
    assert offer not in whole.subjects
    assert not whole.gate(MessageClass.PROMOTIONAL).allowed
    whole.later(1)
    assert whole.subjects[-1] == offer
    assert whole.gate(MessageClass.PROMOTIONAL).allowed
    assert whole.mails[-1]["X-Makegood-Class"] == "promotional"
    assert whole.mails[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_line_of_how_she_feels_says_no_more_than_she_did(whole):
    with whole.makegood.store.reading() as reading:
        wanted = Wanted(customer=whole.row.customer, now_ms=whole.clock.now_ms())
        found = feelings_of(reading, whole.makegood.library, wanted, lambda _: True)
    assert found.line is not None
    told = [(one.kind, one.name) for one in reversed(found.under)]
    assert [one for one in told if one[0] == "let_down"] == [("let_down", "no_car")] * 2
    assert ("remedy", "driver") in told
    assert told[-1] == ("good_again", "")
    (only,) = found.line.spans
    assert (only.feeling, only.is_open) == (Feeling.HAPPY, True)
    assert only.said.event, "no feeling without the event that says it"


def test_every_mail_before_the_offer_is_service_or_her_own_question(whole):
    classes = {str(mail["X-Makegood-Class"]) for mail in whole.mails}
    assert classes == {"service", "survey"}
    assert [str(m["Subject"]) for m in whole.mails if m["X-Makegood-Class"] == "survey"] == [
        "Is it good again?"
    ]


def test_nothing_is_sold_after_a_mere_release(helped):
    released = Released(case=helped.row.case, by=KATHY.rep, reason="note:released")
    helped.does(released, helped.rep)
    assert helped.case.phase is Phase.RELEASED
    assert helped.gate(MessageClass.PROMOTIONAL).allowed
    before = len(helped.mails)
    helped.later(5 * WEEK_MS)
    assert helped.subjects[before:] == []


def test_friends_who_come_by_her_link_count_once_for_a_look_and_once_for_joining(whole):
    whole.later(WEEK_MS)
    found = re.search(r"/r/(\S+)", text_of(whole.mails[-1]))
    assert found is not None
    _, case = whole.makegood.links.read_referral(found[1])
    assert case == whole.row.case
    look = Referred(case=case, visitor=FRIEND)
    for fact in (look, look, replace(look, joined=True), replace(look, joined=True)):
        whole.does(fact, whole.customer)
    assert whole.case.referred == (FRIEND,)
    assert whole.case.joined == (FRIEND,)
    whole.does(replace(look, visitor="another friend"), whole.customer)
    assert (len(whole.case.referred), len(whole.case.joined)) == (2, 1)


def test_the_cost_is_booked_to_marketing_and_what_is_owed_apart(whole):
    assert {(line.account, line.remedy, line.cents) for line in whole.ledger} == {
        (OWED, "refund", PRICE_CENTS),
        (MARKETING, "driver", DRIVER_CENTS),
    }


def test_a_no_show_is_no_failure_of_ours(world):
    world.happens(told(DAY.no_car_at_the_airport(), reason="no_show"))
    assert world.rows == ()
    assert world.gate(MessageClass.PROMOTIONAL).allowed


def test_who_unsubscribed_is_still_asked_whether_it_is_good_again_and_is_sold_nothing(twice):
    no_more = Unsubscribed(brand="*", channel="*")
    twice.does(no_more, twice.customer)
    twice.does(Chosen(case=twice.row.case, offer="driver"), twice.customer)
    twice.does(Called(case=twice.row.case, by=KATHY.rep, reached=True), twice.rep)
    twice.later(2 * HOUR_MS)
    assert twice.subjects[-1] == "Is it good again?"
    twice.does(Answered(case=twice.row.case, answer="good"), twice.customer)
    before = len(twice.mails)
    twice.later(5 * WEEK_MS)
    assert twice.subjects[before:] == []
    assert twice.gate(MessageClass.PROMOTIONAL).reason == "unsubscribed"


def test_a_price_nobody_told_is_found_by_a_person_and_the_refund_goes_out_once(world):
    lost = DAY.no_car_at_the_airport()
    assert isinstance(lost.body, Touchpoint)
    facts = {name: fact for name, fact in lost.body.properties.items() if name != "price_cents"}
    world.happens(replace(lost, body=replace(lost.body, properties=facts)))
    assert ("fulfil", "refund") not in world.firm.asked
    (about, fact) = world.case.missing[0]
    assert fact == "failure.price_cents"
    price = FailureRaised(failure="no_car", about=about, price=Money(PRICE_CENTS))
    for _ in range(2):
        world.does(price, world.rep)
    assert world.firm.asked.count(("fulfil", "refund")) == 1
    assert [(line.account, line.cents) for line in world.ledger] == [(OWED, PRICE_CENTS)]
    assert not world.row.double


def test_what_a_person_judges_to_be_a_failure_is_paid_without_asking_for_the_price(world):
    lost = DAY.no_car_at_the_airport()
    assert isinstance(lost.body, Touchpoint)
    facts = {name: fact for name, fact in lost.body.properties.items() if name != "reason"}
    world.happens(replace(lost, body=replace(lost.body, properties=facts)))
    assert world.gate(MessageClass.PROMOTIONAL).reason == "cannot_judge"
    (question,) = world.case.unclear
    world.does(Judged(question=question.event, failure="no_car", by=KATHY.rep), world.rep)
    assert [(line.account, line.cents) for line in world.ledger] == [(OWED, PRICE_CENTS)]
    assert world.gate(MessageClass.PROMOTIONAL).reason == "hold"


def test_a_call_back_of_the_vans_that_did_not_come_is_regretted_by_the_vans(world):
    promised = DAY.no_car_at_the_airport()
    body = Touchpoint(
        name="Callback Promised", properties={"reservation": "V1", "brand": "northwind_vans"}
    )
    world.happens(replace(promised, message_id="promise", body=body))
    world.later(30 * MINUTE_MS)
    assert world.row.brand == "northwind_vans"
    assert "Northwind Vans" in text_of(world.mails[0])
