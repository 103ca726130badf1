"""What a lapse is: a service line that a customer leaves while others go on."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.playbooks.terms import Cause, Loss

Holds: TypeAlias = Literal["umbrella", "brand", "nothing"]
HOLDS: tuple[Holds, ...] = ("umbrella", "brand", "nothing")


class LapseRule(Struct, frozen=True, kw_only=True, eq=False):
    """When a line that is no longer used is a failure.

    Attributes:
        events: Uses of a line.
        named: Reads from a use which line it is; "" when the event does not say.
        uses: At least so many uses make a habit,
        over_ms: if the first and the last are at least so far apart.
        quiet_ms: No use for so long,
        gaps: and for so many times the longest gap between two uses.
        others_ms: Another line was used so lately: the customer is not gone, the line is.
        call_ms: How soon the customer's person calls, where no plan is for it.
        holds: What its hold stops: all marketing, the brand's alone, or nothing.
        line: Line in the book.
    """

    id: str
    events: tuple[str, ...]
    named: Callable[[Facts], str]
    uses: int
    over_ms: int
    quiet_ms: int
    gaps: float
    others_ms: int
    call_ms: int
    holds: Holds
    title: str
    loses: Loss
    severity: int
    cause: Cause
    line: int
