"""How two values of a field may be alike: levels, each with its condition, its words, its weight.

Conditions are SQL over the columns of `guests.py`, `_l` and `_r` for the two sides. The share of
true matches at a level (`usual`) is what is believed before the lists at hand taught anything.
"""

from collections.abc import Mapping

from msgspec import Struct

_SAME_LETTERS = "jaro_winkler_similarity({0}_l, {0}_r) >= {1}"
_ONE_SIGN = "damerau_levenshtein({0}_l, {0}_r) <= {1}"


class Level(Struct, frozen=True, kw_only=True):
    """One way of being alike.

    Attributes:
        when: SQL.
        says: What it is, in words.
        usual: Share of pairs of one person that are at this level.
        by_term: A rare value that is shared says more than a common one.
    """

    when: str
    says: str
    usual: float
    by_term: str = ""


class Compared(Struct, frozen=True, kw_only=True):
    """One comparison: fields that are looked at together.

    Attributes:
        name: Of the comparison.
        title: What it is called.
        columns: Of which at least one has to be in two lists.
        unknown: SQL: nothing can be said.
        otherwise: Words and share of the last level.
        shown: The columns of the list that are shown for it.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    unknown: str
    levels: tuple[Level, ...]
    otherwise: tuple[str, float]
    shown: tuple[str, ...]


def _missing(*names: str) -> str:
    return " AND ".join(f"({name}_l IS NULL OR {name}_r IS NULL)" for name in names)


def _level(when: str, says: str, usual: float, by_term: str = "") -> Level:
    return Level(when=when, says=says, usual=usual, by_term=by_term)


def _initial(short: str, long: str) -> str:
    return (
        f"length(given_{short}) = 1 AND length(given_{long}) > 2 "
        f"AND left(given_{long}, 1) = given_{short} "
        f"AND contains(split_part(mail_{long}, '@', 1), given_{long})"
    )


SIGNS: Mapping[str, str] = {
    "mailbox": f"mail_l = mail_r AND (({_initial('l', 'r')}) OR ({_initial('r', 'l')}))",
    "slip": "least(length(surname_l), length(surname_r)) > 4 "
    f"AND {_ONE_SIGN.format('surname', 1)}",
}
"""What no level of one field says. `mailbox`: the initial of one list, and a mail address of both
that has the whole name of the other in it, are one person's and not another's of the house.
`slip`: two surnames are one but for a letter."""
MISSPELT = 20  # a spelling that is so much rarer than another, one letter away, is a slip of it
_SLIP = (
    f"{_ONE_SIGN.format('given', 1)} AND right(given_l, 1) = right(given_r, 1) "
    f"AND {MISSPELT} * least(given_seen_l, given_seen_r) <= greatest(given_seen_l, given_seen_r)"
)
_LONG_SLIP = (
    f"length(given_l) > 5 AND length(given_r) > 5 AND {_ONE_SIGN.format('given', 1)} "
    "AND right(given_l, 1) = right(given_r, 1) "
    "AND (given_known_l IS NULL OR given_known_r IS NULL)"
)  # Daniel and Daniela, Francis and Frances are brother and sister
_NUMBERS = "regexp_replace(split_part(mail_{}, '@', 1), '[^0-9]', '', 'g')"
_SAME_NUMBERS = f"{_NUMBERS.format('l')} = {_NUMBERS.format('r')}"
_NAME_IN_IT = (
    "contains(split_part(mail_l, '@', 1), coalesce(surname_l, given_l)) "
    "OR contains(split_part(mail_l, '@', 1), coalesce(given_l, surname_l))"
)
_SWAPPED = "given_l = surname_r AND surname_l = given_r"

COMPARED: tuple[Compared, ...] = (
    Compared(
        name="given",
        title="Given name",
        columns=("given",),
        unknown=_missing("given"),
        levels=(
            _level("given_l = given_r", "the same", 0.76, "given"),
            _level("list_has_any(given_roots_l, given_roots_r)", "short for the same name", 0.1),
            _level(_SWAPPED, "given name and surname are exchanged", 0.01),
            _level(f"({_SLIP}) OR ({_LONG_SLIP})", "a slip in one letter of the same", 0.04),
            _level(
                f"{_ONE_SIGN.format('given', 1)} OR {_SAME_LETTERS.format('given', 0.92)}",
                "almost the same letters",
                0.03,
            ),
            _level(
                "(length(given_l) = 1 OR length(given_r) = 1) "
                "AND left(given_l, 1) = left(given_r, 1)",
                "the same initial",
                0.02,
            ),
            _level(_SAME_LETTERS.format("given", 0.8), "similar letters", 0.02),
        ),
        otherwise=("another one", 0.02),
        shown=("given",),
    ),
    Compared(
        name="surname",
        title="Surname",
        columns=("surname",),
        unknown=_missing("surname"),
        levels=(
            _level("surname_l = surname_r", "the same", 0.8, "surname"),
            _level(_SWAPPED, "given name and surname are exchanged", 0.01),
            _level(
                f"{_ONE_SIGN.format('surname', 1)} OR {_SAME_LETTERS.format('surname', 0.92)}",
                "almost the same letters",
                0.09,
            ),
            _level(
                "list_has_any(surname_parts_l, surname_parts_r)", "a part of it is the same", 0.02
            ),
            _level(_SAME_LETTERS.format("surname", 0.8), "similar letters", 0.02),
        ),
        otherwise=("another one", 0.06),
        shown=("surname",),
    ),
    Compared(
        name="birth",
        title="Date of birth",
        columns=("birth",),
        unknown=_missing("birth"),
        levels=(
            _level("birth_l = birth_r", "the same", 0.9),
            _level(
                "left(birth_l, 4) = left(birth_r, 4) "
                "AND substr(birth_l, 5, 2) = substr(birth_r, 7, 2) "
                "AND substr(birth_l, 7, 2) = substr(birth_r, 5, 2)",
                "day and month are exchanged",
                0.02,
            ),
            _level(_ONE_SIGN.format("birth", 1), "one digit differs", 0.05),
            _level(
                "left(birth_l, 4) = left(birth_r, 4) "
                "AND (substr(birth_l, 5, 2) = substr(birth_r, 5, 2) "
                "OR substr(birth_l, 7, 2) = substr(birth_r, 7, 2))"
                " OR substr(birth_l, 5) = substr(birth_r, 5)",
                "two of day, month and year are the same",
                0.02,
            ),
        ),
        otherwise=("another one", 0.01),
        shown=("birth",),
    ),
    Compared(
        name="mail",
        title="E-mail",
        columns=("mail",),
        unknown=_missing("mail"),
        levels=(
            _level("mail_l = mail_r", "the same", 0.7),
            # Namesakes have their common name before the @ as well, with another number.
            _level(
                "length(split_part(mail_l, '@', 1)) > 5 "
                "AND split_part(mail_l, '@', 1) = split_part(mail_r, '@', 1) "
                f"AND (length({_NUMBERS.format('l')}) > 1 OR NOT ({_NAME_IN_IT}))",
                "the same address at another provider",
                0.03,
            ),
            _level(
                f"{_ONE_SIGN.format('mail', 2)} AND {_SAME_NUMBERS} "
                "AND split_part(mail_l, '@', 1) <> split_part(mail_r, '@', 1)",
                "one or two signs differ",
                0.03,
            ),
        ),
        otherwise=("another one", 0.24),
        shown=("mail",),
    ),
    Compared(
        name="phone",
        title="Telephone",
        columns=("phone",),
        unknown=_missing("phone"),
        levels=(
            _level("phone_l = phone_r", "the same", 0.7),
            _level(_ONE_SIGN.format("phone", 1), "one digit differs", 0.05),
        ),
        otherwise=("another one", 0.25),
        shown=("phone",),
    ),
    Compared(
        name="address",
        title="Address",
        columns=("street", "postcode", "city"),
        unknown=_missing("street", "postcode", "city"),
        levels=(
            _level(
                "street_l = street_r AND house_l = house_r AND postcode_l = postcode_r",
                "the same house",
                0.55,
            ),
            _level(
                "postcode_l = postcode_r AND "
                f"(street_l = street_r OR {_SAME_LETTERS.format('street', 0.88)})",
                "the same street",
                0.08,
                "postcode",
            ),
            _level(
                f"house_l = house_r AND {_SAME_LETTERS.format('street', 0.92)}",
                "the same house, another postcode",
                0.04,
            ),
            _level("postcode_l = postcode_r", "the same postcode", 0.1, "postcode"),
            _level(
                f"{_ONE_SIGN.format('postcode', 1)} AND {_SAME_LETTERS.format('city', 0.9)}",
                "the same town, a postcode that differs by one sign",
                0.02,
            ),
            _level("city_l = city_r", "the same town", 0.06, "city"),
        ),
        otherwise=("another one", 0.15),
        shown=("street", "place", "postcode", "city"),
    ),
    Compared(
        name="place",
        title="Further line of the address",
        columns=("place",),
        unknown=_missing("place"),
        levels=(
            _level("place_l = place_r", "the same", 0.75, "place"),
            _level(_SAME_LETTERS.format("place", 0.88), "almost the same letters", 0.1),
        ),
        otherwise=("another one", 0.15),
        shown=("place",),
    ),
    Compared(
        name="region",
        title="State or county",
        columns=("region",),
        unknown=_missing("region"),
        levels=(_level("region_l = region_r", "the same", 0.9),),
        otherwise=("another one", 0.1),
        shown=("region",),
    ),
    Compared(
        name="number",
        title="Number both lists have",
        columns=("number",),
        unknown=_missing("number"),
        levels=(
            _level("number_l = number_r", "the same", 0.9),
            _level(_ONE_SIGN.format("number", 1), "one digit differs", 0.06),
            _level(_ONE_SIGN.format("number", 2), "two digits differ", 0.02),
        ),
        otherwise=("another one", 0.02),
        shown=("number",),
    ),
)

SEARCHED: tuple[tuple[str, ...], ...] = (
    ("number",),
    ("mail",),
    ("phone",),
    ("birth",),
    ("surname", "given"),
    ("surname", "postcode"),
    ("given", "postcode"),
    ("surname", "city", "house"),
    ("given", "city", "house"),
    ("street", "house", "postcode"),
    ("street", "house", "city"),
    ("street", "house", "given"),
    ("street", "house", "surname"),
    ("street", "postcode"),
    ("postcode", "house"),
    ("place", "city"),
    ("place", "postcode"),
    ("place", "house"),
)
"""Pairs that agree in all of one of these are compared; no other pair is."""
LEARNT: tuple[tuple[str, ...], ...] = (
    ("birth",),
    ("surname", "given"),
    ("mail",),
    ("phone",),
    ("surname", "postcode"),
)
"""Among the pairs that agree in these, the shares of the other fields are learnt."""
SURE: tuple[tuple[str, ...], ...] = (
    ("number",),
    ("mail", "given"),
    ("phone", "given", "surname"),
    ("birth", "surname", "given"),
    ("postcode", "street", "house", "surname", "given"),
)
"""Pairs that agree in one of these are one person almost surely: a guess of how many there are."""
