"""The gate: fresh, strict where it cannot know, and never in the way of service mail."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from makegood.core.holds import Answer, Question
from makegood.gate.service import Gate
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.messages.errors import InputError
from makegood.messages.facts import Answered, Facts, Identified, Touchpoint, Unsubscribed
from makegood.messages.ids import case_id, profile_id
from makegood.playbooks.book import Library
from makegood.ports.arrivals import Arrival
from makegood.runtime.intake import Intake
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, small_book
from makegood.testing.clock import FakeClock

KEY = b"key"
PROMO = Question(brand="cars", message_class=MessageClass.PROMOTIONAL)


class World:
    """A store, a clock, what comes in and the gate."""

    def __init__(self, *, strict: bool = False, cool_off_ms: int = 0) -> None:
        book = small_book(cool_off_ms=cool_off_ms)
        brands = {id_: replace(brand, strict=strict) for id_, brand in book.brands.items()}
        book = replace(book, brands=brands)
        self.library = Library(active=book.hash, books={book.hash: book})
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.intake = Intake(self.store, lambda: self.library, self.clock, KEY)
        self.gate = Gate(self.store, lambda: self.library, self.clock, KEY)
        self._count = 0

    def take(self, identifier: str, body: object, **more: object) -> str:
        self._count += 1
        arrival = Arrival(
            source="test",
            message_id=str(self._count),
            identifier=identifier,
            time_ms=self.clock.now_ms(),
            body=body,
            body_digest=str(self._count).encode().ljust(16),
            **more,
        )
        (answer,) = self.intake.take([arrival])
        return answer.event

    def lose_the_car(self, identifier: str, **facts: object) -> str:
        properties: Facts = {"reason": "sold_out", "reservation": "R1", **facts}
        return self.take(identifier, Touchpoint(name="Rental Unfulfilled", properties=properties))

    def ask(self, identifier: str, question: Question = PROMO) -> Answer:
        return self.gate.ask(identifier, question)


def test_a_failure_holds_at_the_next_question():
    world = World()
    world.take("user:1", Touchpoint(name="Rental Returned"))
    assert world.ask("user:1").reason == "free"
    event = world.lose_the_car("user:1")
    answer = world.ask("user:1")
    assert (answer.allowed, answer.reason, answer.until) == (False, "hold", "made_whole")
    assert answer.case == case_id(event)
    assert answer.since_ms == world.clock.now_ms()


@pytest.mark.parametrize("message_class", list(MessageClass))
def test_a_hold_stops_marketing_and_nothing_else(message_class):
    world = World()
    world.lose_the_car("user:1")
    question = replace(PROMO, message_class=message_class)
    assert world.ask("user:1", question).allowed is (message_class not in HELD_CLASSES)


def test_the_cases_own_question_passes_its_hold():
    world = World()
    case = case_id(world.lose_the_car("user:1"))
    survey = Question(brand="cars", message_class=MessageClass.SURVEY)
    assert not world.ask("user:1", survey).allowed
    assert world.ask("user:1", replace(survey, case=case)).allowed


def test_an_identifier_linked_after_the_failure_is_held_too():
    world = World()
    world.lose_the_car("anon:visitor")
    known = Identified()
    assert world.ask("email:ana@example.org").reason == "unknown"
    world.take(
        "user:1",
        known,
        also=("anon:visitor",),
        lookups=("email:ana@example.org", "phone:+12125550100"),
    )
    for identifier in ("user:1", "anon:visitor", "email:ANA@example.org", "phone:+1 212 555 0100"):
        assert world.ask(identifier).reason == "hold"


def test_of_several_customers_behind_one_address_the_strictest_answer_counts():
    world = World()
    for user in range(6):
        world.take(f"user:{user}", Identified(), lookups=("email:desk@agency.example",))
    assert world.ask("email:desk@agency.example").reason == "free"
    world.lose_the_car("user:4")
    assert world.ask("email:desk@agency.example").reason == "hold"
    assert world.ask("user:3").reason == "free"


def test_an_event_on_the_address_itself_holds_the_user_whom_it_finds():
    world = World()
    world.take("user:1", Identified(), lookups=("email:ana@example.org",))
    world.lose_the_car("email:ana@example.org")
    assert world.ask("user:1").reason == "hold"


def test_unknown_identifiers_pass_and_are_counted_unless_the_brand_is_strict():
    world = World()
    answer = world.ask("email:nobody@example.org")
    assert (answer.allowed, answer.reason) == (True, "unknown")
    world.ask("email:nobody@example.org")
    assert world.gate.asked() == {"unknown": 2}
    strict = World(strict=True)
    answer = strict.ask("email:nobody@example.org")
    assert (answer.allowed, answer.reason) == (False, "unknown")
    receipt = replace(PROMO, message_class=MessageClass.RECEIPT)
    assert strict.ask("email:nobody@example.org", receipt).allowed


def test_a_brand_nobody_knows_finds_every_hold():
    world = World()
    world.lose_the_car("user:1")
    assert not world.ask("user:1", replace(PROMO, brand="no_such_brand")).allowed


def test_what_cannot_be_judged_waits_for_a_person():
    world = World()
    properties: Facts = {"reservation": "R1"}
    world.take("user:1", Touchpoint(name="Rental Unfulfilled", properties=properties))
    answer = world.ask("user:1")
    assert (answer.allowed, answer.reason, answer.until) == (False, "cannot_judge", "judged")


def test_unsubscribing_is_a_reason_of_its_own():
    world = World()
    world.take("user:1", Unsubscribed(brand="cars", channel="mail"))
    assert world.ask("user:1").reason == "unsubscribed"
    assert world.ask("user:1", replace(PROMO, channel="sms")).allowed


def _stuck(world: World) -> None:
    customer = profile_id("user:1", KEY)
    with world.store.writing() as writing:
        row = writing.lock([customer])[customer]
        writing.save([replace(row, stuck="KeyError")])


def _unreadable_gate(world: World) -> None:
    customer = profile_id("user:1", KEY)
    with world.store.writing() as writing:
        row = writing.lock([customer])[customer]
        writing.save([replace(row, gate=b"\xc1")])


def _unreadable_state(world: World) -> None:
    customer = profile_id("user:1", KEY)
    with world.store.writing() as writing:
        row = writing.lock([customer])[customer]
        writing.save([replace(row, state=b"\xc1", next_due_ms=1)])


@pytest.mark.parametrize("spoil", [_stuck, _unreadable_gate, _unreadable_state])
def test_a_customer_whose_history_cannot_be_folded_gets_no_marketing(
    spoil: Callable[[World], None],
):
    world = World()
    world.take("user:1", Touchpoint(name="Rental Returned"))
    spoil(world)
    answer = world.ask("user:1")
    assert (answer.allowed, answer.reason) == (False, "stuck")
    assert world.ask("user:1", replace(PROMO, message_class=MessageClass.SERVICE)).allowed


def test_a_timer_that_is_due_counts_before_any_worker_fired_it():
    world = World(cool_off_ms=DAY_MS)
    event = world.lose_the_car("user:1")
    world.take("user:1", Answered(case=case_id(event), answer="good"))
    cooling = world.ask("user:1")
    assert (cooling.allowed, cooling.until) == (False, "2026-01-02T09:00:00Z")
    world.clock.advance(DAY_MS - 1)
    assert not world.ask("user:1").allowed
    world.clock.advance(1)
    assert world.ask("user:1").allowed


def test_a_promise_that_fell_due_holds_before_any_worker_noticed():
    world = World()
    promise = Touchpoint(name="Callback Promised", properties={"reservation": "R9"})
    world.take("user:1", promise)
    world.clock.advance(4 * 3_600_000 - 1)
    assert world.ask("user:1").allowed
    world.clock.advance(1)
    assert world.ask("user:1").reason == "hold"


def test_the_opaque_id_finds_the_same_customer_after_a_merge():
    world = World()
    ids = [profile_id(f"user:{n}", KEY) for n in (1, 2)]
    world.take("user:1", Touchpoint(name="Rental Returned"))
    world.lose_the_car("user:2")
    assert [world.gate.ask_customer(id_, PROMO).reason for id_ in ids] == ["free", "hold"]
    world.take("user:1", Identified(), also=("user:2",))
    assert [world.gate.ask_customer(id_, PROMO).reason for id_ in ids] == ["hold", "hold"]


@pytest.mark.parametrize("identifier", ["", "42", "mail:x", "email:none", "loyalty:1", "phone:x"])
def test_what_is_no_identifier_is_refused(identifier):
    with pytest.raises(InputError):
        World().ask(identifier)
