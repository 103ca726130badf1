"""What was spent because we let them down: up to the cap at once, and once for a receipt."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.core.asked import RequestState, RequestStatus
from makegood.core.decide import Asker, decide
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Appealed, Carried, Dropped, Requested, Settled
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.testing.book import DAY_MS
from tests.unit.core.day import Day
from tests.unit.playbooks.claim_book import claim_library

BOOKS = claim_library()
CUSTOMER = Asker()
ANNE = Asker(rep=RepId("anne"), role="rep")
BO = Asker(rep=RepId("bo"), role="supervisor")


@pytest.fixture
def day() -> Day:
    return late()


def late() -> Day:
    day = Day(BOOKS)
    day.happens("Parcel Late", order="O1", minutes=60, price_cents=1000)
    return day


def decided(day: Day, wanted, asker: Asker = CUSTOMER):
    return decide(day.state, wanted, asker, day.now_ms, BOOKS)


def claims(day: Day, about: str = "O1", **facts) -> RequestState:
    wanted = {"cents": 3000, "kind": "taxi", "receipt": "r1"} | facts
    body = decided(day, Requested(request="taxi", about=about, facts=wanted)).body
    assert body is not None
    made = day.told(body)
    one = day.state.request(made.id)
    assert one is not None
    return one


def refusal(day: Day, wanted, asker: Asker = CUSTOMER) -> str:
    refused = decided(day, wanted, asker).refused
    return refused.code if refused is not None else ""


def claim(**facts) -> Requested:
    wanted = {"cents": 3000, "kind": "taxi", "receipt": "r1"} | facts
    return Requested(request="taxi", about="O1", facts=wanted)


def paid(day: Day) -> list[int]:
    orders = (one.order for one in day.commands)
    return [
        one.amount.cents for one in orders if isinstance(one, Fulfil) and one.remedy == "expenses"
    ]


def test_with_a_receipt_and_within_the_cap_it_is_paid_at_once_and_as_owed(day):
    one = claims(day)
    assert one.status is RequestStatus.ALLOWED
    orders = [c.order for c in day.commands if isinstance(c.order, Fulfil)]
    (order,) = [o for o in orders if o.remedy == "expenses"]
    assert (order.owed, order.basis, order.amount, order.about) == (
        True,
        "taxi",
        Money(3000),
        "O1",
    )
    day.told(Carried(command=one.command, paid=Money(3000)))
    assert day.state.requests[0].done


def test_beyond_the_cap_the_cap_is_paid_and_a_person_answers_for_the_rest_in_time(day):
    one = claims(day, cents=9500)
    assert (one.status, one.by_rule, one.rest_cents) == (RequestStatus.WAITING, 8000, 1500)
    assert paid(day) == [8000]
    settled = decided(day, Settled(asked=one.event, answer="allow"), ANNE).body
    assert isinstance(settled, Settled)
    assert (settled.remedy, settled.cost) == ("expenses", Money(1500))
    day.told(settled)
    assert paid(day) == [8000, 1500]
    assert day.state.timers[0].kind != "k_answer_by"


def test_no_answer_for_the_rest_is_a_failure(day):
    claims(day, cents=9500)
    day.waits(2 * DAY_MS)
    assert any(failure.about.startswith("answer/") for failure in day.case.failures)


def test_the_cap_counts_what_was_paid_for_the_same_failure(day):
    claims(day, cents=6000)
    two = claims(day, cents=6000, receipt="r2")
    assert (two.by_rule, two.rest_cents) == (2000, 4000)
    three = claims(day, cents=500, receipt="r3")
    assert (three.status, three.part, three.by_rule) == (RequestStatus.WAITING, "", 0)
    assert paid(day) == [6000, 2000]


def test_without_a_receipt_it_is_asked_for_and_nobody_hears_no(day):
    assert refusal(day, claim(receipt="")) == "receipt_needed"
    assert claims(day, cents=1500, receipt="").status is RequestStatus.ALLOWED
    lost = claims(day, receipt="none")
    assert (lost.status, lost.by_rule) == (RequestStatus.WAITING, 0)
    assert claims(day, receipt="none").status is RequestStatus.WAITING  # two may be lost


def test_a_receipt_is_paid_once(day):
    one = claims(day)
    again = claims(day)
    assert again.status is RequestStatus.WAITING
    settled = Settled(asked=again.event, answer="allow", remedy="expenses", cost=Money(100))
    assert refusal(day, settled, BO) == "paid_already"
    assert paid(day) == [3000]
    assert one.event != again.event


@pytest.mark.parametrize("again", ["R1", " r1", "r1 ", "r1\n"])
def test_a_receipt_written_another_way_is_the_same_receipt(day, again):
    claims(day)
    assert claims(day, receipt=again).status is RequestStatus.WAITING
    assert paid(day) == [3000]


@pytest.mark.parametrize("lost", ["None", " none ", "NONE"])
def test_no_receipt_is_none_however_it_is_written(day, lost):
    one = claims(day, receipt=lost)
    assert (one.status, one.by_rule) == (RequestStatus.WAITING, 0)


def test_spaces_are_no_receipt(day):
    assert refusal(day, claim(receipt="  ")) == "receipt_needed"


def test_a_receipt_that_waits_is_not_claimed_again(day):
    claims(day, kind="boat", about="O7")
    assert refusal(day, claim()) == "claimed_already"


def test_what_is_not_paid_is_refused_with_its_reason_and_appealed_once_to_somebody_else(day):
    body = decided(day, claim(kind="alcohol")).body
    assert isinstance(body, Requested)
    assert (body.answer, body.says["en"]) == ("deny", "Drinks are not what we pay for.")
    made = day.told(body)
    day.told(Appealed(asked=made.id))
    settled = decided(day, Settled(asked=made.id, answer="allow"), ANNE).body
    assert settled is not None
    day.told(settled)
    assert paid(day) == [3000]
    assert refusal(day, Appealed(asked=made.id)) == "appealed_already"


@pytest.mark.parametrize(
    ("about", "facts", "missing"),
    [
        ("O9", {}, "the failure that this was spent because of"),
        ("O1", {"currency": "EUR"}, "an amount in USD"),
        ("O1", {"kind": None}, "request.kind"),
        ("O1", {"receipt": "none"}, "request.receipt"),
    ],
)
def test_what_the_rule_cannot_say_is_for_a_person(day, about, facts, missing):
    wanted = Requested(request="taxi", about=about, facts=claim().facts | facts)
    body = decided(day, wanted).body
    assert isinstance(body, Requested)
    assert (body.answer, body.missing, body.remedy) == ("person", missing, "")


def test_late_it_is_for_a_person_and_not_too_late(day):
    day.now_ms += 31 * DAY_MS
    body = decided(day, claim()).body
    assert isinstance(body, Requested)
    assert (body.answer, body.missing) == ("person", "a claim in time")


def test_the_only_failure_that_can_be_meant_is(day):
    assert claims(day, about="").about == "O1"
    day.happens("Parcel Late", order="O2", minutes=60, price_cents=1000)
    assert claims(day, about="", receipt="r2").status is RequestStatus.WAITING


def test_what_is_spent_is_said(day):
    for facts in ({"cents": None}, {"cents": 0}, {"cents": -5}):
        assert refusal(day, claim(**facts)) == "amount_needed"


def test_nobody_is_paid_more_than_they_spent(day):
    one = claims(day, cents=9500)
    settled = Settled(asked=one.event, answer="allow", remedy="expenses", cost=Money(1501))
    assert refusal(day, settled, BO) == "more_than_claimed"


def test_what_was_to_be_paid_and_was_not_is_a_broken_promise(day):
    one = claims(day, cents=9500)
    day.told(Dropped(command=one.part, why="failed"))
    assert any(failure.about.startswith("promise/") for failure in day.case.failures)


filed = st.lists(
    st.tuples(
        st.integers(1, 10_000),
        st.sampled_from(["r1", "r2", "r3", "r4", "none", ""]),
        st.sampled_from(["taxi", "alcohol", "bus"]),
        st.sampled_from(["O1", "O2", ""]),
        st.booleans(),
    ),
    max_size=12,
)


@given(filed)
def test_the_rule_never_pays_beyond_the_cap_and_no_receipt_is_ever_paid_twice(many):
    day, number = late(), count()
    day.happens("Parcel Late", order="O2", minutes=60, price_cents=1000)
    for cents, receipt, kind, about, person in many:
        facts = {"cents": cents, "kind": kind, "receipt": receipt}
        wanted = Requested(request="taxi", about=about, facts=facts)
        body = decided(day, wanted).body
        if isinstance(body, Requested):
            day.told(body)
        waiting = [one for one in day.state.requests if one.is_waiting]
        if person and waiting:
            one = waiting[next(number) % len(waiting)]
            answer = decided(day, Settled(asked=one.event, answer="allow"), BO).body
            if answer is not None:
                day.told(answer)
    given: dict[str, int] = {}
    receipts: list[str] = []
    for one in day.state.requests:
        given[one.about] = given.get(one.about, 0) + one.by_rule
        got = one.by_rule + (one.cost.cents if one.by and one.cost else 0)
        assert one.claimed is not None
        assert got <= one.claimed.cents
        if (one.command or one.part) and one.receipt not in ("", "none"):
            receipts.append(one.receipt)
    assert all(cents <= 8000 for about, cents in given.items() if about)
    assert len(receipts) == len(set(receipts))
