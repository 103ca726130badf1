"""The stage's clock: it can be moved, and while somebody watches it also runs."""

from collections.abc import Callable

Ticks = Callable[[], int]


def _still() -> int:
    return 0


class StageClock:
    """Tells the time it was moved to, plus what has passed since; moves forwards only."""

    def __init__(self, now_ms: int, ticks_ms: Ticks = _still) -> None:
        """Set the clock.

        Args:
            now_ms: The time it shows now.
            ticks_ms: Milliseconds that never run backwards; without them the clock stands still.
        """
        self._ticks_ms = ticks_ms
        self._offset_ms = now_ms - ticks_ms()

    def now_ms(self) -> int:
        return self._ticks_ms() + self._offset_ms

    def move_to(self, now_ms: int) -> None:
        """Move forwards; an earlier instant changes nothing."""
        if now_ms > self.now_ms():
            self.reset(now_ms)

    def reset(self, now_ms: int) -> None:
        """Begin another day, for a stage that starts again."""
        self._offset_ms = now_ms - self._ticks_ms()
