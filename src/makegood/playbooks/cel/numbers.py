"""Numbers of the condition language: 64-bit integers that fail on overflow, and doubles."""

import math

from makegood.playbooks.cel.refusals import CelEvaluationError

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
_SHORT_EXPONENTS = range(-4, 6)  # outside it CEL writes an exponent, as %g does


def checked_int(value: int) -> int:
    """Return an integer that fits in 64 bits, or fail."""
    if INT_MIN <= value <= INT_MAX:
        return value
    raise CelEvaluationError("the integer does not fit in 64 bits.")


def divided(a: int, b: int) -> int:
    """Divide two integers, truncating toward zero."""
    if b == 0:
        raise CelEvaluationError("division by zero.")
    whole = abs(a) // abs(b)
    return checked_int(whole if (a < 0) == (b < 0) else -whole)


def remainder(a: int, b: int) -> int:
    """Return the remainder, with the sign of the dividend."""
    if b == 0:
        raise CelEvaluationError("remainder of a division by zero.")
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest


def float_divided(a: float, b: float) -> float:
    """Divide two doubles; by zero it gives an infinity or NaN, as IEEE 754 says."""
    if b != 0.0:
        return a / b
    if a == 0.0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def int_of_float(value: float) -> int:
    """Truncate a double to an integer; fail at the edges of 64 bits and for NaN."""
    if not INT_MIN < value < INT_MAX:
        raise CelEvaluationError("the double does not fit in 64 bits.")
    return int(value)


def text_of_float(value: float) -> str:
    """Write a double with the fewest digits that read back the same."""
    if math.isnan(value) or math.isinf(value):
        raise CelEvaluationError("an infinity or NaN has no agreed spelling.")
    mantissa, _, exponent_text = f"{value!r}".partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    exponent = int(exponent_text or 0) + len(whole) - leading - 1
    digits = digits.rstrip("0")
    if not digits:
        return f"{sign}0"
    return sign + _laid_out(digits, exponent)


def _laid_out(digits: str, exponent: int) -> str:
    if exponent not in _SHORT_EXPONENTS:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{digits[0]}{fraction}e{exponent:+03d}"
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return f"{whole}.{fraction}" if fraction else whole
