"""An erasure and a mail that is taken at the same moment: nothing of the mail is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.facts import Identified
from makegood.ports.arrivals import Arrival
from makegood.ports.store import Store
from makegood.runtime.erasing import Erasing
from makegood.runtime.intake import body_digest
from makegood.runtime.mail_addresses import addresses_of
from makegood.runtime.mailroom import Doors, Mailroom
from makegood.settings import Settings
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.clock import FakeClock
from tests.conformance.two_lines import Other, Watched
from tests.unit.runtime.test_mail_of_the_erased import NOON_MS, kept, raw_of

ANA = "email:ana@example.com"


class World:
    """A Makegood, and a second connection to its database."""

    def __init__(self, it: Makegood, second: Store, waits_at: str) -> None:
        self.it, self.second, self._waits_at = it, second, waits_at
        self.other = Other(self._erase)
        watched: Store = Watched(second, self._met)  # type: ignore[assignment]
        self.erasing = Erasing(watched, it.intake.profile, dict, it.clock)

    def _erase(self) -> None:
        self.erasing.person(ANA)

    def _met(self, name: str, when: str) -> None:
        if (name, when) == (self._waits_at, "before"):
            self.other.waits()

    def room(self, hook: Callable[[str, str], object]) -> Mailroom:
        it = self.it
        watched: Store = Watched(it.store, hook)  # type: ignore[assignment]
        return Mailroom(
            watched,
            Doors(intake=it.intake, requests=it.requests, acts=it.acts),
            it.post.files,
            lambda reading: addresses_of(reading, it.lines, it.book),
            it.clock,
            with_files=True,
        )


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "it.sqlite3"
    yield from _world(f"sqlite:///{path}", lambda: SqliteStore(path), "writing")


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[World]:
    yield from _world(postgres_url, lambda: PostgresStore(postgres_url, pool_size=2), "lock")


def _world(url: str, opens: Callable[[], Store], waits_at: str) -> Iterator[World]:
    it = open_makegood(Settings(database=url, key=b"k" * 32), clock=FakeClock(NOON_MS))
    second = opens()
    yield World(it, second, waits_at)
    second.close()
    it.close()


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
        ),
    ]
)
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.getfixturevalue(request.param)
    return found


def test_who_is_erased_while_their_letter_is_written_down_keeps_no_row_of_it(world: World):
    def meet(name: str, when: str) -> None:
        if (name, when) == ("texts", "after"):  # its words are there: it is about to be kept
            world.other.begin()

    world.room(meet).take(raw_of("letter_en"))
    world.other.end()
    it = world.it
    with it.store.reading() as reading:
        profile = it.intake.profile(ANA)
        customer = reading.customers_of([profile])[profile]
        assert reading.persons([profile]) == {}
    assert kept(it, customer) == ()


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_who_is_linked_to_another_meanwhile_is_erased_as_whoever_they_are_then(postgres: World):
    """On SQLite nobody links while somebody erases: there is one writer."""
    it = postgres.it
    for name in ("user:ana", "user:ben"):
        _told(it, name)
    linked: list[str] = []

    def meet(name: str, when: str) -> None:
        if (name, when) == ("customers_of", "after") and not linked:
            linked.append(_told(it, "user:ana", also=("user:ben",)))

    watched: Store = Watched(postgres.second, meet)  # type: ignore[assignment]
    erased = Erasing(watched, it.intake.profile, dict, it.clock).person("user:ben")
    assert linked
    assert erased.rows
    with it.store.reading() as reading:
        assert reading.persons([it.intake.profile(one) for one in ("user:ana", "user:ben")]) == {}


def _told(it: Makegood, name: str, also: tuple[str, ...] = ()) -> str:
    body = Identified()
    arrival = Arrival(
        source="shop",
        message_id=f"{name}{also}",
        identifier=name,
        time_ms=it.clock.now_ms(),
        body=body,
        body_digest=body_digest(body),
        also=also,
    )
    (answer,) = it.intake.take([arrival])
    assert not answer.error
    return name
