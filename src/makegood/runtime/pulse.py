"""A part says now and then that it is alive, and what it has done since it last said so."""

from collections import Counter
from collections.abc import Mapping

from makegood.ports.clock import Clock
from makegood.ports.store import Store

WORKER = "worker"
SMTP = "smtp"
BEAT_MS = 15_000
LATE_MS = 150_000
"""After this silence a worker is thought gone: one round takes as long as its slowest delivery."""
FORGOTTEN_MS = 7 * 86_400_000
"""A part that has been silent for so long has been taken away, and is no longer missed."""
_WHERE = "@"


def heard_of(beats: Mapping[str, int], part: str, now_ms: int) -> Mapping[str, int]:
    """Give the parts of a kind by where they are, with their last beat; not the long forgotten."""
    begins = f"{part}{_WHERE}"
    return {
        name.removeprefix(begins): at_ms
        for name, at_ms in sorted(beats.items())
        if name.startswith(begins) and now_ms - at_ms < FORGOTTEN_MS
    }


class Pulse:
    """Adds up what one worker does, and writes it down every quarter of a minute.

    A crash forgets the counts since the last beat, nothing else: they are for watching.
    """

    def __init__(self, store: Store, clock: Clock, name: str = WORKER, where: str = "") -> None:
        """Join the parts.

        Args:
            name: The kind of part; what it does is added up over all of them.
            where: Tells it from others of its kind; empty where any one of them will do.
        """
        self._store = store
        self._clock = clock
        self._name = name
        self._own = f"{name}{_WHERE}{where}" if where else name
        self._counted: Counter[str] = Counter()
        self._last_ms = 0

    def beat(self, done: Mapping[str, int]) -> None:
        """Count what was done; say it when it is time."""
        self._counted.update(done)
        now_ms = self._clock.now_ms()
        if 0 <= now_ms - self._last_ms < BEAT_MS:
            return
        with self._store.writing() as writing:
            writing.beat(self._own, now_ms)
            writing.tally({f"{self._name}.{name}": n for name, n in self._counted.items()})
        self._counted.clear()
        self._last_ms = now_ms

    def end(self) -> None:
        """Say that it was stopped by somebody who meant it: nobody has to miss it."""
        with self._store.writing() as writing:
            writing.tally({f"{self._name}.{name}": n for name, n in self._counted.items()})
            writing.end_beat(self._own)
        self._counted.clear()
