"""Every request is granted or refused with a code; the answer is the fact to append."""

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.messages import facts
from makegood.messages.facts import Body
from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId, RepId
from makegood.messages.money import Money
from makegood.testing.book import HOUR_MS
from tests.unit.core.day import Day

KATHY = RepId("kathy")
CUSTOMER = Asker()
REP = Asker(rep=KATHY, role="agent")
BOSS = Asker(rep=RepId("bo"), role="supervisor")


@pytest.fixture
def day() -> Day:
    day = Day()
    day.no_car()
    return day


def refusal(day: Day, wanted: Body, asker: Asker) -> str:
    decision = decide(day.state, wanted, asker, day.now_ms, day.library)
    assert decision.body is None
    assert decision.refused is not None
    assert decision.refused.why.endswith((".", ")"))
    return decision.refused.code


def granted(day: Day, wanted: Body, asker: Asker) -> Body:
    decision = decide(day.state, wanted, asker, day.now_ms, day.library)
    assert decision.refused is None
    assert decision.body is not None
    return decision.body


def give(day: Day, remedy: str = "snack", cents: int = 0, **more) -> facts.Granted:
    cost = more.pop("cost", Money(cents))
    return facts.Granted(case=day.id, remedy=remedy, cost=cost, by=RepId(""), **more)


def test_a_case_that_is_not_the_customers_is_refused(day):
    assert refusal(day, facts.Wrote(case=CaseId("kforeign"), text="t"), CUSTOMER) == "no_such_case"


@pytest.mark.parametrize(
    "wanted",
    [
        facts.Touchpoint(name="Rental Unfulfilled"),
        facts.Identified(),
        facts.Carried(command=CommandId("m1")),
        facts.Dropped(command=CommandId("m1"), why="failed"),
        facts.Confirmed(command=CommandId("m1")),
        facts.Declined(command=CommandId("m1")),
    ],
    ids=lambda body: type(body).__name__,
)
def test_what_only_the_system_may_state_is_no_request(day, wanted):
    assert refusal(day, wanted, BOSS) == "not_a_request"


def test_a_closed_case_takes_nothing_but_friends_notes_and_looks(day):
    day.told(facts.Answered(case=day.id, answer="good"))
    for wanted in (
        facts.Chosen(case=day.id, offer="driver"),
        facts.Answered(case=day.id, answer="good"),
        facts.Released(case=day.id, by=KATHY, reason="r"),
        facts.Wrote(case=day.id, text="t"),
        give(day),
    ):
        assert refusal(day, wanted, REP) == "case_closed"
    granted(day, facts.Referred(case=day.id, visitor="v"), CUSTOMER)
    granted(day, facts.Noted(case=day.id, by=KATHY, text="t"), REP)
    granted(day, facts.Opened(case=day.id), CUSTOMER)


def test_a_release_needs_a_person_and_a_reason(day):
    release = facts.Released(case=day.id, by=RepId(""), reason="r")
    assert refusal(day, release, CUSTOMER) == "reason_needed"
    assert refusal(day, replace(release, reason=""), REP) == "reason_needed"
    body = granted(day, release, REP)
    assert isinstance(body, facts.Released)
    assert body.by == "kathy"


def test_only_a_rep_judges_and_only_what_is_unclear():
    day = Day()
    asked = day.happens("Rental Unfulfilled", reservation="R1")
    wanted = facts.Judged(question=asked.id, failure="", by=RepId(""))
    assert refusal(day, wanted, CUSTOMER) == "reps_only"
    assert refusal(day, replace(wanted, question=EventId("e0")), REP) == "nothing_to_judge"
    day.told(granted(day, wanted, REP))
    assert refusal(day, wanted, REP) == "nothing_to_judge"


def test_only_a_rep_hands_over_calls_notes_takes_apart_and_gives(day):
    for wanted in (
        facts.HandedOver(case=day.id, to=RepId("bo"), by=RepId("")),
        facts.Called(case=day.id, by=RepId(""), reached=True),
        facts.Noted(case=day.id, by=RepId(""), text="t"),
        facts.Unlinked(other=ProfileId("p1"), by=RepId("")),
        give(day),
    ):
        assert refusal(day, wanted, CUSTOMER) == "reps_only"
        assert granted(day, wanted, REP).by == "kathy"  # type: ignore[union-attr]


def test_a_hand_over_names_somebody_else(day):
    handed = facts.HandedOver(case=day.id, to=RepId(""), by=KATHY)
    assert refusal(day, handed, REP) == "nobody_named"
    assert refusal(day, replace(handed, to=KATHY), REP) == "already_owner"


def test_an_offer_has_to_be_there_and_open(day):
    choice = facts.Chosen(case=day.id, offer="balloon")
    assert refusal(day, choice, CUSTOMER) == "no_such_offer"
    choice = replace(choice, offer="driver")
    assert refusal(day, choice, CUSTOMER) == "offer_gone"  # nobody has confirmed it yet


def test_an_offer_can_be_chosen_until_it_expires_and_once(day):
    yes = facts.Confirmed(
        command=day.command("R1/no_car/confirm/driver"), expires_ms=day.now_ms + HOUR_MS
    )
    day.told(yes)
    choice = facts.Chosen(case=day.id, offer="driver")
    day.now_ms += HOUR_MS - 1
    granted(day, choice, CUSTOMER)
    day.now_ms += 1
    assert refusal(day, choice, CUSTOMER) == "offer_gone"
    day.now_ms -= 1
    day.told(choice)
    assert refusal(day, choice, CUSTOMER) == "already_chosen"


