"""Typed identifiers: how a customer is named by the outside, and their one normal form."""

import re
import unicodedata
from contextlib import suppress

from makegood.messages.errors import InputError

KINDS = ("user", "anon", "email", "phone", "loyalty")
LOOKUP_KINDS = ("email", "phone", "loyalty")
"""Kinds that find a customer but never merge two."""
SHARED_ABOVE = 3  # an e-mail or phone of more users than this belongs to a household or an agency

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+$")
_PHONE_NOISE = re.compile(r"[\s().\-/\u2010-\u2015]")
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # control characters, half characters


def one_form(value: str) -> str:
    """Give text its one Unicode form (NFC), without the space around it.

    A letter with an accent may be one sign or two; both are the same customer.
    """
    stripped = value.strip()
    return stripped if stripped.isascii() else unicodedata.normalize("NFC", stripped)


def normal(identifier: str) -> str:
    """Bring a typed identifier to its one normal form.

    Args:
        identifier: "kind:value"; kinds are `user`, `anon`, `email`, `phone` and
            `loyalty:<brand>:<number>`.

    Returns:
        The same identifier in NFC; e-mail in lower case with its domain as the DNS spells it,
        phone as + and ASCII digits.

    Raises:
        InputError: The kind is unknown or the value is not of its form.
    """
    kind, colon, value = identifier.partition(":")
    value = one_form(value)
    if not colon or not value or kind not in KINDS or _UNWRITABLE.search(value):
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
    folded = one_form(value.casefold())
    name, _, domain = folded.rpartition("@")
    if not folded.isascii():
        with suppress(UnicodeError):  # no name of the DNS; still one spelling
            domain = domain.encode("idna").decode("ascii")
    spelt = f"{name}@{domain.rstrip('.')}"  # a dot at the end is the root, and the same domain
    if not _EMAIL.match(value) or not _EMAIL.match(spelt):
        raise InputError(f"{value[:60]!r} is not an e-mail address.")
    return spelt


def _phone(value: str) -> str:
    if not value.isascii():  # full-width signs, and the digits of other scripts
        wide = unicodedata.normalize("NFKC", value)
        value = "".join(str(unicodedata.decimal(sign, sign)) for sign in wide)
    digits = _PHONE_NOISE.sub("", value)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    if not re.fullmatch(r"\+?[0-9]{5,15}", digits):
        raise InputError(f"{value[:60]!r} is not a phone number: write it as +12125550100.")
    return digits
