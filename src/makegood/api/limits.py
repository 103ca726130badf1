"""A token bucket for each key, in this process: fair use, not billing."""

from collections.abc import Callable, Hashable

from msgspec import Struct

_MOST_BUCKETS = 10_000


class Allowance(Struct, frozen=True, kw_only=True):
    """How fast one key may ask.

    Attributes:
        per_second: Requests a second in the long run; 0 for no limit.
        burst: Requests at once after a pause.
    """

    per_second: float
    burst: float


class Bucket(Struct):
    """What is left of an allowance, as of an instant."""

    left: float
    at: float


class RateLimit:
    """Says how long a key has to wait."""

    def __init__(self, allowance: Allowance, ticks: Callable[[], float]) -> None:
        self._allowance = allowance
        self._ticks = ticks
        self._buckets: dict[Hashable, Bucket] = {}

    def wait_seconds(self, key: Hashable) -> float:
        """Take one token; give 0, or how long until there is one (none is taken then)."""
        allowed = self._allowance
        if allowed.per_second <= 0:
            return 0.0
        now = self._ticks()
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= _MOST_BUCKETS:
                self._buckets.clear()
            bucket = self._buckets[key] = Bucket(allowed.burst, now)
        bucket.left = min(allowed.burst, bucket.left + (now - bucket.at) * allowed.per_second)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) / allowed.per_second
        bucket.left -= 1
        return 0.0
