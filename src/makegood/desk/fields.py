"""What somebody types into a field of the rule book, and what then stands in the text."""

from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.playbooks.spans import span_ms
from makegood.playbooks.spots import Spot
from makegood.projections.amounts import read_cents


class Typed(Struct, frozen=True, kw_only=True):
    """What somebody typed into one field.

    Attributes:
        was: What stood there when the form was shown, as the text has it.
        value: As typed.
    """

    was: str
    value: str


def as_written(spot: Spot, typed: str) -> str:
    """Give what is to stand in the text.

    Raises:
        InputError: It is no amount, span or number; the words are for whoever typed it.
    """
    value = "\n".join(line.rstrip() for line in typed.splitlines()).strip()
    if not value:
        raise InputError("Nothing is written here; a whole rule is taken out in the text.")
    if spot.kind == "money":
        return str(read_cents(value))
    if spot.kind == "span" and span_ms(value) is None:
        raise InputError(
            f"`{value[:30]}` is not a span of time. Write a whole number and s, m, h or d, for "
            "example 15m, 4h or 7d."
        )
    if spot.kind == "number":
        try:
            float(value)
        except ValueError:
            raise InputError(f"`{value[:30]}` is not a number.") from None
    return value


def shown(spot: Spot) -> str:
    """Write a value as a field shows it: a sum in units of money."""
    return f"{int(spot.written) / 100:.2f}" if spot.kind == "money" else spot.written
