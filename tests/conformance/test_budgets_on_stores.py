"""Budgets on each engine: the last money is given once, and what did not come comes back."""

from typing import Any

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.core.state import State, decode_state
from makegood.messages.commands import Fulfil
from makegood.messages.errors import Refused
from makegood.messages.facts import (
    Approved,
    Carried,
    Dropped,
    Granted,
    Proposed,
    Requested,
    Settled,
    Touchpoint,
)
from makegood.messages.ids import CommandId, CustomerId, RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.giving import Budget
from makegood.ports.arrivals import Arrival
from makegood.ports.store import Store
from makegood.runtime.acts import Acted, Acts
from makegood.runtime.budgets import period_of
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.told import Told
from makegood.testing.book import DAY_MS, HOUR_MS, small_book
from makegood.testing.clock import FakeClock
from makegood.testing.store_conformance import at_once

KATHY = Asker(rep=RepId("kathy"), role="agent")
TOM = Asker(rep=RepId("tom"), role="supervisor")
BUDGETS = (
    Budget(id="front", cents=10_000, per="day", roles=("agent",)),
    Budget(id="back", cents=90_000, per="month", roles=("supervisor",)),
    Budget(id="vans", cents=500, per="day", roles=("agent",), brand="vans"),
)


def library() -> Library:
    book = replace(small_book(), budgets=BUDGETS, approval_ms=HOUR_MS)
    return Library(active=book.hash, books={book.hash: book})


