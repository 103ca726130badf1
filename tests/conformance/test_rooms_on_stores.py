"""Room in a book of business on each engine: the last place goes once, the line is fair."""

from typing import TypeAlias

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.core.my_person import Standing, person_of
from makegood.core.state import State, decode_state
from makegood.messages.errors import Refused
from makegood.messages.facts import (
    Contacted,
    GotInTouch,
    Identified,
    PersonChosen,
    PersonRefused,
    Unlinked,
)
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.people_terms import PeopleRules
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import RepRow
from makegood.ports.store import Store
from makegood.ports.ties import Load, TieKind
from makegood.runtime.acts import Acted, Acts
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.rooms import Rooms
from makegood.testing.book import MINUTE_MS, small_book
from makegood.testing.clock import FakeClock
from makegood.testing.store_conformance import at_once

KATHY, TOM = RepId("kathy"), RepId("tom")
ALWAYS = "mon-sun 00:00-00:00"
RULES = PeopleRules(
    choices=3, capacity=1, waiting_list=2, waits_ms={"phone": 2 * MINUTE_MS}, thread_ms=MINUTE_MS
)


Answer: TypeAlias = PersonChosen | Refused


class Firm:
    """A firm with two people and as many customers as are asked for."""

    def __init__(self, store: Store) -> None:
        book = replace(small_book(), people=RULES)
        library = Library(active=book.hash, books={book.hash: book})
        self.store = store
        self.clock = FakeClock()
        self.intake = Intake(store, lambda: library, self.clock, b"key of the tests")
        self.acts = Acts(store, self.intake, lambda: library, self.clock)
        self.rooms = Rooms(store, self.intake, lambda: library, self.clock)
        with store.writing() as writing:
            writing.put_book(book.hash, "book", activate=True)
            writing.put_reps([self.rep(KATHY), self.rep(TOM)])

    def rep(self, rep: RepId, **more) -> RepRow:
        return RepRow(**{"rep": rep, "name": rep.title(), "role": "rep", "hours": ALWAYS} | more)

    def roster(self, *rows: RepRow) -> None:
        with self.store.writing() as writing:
            writing.put_reps(rows)

    def arrives(self, name: str, also: tuple[str, ...] = ()) -> CustomerId:
        body = Identified()
        self.intake.take(
            [
                Arrival(
                    source="shop",
                    message_id=f"{name}{also}",
                    identifier=f"user:{name}",
                    time_ms=self.clock.now_ms(),
                    body=body,
                    body_digest=body_digest(body),
                    also=tuple(f"user:{one}" for one in also),
                )
            ]
        )
        profile = self.intake.profile(f"user:{name}")
        with self.store.reading() as reading:
            return reading.customers_of([profile])[profile]

    def chooses(self, customer: CustomerId, *reps: RepId, name: str = "") -> Answer:
        acted = self.acts.act(
            customer,
            PersonChosen(choices=reps),
            Asker(),
            message_id=name or f"{customer}/{reps}/{self.clock.now_ms()}",
        )
        if isinstance(acted, Refused):
            return acted
        assert isinstance(acted, Acted)
        assert isinstance(acted.body, PersonChosen)
        return acted.body

    def state(self, customer: CustomerId) -> State:
        with self.store.reading() as reading:
            row = reading.row(customer)
        assert row is not None
        return decode_state(row.state)

    def person(self, customer: CustomerId) -> RepId:
        return person_of(self.state(customer).my_person)

    def loads(self) -> dict[RepId, Load]:
        with self.store.reading() as reading:
            return dict(reading.loads())


@pytest.fixture
def firm(store: Store) -> Firm:
    return Firm(store)


def test_two_who_want_the_last_place_at_once_do_not_both_get_it(firm: Firm):
    firm.roster(firm.rep(KATHY, capacity=5))
    customers = [firm.arrives(f"c{n}") for n in range(12)]

    def choose(thread: int) -> list[Answer]:
        return [firm.chooses(one, KATHY, name=one) for one in customers[thread::2]]

    answers = [one for some in at_once(choose) for one in some]
    assert sum(isinstance(one, PersonChosen) and one.theirs == KATHY for one in answers) == 5
    assert firm.loads()[KATHY] == Load(theirs=5, waiting=2)
    assert sum(firm.person(one) == KATHY for one in customers) == 5


