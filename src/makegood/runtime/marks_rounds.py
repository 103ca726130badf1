"""When marks are compared: every place in its turn, at most every so many minutes."""

import logging
from collections.abc import Callable, Sequence

from msgspec import Struct

from makegood.ports.clock import Clock
from makegood.ports.marking import Marker
from makegood.ports.marks import Sync
from makegood.ports.store import Store
from makegood.runtime.marks import Truth
from makegood.runtime.marks_run import Reconciler, Sleep

_LOOK_S = 20.0  # how often it is looked whether a run is due
_LOG = logging.getLogger("makegood.marks")


class Placed(Struct, frozen=True, kw_only=True):
    """A marker, and how often its place is compared."""

    marker: Marker
    every_ms: int


class Rounds:
    """The runs of this process, beside its worker."""

    def __init__(self, store: Store, placed: Sequence[Placed], truth: Truth, clock: Clock) -> None:
        self._store = store
        self._placed = placed
        self._truth = truth
        self._clock = clock

    def run_due(self, stopped: Callable[[], bool], sleep: Sleep) -> int:
        """Run what is due, one place after another; give how many runs ended."""
        done = 0
        by = Reconciler(self._store, self._truth, self._clock, sleep, stopped)
        for one in self._placed:
            if not stopped() and self._is_due(one):
                done += by.run(one.marker) is not None
        return done

    def run_forever(self, stopped: Callable[[], bool], sleep: Sleep) -> None:
        """Compare until told to stop; a fault is waited out.

        Args:
            stopped: Asked before each page.
            sleep: Waits some seconds; give it an event's `wait`, so that a stop ends the pause.
        """
        while not stopped():
            try:
                self.run_due(stopped, sleep)
            except Exception as fault:
                _LOG.error("comparing marks failed: %s", type(fault).__name__)
            sleep(_LOOK_S)

    def _is_due(self, one: Placed) -> bool:
        with self._store.reading() as reading:
            fares = reading.sync(one.marker.place.key)
        return is_due(fares, one.every_ms, self._clock.now_ms())


def is_due(fares: Sync, every_ms: int, now_ms: int) -> bool:
    """Whether a run should begin: it is time, or the process that ran the last one has died."""
    if fares.runner:
        return fares.lease_ms <= now_ms
    return fares.started_ms + every_ms <= now_ms