class World:
    """Customers whose cars were late, and who may give them what."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, books = store, FakeClock(), library()
        self.intake = Intake(store, lambda: books, self.clock, b"key")
        self.acts = Acts(store, self.intake, lambda: books, self.clock)
        self.count = iter(range(10_000))

    def late(self, who: str, brand: str = "") -> CustomerId:
        facts: dict[str, object] = {"reservation": "R1", "reason": "x", "price_cents": 90_000}
        body = Touchpoint(name="Rental Unfulfilled", properties=facts | {"brand": brand})
        arrival = Arrival(
            source="rental",
            message_id=f"late {who}",
            identifier=f"user:{who}",
            time_ms=self.clock.now_ms(),
            body=body,
            body_digest=body_digest(body),
        )
        self.intake.take([arrival])
        with self.store.reading() as reading:
            profile = self.intake.profile(f"user:{who}")
            return reading.customers_of([profile])[profile]

    def state(self, customer: CustomerId) -> State:
        with self.store.reading() as reading:
            row = reading.row(customer)
        assert row is not None
        return decode_state(row.state)

    def act(
        self, customer: CustomerId, body: Any, asker: Asker, name: str = ""
    ) -> Acted | Refused:
        message_id = name or f"act {next(self.count)}"
        return self.acts.act(customer, body, asker, message_id=message_id)

    def gives(
        self, customer: CustomerId, cents: int, asker: Asker = KATHY, name: str = ""
    ) -> Acted | Refused:
        case = self.state(customer).cases[-1].id
        body = Granted(
            case=case, remedy="x", cost=Money(cents), by=RepId(""), off_script=True, reason="x"
        )
        return self.act(customer, body, asker, name)

    def taken(self, budget: int = 0) -> int:
        one = BUDGETS[budget]
        with self.store.reading() as reading:
            return reading.taken_from(one.purse, period_of(one, self.clock.now_ms(), "UTC"))

    def command(self, customer: CustomerId) -> CommandId:
        with self.store.reading() as reading:
            rows = reading.outbox_of(reading.profiles_of([customer])[customer])
        given = [row for row in rows if isinstance(row.command.order, Fulfil)]
        return [row.command.id for row in given if row.command.order.remedy == "x"][-1]  # type: ignore[union-attr]

    def ends(self, customer: CustomerId, body: Carried | Dropped) -> None:
        with self.store.reading() as reading:
            profile = reading.profiles_of([customer])[customer][0]
        told = Told(profile=profile, body=body, message_id=f"end {next(self.count)}")
        with self.store.writing() as writing:
            self.intake.record(writing, [told], self.clock.now_ms())


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def code(answer: Acted | Refused) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def test_two_people_cannot_both_give_the_last_money(world):
    customers = [world.late(f"c{n}") for n in range(2)]

    def give(thread: int) -> str:
        return code(world.gives(customers[thread], 3_000))

    answers = at_once(give, times=4)
    assert sorted(answers) == [""] * 3 + ["budget_spent"] * 5
    assert world.taken() == 9_000
    given = [gift for one in customers for gift in world.state(one).cases[-1].gifts]
    assert sum(one.expected.cents for one in given) == 9_000


def test_what_the_budget_had_left_stands_on_the_fact(world):
    ana = world.late("ana")
    first = world.gives(ana, 2_500, name="once")
    assert isinstance(first, Acted)
    assert (first.body.budget, first.body.remaining) == ("front", Money(7_500))
    again = world.gives(ana, 2_500, name="once")
    assert isinstance(again, Acted)
    assert again.repeated
    assert world.taken() == 2_500


def test_a_refusal_names_the_budget_what_it_has_and_the_way_on(world):
    ana = world.late("ana")
    refused = world.gives(ana, 10_001)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.limit_cents) == ("budget_spent", 10_000)
    assert "`front` has USD 100.00 left today" in refused.why
    assert "ask for approval" in refused.why
    assert world.taken() == 0
    assert world.state(ana).cases[-1].gifts == ()


def test_what_did_not_come_gives_its_money_back_and_what_did_counts_as_it_was(world):
    ana = world.late("ana")
    world.gives(ana, 10_000)
    assert code(world.gives(ana, 1)) == "budget_spent"
    command = world.command(ana)
    world.ends(ana, Dropped(command=command, why="failed"))
    assert world.taken() == 0
    assert code(world.gives(ana, 4_000)) == ""
    world.ends(ana, Carried(command=world.command(ana), paid=Money(3_500)))
    assert world.taken() == 3_500
    world.ends(ana, Carried(command=command, paid=Money(10_000)))  # it came after all
    assert world.taken() == 13_500
    assert code(world.gives(ana, 1)) == "budget_spent"


def test_what_is_owed_and_what_the_plan_gives_take_from_no_budget(world):
    world.late("ana")
    assert [world.taken(n) for n in range(3)] == [0, 0, 0]


def test_the_next_day_has_its_own_money(world):
    ana = world.late("ana")
    world.gives(ana, 10_000)
    world.clock.advance(DAY_MS)
    assert code(world.gives(ana, 10_000)) == ""


def test_a_budget_of_the_brand_comes_before_one_of_all(world):
    ana = world.late("ana", brand="vans")
    assert code(world.gives(ana, 501)) == "budget_spent"
    assert code(world.gives(ana, 500)) == ""
    assert [world.taken(n) for n in range(3)] == [0, 0, 500]


def test_what_ones_budget_cannot_pay_may_be_approved_from_another(world):
    ana = world.late("ana")
    case = world.state(ana).cases[-1].id
    wanted = Proposed(case=case, remedy="x", cost=Money(9_000), off_script=True, reason="x")
    assert code(world.act(ana, wanted, KATHY)) == "within_authority"
    world.gives(ana, 2_000)
    proposed = world.act(ana, wanted, KATHY)
    assert isinstance(proposed, Acted)
    assert world.taken(0) == 2_000
    approved = world.act(ana, Approved(case=case, proposed=proposed.event), TOM)
    assert isinstance(approved, Acted)
    assert (approved.body.budget, approved.body.remaining) == ("back", Money(81_000))
    assert [world.taken(n) for n in range(2)] == [2_000, 9_000]


def test_what_a_person_gives_by_an_answer_is_taken_too(world):
    ana = world.late("ana")
    asked = world.act(ana, Requested(request="keep_longer", facts={"days": 3}), Asker())
    assert isinstance(asked, Acted)
    settled = Settled(asked=asked.event, answer="allow", remedy="snack", cost=Money(1_200))
    answer = world.act(ana, settled, KATHY)
    assert isinstance(answer, Acted)
    assert (answer.body.budget, answer.body.remaining) == ("front", Money(8_800))


@pytest.mark.parametrize(
    ("per", "timezone", "period"),
    [
        ("day", "UTC", "2026-01-05"),
        ("day", "America/New_York", "2026-01-04"),
        ("week", "UTC", "2026-W02"),
        ("week", "America/New_York", "2026-W01"),
        ("month", "UTC", "2026-01"),
    ],
)
def test_a_period_is_that_of_the_place(per, timezone, period):
    at_ms = 1_767_571_200_000 + HOUR_MS  # Monday 2026-01-05, one in the morning in UTC
    assert period_of(Budget(id="b", cents=1, per=per, roles=()), at_ms, timezone) == period


def test_what_was_paid_in_another_currency_is_no_sum_of_the_budget(world):
    ana = world.late("ana")
    world.gives(ana, 3_000)
    world.ends(ana, Carried(command=world.command(ana), paid=Money(900_000, "JPY")))
    assert world.taken() == 3_000
