"""Log and hold are one commit: no look at the store ever sees a failure without its hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import given

from makegood.core.holds import decode_gate
from makegood.messages.ids import CustomerId
from makegood.ports.store import Writing
from makegood.store.memory import MemoryStore
from tests.properties.life import Life
from tests.properties.moves import Move
from tests.properties.strategies import days
from tests.properties.test_gate import is_let_down


class WatchedStore(MemoryStore):
    """Looks at everything after each commit, as another process could."""

    commits = 0

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with super().writing() as writing:
            yield writing
        self.commits += 1
        self.look()

    def look(self) -> None:
        with self.reading() as reading:
            for row in reading.rows(CustomerId(""), 100):
                if is_let_down(reading.history(row.customer)):
                    assert decode_gate(row.gate).holds, "a failure is in the log and nothing holds"
            for _, event in reading.log(0, 1_000):
                assert reading.customers_of([event.profile])


@given(moves=days)
def test_a_failure_and_its_hold_become_visible_together(moves):
    Life(WatchedStore()).live(moves)


def test_a_failure_is_taken_in_one_commit():
    store = WatchedStore()
    life = Life(store)
    before = store.commits
    life.live([Move(kind="no_car", who=0, pick=1)])
    assert life.state("user:ana").cases
    taken = store.commits - before
    assert taken == 1 + 2  # the failure, then the look for due timers and their firing
