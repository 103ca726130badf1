"""Typed identifiers: how a customer is named by the outside, and their one normal form."""

import re

from makegood.messages.errors import InputError

KINDS = ("user", "anon", "email", "phone", "loyalty")
LOOKUP_KINDS = ("email", "phone", "loyalty")
"""Kinds that find a customer but never merge two."""
SHARED_ABOVE = 3  # an e-mail or phone of more users than this belongs to a household or an agency

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+$")
_PHONE_NOISE = re.compile(r"[\s().\-/]")


def normal(identifier: str) -> str:
    """Bring a typed identifier to its one normal form.

    Args:
        identifier: "kind:value"; kinds are `user`, `anon`, `email`, `phone` and
            `loyalty:<brand>:<number>`.

    Returns:
        The same identifier, e-mail in lower case, phone as + and digits.

    Raises:
        InputError: The kind is unknown or the value is not of its form.
    """
    kind, colon, value = identifier.partition(":")
    value = value.strip()
    if not colon or not value or kind not in KINDS:
        raise InputError(
            f"{identifier[:60]!r} is not an identifier: write kind:value with a kind of "
            f"{', '.join(KINDS)}."
        )
    if kind == "email":
        return f"email:{_email(value)}"
    if kind == "phone":
        return f"phone:{_phone(value)}"
    if kind == "loyalty" and ":" not in value:
        raise InputError(f"{identifier[:60]!r} lacks its brand: write loyalty:<brand>:<number>.")
    return f"{kind}:{value}"


def _email(value: str) -> str:
    if not _EMAIL.match(value):
        raise InputError(f"{value[:60]!r} is not an e-mail address.")
    return value.casefold()


def _phone(value: str) -> str:
    digits = _PHONE_NOISE.sub("", value)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    if not re.fullmatch(r"\+?\d{5,15}", digits):
        raise InputError(f"{value[:60]!r} is not a phone number: write it as +12125550100.")
    return digits
