"""Somebody leaves, and hellos become due, on each engine: in pages, once, whatever is cut off."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.core.my_person import person_of
from makegood.messages.commands import MessageClass
from makegood.messages.errors import Refused
from makegood.messages.facts import FailureRaised, PersonRefused, Touchpoint
from makegood.messages.hello_facts import HelloAllowed, HelloDone, SuccessorNamed
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.in_touch_terms import (
    HelloTerms,
    LeavingTerms,
    ThanksTerms,
    Told,
    TrueThing,
)
from makegood.playbooks.people_terms import PeopleRules
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus
from makegood.ports.store import Store
from makegood.ports.ties import TieKind
from makegood.runtime.acts import Acts
from makegood.runtime.hellos import Hellos
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.leaving import PAGE, Leavings
from makegood.runtime.rooms import Rooms
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import DAY_MS, MINUTE_MS, small_book
from tests.conformance.test_rooms_on_stores import KATHY, TOM, Firm

ULI = RepId("uli")
TRIP = TrueThing(
    id="trip", of="event", says="Ask how $about went.", events=("Rental Returned",),
    read=lambda event: Told(str(event.get("reservation", ""))), for_ms=60 * DAY_MS,
)  # fmt: skip


def rules(**more) -> PeopleRules:
    hello = HelloTerms(
        every_ms=30 * DAY_MS, most=2, within_ms=7 * DAY_MS, things=(TRIP,),
        by_event={"Rental Returned": (TRIP,)},
    )  # fmt: skip
    leaving = LeavingTerms(
        introduction="meet", gone="gone", stays="stays", ask_again_ms=7 * DAY_MS
    )  # fmt: skip
    thanks = ThanksTerms(years=(5,), most=1, within_ms=30 * DAY_MS, says="$years years")
    kept = {"choices": 3, "capacity": 500, "waiting_list": 2, "thread_ms": DAY_MS}
    return PeopleRules(**kept | {"hello": hello, "leaving": leaving, "thanks": thanks} | more)


def book_of_leaving(people: PeopleRules | None = None) -> RuleBook:
    """A small book that says what happens when somebody leaves, with two brands."""
    book = small_book()
    plain = replace(next(iter(book.messages.values())), message_class=MessageClass.SERVICE)
    said = {name: replace(plain, id=name) for name in ("meet", "gone", "stays")}
    vans = replace(next(iter(book.brands.values())), id="vans", name="Vans")
    return replace(book, people=people or rules(), messages={**book.messages, **said},
                   brands={**book.brands, "vans": vans},
                   purchases=frozenset({"Bought"}))  # fmt: skip


class Leaves(Firm):
    """A firm whose book says what happens when somebody leaves."""

    def __init__(self, store: Store, people: PeopleRules | None = None) -> None:
        super().__init__(store)
        book = book_of_leaving(people)
        self.book = book
        self.use(book)
        self.roster(self.rep(KATHY, languages=("en", "es")), self.rep(TOM), self.rep(ULI))

    def use(self, book) -> None:
        library = Library(active=book.hash, books={book.hash: book})
        store, clock = self.store, self.clock
        self.intake = Intake(store, lambda: library, clock, b"key of the tests")
        self.acts = Acts(store, self.intake, lambda: library, clock)
        self.rooms = Rooms(store, self.intake, lambda: library, clock)
        self.leavings = Leavings(store, self.intake, lambda: library, clock)
        self.hellos = Hellos(store, self.intake, lambda: library, clock)

    def happens(self, who: str, name: str, **facts) -> None:
        body = Touchpoint(name=name, properties=facts)
        self.intake.take(
            [
                Arrival(
                    source="shop", message_id=f"{who}/{name}/{self.clock.now_ms()}",
                    identifier=f"user:{who}", time_ms=self.clock.now_ms(), body=body,
                    body_digest=body_digest(body),
                )
            ]
        )  # fmt: skip

    def waits(self, ms: int) -> None:
        self.clock.advance(ms)
        with self.store.reading() as reading:
            due = reading.overdue(self.clock.now_ms(), (0, CustomerId("")), 500)
        self.intake.advance([row.customer for row in due], self.clock.now_ms())

    def named(self, customer: CustomerId) -> list[SuccessorNamed]:
        with self.store.reading() as reading:
            bodies = [event.body for event in reading.history(customer)]
        return [body for body in bodies if isinstance(body, SuccessorNamed)]

    def ties(self, kind: TieKind, rep: RepId | None = None):
        with self.store.reading() as reading:
            return reading.ties(kind, rep=rep, limit=200)


@pytest.fixture
def firm(store: Store) -> Leaves:
    return Leaves(store)


def test_everybody_hears_of_it_once_however_often_it_is_gone_on_with(firm: Leaves):
    customers = [firm.arrives(f"c{n}") for n in range(7)]
    for one in customers:
        firm.chooses(one, KATHY, TOM)
    assert firm.leavings.go_on() == 0
    assert firm.leavings.begin(KATHY, firm.clock.now_ms() + 30 * DAY_MS, "sue")
    assert firm.leavings.go_on() == len(customers)
    assert firm.leavings.go_on() == 0
    for one in customers:
        (named,) = firm.named(one)
        assert named.successor == TOM
        assert named.reasons[0] == ("choices", "2")
        assert person_of(firm.state(one).my_person) == KATHY  # nobody was moved
    with firm.store.reading() as reading:
        rows = reading.outbox(OutboxStatus.WAITING, "", 50)
    assert [row.command.order.message for row in rows].count("meet") == len(customers)
    assert firm.loads()[TOM].heir == len(customers)


def test_yes_moves_the_customer_and_ends_the_asking(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    firm.leavings.begin(KATHY, firm.clock.now_ms() + 30 * DAY_MS, "sue")
    firm.leavings.go_on()
    (named,) = firm.named(ana)
    firm.chooses(ana, named.successor)
    assert firm.person(ana) == named.successor
    assert not firm.ties(TieKind.LEAVING)
    assert len(firm.ties(TieKind.MEETING, KATHY)) == 1  # the three still speak
    firm.waits(8 * DAY_MS)
    with firm.store.reading() as reading:
        rows = [*reading.outbox(OutboxStatus.WAITING, "", 50)]
    assert all(row.command.order.message != "meet" for row in rows)


def test_who_says_nothing_is_asked_once_more_and_stays_where_they_are(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    firm.leavings.begin(KATHY, firm.clock.now_ms() + 10 * DAY_MS, "sue")
    firm.leavings.go_on()
    firm.waits(8 * DAY_MS)
    firm.waits(30 * DAY_MS)
    with firm.store.reading() as reading:
        rows = reading.outbox(OutboxStatus.WAITING, "", 50)
    assert sum(row.command.step.startswith("person/leaves") for row in rows) == 2
    assert person_of(firm.state(ana).my_person) == KATHY
    assert firm.state(ana).my_person.heirs


def test_a_leave_that_is_taken_back_is_forgotten_and_may_come_again(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    leaves_ms = firm.clock.now_ms() + 10 * DAY_MS
    for _ in range(2):
        firm.leavings.begin(KATHY, leaves_ms, "sue")
        assert firm.leavings.go_on() == 1
        firm.leavings.begin(KATHY, 0, "sue")
        assert firm.leavings.go_on() == 1
        assert firm.state(ana).in_touch.successions == ()
        assert firm.state(ana).my_person.heirs == ()
    assert len(firm.named(ana)) == 2


def test_an_open_case_is_handed_over_with_its_story(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    firm.acts.act(ana, FailureRaised(failure="no_car", about="R1"), Asker(), message_id="raised")
    (case,) = firm.state(ana).cases
    assert case.owner == KATHY
    firm.leavings.begin(KATHY, firm.clock.now_ms() + DAY_MS, "sue")
    firm.leavings.go_on()
    assert firm.state(ana).cases[0].owner == KATHY
    firm.waits(2 * DAY_MS)
    assert firm.leavings.go_on() == 1
    assert firm.leavings.go_on() == 0
    (named,) = firm.named(ana)
    assert firm.state(ana).cases[0].owner == named.successor
    with firm.store.reading() as reading:
        note = reading.history(ana)[-1].body.note
        words = reading.texts([note])[note]
    assert words.startswith("Kathy no longer works here.")
    assert "car" in words


def test_whom_a_customer_refused_is_not_put_forward_and_nobody_learns_what_they_are_worth(firm):
    ana, bo = firm.arrives("ana"), firm.arrives("bo")
    for one in (ana, bo):
        firm.chooses(one, KATHY)
    firm.acts.act(ana, PersonRefused(rep=TOM, side="customer"), Asker(), message_id="no")
    firm.leavings.begin(KATHY, firm.clock.now_ms() + 10 * DAY_MS, "sue")
    firm.leavings.go_on()
    assert firm.named(ana)[0].successor == ULI
    firm.acts.act(ana, PersonRefused(rep=ULI, side="customer"), Asker(), message_id="no2")
    assert firm.state(ana).in_touch.successions[0].successor == ""


def test_a_page_costs_the_same_number_of_statements_whoever_is_on_it(tmp_path: Path):
    store = SqliteStore(tmp_path / "pages.db")
    firm = Leaves(store)
    counts = []
    for n, size in enumerate((3, 40)):
        firm.leavings.begin(KATHY, 0, "sue")
        firm.leavings.go_on()
        for at in range(size):
            firm.chooses(firm.arrives(f"c{n}-{at}"), KATHY, name=f"{n}/{at}")
        firm.leavings.begin(KATHY, firm.clock.now_ms() + (10 + n) * DAY_MS, "sue")
        with store.writing() as writing:
            asked = _counted(writing)
            told = firm.leavings.put_forward(writing, KATHY, writing.ties(
                TieKind.THEIRS, rep=KATHY, limit=PAGE))  # fmt: skip
        assert told == size + 3 * n
        counts.append(len(asked))
    assert counts[0] == counts[1]


def _counted(writing) -> list[str]:
    asked: list[str] = []
    db = writing._db
    for name in ("rows", "run", "put", "changed"):
        real = getattr(db, name)

        def ask(sql, *args, real=real):
            asked.append(sql)
            return real(sql, *args)

        setattr(db, name, ask)
    return asked


def allow(firm: Leaves, customer: CustomerId, *, allowed: bool = True, name: str = "") -> None:
    done = firm.acts.act(customer, HelloAllowed(allowed=allowed), Asker(),
                         message_id=name or f"{customer}/allow/{allowed}")  # fmt: skip
    assert not isinstance(done, Refused)


def test_a_hello_needs_a_yes_and_something_true_and_comes_once(firm: Leaves):
    ana, bo = firm.arrives("ana"), firm.arrives("bo")
    for one in (ana, bo):
        firm.chooses(one, KATHY)
    firm.happens("ana", "Rental Returned", reservation="R7")
    firm.happens("bo", "Rental Returned", reservation="R8")
    firm.waits(DAY_MS)
    assert firm.hellos.give() == 0
    allow(firm, ana)
    firm.waits(DAY_MS)
    assert firm.hellos.give() == 1
    assert firm.hellos.give() == 0
    (tie,) = firm.ties(TieKind.HELLO, KATHY)
    assert (tie.customer, tie.thing, tie.about) == (ana, "trip", "R7")
    asker = Asker(rep=KATHY, role="rep")
    firm.acts.act(ana, HelloDone(hello=tie.item, by=KATHY, said=True), asker, message_id="said")
    assert not firm.ties(TieKind.HELLO)
    firm.happens("ana", "Rental Returned", reservation="R9")
    firm.waits(10 * DAY_MS)
    assert firm.hellos.give() == 0  # once a month
    firm.waits(25 * DAY_MS)
    assert firm.hellos.give() == 1


def test_a_rep_says_no_more_hellos_in_a_month_than_the_book_allows(firm: Leaves):
    for n in range(4):
        one = firm.arrives(f"c{n}")
        firm.chooses(one, KATHY)
        allow(firm, one)
        firm.happens(f"c{n}", "Rental Returned", reservation=f"R{n}")
    firm.waits(MINUTE_MS)
    assert firm.hellos.give() == 2
    assert firm.hellos.give() == 0
    firm.waits(31 * DAY_MS)
    assert firm.hellos.give() == 2


def test_nothing_is_said_while_we_owe_the_customer_something(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    allow(firm, ana)
    firm.happens("ana", "Rental Returned", reservation="R7")
    firm.waits(MINUTE_MS)
    firm.hellos.give()
    assert len(firm.ties(TieKind.HELLO)) == 1
    firm.acts.act(ana, FailureRaised(failure="no_car", about="R1"), Asker(), message_id="raised")
    assert not firm.ties(TieKind.HELLO)


def test_a_no_to_hellos_ends_what_was_planned(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    allow(firm, ana)
    firm.happens("ana", "Rental Returned", reservation="R7")
    firm.waits(MINUTE_MS)
    firm.hellos.give()
    allow(firm, ana, allowed=False)
    assert not firm.ties(TieKind.HELLO)


def test_years_are_thanked_for_once_without_any_failure(firm: Leaves):
    ana = firm.arrives("ana")
    firm.chooses(ana, KATHY)
    firm.happens("ana", "Bought")
    firm.waits(4 * 365 * DAY_MS)
    assert firm.hellos.give() == 0
    firm.waits(370 * DAY_MS)
    assert firm.hellos.give() == 1
    (tie,) = firm.ties(TieKind.HELLO, KATHY)
    assert (tie.channel, tie.about) == ("thanks", "5")
    firm.waits(400 * DAY_MS)
    assert firm.hellos.give() == 0


def test_a_lot_keeps_hellos_back_and_is_written_down_with_its_probability(store: Store):
    hello = replace(rules().hello, control=0.5, most=99)
    firm = Leaves(store, rules(hello=hello))
    customers = [firm.arrives(f"c{n}") for n in range(24)]
    for n, one in enumerate(customers):
        firm.chooses(one, KATHY)
        allow(firm, one)
        firm.happens(f"c{n}", "Rental Returned", reservation=f"R{n}")
    firm.waits(MINUTE_MS)
    assert firm.hellos.give() == len(customers)
    treated = {tie.customer for tie in firm.ties(TieKind.HELLO)}
    assert 0 < len(treated) < len(customers)
    for one in customers:
        (lot,) = firm.state(one).in_touch.lots
        assert (lot.experiment, lot.propensity) == ("hello", 0.5)
        assert lot.treated == (one in treated)
    with store.reading() as reading:
        counts = reading.lot_counts(firm.clock.now_ms(), DAY_MS)
        old = reading.lot_counts(firm.clock.now_ms() + 2 * DAY_MS, DAY_MS)
    assert sum(one.young for one in counts) == len(customers)
    assert sum(one.seen for one in old) == len(customers)
