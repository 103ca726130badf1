"""A clock that moves only when it is told to."""

STORY_BEGINS_MS = 1_767_258_000_000
"""2026-01-01 09:00 UTC, an ordinary morning."""


class FakeClock:
    """Tells the time it was set to."""

    def __init__(self, now_ms: int = STORY_BEGINS_MS) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def advance(self, by_ms: int) -> int:
        """Let time pass; it never goes back. Gives the new time."""
        if by_ms < 0:
            raise ValueError(f"Time does not go back: {by_ms} ms.")
        self._now_ms += by_ms
        return self._now_ms

    def set(self, now_ms: int) -> None:
        """Go to an instant that has not passed yet."""
        self.advance(now_ms - self._now_ms)
