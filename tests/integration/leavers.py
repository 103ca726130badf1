"""The process of the test of leaving: it looks after customers of who leaves, and is killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from makegood.playbooks.book import Library
from makegood.ports.store import Store, Writing
from makegood.runtime.intake import Intake
from makegood.runtime.leaving import Leavings
from makegood.testing.clock import FakeClock
from tests.conformance.test_leaving_on_stores import book_of_leaving
from tests.integration.racers import open_engine

BOOK = book_of_leaving()
LIBRARY = Library(active=BOOK.hash, books={BOOK.hash: BOOK})
KEY = b"key of the tests"


class Mortal:
    """A store before and after each of whose commits its process may be killed."""

    def __init__(self, store: Store, dies_at: int) -> None:
        self._store = store
        self._left = dies_at

    def __getattr__(self, name: str):
        return getattr(self._store, name)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with self._store.writing() as writing:
            yield writing
            self._moment()  # all is written, and nothing durable
        self._moment()

    def _moment(self) -> None:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


def leave_and_die(url: str, now_ms: int, dies_at: int) -> None:
    """Go on with whoever leaves until it is done, or killed at a moment."""
    store = Mortal(open_engine(url), dies_at)
    clock = FakeClock(now_ms)
    intake = Intake(store, lambda: LIBRARY, clock, KEY)
    Leavings(store, intake, lambda: LIBRARY, clock).go_on()
