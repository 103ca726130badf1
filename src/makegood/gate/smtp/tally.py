"""What became of each recipient, counted by brand in this process: the one place to read it."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from threading import Lock
from typing import NamedTuple


class Outcome(StrEnum):
    """What became of one recipient of one message."""

    PASSED = "passed"
    PARKED = "parked"
    REFUSED = "refused"
    RELEASED = "released"
    EXPIRED = "expired"
    UNDELIVERED = "undelivered"
    """The mail server refused for good what had been parked and released."""


class Counted(NamedTuple):
    """What is counted apart.

    Attributes:
        brand: Whose mail; empty when nobody's.
        outcome: What became of it.
        reason: Why: the gate's reason, or the class for what passes without a question.
        message_class: What the mail was for; empty where nobody knows.
    """

    brand: str
    outcome: Outcome
    reason: str
    message_class: str


class Tally:
    """Counters that only rise; read by metrics and by coverage, from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[Counted] = Counter()
        self._lock = Lock()

    def add(self, brand: str, outcome: Outcome, reason: str, message_class: str) -> None:
        """Count a recipient."""
        with self._lock:
            self._counts[Counted(brand, outcome, reason, message_class)] += 1

    def counts(self) -> Mapping[Counted, int]:
        """Give everything counted since this process began."""
        with self._lock:
            return dict(self._counts)

    def total(self, outcome: Outcome) -> int:
        """Add up one outcome over all brands and reasons."""
        return sum(count for it, count in self.counts().items() if it.outcome is outcome)
