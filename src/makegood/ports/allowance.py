"""How fast somebody may ask."""

from msgspec import Struct


class Allowance(Struct, frozen=True, kw_only=True):
    """A pace.

    Attributes:
        per_second: Requests a second in the long run; 0 for no limit.
        burst: Requests at once after a pause.
    """

    per_second: float
    burst: float
