"""What is remembered of the service lines that a customer uses: how often, and since when."""

from msgspec import Struct


class LineUse(Struct, frozen=True, gc=False, array_like=True):
    """One line of one customer, for one rule.

    Attributes:
        rule: The lapse of the book.
        line: As the event names it.
        uses: How often it was used.
        first_ms: When first.
        last_ms: When last.
        longest_ms: The longest gap between two uses that followed each other.
        lapsed_ms: When it was found to be left; 0 while it is used.
        waits: It is quiet, and so is everything else: that is no part-defection yet.
        brand: Of the last use.
    """

    rule: str
    line: str
    uses: int
    first_ms: int
    last_ms: int
    longest_ms: int = 0
    lapsed_ms: int = 0
    waits: bool = False
    brand: str = ""
