"""People in the report: enough to find them in your own system, too little to write to them."""

import re

_EMAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")
_LONG_NUMBER = re.compile(r"\+\d[\d ().\-]{6,}\d")


def masked(identifier: str) -> str:
    """Mask a typed identifier: "email:anna@example.com" gives "a***@e***.com"."""
    kind, _, value = identifier.partition(":")
    if kind == "email":
        return _masked_email(value)
    if kind == "phone":
        return f"phone ***{value[-2:]}"
    return f"{kind} {value[:1]}***"


def _masked_email(value: str) -> str:
    name, _, domain = value.partition("@")
    last = domain.rpartition(".")[2] if "." in domain else ""
    return f"{name[:1]}***@{domain[:1]}***" + (f".{last}" if last else "")


def without_addresses(text: str) -> str:
    """Mask e-mail addresses and phone numbers inside a name that the report shows."""
    text = _EMAIL.sub(lambda found: _masked_email(found.group()), text)
    return _LONG_NUMBER.sub("+***", text)
