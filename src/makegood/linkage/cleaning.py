"""One form for what lists write in many: names, dates, numbers, streets."""

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime

from makegood.linkage.nicknames import is_known as is_known
from makegood.linkage.nicknames import roots_of
from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal

PHONE_DIGITS = 9  # the last ones: the same number with and without its country
_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "herr", "frau", "mme", "m"}
)
_SUFFIXES = frozenset({"jr", "sr", "junior", "senior", "ii", "iii", "phd", "md"})
_PARTICLES = frozenset(
    {"van", "von", "de", "der", "den", "da", "di", "la", "le", "del", "du", "bin"}
)
_STREETS = {
    "street": "st", "str": "st", "strasse": "st", "road": "rd", "avenue": "ave", "av": "ave",
    "lane": "ln", "drive": "dr", "place": "pl", "court": "ct", "crescent": "cres", "close": "cl",
    "circuit": "cct", "boulevard": "blvd", "square": "sq", "terrace": "tce", "parade": "pde",
    "highway": "hwy", "apartment": "apt", "flat": "apt", "unit": "apt", "saint": "st",
}  # fmt: skip
_UNSAID = frozenset({"19000101", "19010101", "19700101", "00010101", "99991231", "11111111"})
"""Birth dates that stand for "not known" in one list or another."""
_FORMS = ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d")
_WORDS = re.compile(r"[^a-z0-9]+")
_HOUSE = re.compile(r"(?<![0-9])([0-9]{1,5})[a-z]?(?![0-9a-z])")


def plain(text: str) -> str:
    """Give text in small letters without accents, and with one space between words."""
    folded = text.casefold()
    if not folded.isascii():
        folded = folded.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
        split = unicodedata.normalize("NFKD", folded)
        folded = "".join(sign for sign in split if not unicodedata.combining(sign))
        if not folded.isascii():  # another script: its letters are kept
            return " ".join("".join(s if s.isalnum() else " " for s in folded).split())
    return _WORDS.sub(" ", folded).strip()


def split_name(whole: str) -> tuple[str, str]:
    """Part a whole name into given name and surname: "Dr Ana de Sá" or "de Sá, Ana".

    What is one word alone is taken for a surname.
    """
    before, comma, after = whole.partition(",")
    if comma and plain(after) and plain(after) not in _SUFFIXES:
        return given_name(after), surname(before)
    words = _untitled([word for word in plain(before).split() if word not in _SUFFIXES], 2)
    if len(words) < 2:
        return "", words[0] if words else ""
    cut = len(words) - 1
    while cut > 1 and words[cut - 1] in _PARTICLES:
        cut -= 1
    return words[0], " ".join(words[cut:])


def given_name(text: str) -> str:
    """Give the first given name, without a title."""
    words = _untitled(plain(text).split(), 1)
    return words[0] if words else ""


def _untitled(words: list[str], needed: int) -> list[str]:
    """Leave titles out; the M of "M Smith" is none, for then nothing would be left of the name."""
    left = [word for word in words if word not in _TITLES]
    if len(left) < needed <= len(words) and words[-needed] == "m":
        return words[-needed:]
    return left


def surname(text: str) -> str:
    """Give a surname without what follows it."""
    return " ".join(word for word in plain(text).split() if word not in _SUFFIXES)


def name_roots(given: str) -> tuple[str, ...]:
    """Give every full name that a given name may be short for, itself among them."""
    return roots_of(given)


def birth_date(text: str, form: str = "") -> str:
    """Give a date as eight digits; nothing when it cannot be read or stands for "not known".

    Args:
        text: As the list writes it.
        form: How the list writes it, as `strptime` knows it; the usual ones when empty.
    """
    text = text.strip()[:10] if not form else text.strip()
    for one in (form,) if form else _FORMS:
        with suppress(ValueError):
            found = datetime.strptime(text, one).date()  # noqa: DTZ007 - a day has no zone
            digits = found.strftime("%Y%m%d").rjust(8, "0")
            known = date(1900, 1, 2) <= found and digits not in _UNSAID
            return digits if known else ""
    digits = re.sub(r"[^0-9]", "", text)
    return digits if len(digits) == 8 and not form and digits not in _UNSAID else ""


def mail_address(text: str) -> str:
    """Give an e-mail address in its normal form; nothing when it is none."""
    with suppress(InputError):
        return normal(f"email:{text.strip()}").removeprefix("email:")
    return ""


def phone_number(text: str) -> str:
    """Give the last digits of a number, which are the same with and without its country."""
    with suppress(InputError):
        digits = normal(f"phone:{text.strip()}").removeprefix("phone:").lstrip("+")
        return digits.lstrip("0")[-PHONE_DIGITS:]
    return ""


def street_name(text: str) -> tuple[str, str]:
    """Part a street line into the street and the number of the house."""
    line = plain(text)
    found = _HOUSE.search(line)
    house = found[1].lstrip("0") if found else ""
    if found:
        line = f"{line[: found.start()]} {line[found.end() :]}"
    words = [_STREETS.get(word, word) for word in line.split()]
    return " ".join(words), house


def code(text: str) -> str:
    """Give a postcode or another number without spaces and signs."""
    return plain(text).replace(" ", "")
