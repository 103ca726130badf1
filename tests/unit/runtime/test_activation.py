"""Which rule book is active: by setting, by a person, and back again; all of it written down."""

import pytest
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import open_makegood
from makegood.core.decide import Asker
from makegood.core.holds import Question
from makegood.core.likeness import likeness_of
from makegood.effects.links import Links
from makegood.effects.words import Words
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.errors import EffectFailed, InputError, MakegoodError
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import CustomerId
from makegood.playbooks.load import load_book
from makegood.ports.store import Store
from makegood.runtime.acts import Acts
from makegood.runtime.intake import Intake
from makegood.runtime.raising import Raising
from makegood.runtime.shelf import LOOK_MS, Shelf
from makegood.settings import Settings
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


def started(store: Store, clock: FakeClock, text: str, setting: str) -> Shelf:
    """A server starts with a setting whose text is this one."""
    shelf = Shelf(store, clock, setting)
    shelf.settle(text, setting)
    return shelf


def test_what_a_person_activated_stands_though_an_upgrade_changes_the_text_of_the_setting(
    store, clock, caplog
):
    started(store, clock, CARS, "car-rental").activate(FAIRER, "b", by="kathy", because="fairer")
    upgraded = started(store, clock, DEARER, "car-rental")
    assert upgraded.library().active == load_book(FAIRER, name="b").hash
    assert [kind for _, kind, _, _ in written(store)] == ["setting", "activated"]
    assert "kathy activated since" in upgraded.left_alone
    assert upgraded.left_alone in caplog.text
    assert started(store, clock, CARS, "car-rental").left_alone == ""  # nothing new in it


def test_a_setting_that_is_another_one_takes_over_from_a_person(store, clock):
    started(store, clock, CARS, "car-rental").activate(FAIRER, "b", by="kathy", because="fairer")
    other = started(store, clock, DEARER, "dearer.yaml")
    assert other.library().active == load_book(DEARER, name="c").hash
    assert other.left_alone == ""


def test_an_edited_file_is_taken_up_while_nobody_has_activated_another_one(store, clock):
    started(store, clock, CARS, "mine.yaml")
    edited = started(store, clock, FAIRER, "mine.yaml")
    assert edited.library().active == load_book(FAIRER, name="b").hash
    assert [kind for _, kind, _, _ in written(store)] == ["setting", "setting"]


def test_two_hosts_that_name_different_books_do_not_take_turns(store, clock):
    for text, setting in [(CARS, "a.yaml"), (FAIRER, "b.yaml")] * 3:
        last = started(store, clock, text, setting)
    assert last.library().active == load_book(FAIRER, name="b").hash
    assert [kind for _, kind, _, _ in written(store)] == ["setting", "setting"]
    assert started(store, clock, CARS, "a.yaml").left_alone == ""  # nothing new in it
    assert "another setting named" in started(store, clock, DEARER, "a.yaml").left_alone


def test_naming_the_book_that_a_person_activated_does_not_bring_it_back_later(store, clock):
    started(store, clock, CARS, "a.yaml").activate(FAIRER, "b", by="kathy", because="fairer")
    shelf = started(store, clock, FAIRER, "b.yaml")
    dearer = shelf.activate(DEARER, "c", by="kathy", because="dearer").hash
    assert started(store, clock, FAIRER, "b.yaml").library().active == dearer


def test_rolling_back_again_goes_further_back_until_a_book_is_activated(shelf, store):
    first = shelf.library().active
    second = shelf.activate(FAIRER, "b", by="kathy", because="fairer").hash
    shelf.activate(DEARER, "c", by="kathy", because="dearer")
    assert shelf.roll_back(by="li", because="too dear").hash == second
    assert shelf.roll_back(by="li", because="still too dear").hash == first
    with pytest.raises(InputError, match="No other rule book"):
        shelf.roll_back(by="li", because="habit")
    shelf.activate(DEARER, "c", by="kathy", because="after all")
    assert shelf.roll_back(by="li", because="no").hash == first


def test_nobody_activates_over_a_book_they_have_not_seen(shelf, store):
    seen = shelf.library().active
    fairer = shelf.activate(FAIRER, "b", by="kathy", because="fairer").hash
    with pytest.raises(InputError, match="became active meanwhile"):
        shelf.activate(DEARER, "c", by="li", because="dearer", instead_of=seen)
    with pytest.raises(InputError, match="became active meanwhile"):
        shelf.roll_back(by="li", because="no", instead_of=seen)
    assert shelf.latest().active == fairer
    assert len(written(store)) == 2


def test_whoever_activates_before_the_first_start_writes_no_setting(store, clock):
    settings = Settings(database="memory:", key=b"k" * 32, book="car-rental")
    command = open_makegood(settings, clock=clock, store=store, takes_up=False, begins=False)
    fairer = command.shelf.activate(FAIRER, "b", by="kathy", because="we begin").hash
    assert [kind for _, kind, _, _ in written(store)] == ["activated"]
    assert open_makegood(settings, clock=clock, store=store).library.active == fairer


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
