"""Who told what about a customer's standing, and when: shown to whoever answers, never guessed.

The newest event time wins, as for every fact; what another source told before stays beside it.
Source: story 1; ideas, "Fairness".
"""

from collections.abc import Iterable

from msgspec import Struct

from makegood.messages.facts import Fact, Facts

MOST_SOURCES = 5
"""As many sources of one fact are remembered; a firm has two or three systems that know a tier."""


class Told(Struct, frozen=True, gc=False, array_like=True):
    """What one source told last about one fact.

    Attributes:
        fact: Name of the fact of the customer.
        source: Which source; the name of its write key.
        at_ms: When, in event time.
        value: What it told; None when it took the fact back.
    """

    fact: str
    source: str
    at_ms: int
    value: Fact


def with_told(
    told: tuple[Told, ...], names: Iterable[str], traits: Facts, source: str, at_ms: int
) -> tuple[Told, ...]:
    """Remember what a source tells.

    Args:
        told: What is remembered, the newest first.
        names: Facts among the traits that are part of a standing.
        traits: All that the source tells.
        source: Who.
        at_ms: When; the fold gives events in the order of their time.

    Returns:
        The newest first; of each source the last word about each fact.
    """
    new = tuple(Told(name, source, at_ms, traits[name]) for name in names)
    if not new:
        return told
    said = {(one.fact, one.source) for one in new}
    kept = list(new)
    count = dict.fromkeys((one.fact for one in new), 1)
    for one in told:
        if (one.fact, one.source) in said:
            continue
        count[one.fact] = count.get(one.fact, 0) + 1
        if count[one.fact] <= MOST_SOURCES:
            kept.append(one)
    return tuple(kept)