def test_two_who_choose_the_same_people_in_another_order_do_not_wait_in_a_circle(firm: Firm):
    customers = [firm.arrives(f"c{n}") for n in range(8)]
    orders = ((KATHY, TOM), (TOM, KATHY))

    def choose(thread: int) -> list[Answer]:
        return [firm.chooses(one, *orders[thread], name=one) for one in customers[thread::2]]

    at_once(choose)
    loads = firm.loads()
    assert (loads[KATHY].theirs, loads[TOM].theirs) == (1, 1)


def test_room_that_comes_free_goes_to_who_waited_longest_and_their_second_choice_is_freed(
    firm: Firm,
):
    ana, ben, cid = (firm.arrives(one) for one in ("ana", "ben", "cid"))
    firm.chooses(ana, KATHY)
    firm.clock.advance(1)
    first = firm.chooses(ben, KATHY, TOM)
    firm.clock.advance(1)
    second = firm.chooses(cid, KATHY, TOM)
    assert isinstance(first, PersonChosen)
    assert isinstance(second, PersonChosen)
    assert (first.theirs, first.waits, second.theirs, second.waits) == (
        TOM, (KATHY,), "", (KATHY, TOM),
    )  # fmt: skip
    with firm.store.reading() as reading:
        assert dict(reading.places_in_line(cid)) == {(KATHY, ""): 2, (TOM, ""): 1}
    assert firm.rooms.fill() == 0
    firm.chooses(ana)
    assert firm.rooms.fill() == 1
    assert (firm.person(ben), firm.person(cid)) == (KATHY, "")
    assert firm.rooms.fill() == 1
    assert (firm.person(ben), firm.person(cid)) == (KATHY, TOM)
    assert firm.rooms.fill() == 0


def test_nobody_passes_those_who_wait_and_a_new_choice_keeps_the_place(firm: Firm):
    ana, ben, cid, dan = (firm.arrives(one) for one in ("ana", "ben", "cid", "dan"))
    firm.chooses(ana, KATHY)
    firm.clock.advance(1)
    firm.chooses(ben, KATHY)
    firm.clock.advance(1)
    firm.chooses(cid, KATHY)
    firm.chooses(ana)
    late = firm.chooses(dan, KATHY)
    assert isinstance(late, PersonChosen)
    assert (late.theirs, late.full) == ("", (KATHY,))
    firm.clock.advance(1)
    firm.chooses(ben, KATHY, TOM)
    with firm.store.reading() as reading:
        assert dict(reading.places_in_line(ben)) == {(KATHY, ""): 1}
    firm.rooms.fill()
    assert firm.person(ben) == KATHY


def test_somebody_whose_number_was_lowered_keeps_whom_they_have(firm: Firm):
    firm.roster(firm.rep(KATHY, capacity=2))
    ana, ben, cid = (firm.arrives(one) for one in ("ana", "ben", "cid"))
    firm.chooses(ana, KATHY)
    firm.chooses(ben, KATHY)
    firm.roster(firm.rep(KATHY, capacity=0))
    firm.clock.advance(1)
    again = firm.chooses(ana, KATHY, TOM)
    assert isinstance(again, PersonChosen)
    assert again.theirs == KATHY
    refused = firm.chooses(cid, KATHY)
    assert isinstance(refused, Refused)
    assert refused.code == "not_available"


def test_who_left_serves_another_brand_or_is_kept_apart_cannot_be_chosen(firm: Firm):
    ana = firm.arrives("ana")
    firm.roster(firm.rep(KATHY, left_ms=1), firm.rep(TOM))
    no = PersonRefused(rep=TOM, side="rep", why="ref")
    acted = firm.acts.act(ana, no, Asker(rep=TOM, role="rep"), message_id="no")
    assert isinstance(acted, Acted)
    for one in (KATHY, TOM, RepId("nobody")):
        answer = firm.chooses(ana, one)
        assert isinstance(answer, Refused)
        assert answer.code == "not_available"
    with firm.store.reading() as reading:
        (apart,) = reading.ties(TieKind.APART)
    assert (apart.customer, apart.rep, apart.side, apart.why) == (ana, TOM, "rep", "ref")


