"""From scores to bands: linked, before a person, nothing; and what no score may do alone.

A score adds up what fields say as if they were independent. A family has its address, its
telephone and its mailbox together, and a father and a son may have the name too. So a pair is
linked without a person only when something of the person agrees, nothing of the person is against
it, and neither of the two has another match that is nearly as likely.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import log2
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from makegood.linkage.plan import Plan
from makegood.ports.links import SECOND

Guest: TypeAlias = tuple[str, str]
"""(list, identifier)."""
AGREES, NEAR, AGAINST, UNKNOWN = "agrees", "near", "against", "unknown"
NAMES_DIFFER = "The given names differ."
BIRTHS_DIFFER = "The dates of birth differ."
NOT_THE_PERSON = "What agrees may be a family's: the given names are not surely the same."
ONE_THING = "Beside the name nothing agrees that a family does not have together."
NEXT_BEST = "Another guest is nearly as likely to be this one."
BELOW = "It is below the threshold for linking without a person."


class Pair(Struct, frozen=True, kw_only=True):
    """A scored pair.

    Attributes:
        signs: Of each comparison: whether the two agree, nearly, differ, or nothing is known.
        why: Why a person is asked; empty when the pair is linked.
    """

    left: Guest
    right: Guest
    probability: float
    bits: float
    signs: Mapping[str, str]
    why: str = ""


def band(pairs: Sequence[Pair], plan: Plan) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """Part pairs into those that are linked and those put before a person.

    Args:
        pairs: At or above the lower threshold.
        plan: The thresholds.
    """
    linked: list[Pair] = []
    asked: list[Pair] = []
    clear_bits = log2(plan.clear_by)
    rivals = _Rivals(pairs)
    groups = _Groups()
    for pair in sorted(pairs, key=lambda it: (-it.bits, it.left, it.right)):
        why = of_the_person(pair.signs)
        why = why or ("" if pair.probability >= plan.linked_at else BELOW)
        if not why and any(pair.bits - other < clear_bits for other in rivals(pair)):
            why = NEXT_BEST
        if not why and not groups.join(pair.left, pair.right):
            why = SECOND
        (asked if why else linked).append(replace(pair, why=why))
    return tuple(linked), tuple(asked)


def of_the_person(signs: Mapping[str, str]) -> str:
    """Say what is against linking without a person, whatever the score; empty for nothing."""
    given, birth = signs.get("given", UNKNOWN), signs.get("birth", UNKNOWN)
    if given == AGAINST:
        return NAMES_DIFFER
    if birth == AGAINST:
        return BIRTHS_DIFFER
    if signs.get("number") == AGREES:
        return ""
    others = [name for name in ("mail", "phone", "address") if signs.get(name) == AGREES]
    if given != AGREES:  # John and Joan of one house, or J. of either
        return "" if birth == AGREES and (given == NEAR or others) else NOT_THE_PERSON
    if birth in (AGREES, NEAR) or {"mail", "phone"}.intersection(others):
        return ""
    # A father and a son of one name share the house: that costs a wrong link now and then, which
    # a person takes back. With a name that is not wholly the same a person is asked.
    near_home = signs.get("address") in (AGREES, NEAR)
    return "" if near_home and signs.get("surname") == AGREES else ONE_THING


class _Rivals:
    """The weights of every match of a guest in one other list."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._of: dict[tuple[Guest, str], list[tuple[float, Guest]]] = {}
        for pair in pairs:
            for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
                self._of.setdefault((one, other[0]), []).append((pair.bits, other))

    def __call__(self, pair: Pair) -> Iterable[float]:
        for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
            for bits, rival in self._of[one, other[0]]:
                if rival != other:
                    yield bits


class _Groups:
    """Who would be one customer; of one list a customer has one guest."""

    def __init__(self) -> None:
        self._members: dict[Guest, set[Guest]] = {}

    def join(self, left: Guest, right: Guest) -> bool:
        """Join two groups; refused when a list would then be in it twice."""
        mine = self._members.setdefault(left, {left})
        theirs = self._members.setdefault(right, {right})
        if mine is theirs:
            return True
        both = mine | theirs
        if len({list_ for list_, _ in both}) < len(both):
            return False
        for one in both:
            self._members[one] = both
        return True
