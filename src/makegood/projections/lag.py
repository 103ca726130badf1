"""How far behind the synced marks were: counts by bucket, so that a day of them stays small."""

import math
from collections.abc import Mapping

HOUR_MS = 3_600_000
KEPT_HOURS = 24
_FIRST_MS = 100  # what is faster than this nobody tells apart
_STEPS = 4  # buckets for each doubling: a quantile is read at most a fifth too high
_LAST = 30 * _STEPS  # three years and more


def bucket_of(lag_ms: int) -> int:
    """Give the bucket of a lag; a clock that went back counts as no lag at all."""
    if lag_ms <= _FIRST_MS:
        return 0
    return min(math.ceil(_STEPS * math.log2(lag_ms / _FIRST_MS)), _LAST)


def upper_ms(bucket: int) -> int:
    """Give the longest lag of a bucket."""
    return math.ceil(_FIRST_MS * 2 ** (bucket / _STEPS))


def within_ms(counts: Mapping[int, int], share: float) -> int:
    """Say within how long a share of them was synced, rounded up; 0 when there are none."""
    total = sum(counts.values())
    needed, seen = math.ceil(total * share), 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= needed:
            return upper_ms(bucket)
    return 0


def hour_of(at_ms: int) -> int:
    """Number the hour of an instant."""
    return at_ms // HOUR_MS
