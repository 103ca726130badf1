"""A clock that the demo moves: days pass in seconds, and everything reads the same time."""


class MovableClock:
    """Tells the time it was last moved to; never goes back."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def move_to(self, now_ms: int) -> None:
        """Move forwards; an earlier instant changes nothing."""
        self._now_ms = max(self._now_ms, now_ms)
