"""How far the log is whole, for whoever follows it by its places.

A place is given out before its transaction commits, so a later one may be there first. Who took
the last place seen as where it got to would miss the earlier one for good.
"""

import time
from collections.abc import Callable

from makegood.ports.store import Store
from makegood.ports.words import LogEdge

WAIT_S = 0.05
WAITS = 600  # half a minute: who writes longer than that is followed the next time


class Settled:
    """How far the log is whole: a later place of it may be committed before an earlier one."""

    def __init__(self) -> None:
        self._place = 0
        self._edge: LogEdge | None = None

    def place(self, now: LogEdge) -> int:
        """Say up to where nothing can come any more, by what was seen before and is seen now."""
        before = self._edge
        if before is None or not before.writing & now.writing:
            self._place = before.place if before is not None else 0
            self._edge = now
        if not now.writing:
            self._place = now.place
        return self._place


def whole_until(store: Store, sleep: Callable[[float], object] = time.sleep) -> int:
    """Wait until nothing can come any more before where the log is now, and say where that is.

    Returns:
        0 where somebody wrote for so long that it cannot be told.
    """
    with store.reading() as reading:
        first = reading.log_edge()
    writing = first.writing
    for _ in range(WAITS):
        if not writing:
            return first.place
        sleep(WAIT_S)
        with store.reading() as reading:
            writing = writing & reading.log_edge().writing
    return 0
