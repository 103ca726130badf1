"""Read an amount of money as people write it."""

import re

from makegood.messages.errors import InputError

_AMOUNT = re.compile(r"(\d{1,3}(?:[ ,.']\d{3})+|\d+)(?:[.,](\d{1,2}))?")
MOST_CENTS = 10_000_000_00  # ten million: beyond it somebody slipped


def read_cents(text: str) -> int:
    """Read an amount such as 95, 95.50, 1,200 or 1.200,50; nothing is nothing to pay.

    Raises:
        InputError: It is no amount.
    """
    plain = text.strip().strip("$€£ ").strip()
    if not plain:
        return 0
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        raise InputError(f"{text[:30]!r} is not an amount: write it as 95 or 95.50.")
    whole = re.sub(r"\D", "", found[1])
    cents = int(whole) * 100 + int((found[2] or "").ljust(2, "0") or 0)
    if cents > MOST_CENTS:
        raise InputError(f"{text[:30]!r} is too much; check the amount.")
    return cents
