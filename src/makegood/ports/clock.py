"""The one injected clock: log, timers, mail dates and tests all read it."""

from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
