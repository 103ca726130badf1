"""A case moves when its owner goes on leave, and has somebody as soon as anybody may take it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.messages.events import Event
from makegood.messages.facts import HandedOver, PersonRefused, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.ports.rows import RepRow
from makegood.ports.store import Store
from makegood.runtime.acts import Acts
from makegood.runtime.intake import Intake
from makegood.runtime.standing_in import StandIns
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import DAY_MS, HOUR_MS
from tests.unit.runtime.intake_world import KEY, Firm, arrival, no_car

KATHY, TOM, ULI = (RepId(one) for one in ("kathy", "tom", "uli"))
ALWAYS = "mon-sun 00:00-00:00"


class House(Firm):
    def __init__(self, store: Store | None = None) -> None:
        super().__init__()
        if store is not None:
            self.store = store  # type: ignore[assignment]
            self.intake = Intake(store, lambda: self.library, self.clock, KEY)
        self.acts = Acts(self.store, self.intake, lambda: self.library, self.clock)
        self.stand_ins = StandIns(self.store, self.intake, lambda: self.library, self.clock)

    def roster(self, *rows: RepRow) -> None:
        with self.store.writing() as writing:
            writing.put_reps(rows)

    def owner(self, who: str = "user:ana") -> RepId:
        return self.state(who).cases[-1].owner

    def handed(self) -> list[Event]:
        with self.store.reading() as reading:
            log = [event for _, event in reading.log(0, 999)]
        return [event for event in log if isinstance(event.body, HandedOver)]


def rep(name: RepId, **more) -> RepRow:
    return RepRow(**{"rep": name, "name": name.title(), "role": "rep", "hours": ALWAYS} | more)


@pytest.fixture(params=["memory", "sqlite"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    store = SqliteStore(tmp_path / "it.sqlite3") if request.param == "sqlite" else MemoryStore()
    house = House(store)
    with store.writing() as writing:
        writing.put_book(house.library.active, "book", activate=True)
    house.roster(rep(KATHY))
    house.take(no_car(house))
    assert house.owner() == KATHY
    yield house
    store.close()


def on_leave(house: House, **more) -> RepRow:
    return rep(KATHY, away_from_ms=house.clock.now_ms() - 1, **more)


def test_the_cover_takes_an_open_case_when_its_owner_goes_on_leave(house):
    house.roster(on_leave(house, cover=ULI), rep(TOM), rep(ULI))
    assert house.stand_ins.round() == 1
    assert house.owner() == ULI
    (event,) = house.handed()
    assert event.body.by == KATHY
    with house.store.reading() as reading:
        words = reading.texts([event.body.note])[event.body.note]
    assert words.startswith("Kathy is away. ")
    assert house.stand_ins.round() == 0


def test_without_a_cover_whoever_is_free_takes_it_and_off_duty_is_no_leave(house):
    house.roster(rep(KATHY, hours=""), rep(TOM))
    assert house.stand_ins.round() == 0
    house.roster(on_leave(house))
    assert house.stand_ins.round() == 1
    assert house.owner() == TOM


def test_nobody_on_duty_moves_nothing(house):
    house.roster(on_leave(house, cover=TOM), rep(TOM, hours=""))
    assert house.stand_ins.round() == 0
    assert house.owner() == KATHY


def test_a_case_of_the_night_has_somebody_as_soon_as_anybody_works():
    house = House()
    house.take(no_car(house))
    assert house.owner() == ""
    assert house.stand_ins.round() == 0
    house.roster(rep(TOM))
    assert house.stand_ins.round() == 1
    assert house.owner() == TOM


@pytest.mark.parametrize("logged", [True, False])
def test_the_cases_of_a_night_are_shared_out_in_the_morning(logged: bool):
    house = House()
    book = house.library.now()
    book = replace(book, routing=replace(book.routing, logged=logged))
    house.library = Library(active=book.hash, books={book.hash: book})
    (brand,) = book.brands
    facts = {"reason": "overbooked", "reservation": "R1", "price_cents": 21_000, "brand": brand}
    names = [f"user:c{n}" for n in range(8)]
    body = Touchpoint(name="Rental Unfulfilled", properties=facts)
    house.take(*(arrival(house, body, name, who=name) for name in names))
    assert {house.owner(name) for name in names} == {""}
    house.roster(rep(KATHY, brands=("other",)), rep(TOM, brands=(brand,)), rep(ULI))
    assert house.stand_ins.round() == 8
    assert Counter(house.owner(name) for name in names) == {TOM: 4, ULI: 4}


def test_when_everybody_is_kept_apart_it_waits_and_writes_nothing(house):
    house.acts.act(
        house.customer(), PersonRefused(rep=KATHY, side="customer"), Asker(), message_id="no"
    )
    assert house.owner() == ""
    assert house.stand_ins.round() == 0
    assert house.handed() == []
    house.roster(rep(TOM))
    assert house.stand_ins.round() == 1
    assert house.owner() == TOM


def test_a_case_that_comes_back_to_who_is_away_moves_at_most_once_an_hour(house):
    house.roster(on_leave(house, cover=TOM), rep(TOM))
    assert house.stand_ins.round() == 1
    back = HandedOver(case=house.state().cases[-1].id, to=KATHY, by=TOM, note="")
    house.acts.act(house.customer(), back, Asker(rep=TOM, role="rep"), message_id="back")
    house.stand_ins.round()
    assert house.owner() == KATHY
    house.clock.advance(HOUR_MS)
    assert house.stand_ins.round() == 1
    assert house.owner() == TOM


def test_long_lists_are_gone_through_page_by_page():
    house = House()
    house.roster(rep(KATHY))
    house.take(*(no_car(house, f"{n}", who=f"user:{n}") for n in range(120)))
    house.roster(on_leave(house, away_until_ms=house.clock.now_ms() + DAY_MS), rep(TOM))
    assert house.stand_ins.round() == 120
    assert {house.owner(f"user:{n}") for n in range(120)} == {TOM}


def test_a_history_that_is_stuck_keeps_nobody_waiting(house):
    house.take(no_car(house, "b", who="user:ben"))
    row = house.row()
    with house.store.writing() as writing:
        writing.lock([row.customer])
        writing.save([replace(row, stuck="it is broken")])
    house.roster(on_leave(house), rep(TOM))
    assert house.stand_ins.round() == 1
    assert (house.owner(), house.owner("user:ben")) == (KATHY, TOM)
