"""When marks are compared: every place in its turn, at most every so many minutes."""

import logging
from collections.abc import Callable, Mapping, Sequence

from makegood.messages.errors import EffectFailed
from makegood.ports.clock import Clock
from makegood.ports.marking import Marker, Placed
from makegood.ports.marks import Sync
from makegood.ports.notices import Sink
from makegood.ports.store import Store
from makegood.runtime.marks import MarkSink, Truth, in_batches
from makegood.runtime.marks_run import Reconciler
from makegood.runtime.marks_turns import Sleep

_LOOK_S = 20.0  # how often it is looked whether a run is due
_LOG = logging.getLogger("makegood.marks")


class Rounds:
    """The marks of a deployment: who hears of holds, and the runs of this process.

    Attributes:
        placed: Every place.
        sinks: Who is told of holds, by name.
    """

    def __init__(self, store: Store, placed: Sequence[Placed], truth: Truth, clock: Clock) -> None:
        self._store = store
        self._truth = truth
        self._clock = clock
        self.placed = placed
        told = [MarkSink(one.marker, store, truth, clock) for one in placed]
        self.sinks: Mapping[str, Sink] = {sink.name: sink for sink in told}

    def of(self, vendor: str) -> tuple[Marker, ...]:
        """Give the markers of one vendor."""
        markers = (one.marker for one in self.placed)
        return tuple(one for one in markers if one.place.vendor == vendor)

    def run(self, marker: Marker, *, dry: bool, sleep: Sleep) -> Sync | None:
        """Compare one place now; None when another process is at it."""
        return Reconciler(self._store, self._truth, self._clock, sleep).run(marker, dry=dry)

    def forget(self, emails: Sequence[str]) -> tuple[str, ...]:
        """Take the marks of somebody who was erased away at once.

        Args:
            emails: Addresses that name nobody any more; one that still names somebody held stays.

        Returns:
            The places that would not; a comparison takes these marks away.
        """
        return tuple(
            one.marker.place.key for one in self.placed if not self._forgets(one.marker, emails)
        )

    def _forgets(self, marker: Marker, emails: Sequence[str]) -> bool:
        place = marker.place
        free = [it for it in emails if not self._truth.is_wanted(it, place.brand)]
        try:
            outcome = in_batches(marker.unmark, free, marker.most)
        except EffectFailed:
            return False
        with self._store.writing() as writing:
            writing.drop_marks(place.key, [self._truth.address(it) for it in outcome.done])
        return not outcome.refused

    def close(self) -> None:
        """Give back every connection."""
        for one in self.placed:
            one.marker.close()

    def run_due(self, stopped: Callable[[], bool], sleep: Sleep, *, afresh: bool = False) -> int:
        """Run what is due, one place after another; give how many runs ended.

        Args:
            afresh: The process has just begun, so there may be another key: a place whose key was
                refused is due at once.
        """
        done = 0
        by = Reconciler(self._store, self._truth, self._clock, sleep, stopped)
        for one in self.placed:
            if not stopped() and self._is_due(one, afresh=afresh):
                done += by.run(one.marker) is not None
        return done

    def run_forever(self, stopped: Callable[[], bool], sleep: Sleep) -> None:
        """Compare until told to stop; a fault is waited out.

        Args:
            stopped: Asked before each page.
            sleep: Waits some seconds; give it an event's `wait`, so that a stop ends the pause.
        """
        is_first = True
        while not stopped():
            try:
                self.run_due(stopped, sleep, afresh=is_first)
                is_first = False
            except Exception as fault:
                _LOG.error("comparing marks failed: %s", type(fault).__name__)
            sleep(_LOOK_S)

    def _is_due(self, one: Placed, *, afresh: bool) -> bool:
        with self._store.reading() as reading:
            fares = reading.sync(one.marker.place.key)
        is_new_key = afresh and fares.refused_ms > 0
        return is_due(fares, 0 if is_new_key else one.every_ms, self._clock.now_ms())


def is_due(fares: Sync, every_ms: int, now_ms: int) -> bool:
    """Whether a run should begin: it is time, or the process that ran the last one has died."""
    if fares.runner:
        return fares.lease_ms <= now_ms
    return fares.started_ms + every_ms <= now_ms
