"""Which rule book is active: by setting, by a person, and back again; all of it written down."""

import pytest
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Settings, open_makegood
from makegood.core.decide import Asker
from makegood.core.holds import Question
from makegood.core.likeness import likeness_of
from makegood.effects.links import Links
from makegood.effects.words import Words
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.errors import EffectFailed, InputError, MakegoodError
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import CustomerId
from makegood.ports.store import Store
from makegood.runtime.acts import Acts
from makegood.runtime.intake import Intake
from makegood.runtime.raising import Raising
from makegood.runtime.shelf import LOOK_MS, Shelf
from makegood.store.memory import MemoryStore
from makegood.testing.clock import STORY_BEGINS_MS, FakeClock
from makegood.testing.store_samples import comparable

CARS, CARS_NAME = read_book("car-rental")
FAIRER = CARS.replace("cost: {cents: 9500}", "cost: {cents: 12000}")
DEARER = CARS.replace("cost: {cents: 9500}", "cost: {cents: 15000}")


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def shelf(store, clock) -> Shelf:
    shelf = Shelf(store, clock)
    shelf.settle(CARS, CARS_NAME)
    return shelf


def written(store: Store) -> list[tuple[str, str, str, str]]:
    with store.reading() as reading:
        return [(row.book, row.kind, row.by, row.because) for row in reading.activations()]


def test_a_person_activates_a_book_and_it_is_written_down(shelf, store, clock):
    clock.advance(5)
    book = shelf.activate(FAIRER, "fairer.yaml", by="kathy", because="a ride costs more now")
    assert shelf.library().active == book.hash
    assert written(store)[1:] == [(book.hash, "activated", "kathy", "a ride costs more now")]
    with store.reading() as reading:
        assert [row.at_ms for row in reading.activations()] == [
            STORY_BEGINS_MS,
            STORY_BEGINS_MS + 5,
        ]


def test_a_roll_back_brings_the_book_before_and_forgets_nothing(shelf, store):
    first = shelf.library().active
    second = shelf.activate(FAIRER, "b", by="kathy", because="fairer").hash
    assert shelf.roll_back(by="li", because="too dear").hash == first == shelf.library().active
    assert [row[:3] for row in written(store)] == [
        (first, "setting", ""),
        (second, "activated", "kathy"),
        (first, "rolled_back", "li"),
    ]


def test_without_another_book_there_is_no_way_back(shelf, store):
    with pytest.raises(InputError, match="No other rule book"):
        shelf.roll_back(by="li", because="habit")
    assert len(written(store)) == 1


def test_a_book_with_a_mistake_changes_nothing(shelf, store):
    with pytest.raises(MakegoodError):
        shelf.activate("makegood: 1\nname: x\n", "x.yaml", by="kathy", because="hope")
    assert len(written(store)) == 1


def test_what_a_person_activated_stands_until_the_settings_name_another_text(shelf, store, clock):
    fairer = shelf.activate(FAIRER, "b", by="kathy", because="fairer").hash
    started_again = Shelf(store, clock)
    started_again.settle(CARS, CARS_NAME)
    assert started_again.library().active == fairer
    dearer = started_again.settle(DEARER, "c").hash
    assert started_again.library().active == dearer
    assert [kind for _, kind, _, _ in written(store)] == ["setting", "activated", "setting"]


def test_a_book_from_before_the_record_began_can_be_gone_back_to(store, clock):
    shelf = Shelf(store, clock)
    old = read_and_keep(store)
    shelf.settle(CARS, CARS_NAME)  # the same text as before: nothing new
    assert written(store) == []
    shelf.activate(FAIRER, "b", by="kathy", because="fairer")
    assert shelf.roll_back(by="kathy", because="no").hash == old
    with store.reading() as reading:
        assert reading.activations()[0].at_ms == 0


def read_and_keep(store: Store) -> str:
    """Make a book active in the way of versions without a record."""
    other = Shelf(MemoryStore(), FakeClock()).settle(CARS, CARS_NAME)
    with store.writing() as writing:
        writing.put_book(other.hash, CARS, activate=True)
    return other.hash


