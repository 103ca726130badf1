"""Money is whole cents of one currency; this module owns the only rounding."""

from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from makegood.messages.errors import InputError


class Money(Struct, frozen=True, gc=False, order=True):
    """An amount of money.

    Attributes:
        cents: Hundredths of the currency's unit; may be negative in a difference.
        currency: ISO 4217 code, upper case.
    """

    cents: int
    currency: str = "USD"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - self._same(other), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise InputError(f"{self.currency} and {other.currency} cannot be added up.")
        return other.cents


def share_of(price: Money, ratio: float | Decimal) -> Money:
    """Take a share of a price, rounded half up to the cent.

    Args:
        price: The whole.
        ratio: 1.0 is all of it, 0.3 is 30 per cent; not negative.

    Returns:
        The share in the price's currency.

    Raises:
        InputError: The ratio is negative.
    """
    exact = Decimal(str(ratio))
    if exact < 0:
        raise InputError(f"A share of a price cannot be negative: {ratio}.")
    cents = (Decimal(price.cents) * exact).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money(int(cents), price.currency)
