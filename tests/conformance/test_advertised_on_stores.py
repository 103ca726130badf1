"""Posts are weighed by several workers at once, and a person's word is never overwritten."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from makegood.books import opening
from makegood.bootstrap import open_makegood
from makegood.messages.ids import RepId
from makegood.playbooks.voice import Listening
from makegood.settings import Settings
from makegood.sources.voice.heard import Heard, post_named
from makegood.testing.clock import FakeClock
from tests.conformance.engines import ENGINES
from tests.unit.runtime.advertised_world import ADVERTISED

NOON_MS = 1_795_694_400_000
POSTS = 60


@pytest.fixture(params=ENGINES)
def it(request, tmp_path):
    book = tmp_path / "book.yaml"
    book.write_text(opening.read_book("car-rental")[0] + ADVERTISED)
    database = {
        "memory": lambda: "memory:",
        "sqlite": lambda: f"sqlite:///{tmp_path / 'm.db'}",
    }.get(request.param, lambda: request.getfixturevalue("postgres_url"))()
    settings = Settings(database=database, key=b"k" * 32, book=str(book))
    made = open_makegood(settings, clock=FakeClock(NOON_MS))
    yield made
    made.close()


def test_each_post_is_weighed_once_and_what_people_say_meanwhile_stands(it):
    posts = [
        Heard(external=str(n), network="review", author=f"a{n}", text="No car.", language="en",
              at_ms=NOON_MS, rating="1 of 5")
        for n in range(POSTS)
    ]  # fmt: skip
    it.voice.room.hear(Listening(id="reviews", network="webhook"), posts)
    names = [post_named("review", str(n)) for n in range(POSTS)]
    room = it.voice.advertised
    with ThreadPoolExecutor(4) as pool:
        rounds = [pool.submit(room.run_once, 7) for _ in range(12)]
        said = [
            pool.submit(room.judge, "ready", one, "kept", RepId("kathy")) for one in names[::3]
        ]
        weighed = sum(one.result() for one in rounds)
        assert all(one.result().verdict == "kept" for one in said)
    while more := room.run_once():
        weighed += more
    assert weighed == POSTS
    with it.store.reading() as reading:
        found = {one.post: one for one in reading.touches_of(names)}
        counts = reading.touch_counts((0, NOON_MS + 1))
    assert len(found) == POSTS
    assert {found[one].because for one in names[::3]} == {"person"}
    assert sum(one.n for one in counts if one.verdict == "kept") == len(names[::3])
    assert sum(one.n for one in counts if one.verdict == "against") == POSTS - len(names[::3])
