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


class Pulse:
    """Adds up what one worker does, and writes it down every quarter of a minute.

    A crash forgets the counts since the last beat, nothing else: they are for watching.
    """

    def __init__(self, store: Store, clock: Clock, name: str = WORKER) -> None:
        self._store = store
        self._clock = clock
        self._name = name
        self._counted: Counter[str] = Counter()
        self._last_ms = 0

    def beat(self, done: Mapping[str, int]) -> None:
        """Count what was done; say it when it is time."""
        self._counted.update(done)
        now_ms = self._clock.now_ms()
        if 0 <= now_ms - self._last_ms < BEAT_MS:
            return
        with self._store.writing() as writing:
            writing.beat(self._name, now_ms)
            writing.tally({f"{self._name}.{name}": n for name, n in self._counted.items()})
        self._counted.clear()
        self._last_ms = now_ms
