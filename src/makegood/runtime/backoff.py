"""When to try again: later each time, never all at once, and never past the point of use."""

import random

_SECOND = 1_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE

SCHEDULE_MS = (
    5 * _SECOND, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR,
    20 * _HOUR, 24 * _HOUR,
)  # fmt: skip
"""Longest waits after the first, second, ... try, as Standard Webhooks recommends."""
MOST_TRIES = len(SCHEDULE_MS) + 1
SHORTEST_MS = _SECOND  # below this a retry only adds load
LAST_CHANCE_MS = 5 * _SECOND  # with less time left than this, another try is no chance at all


def next_delay_ms(attempts: int, rng: random.Random) -> int | None:
    """Draw the wait before the next try.

    Full jitter: anything between the shortest wait and the schedule's, so that a thousand
    failures of one minute do not come back in one minute.

    Args:
        attempts: Tries begun so far, at least 1.
        rng: Seeded by whoever runs the worker.

    Returns:
        Milliseconds, or None when all tries are used up: a person has to look.
    """
    if attempts >= MOST_TRIES:
        return None
    return rng.randint(SHORTEST_MS, SCHEDULE_MS[max(attempts, 1) - 1])


def within_use(next_ms: int, now_ms: int, useful_until_ms: int) -> int | None:
    """Bring a next try forward so that it still helps.

    A ride that is useful for 30 minutes is not tried again after two hours: when the schedule
    would overshoot, half of the time that is left is waited instead.

    Args:
        next_ms: When the schedule would try again.
        now_ms: The time.
        useful_until_ms: End of use; 0 never ends.

    Returns:
        When to try, or None when no time is left.
    """
    if not useful_until_ms or next_ms <= useful_until_ms:
        return next_ms
    left_ms = useful_until_ms - now_ms
    return now_ms + left_ms // 2 if left_ms >= LAST_CHANCE_MS else None
