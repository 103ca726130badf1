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
ANOTHER = frozenset({NAMES_DIFFER, BIRTHS_DIFFER})
"""What says that two are two people, so that the one is no rival of a match of the other."""
BY_THE_WAY = "Other links would make them one with somebody whose name or date of birth differs."
BELOW = "It is below the threshold for linking without a person."


class Pair(Struct, frozen=True, kw_only=True):
    """A scored pair.

    Attributes:
        signs: Of each comparison: whether the two agree, nearly, differ, or nothing is known; and
            of those of `comparing.SIGNS` that hold.
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
    judged = [(pair, of_the_person(pair.signs)) for pair in pairs]
    rivals = _Rivals(pair for pair, why in judged if why not in ANOTHER)
    groups = _Groups(pair for pair, why in judged if why in ANOTHER)
    for pair, why in sorted(judged, key=lambda it: (-it[0].bits, it[0].left, it[0].right)):
        why = why or ("" if pair.probability >= plan.linked_at else BELOW)
        if not why and any(pair.bits - other < clear_bits for other in rivals(pair)):
            why = NEXT_BEST
        why = why or groups.join(pair.left, pair.right)
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
    if given != AGREES and signs.get("mailbox") != AGREES:  # Mary and Gary of one house, or J.
        return "" if birth == AGREES and (given == NEAR or others) else NOT_THE_PERSON
    if birth in (AGREES, NEAR) or {"mail", "phone"}.intersection(others):
        return ""
    # A father and a son of one name share the house: that costs a wrong link now and then, which
    # a person takes back.
    near_home = signs.get("address") in (AGREES, NEAR)
    one_name = AGREES in (signs.get("surname"), signs.get("slip"))
    return "" if near_home and one_name else ONE_THING


class _Rivals:
    """The weights of every match of a guest in one other list.

    A brother in the same house has mail and telephone in common, and weighs as much as the guest
    himself whose other row has less: what he is not is the guest.
    """

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._of: dict[tuple[Guest, str], list[tuple[float, Guest]]] = {}
        for pair in pairs:
            for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
                self._of.setdefault((one, other[0]), []).append((pair.bits, other))

    def __call__(self, pair: Pair) -> Iterable[float]:
        for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
            for bits, rival in self._of.get((one, other[0]), ()):
                if rival != other:
                    yield bits


class _Groups:
    """Who would be one customer; of one list a customer has one guest, and all are one person."""

    def __init__(self, others: Iterable[Pair]) -> None:
        self._members: dict[Guest, set[Guest]] = {}
        self._others: dict[Guest, set[Guest]] = {}
        for pair in others:
            self._others.setdefault(pair.left, set()).add(pair.right)
            self._others.setdefault(pair.right, set()).add(pair.left)

    def join(self, left: Guest, right: Guest) -> str:
        """Join two groups, or say why not."""
        mine = self._members.setdefault(left, {left})
        theirs = self._members.setdefault(right, {right})
        if mine is theirs:
            return ""
        both = mine | theirs
        if len({list_ for list_, _ in both}) < len(both):
            return SECOND
        if any(not theirs.isdisjoint(self._others.get(one, ())) for one in mine):
            return BY_THE_WAY
        for one in both:
            self._members[one] = both
        return ""
