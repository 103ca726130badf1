"""Who comes after a rep who leaves: whoever is most like them, with what speaks for it in words.

A new person who is alike keeps more of what was there than the best one does. What a customer is
worth is not known here and cannot be asked.
Source: Shi, Sridhar, Grewal and Lilien 2017 (a similar rep beats a star); evidence (38).
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct

from makegood.messages.ids import RepId


class Profile(Struct, frozen=True, gc=False, kw_only=True):
    """What is known of a rep where two are compared.

    Attributes:
        brands: Brands served; empty for all.
        languages: Language codes without region.
        hours: Hours of a week in UTC in which they work; 0 is Monday at midnight.
        room: How many more customers they may have.
        most: How many they may have at all.
    """

    rep: RepId
    brands: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    hours: frozenset[int] = frozenset()
    room: int = 0
    most: int = 0


class Wanted(Struct, frozen=True, gc=False, kw_only=True):
    """What one customer needs of whoever comes after.

    Attributes:
        brand: Where the choice counts; empty for the umbrella.
        choices: Whom else the customer chose, in order.
        denied: These never.
        language: What the customer speaks; empty when nobody knows.
    """

    brand: str = ""
    choices: tuple[RepId, ...] = ()
    denied: frozenset[RepId] = frozenset()
    language: str = ""


class Found(Struct, frozen=True, gc=False, kw_only=True):
    """Who comes after.

    Attributes:
        rep: Who; empty when nobody suits.
        reasons: What speaks for it and how much, as `Reason` names them, in the order of the book.
    """

    rep: RepId = RepId("")
    reasons: tuple[tuple[str, str], ...] = ()


def successor(
    leaver: Profile, others: Sequence[Profile], wanted: Wanted, order: Sequence[str]
) -> Found:
    """Find who is most like the one who leaves, for one customer.

    Args:
        leaver: Who leaves.
        others: Who stays.
        wanted: What this customer needs.
        order: Which likeness counts first, as the rule book has it; a later one decides only
            where all before it are equal.
    """
    open_to = [one for one in others if _suits(one, leaver, wanted)]
    if not open_to:
        return Found()
    asked = [name for name in order if name in CRITERIA]

    def likeness(one: Profile) -> tuple[tuple[float, ...], float, str]:
        grades = tuple(-CRITERIA[name](leaver, one, wanted) for name in asked)
        return (grades, -float(one.room), one.rep)

    best = min(open_to, key=likeness)
    told = ((name, _told(name, leaver, best, wanted)) for name in asked)
    return Found(rep=best.rep, reasons=tuple((name, words) for name, words in told if words))


def _suits(one: Profile, leaver: Profile, wanted: Wanted) -> bool:
    serves = not wanted.brand or not one.brands or wanted.brand in one.brands
    return one.rep != leaver.rep and one.rep not in wanted.denied and one.room > 0 and serves


def _chosen(_leaver: Profile, one: Profile, wanted: Wanted) -> float:
    """The customer named them already, the sooner the better."""
    places = wanted.choices
    return float(len(places) - places.index(one.rep)) if one.rep in places else 0.0


def _language(leaver: Profile, one: Profile, wanted: Wanted) -> float:
    if wanted.language:
        return float(wanted.language in one.languages)
    return _overlap(leaver.languages, one.languages)


def _brands(leaver: Profile, one: Profile, _wanted: Wanted) -> float:
    if not leaver.brands or not one.brands:
        return float(not one.brands)
    return _overlap(leaver.brands, one.brands)


def _hours(leaver: Profile, one: Profile, _wanted: Wanted) -> float:
    """In tenths: an hour a week is no likeness that should decide before the load does."""
    return round(_overlap(leaver.hours, one.hours), 1)


def _room(_leaver: Profile, one: Profile, _wanted: Wanted) -> float:
    return one.room / one.most if one.most else 0.0


def _overlap(wanted: Collection[object], had: Collection[object]) -> float:
    """The share of what is wanted that is there."""
    return len(set(wanted) & set(had)) / len(wanted) if wanted else 0.0


CRITERIA: Mapping[str, Callable[[Profile, Profile, Wanted], float]] = {
    "choices": _chosen,
    "languages": _language,
    "brands": _brands,
    "hours": _hours,
    "room": _room,
}
"""What a rule book may put in order; there is no word for what a customer is worth."""


def _told(name: str, leaver: Profile, best: Profile, wanted: Wanted) -> str:
    """Say how much speaks for it; empty for nothing."""
    match name:
        case "choices":
            named = best.rep in wanted.choices
            return str(wanted.choices.index(best.rep) + 2) if named else ""
        case "languages":
            spoken = best.languages & (leaver.languages | {wanted.language})
            return " ".join(sorted(spoken))
        case "brands":
            shared = leaver.brands & best.brands
            return " ".join(sorted(shared)) if shared else ("*" if not best.brands else "")
        case "hours":
            share = _overlap(leaver.hours, best.hours)
            return str(round(100 * share)) if share else ""
        case _:
            return str(best.room)
