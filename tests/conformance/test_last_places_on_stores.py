"""A rep's last place goes once, also while a supervisor takes places away at the same moment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.messages.facts import PersonChosen
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Library
from makegood.ports.store import Store
from makegood.ports.ties import Load
from makegood.runtime.acts import Acts
from makegood.runtime.intake import Intake
from makegood.runtime.rooms import Rooms
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_book
from tests.conformance.test_rooms_on_stores import KATHY, RULES, Firm
from tests.conformance.two_lines import Other, Watched

Opens = Callable[[], Store]


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[tuple[Opens, str]]:
    yield from _opened(lambda: SqliteStore(tmp_path / "it.sqlite3"), "writing")


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[tuple[Opens, str]]:
    yield from _opened(lambda: PostgresStore(postgres_url, pool_size=2), "hold_loads")


def _opened(opens: Opens, waits_at: str) -> Iterator[tuple[Opens, str]]:
    stores: list[Store] = []

    def another() -> Store:
        stores.append(opens())
        return stores[-1]

    yield another, waits_at
    for one in stores:
        one.close()


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
        ),
    ]
)
def engine(request: pytest.FixtureRequest) -> tuple[Opens, str]:
    found: tuple[Opens, str] = request.getfixturevalue(request.param)
    return found


class Beside:
    """The same firm over a connection of its own, that says when it is about to wait."""

    def __init__(self, firm: Firm, store: Store, waits_at: str) -> None:
        book = replace(small_book(), people=RULES)
        library = Library(active=book.hash, books={book.hash: book})
        self.other: Other | None = None
        self._waits_at = waits_at
        watched: Store = Watched(store, self._met)  # type: ignore[assignment]
        intake = Intake(watched, lambda: library, firm.clock, b"key of the tests")
        self.acts = Acts(watched, intake, lambda: library, firm.clock)
        self.rooms = Rooms(watched, intake, lambda: library, firm.clock)

    def _met(self, name: str, when: str) -> None:
        """They wait where the lock is taken; whoever has read the roster before read too early."""
        if self.other is not None and (name, when) in (
            (self._waits_at, "before"),
            ("reps", "after"),
        ):
            self.other.waits()


def meanwhile(firm: Firm, beside: Beside, do: Callable[[], object], capacity: int) -> None:
    """Lower how many customers Kathy may have while somebody asks for her last place."""
    beside.other = Other(do)
    with firm.store.writing() as writing:
        writing.hold_loads([KATHY])
        beside.other.begin()
        writing.put_reps([firm.rep(KATHY, capacity=capacity)])
    beside.other.end()


def test_a_place_that_is_taken_away_meanwhile_is_given_to_nobody(engine):
    opens, waits_at = engine
    firm = Firm(opens())
    firm.roster(firm.rep(KATHY, capacity=2))
    ana, ben = firm.arrives("ana"), firm.arrives("ben")
    firm.chooses(ana, KATHY)
    beside = Beside(firm, opens(), waits_at)
    told: list[PersonChosen] = []

    def choose() -> None:
        there = firm.acts
        firm.acts = beside.acts
        answer = firm.chooses(ben, KATHY)
        firm.acts = there
        assert isinstance(answer, PersonChosen)
        told.append(answer)

    meanwhile(firm, beside, choose, capacity=1)
    assert (told[0].theirs, told[0].waits) == ("", (KATHY,))
    assert firm.loads()[KATHY] == Load(theirs=1, waiting=1)


def test_nor_is_it_to_whoever_has_waited_longest(engine):
    opens, waits_at = engine
    firm = Firm(opens())
    ana, ben = firm.arrives("ana"), firm.arrives("ben")
    firm.chooses(ana, KATHY)
    firm.chooses(ben, KATHY)
    firm.roster(firm.rep(KATHY, capacity=2))
    beside = Beside(firm, opens(), waits_at)
    found = beside.rooms._next(1)
    assert [one.customer for one in found] == [CustomerId(ben)]
    meanwhile(firm, beside, lambda: beside.rooms._give(found[0]), capacity=1)
    assert firm.loads()[KATHY] == Load(theirs=1, waiting=1)
