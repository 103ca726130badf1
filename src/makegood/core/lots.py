"""Draw lots for experiments: from a hash, with the probability written down beside the lot.

The same customer draws the same lot in an experiment whenever it is drawn, so a crash in between
changes nothing, and nobody can draw again until it suits. What a customer chose, what is owed,
promised or asked for is never put to a lot: whoever draws asks for these first.
Source: evidence (40).
"""

from hashlib import blake2b

from msgspec import Struct

_BITS = 52  # as many as a float tells apart below one
_DIGITS = 13


class Drawn(Struct, frozen=True, gc=False):
    """A lot.

    Attributes:
        treated: False is the control.
        propensity: How probable being treated was.
    """

    treated: bool
    propensity: float


def draw(who: str, experiment: str, control: float) -> Drawn:
    """Draw for one customer.

    Args:
        who: The customer's opaque id.
        experiment: Its name; lots of two experiments know nothing of each other.
        control: The share of customers who are control, from the rule book; 0 treats everybody.
    """
    digest = blake2b(f"{experiment}\n{who}".encode(), digest_size=8).hexdigest()
    at = int(digest[:_DIGITS], 16) / 2**_BITS
    return Drawn(treated=at >= control, propensity=1.0 - control)
