"""A token bucket for each key or address, in this process: fair use, not billing."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from math import ceil

from msgspec import Struct

from makegood.ports.allowance import Allowance as Allowance
from makegood.ports.rows import KeyRow

_MOST_BUCKETS = 10_000
_LONGEST_S = 999_999_999


class Bucket(Struct):
    """What is left of an allowance, as of an instant."""

    left: float
    at: float


class Spent(Struct, frozen=True, gc=False):
    """What a request found.

    Attributes:
        allowed: The allowance it drew on.
        left: Requests that are left now.
        wait_s: 0 when it may go on; else how long until there is one (none is taken then).
    """

    allowed: Allowance
    left: float
    wait_s: float = 0.0


class RateLimit:
    """Says who has to wait, and what is left."""

    def __init__(self, allowance: Allowance, ticks: Callable[[], float]) -> None:
        self._allowance = allowance
        self._ticks = ticks
        self._buckets: dict[Hashable, Bucket] = {}

    def take(self, key: Hashable, own: Allowance | None = None) -> Spent | None:
        """Take one token; None where there is no limit.

        Args:
            key: Who asks.
            own: Their own allowance, instead of everybody's.
        """
        allowed = own or self._allowance
        if allowed.per_second <= 0:
            return None
        now = self._ticks()
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= _MOST_BUCKETS:
                self._buckets.clear()
            bucket = self._buckets[key] = Bucket(allowed.burst, now)
        left = min(allowed.burst, bucket.left + (now - bucket.at) * allowed.per_second)
        bucket.at = now
        if left < 1:
            bucket.left = left
            return Spent(allowed, left, (1 - left) / allowed.per_second)
        bucket.left = left - 1
        return Spent(allowed, left - 1)

    def wait_seconds(self, key: Hashable, own: Allowance | None = None) -> float:
        """Take one token; give 0, or how long until there is one (none is taken then)."""
        spent = self.take(key, own)
        return spent.wait_s if spent is not None else 0.0


def own_allowance(key: KeyRow) -> Allowance | None:
    """Give the pace that a key brings itself; None for the deployment's."""
    if not key.per_second:
        return None
    return _allowance(key.per_second, key.burst or key.per_second)


@lru_cache(maxsize=1024)
def _allowance(per_second: float, burst: float) -> Allowance:
    # Less than one at once would let nobody in, ever.
    return Allowance(per_second=per_second, burst=max(burst, 1.0))


def limit_fields(spent: Spent) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """Tell a client its limit and what is left of it.

    As draft-ietf-httpapi-ratelimit-headers-11 has it: `q` at once, full again after `w` seconds;
    `r` left, full again after `t` seconds.
    """
    allowed = spent.allowed
    again = min(_LONGEST_S, ceil((allowed.burst - spent.left) / allowed.per_second))
    return _policy(allowed), (b"ratelimit", b'"key";r=%d;t=%d' % (int(spent.left), again))


@lru_cache(maxsize=1024)
def _policy(allowed: Allowance) -> tuple[bytes, bytes]:
    window = min(_LONGEST_S, max(1, ceil(allowed.burst / allowed.per_second)))
    return b"ratelimit-policy", b'"key";q=%d;w=%d' % (int(allowed.burst), window)
