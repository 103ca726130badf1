"""What of a failure or a request is remembered for "everyone": who it was then, and since.

A request leaves the state when nothing follows from it any more; the year that counts is longer.
Source: story 1, "if we do it for you we must do it for everyone".
"""

from msgspec import Struct

from makegood.messages.ids import EventId
from makegood.messages.money import Money

MOST_ASKED = 200  # requests of one customer that stay comparable; the log keeps the rest


class Precedent(Struct, frozen=True, gc=False, array_like=True):
    """One failure or request.

    Attributes:
        event: The event that showed the failure, or asked.
        standing: The customer's level then; empty when the book or the facts name none.
        at_ms: When.
        back_ms: When the customer first came back after it, or after its answer; 0 until then.
        request: Id of the request; empty for a failure.
        brand: Who was asked.
        answer: `waiting`, `appealed`, `allowed` or `denied`; empty for a failure.
        ended_ms: When it was first answered; 0 until then.
        remedy: What was given with a yes.
        cost: What that cost.
    """

    event: EventId
    standing: str
    at_ms: int
    back_ms: int = 0
    request: str = ""
    brand: str = ""
    answer: str = ""
    ended_ms: int = 0
    remedy: str = ""
    cost: Money | None = None

    @property
    def can_come_back(self) -> bool:
        """Whether a purchase from now on says that the customer came back."""
        return not self.back_ms and (not self.request or bool(self.ended_ms))
