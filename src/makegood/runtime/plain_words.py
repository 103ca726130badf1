"""What a customer is told stands in the log, which keeps pseudonyms: no name and no number in it.

Words that may be erased stand beside the log; these are read by everybody who reads the log again.
"""

import re

from makegood.messages.errors import Refused
from makegood.messages.facts import RootCauseNamed
from makegood.messages.ids import CustomerId
from makegood.ports.store import Reading

_SHORTEST = 3  # letters of a name that is looked for
_DIGITS = 8  # the last ones of a number: the same with and without its country
_WORD = re.compile(r"\w+")
_NO_DIGIT = re.compile(r"\D")


def names_them(reading: Reading, wanted: RootCauseNamed, customer: CustomerId) -> Refused | None:
    """Say why the words that a customer is to be told may not be kept; None where they may."""
    if not wanted.told:
        return None
    own = reading.profiles_of([customer]).get(customer, ())
    words, digits = set(_WORD.findall(wanted.told)), _NO_DIGIT.sub("", wanted.told)
    for row in reading.persons(own).values():
        name = {one for one in _WORD.findall(row.name) if len(one) >= _SHORTEST}
        if found := sorted(name & words):  # as it is written: a Will is no will
            why = f"What the customer is told names nobody: write it without “{found[0]}”."
            return Refused(code="personal", why=why)
        number = _NO_DIGIT.sub("", row.phone)[-_DIGITS:]
        if len(number) == _DIGITS and number in digits:
            return Refused(code="personal", why="What the customer is told holds no number.")
    return None
