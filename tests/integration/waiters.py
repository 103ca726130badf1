"""The process of the test of waits: it learns norms and finds what is silent, and is killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from makegood.ports.store import Store, Writing
from makegood.runtime.intake import Intake
from makegood.runtime.norms import NormsLearned
from tests.conformance.test_waits_on_stores import KEY, Centre
from tests.integration.racers import open_engine

WHO = ("ana", "bo", "cy")


class Deadly:
    """A store whose process dies before or after the end of one of its transactions."""

    def __init__(self, store: Store, dies_at: int) -> None:
        self._store = store
        self.left = dies_at

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with self._store.writing() as writing:
            yield writing
            self._moment()
        self._moment()

    def _moment(self) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def look_and_die(url: str, now_ms: int, dies_at: int) -> None:
    """Do what the worker does in one round.

    Args:
        url: The database.
        now_ms: The present.
        dies_at: At which moment it is killed; 0 for never.
    """
    store = open_engine(url)
    centre = Centre(store)
    centre.clock.advance(now_ms - centre.clock.now_ms())
    deadly = Deadly(store, dies_at)
    NormsLearned(deadly, lambda: centre.library, centre.clock).round()  # type: ignore[arg-type]
    intake = Intake(deadly, lambda: centre.library, centre.clock, KEY)  # type: ignore[arg-type]
    intake.advance([centre.customer(one) for one in WHO], now_ms)