def test_when_two_customers_become_one_the_later_choice_holds_and_the_other_place_is_free(
    firm: Firm,
):
    ana, ben = firm.arrives("ana"), firm.arrives("ben")
    firm.chooses(ana, KATHY)
    firm.clock.advance(1)
    firm.chooses(ben, TOM)
    one = firm.arrives("ana", also=("ben",))
    assert firm.person(one) == TOM
    assert firm.state(one).my_person.unsure == (KATHY,)
    assert firm.loads() == {TOM: Load(theirs=1)}
    body = Unlinked(other=firm.intake.profile("user:ben"), by=KATHY)
    firm.intake.take(
        [
            Arrival(
                source="shop", message_id="apart", identifier="user:ana", body=body,
                time_ms=firm.clock.now_ms(), body_digest=body_digest(body),
            )
        ]
    )  # fmt: skip
    assert firm.loads() == {TOM: Load(theirs=1), KATHY: Load(theirs=1)}


def test_a_conversation_that_waits_is_a_row_until_somebody_answers(firm: Firm):
    ana = firm.arrives("ana")
    firm.roster(firm.rep(KATHY, busy_until_ms=firm.clock.now_ms() + 9 * MINUTE_MS, cover=TOM))
    firm.chooses(ana, KATHY)
    firm.clock.advance(1)
    firm.acts.act(ana, GotInTouch(channel="phone", thread="t"), Asker(), message_id="call")
    with firm.store.reading() as reading:
        (talk,) = reading.ties(TieKind.TALK, rep=KATHY)
    assert (talk.then, talk.asked_for, talk.until_ms) == (TOM, KATHY, talk.at_ms + 2 * MINUTE_MS)
    firm.clock.advance(3 * MINUTE_MS)
    firm.intake.advance([ana], firm.clock.now_ms())
    with firm.store.reading() as reading:
        (talk,) = reading.ties(TieKind.TALK, rep=TOM)
    assert talk.until_ms == 0
    spoke = Contacted(rep=RepId(""), channel="phone", thread="t")
    firm.acts.act(ana, spoke, Asker(rep=TOM, role="rep"), message_id="spoke")
    with firm.store.reading() as reading:
        assert reading.ties(TieKind.TALK) == ()
    thread = firm.state(ana).my_person.thread("t")
    assert thread is not None
    assert thread.last == TOM


def test_the_same_choice_said_twice_is_one(firm: Firm):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY, name="once")
    firm.chooses(ana, KATHY, name="once")
    assert firm.loads() == {KATHY: Load(theirs=1)}
    assert firm.state(ana).my_person.choices[0].standing is Standing.THEIRS


def test_room_that_a_brand_gives_is_given_though_the_umbrella_gives_less(memory: Store):
    firm = Firm(memory)
    book = small_book()
    own = replace(book, people=replace(RULES, capacity=3))
    book = replace(book, people=replace(RULES, choices=0), by_brand={"cars": own})
    library = Library(active=book.hash, books={book.hash: book})
    acts = Acts(memory, firm.intake, lambda: library, firm.clock)
    rooms = Rooms(memory, firm.intake, lambda: library, firm.clock)
    customers = [firm.arrives(f"c{n}") for n in range(4)]

    def chooses(customer: CustomerId, *reps: RepId) -> None:
        body = PersonChosen(choices=reps, brand="cars")
        told = acts.act(customer, body, Asker(), message_id=f"{customer}{reps}")
        assert isinstance(told, Acted)

    for one in customers:
        chooses(one, KATHY)
    assert firm.loads()[KATHY] == Load(theirs=3, waiting=1)
    chooses(customers[0])
    assert rooms.fill() == 1
    assert firm.loads()[KATHY] == Load(theirs=3, waiting=0)
