"""What an identify call tells: facts, personal data, and what finds the customer."""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.messages.facts import Fact, Facts
from makegood.messages.identifiers import normal
from makegood.messages.ids import ProfileId
from makegood.ports.rows import PersonRow
from makegood.sources.limits import check_text

# Spellings of the personal fields that the side table has a column for.
NAME_KEYS = ("name", "fullName", "full_name", "displayName")
FIRST_KEYS = ("firstName", "first_name", "givenName", "given_name")
LAST_KEYS = ("lastName", "last_name", "familyName", "family_name", "surname")
EMAIL_KEYS = ("email", "emailAddress", "email_address")
PHONE_KEYS = ("phone", "phoneNumber", "phone_number", "mobile", "telephone")
LANGUAGE_KEYS = ("language", "locale")
LOYALTY_KEYS = ("loyalty", "loyalty_numbers", "loyaltyNumbers")
_HAS_COLUMN = frozenset((*NAME_KEYS, *FIRST_KEYS, *LAST_KEYS, *EMAIL_KEYS, *PHONE_KEYS))
Traits: TypeAlias = dict[str, object]
_LONGEST = 320  # the longest address there can be


class Known(Struct, frozen=True, gc=False, kw_only=True):
    """What an item tells about who the customer is.

    Attributes:
        facts: Traits without those that have a column of their own.
        lookups: E-mail, phone and loyalty identifiers, normalised.
        also: Identifiers of the same customer.
        person: Personal data, or None when there is none.
        warning: Look-ups that were left out, and why.
    """

    facts: Facts = {}
    lookups: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    person: PersonRow | None = None
    warning: str = ""


def read_traits(traits: Traits, context: Traits | None, identifier: str) -> Known:
    """Take traits apart.

    A look-up that is not of its form is left out with a warning: the rest of the call is
    still true, and what was typed is kept for people to see.
    """
    found: list[str] = []
    wrong: list[str] = []
    for where, candidate in _candidates(traits):
        try:
            check_text(candidate, where)
            found.append(normal(candidate))
        except InputError as error:
            wrong.append(f"{where} finds nobody: {error}")
    return Known(
        facts={key: value for key, value in traits.items() if not _has_column(key, value)},
        lookups=tuple(dict.fromkeys(found)),
        person=_person(traits, context or {}, identifier),
        warning=" ".join(wrong),
    )


def person_of(context: Traits | None, identifier: str) -> PersonRow | None:
    """Give the personal data that a call other than identify carries in `context.traits`."""
    traits = (context or {}).get("traits")
    return _person(traits, {}, identifier) if isinstance(traits, dict) else None


def _has_column(key: str, value: Fact) -> bool:
    return key in LOYALTY_KEYS or (key in _HAS_COLUMN and isinstance(value, str | int))


def _candidates(traits: Traits) -> Iterator[tuple[str, str]]:
    for kind, keys in (("email", EMAIL_KEYS), ("phone", PHONE_KEYS)):
        for key in keys:
            if value := _text(traits, key):
                yield f"traits.{key}", f"{kind}:{value}"
    for key in LOYALTY_KEYS:
        yield from _loyalty(traits.get(key), f"traits.{key}")


def _loyalty(value: Fact, where: str) -> Iterator[tuple[str, str]]:
    """Read {"brand": "number"}, [{"brand": ..., "number": ...}] or "brand:number"."""
    if isinstance(value, str) and value.strip():
        yield where, f"loyalty:{value.strip()}"
    elif isinstance(value, dict) and {"brand", "number"} <= value.keys():
        yield where, f"loyalty:{value['brand']}:{value['number']}"
    elif isinstance(value, dict):
        for brand, number in value.items():
            yield f"{where}.{brand}", f"loyalty:{brand}:{number}"
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            if isinstance(entry, str | dict):
                yield from _loyalty(entry, f"{where}[{index}]")


def _person(traits: Traits, context: Traits, identifier: str) -> PersonRow | None:
    first, last = _first(traits, FIRST_KEYS), _first(traits, LAST_KEYS)
    row = PersonRow(
        profile=ProfileId(""),  # the intake knows the key that makes it
        identifier=identifier,
        name=_first(traits, NAME_KEYS) or f"{first} {last}".strip(),
        email=_first(traits, EMAIL_KEYS),
        phone=_first(traits, PHONE_KEYS),
        language=_first(traits, LANGUAGE_KEYS) or _text(context, "locale"),
    )
    is_empty = not (row.name or row.email or row.phone or row.language)
    return None if is_empty else row


def _first(traits: Traits, keys: tuple[str, ...]) -> str:
    return next((value for key in keys if (value := _text(traits, key))), "")


def _text(traits: Traits, key: str) -> str:
    value = traits.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a phone number sent as a number
    if not isinstance(value, str):
        return ""
    kept = value.strip()[:_LONGEST]
    check_text(kept, f"traits.{key}")
    return kept
