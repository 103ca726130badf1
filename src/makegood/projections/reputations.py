"""What customers say of a person or a rule, in words and an interval; never a bare average."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.ports.reputation import Kind, Published
from makegood.ports.store import Reading

_REASONS: Mapping[str, str] = {
    "person": "the person",
    "policy": "a rule they had to apply",
    "product": "the product or service itself",
    "other": "something else",
}
_PEOPLE: Mapping[str, str] = {
    "better": "More customers are content after meeting {name} than after meeting others",
    "worse": "Fewer customers are content after meeting {name} than after meeting others",
    "alike": "Customers are about as content with {name} as with others",
}
_RULES: Mapping[str, str] = {
    "better": "More customers are content where this rule applies than elsewhere",
    "worse": "Fewer customers are content where this rule applies than elsewhere",
    "alike": "Customers are about as content with this rule as with others",
}
CANNOT_TELL = "We cannot tell yet"


class Said(Struct, frozen=True, kw_only=True):
    """What can be said of somebody, or of a rule.

    Attributes:
        headline: One sentence.
        interval: One sentence with an interval; empty when nothing can be told yet.
        basis: On how much it rests; empty when that would tell of too few.
        reasons: What thumbs down were about, in words.
        can_tell: There is an interval.
        worse_lately: A rule that became worse, and that is no chance.
        at_ms: When it was published; 0 when nothing was.
    """

    headline: str
    interval: str = ""
    basis: str = ""
    reasons: tuple[str, ...] = ()
    can_tell: bool = False
    worse_lately: bool = False
    at_ms: int = 0


def said_of(reading: Reading, kind: Kind, names: Mapping[str, str]) -> Mapping[str, Said]:
    """Say what customers say of people or rules, in one query; everybody asked for is in it.

    Args:
        reading: The store.
        kind: "rep" or "rule".
        names: What each is called, by sign-in name or id.
    """
    found = reading.published_of(kind, sorted(names))
    return {one: in_words(found.get(one), name) for one, name in names.items()}


def heard_after_them(reading: Reading, reps: Sequence[str]) -> Mapping[str, Published]:
    """Give what is said of reps who have read it themselves; of others nothing, for now."""
    published, seen = reading.published_of("rep", reps), reading.seen_ms(reps)
    return {rep: one for rep, one in published.items() if seen.get(rep, 0) >= one.at_ms}


def in_words(one: Published | None, name: str) -> Said:
    """Put what is published into sentences."""
    if one is None:
        return Said(headline=f"{CANNOT_TELL}.")
    basis = f"{one.at_least} or more ratings" if one.at_least else ""
    if one.standing == "cannot_tell":
        return Said(headline=f"{CANNOT_TELL}.", basis=basis, at_ms=one.at_ms)
    words = (_PEOPLE if one.kind == "rep" else _RULES)[one.standing]
    return Said(
        headline=f"{words.format(name=name)}.",
        interval=(
            f"Of 100 customers alike, {one.low} to {one.high} would put a thumb up; "
            f"with everybody together it is {one.usual}."
        ),
        basis=basis,
        reasons=tuple(
            f"{_REASONS.get(reason, reason)} ({count} or more)" for reason, count in one.reasons
        ),
        can_tell=True,
        worse_lately=one.worse_lately,
        at_ms=one.at_ms,
    )


def seen_first(reading: Reading, reps: Sequence[str]) -> frozenset[str]:
    """Say who has looked at what is said of them: nobody else looks before they did."""
    return frozenset(heard_after_them(reading, reps))
