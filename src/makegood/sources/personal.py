"""Personal data is taken out of what arrives, before anything reaches the log.

The log is kept for ever and conditions read it; names, addresses and free text may be in neither.
They go to the side table of personal data, from which they can be erased.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.messages.facts import Fact, Facts
from makegood.sources.limits import check_fraction, check_integer, check_key, check_text


def _keys(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Keys are compared without regard to case, "_", "-" and spaces. Whoever needs such a value in a
# condition sends the fact itself under another key: `is_vip`, not `name`.
NAMES = _keys(
    "name fullname firstname lastname middlename givenname familyname surname displayname "
    "username nickname customername guestname passengername contactname"
)
ADDRESSES = _keys(
    "email emailaddress mail phone phonenumber mobile mobilenumber mobilephone telephone tel fax "
    "address address1 address2 street streetaddress postaladdress billingaddress shippingaddress "
    "zip zipcode postcode postalcode latitude longitude ip ipaddress useragent avatar website "
    "url referrer search recording recordingurl recordinglink caller callerid callernumber callee "
    "ani"
)
NUMBERS = _keys(
    "birthday birthdate dateofbirth dob age gender passport passportnumber ssn nationalid taxid "
    "drivinglicence driverslicense licensenumber iban cardnumber creditcard"
)
WORDS = _keys(
    "message comment comments text words note notes feedback review body subject remarks "
    "transcript complaint"
)
PERSONAL = NAMES | ADDRESSES | NUMBERS | WORDS
COMPANY_MAY_KEEP = frozenset({"name", "website"})  # of a company these name nobody

_NOISE = str.maketrans("", "", "_- ")
# One sign on each side is enough to find it, and keeps a text of 32 KB without a dot fast.
_ADDRESS = re.compile(r"[^@\s]@[^@\s]+\.[^@\s]")


def holds_address(value: str) -> bool:
    """Whether a text names somebody: words around an e-mail address are free text as well."""
    return "@" in value and _ADDRESS.search(value) is not None


@lru_cache(maxsize=4096)
def is_personal(key: str) -> bool:
    """Whether a value under this key must not reach the log."""
    return key.casefold().translate(_NOISE) in PERSONAL


class Separated(Struct, frozen=True, gc=False, kw_only=True):
    """A map of facts with its personal values taken out.

    Attributes:
        facts: What conditions may read; a personal value is replaced by its reference.
        texts: Reference -> the words, for the side table.
    """

    facts: Facts
    texts: dict[str, str]


class Separator:
    """Walks one map once: checks its size and takes the personal values out."""

    def __init__(self, event: Callable[[], str], keep: frozenset[str] = frozenset()) -> None:
        """Begin.

        Args:
            event: Gives the event's id, which names the words that are taken out.
            keep: Keys that are personal elsewhere and not here.
        """
        self._event = event
        self._keep = keep
        self._texts: dict[str, str] = {}

    def separate(self, facts: Facts, where: str) -> Separated:
        """Take personal values out of a map.

        Raises:
            InputError: A value is too large, too deep or cannot be stored; says where.
        """
        return Separated(facts=self._map(facts, where, 1), texts=self._texts)

    def _map(self, facts: Facts, where: str, depth: int) -> Facts:
        if depth > MAX_DEPTH:
            raise InputError(f"{where} is nested deeper than {MAX_DEPTH} levels; send it flatter.")
        kept: Facts = {}
        for key, value in facts.items():
            check_key(key, where)
            if holds_address(key):  # a map by address: the address is the personal part
                self._taken_out({key: value}, f"{where}.address")
                continue
            path = f"{where}.{key}"
            if value in (None, ""):
                kept[key] = value
            elif is_personal(key) and key.casefold() not in self._keep:
                kept[key] = self._taken_out(value, path)
            else:
                kept[key] = self._value(value, path, depth)
        return kept

    def _value(self, value: Fact, path: str, depth: int) -> Fact:
        if isinstance(value, str):
            check_text(value, path)
            return self._taken_out(value, path) if holds_address(value) else value
        if isinstance(value, dict):
            return self._map(value, path, depth + 1)
        if isinstance(value, list):
            if depth >= MAX_DEPTH:
                raise InputError(f"{path} is nested deeper than {MAX_DEPTH} levels.")
            return [self._value(v, f"{path}[{i}]", depth + 1) for i, v in enumerate(value)]
        if isinstance(value, int):
            check_integer(value, path)
        elif isinstance(value, float):
            check_fraction(value, path)
        return value

    def _taken_out(self, value: Fact, path: str) -> str:
        words = value if isinstance(value, str) else _as_text(value, path)
        check_text(words, path)
        ref = f"{self._event()}/{path}"
        self._texts[ref] = words
        return ref


def _as_text(value: Fact, path: str) -> str:
    try:
        return msgspec.json.encode(value, order="sorted").decode()
    except RecursionError:
        raise InputError(f"{path} is nested too deep; send it flatter.") from None


MAX_DEPTH = 12  # no event seen in the wild goes beyond six