def test_a_choice_by_a_rep_carries_the_name(day):
    day.told(facts.Confirmed(command=day.command("R1/no_car/confirm/driver")))
    body = granted(day, facts.Chosen(case=day.id, offer="driver"), REP)
    assert isinstance(body, facts.Chosen)
    assert body.by == "kathy"


def test_nothing_is_given_before_a_failure_is_known():
    day = Day()
    day.happens("Rental Unfulfilled", reservation="R1")
    assert refusal(day, give(day), REP) == "nothing_failed"


def test_a_remedy_is_one_of_the_book_unless_the_script_is_left_with_a_reason(day):
    assert refusal(day, give(day, "balloon", 100), REP) == "no_such_remedy"
    assert refusal(day, give(day, "balloon", 100, off_script=True), REP) == "reason_needed"
    granted(day, give(day, "balloon", 100, off_script=True, reason="r"), REP)


def test_an_amount_is_not_negative_and_in_the_books_currency(day):
    for cost in (Money(-1), Money(100, "EUR")):
        wanted = give(day, "balloon", cost=cost, off_script=True, reason="r")
        assert refusal(day, wanted, REP) == "bad_amount"


def test_authority_ends_exactly_at_the_limit_and_counts_what_was_given(day):
    exact = give(day, "balloon", 50_000, off_script=True, reason="r")
    granted(day, exact, REP)
    assert refusal(day, replace(exact, cost=Money(50_001)), REP) == "over_authority"
    day.told(granted(day, replace(exact, cost=Money(49_000)), REP))
    assert refusal(day, give(day, "balloon", 1_001, off_script=True, reason="r"), REP) == (
        "over_authority"
    )
    granted(day, give(day, "balloon", 1_001, off_script=True, reason="r"), BOSS)


def test_a_refusal_for_authority_names_the_limit(day):
    wanted = give(day, "balloon", 60_000, off_script=True, reason="r")
    decision = decide(day.state, wanted, REP, day.now_ms, day.library)
    assert decision.refused is not None
    assert decision.refused.limit_cents == 50_000


def test_the_book_sets_the_cost_of_its_remedies(day):
    body = granted(day, give(day, "snack", 1), REP)
    assert isinstance(body, facts.Granted)
    assert body.cost == Money(900)


def test_leaving_the_script_makes_a_remedy_no_cheaper(day):
    wanted = give(day, "driver", 0, off_script=True, reason="r")
    body = granted(day, wanted, REP)
    assert isinstance(body, facts.Granted)
    assert body.cost == Money(31_000)


def test_anybody_raises_a_failure_but_the_customers_word_sets_no_price():
    day = Day()
    raised = facts.FailureRaised(failure="no_car", about="R1", price=Money(50_000), by=KATHY)
    body = granted(day, raised, CUSTOMER)
    assert isinstance(body, facts.FailureRaised)
    assert (body.price, body.by) == (None, "")
    body = granted(day, raised, REP)
    assert isinstance(body, facts.FailureRaised)
    assert body.price == Money(50_000)


@pytest.mark.parametrize("severity", [-1, 6])
def test_a_severity_off_the_scale_is_refused(severity):
    raised = facts.FailureRaised(failure="other", severity=severity)
    assert refusal(Day(), raised, CUSTOMER) == "bad_severity"


def test_a_negative_price_is_refused():
    raised = facts.FailureRaised(failure="other", price=Money(-1))
    assert refusal(Day(), raised, REP) == "bad_amount"


def test_anybody_unsubscribes_and_the_answer_of_a_rep_carries_the_name(day):
    granted(day, facts.Unsubscribed(brand="*", channel="mail"), CUSTOMER)
    body = granted(day, facts.Answered(case=day.id, answer="good"), REP)
    assert isinstance(body, facts.Answered)
    assert body.by == "kathy"


def test_a_failure_that_the_book_does_not_name_is_raised_as_other():
    raised = facts.FailureRaised(failure="balloon")
    assert refusal(Day(), raised, CUSTOMER) == "no_such_failure"
    granted(Day(), replace(raised, failure="other"), CUSTOMER)


def test_a_share_of_a_price_that_nobody_knows_is_not_given():
    day = Day()
    day.no_car(price_cents=None)
    assert refusal(day, give(day, "refund"), REP) == "price_unknown"
    granted(day, give(day, "refund", 5_000, off_script=True, reason="r"), REP)


def test_a_share_is_of_the_newest_price_that_is_known():
    day = Day()
    day.no_car("R1", price_cents=21_000)
    day.no_car("R2", price_cents=0)
    day.no_car("R3", price_cents=None)
    body = granted(day, give(day, "refund"), REP)
    assert isinstance(body, facts.Granted)
    assert body.cost == Money(21_000)


def test_a_price_beyond_the_limit_is_for_somebody_with_a_higher_one(day):
    wanted = facts.FailureRaised(failure="no_car", about="R1", price=Money(50_001))
    assert refusal(day, wanted, REP) == "over_authority"
    granted(day, wanted, BOSS)
    assert refusal(day, replace(wanted, price=Money(1, "EUR")), BOSS) == "bad_amount"
