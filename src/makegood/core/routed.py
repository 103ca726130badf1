"""One decision about who looks after something, with the chances everybody had.

What was possible is kept beside what was done, so that the two can be compared later: a figure
about a person is worth something only where somebody else could have been asked.
Source: evidence 49 (quasi-random assignment of agents, arXiv 2412.04860).
"""

from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.ids import EventId, RepId

NOT_YET = -1
"""Of a wait that has not ended, and of a tenure that nobody knows."""
MOST_ROUTED = 12
"""So many of a customer are remembered; the rows about older ones stay in the store."""
WHOLE = 10_000
"""A slice is counted in ten-thousandths, so that chances are exact."""

Spared: TypeAlias = Literal["", "off", "chosen", "thread", "severity", "double", "unless", "alone"]
"""Why chance was not asked; empty where it was."""


class Routed(Struct, frozen=True, gc=False, array_like=True):
    """Who was asked to look after a case or a conversation, and who else could have been.

    Attributes:
        event: The event that made it necessary; chance is drawn from it.
        subject: The case or the conversation.
        kind: `case` or `talk`.
        chosen: Who was asked.
        first: Whom the order of the book puts first, and without chance alone would ask.
        eligible: Who could have been asked, in that order; `first` is its first.
        of: How many could have been asked before the cap of the book.
        slice: The share left to chance, in ten-thousandths; 0 where chance was not asked.
        by_chance: Whether the slice fell on this one; `chosen` may be `first` all the same.
        why: What spoke for `first`: a word of the wish, or of the book's order.
        spared: Why chance was not asked.
        relaxed: What nobody met, and was let go.
        waits_ms: How long it waits for the chosen alone.
        waited_ms: How long the customer waited for a person; `NOT_YET` while they do.
        answered_by: Who did answer; empty until then, and of a case.
        level: The customer's level then, for parity alone; no choice reads it.
        tenure_days: Since their first purchase, for parity alone; `NOT_YET` for none known.
    """

    event: EventId
    subject: str
    kind: Literal["case", "talk"]
    at_ms: int
    chosen: RepId
    first: RepId
    eligible: tuple[RepId, ...]
    of: int = 0
    brand: str = ""
    channel: str = ""
    slice: int = 0
    by_chance: bool = False
    why: str = ""
    spared: Spared = ""
    relaxed: tuple[str, ...] = ()
    waits_ms: int = 0
    waited_ms: int = NOT_YET
    answered_by: RepId = RepId("")
    level: str = ""
    tenure_days: int = NOT_YET

    def chance_of(self, rep: RepId) -> Fraction:
        """Give the probability with which the book's routing asks somebody here, exactly."""
        if rep not in self.eligible:
            return Fraction(0)
        drawn = Fraction(self.slice, WHOLE * len(self.eligible))
        kept = Fraction(WHOLE - self.slice, WHOLE) if rep == self.first else Fraction(0)
        return drawn + kept

    @property
    def propensity(self) -> Fraction:
        """The probability of what was done."""
        return self.chance_of(self.chosen)