def test_another_process_takes_it_up_within_seconds(shelf, store, clock):
    before = shelf.library().active
    fairer = Shelf(store, clock).activate(FAIRER, "b", by="kathy", because="fairer").hash
    assert shelf.current().active == before
    clock.advance(LOOK_MS)
    assert shelf.current().active == fairer
    assert fairer in shelf.library().books


def test_events_after_that_are_stamped_with_it(store, clock):
    key = b"k" * 32
    settings = Settings(database="memory:", key=key, book="car-rental")
    running = open_makegood(settings, clock=clock, store=store)
    fairer = Shelf(store, clock).activate(FAIRER, "b", by="kathy", because="fairer").hash
    clock.advance(LOOK_MS)
    running.raising.raise_failure(*raised(), message_id="1", words="no car")
    with store.reading() as reading:
        assert [event.stamp.book for _, event in reading.log(0, 10)] == [fairer]


def test_a_process_that_only_answers_the_gate_takes_it_up_too(store, clock):
    settings = Settings(database="memory:", key=b"k" * 32, book="car-rental")
    running = open_makegood(settings, clock=clock, store=store)
    question = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL)
    assert running.gate.ask("user:nobody", question).allowed
    strict = CARS.replace(
        "    name: Northwind Cars\n", "    name: Northwind Cars\n    strict: true\n"
    )
    Shelf(store, clock).activate(strict, "b", by="kathy", because="known people only")
    clock.advance(LOOK_MS)
    assert not running.gate.ask("user:nobody", question).allowed


def test_a_message_of_a_book_that_another_process_has_just_activated_is_found(store, clock):
    here, there = Shelf(store, clock), Shelf(store, clock)
    here.settle(CARS, CARS_NAME)
    here.library()
    text = CARS.replace("sorry_no_car", "kind_words")
    book = there.activate(text, "b", by="kathy", because="kinder words")
    order = SendMessage(
        message="kind_words", brand="northwind_cars", message_class=MessageClass.SERVICE
    )
    words = Words(
        here.current, Links(b"k" * 32, "https://care.example", clock), latest=here.latest
    )
    assert words.book_of(order).hash == book.hash
    with pytest.raises(EffectFailed, match="no_such"):
        words.book_of(replace(order, message="no_such"))


def test_what_is_judged_while_a_book_is_activated_is_stamped_with_the_book_that_judged(
    store, clock
):
    shelf = Shelf(store, clock)
    shelf.settle(CARS, CARS_NAME)
    judging = shelf.library()
    shelf.activate(FAIRER, "b", by="kathy", because="fairer")
    intake = Intake(store, shelf.current, clock, b"k" * 32)
    acts = Acts(store, intake, lambda: judging, clock)
    Raising(store, intake, acts, clock).raise_failure(*raised(), message_id="1", words="")
    (customer,) = customers_in(store)
    acts.act(customer, FailureRaised(failure="other"), Asker(), message_id="2")
    with store.reading() as reading:
        assert [event.stamp.book for event in reading.history(customer)][1:] == [judging.active]


def customers_in(store: Store) -> set[CustomerId]:
    with store.reading() as reading:
        profiles = [event.profile for _, event in reading.log(0, 10)]
        return set(reading.customers_of(profiles).values())


def raised():
    return "user:ana", FailureRaised(failure="other"), Asker()


def test_a_book_that_compares_otherwise_counts_anew_as_it_is_activated(shelf, store):
    with store.writing() as writing:
        writing.put_comparables({CustomerId("pana"): [comparable("1", severity=2)]})
    other = CARS.replace("same: [failure, loss]", "same: [failure, severity]")
    for text in (other, CARS):
        book = shelf.activate(text, "other.yaml", by="kathy", because="a fairer comparison")
        likeness = likeness_of(book.everyone)
        with store.reading() as reading:
            assert reading.likeness() == likeness
            assert len(reading.cells(likeness.topic(comparable(severity=2)), 0, 0)) == 1
