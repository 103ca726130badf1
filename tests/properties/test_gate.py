"""Whoever was let down and not made whole hears no marketing, by any name we know them by."""

from hypothesis import event as note
from hypothesis import given

from makegood.core.holds import Question
from makegood.gate.service import Gate
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.messages.events import Event
from makegood.messages.facts import Answered, FailureRaised, Judged, Released, Touchpoint
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId
from makegood.store.memory import MemoryStore
from tests.properties.life import Life
from tests.properties.moves import EMAILS, KEY, LIBRARY, WHO
from tests.properties.strategies import days


def fails(event: Event) -> str:
    """What an event says went wrong, read without the product's own rules; "" for nothing."""
    body = event.body
    if isinstance(body, FailureRaised):
        return body.about or event.id
    if not isinstance(body, Touchpoint):
        return ""
    about = str(body.properties.get("reservation", ""))
    if body.name == "Rental Unfulfilled" and body.properties.get("reason") == "overbooked":
        return about
    return about if body.name == "Rental Late" else ""


def is_let_down(history: tuple[Event, ...]) -> bool:
    """Whether something went wrong for the first time and nobody has said anything since."""
    seen: set[str] = set()
    down = False
    for event in history:
        about = fails(event)
        down = down or bool(about and about not in seen)
        seen.add(about)
        if isinstance(event.body, Answered | Released | Judged):
            down = False
    return down


@given(moves=days)
def test_whoever_was_let_down_hears_no_marketing_by_any_name(moves):
    life = Life(MemoryStore()).live(moves)
    gate = Gate(life.store, lambda: LIBRARY, life.clock, KEY)
    with life.store.reading() as reading:
        rows = reading.rows(CustomerId(""), 100)
        down = {row.customer for row in rows if is_let_down(reading.history(row.customer))}
    note(f"let down {bool(down)}")
    for identifier, email in zip(WHO, EMAILS, strict=True):
        customer = life.customer(identifier)
        if customer not in down or customer is None:
            continue
        linked = [
            one.arrival
            for one in life.given
            if one.arrival.lookups and one.arrival.identifier == identifier
        ]
        names = [identifier] + [normal(email)] * bool(linked)
        for message_class in MessageClass:
            for brand in ("cars", "", "another brand"):
                question = Question(brand=brand, message_class=message_class)
                wanted = message_class not in HELD_CLASSES
                answers = [gate.ask(name, question) for name in names]
                answers.append(gate.ask_customer(customer, question))
                assert [one.allowed for one in answers] == [wanted] * len(answers)


@given(moves=days)
def test_service_always_passes(moves):
    life = Life(MemoryStore()).live(moves)
    gate = Gate(life.store, lambda: LIBRARY, life.clock, KEY)
    for identifier in WHO:
        for message_class in set(MessageClass) - HELD_CLASSES:
            question = Question(brand="cars", message_class=message_class)
            assert gate.ask(identifier, question).allowed
