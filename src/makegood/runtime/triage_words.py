"""Figures of a training in words: a share never without its interval."""

from makegood.analytics.parity.intervals import wilson, z_for
from makegood.ports.training import Figures, Training

_Z = z_for(0.05)


def share_words(part: int, whole: int) -> str:
    """Write a share with its interval: `24 (95 % interval 80 to 99 in 100)`."""
    if not whole:
        return "none"
    low, high = interval(part, whole)
    return f"{part} (95 % interval {low} to {high} in 100)"


def interval(part: int, whole: int) -> tuple[int, int]:
    """Give both ends of Wilson's interval, in hundredths, rounded outwards."""
    found = wilson(part, whole, _Z)
    return int(found.low * 100), min(100, -int(-found.high * 100 // 1))


def opened_words(told: Figures) -> str:
    """Say how often the failures it would open are right."""
    if told.question != "kind":
        return ""
    if not told.opened:
        return "It would have opened none of them by itself: how often it is right cannot be told."
    right = share_words(told.opened_right, told.opened)
    return f"Of {told.opened} that it would have opened, right: {right}."


def left_out_words(told: Figures) -> str:
    """Name what had too few labels."""
    return f"Too few letters of: {', '.join(told.left_out)}." if told.left_out else ""


def outcome_words(row: Training) -> str:
    """Say what came of a training."""
    if row.outcome == "taken":
        return f"The model {row.model} is used from then on."
    return f"{'Kept back' if row.outcome == 'kept back' else 'Failed'}: {row.why}"
