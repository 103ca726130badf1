"""Who goes elsewhere when not all can stay: least harm first, each with reasons; a person decides.

Who somebody is to the firm is not asked. What nobody knows counts as the worse of the two, so
that nobody is walked because a fact was missing.
Source: ideas, "Fairness"; evidence, "Making good" (severity is the customer's loss).
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.playbooks.placing import Harm, WalkRule

NOTHING = "nothing speaks against it"
OFFERED = "offered to go"


class Arriving(Struct, frozen=True, gc=False, kw_only=True):
    """Somebody who is to arrive.

    Attributes:
        id: Reservation.
        facts: What is known of the arrival, as `arrival.*`.
        volunteer: They offered to go elsewhere.
    """

    id: str
    facts: Facts
    volunteer: bool = False


class Ranked(Struct, frozen=True, gc=False, kw_only=True):
    """How much harm it does to walk somebody.

    Attributes:
        points: The sum of what holds, and of what nobody knows.
        reasons: In words, the heaviest first.
        never: The rule says that they stay.
        unsure: It may say so: a fact is missing.
    """

    id: str
    points: int
    reasons: tuple[str, ...]
    never: bool = False
    unsure: bool = False
    volunteer: bool = False

    @property
    def stays(self) -> bool:
        """Whether nobody should walk them without asking first."""
        return self.never or self.unsure


def rank(rule: WalkRule, arrivals: Iterable[Arriving]) -> tuple[Ranked, ...]:
    """Put arrivals in the order in which they are walked.

    Returns:
        Volunteers first where the rule says so, then the least harm; behind them those of whom a
        fact is missing that would let them stay, and last those who stay. Equals by their ids.
    """
    ranked = [_ranked(rule, one) for one in arrivals]
    return tuple(sorted(ranked, key=lambda one: _place(rule, one)))


def _place(rule: WalkRule, one: Ranked) -> tuple[bool, bool, bool, int, str]:
    last = rule.volunteers_first and not one.volunteer
    return (one.never, one.unsure and not one.volunteer, last, one.points, one.id)


def _ranked(rule: WalkRule, arrival: Arriving) -> Ranked:
    parameters = rule.parameters
    never = [(one, one.holds(arrival.facts, parameters)) for one in rule.never]
    harm = [(one, one.holds(arrival.facts, parameters)) for one in rule.harm]
    counted = sorted(
        ((one, holds) for one, holds in harm if holds is not False),
        key=lambda pair: -pair[0].points,
    )
    against = [pair for pair in never if pair[1] is not False]
    reasons = [_words(one, holds) for one, holds in (*against, *counted)]
    if arrival.volunteer:
        reasons.insert(0, OFFERED)
    return Ranked(
        id=arrival.id,
        points=sum(one.points for one, _ in counted),
        reasons=tuple(reasons) or (NOTHING,),
        never=any(holds is True for _, holds in never),
        unsure=any(holds is None for _, holds in never),
        volunteer=arrival.volunteer,
    )


def _words(one: Harm, holds: bool | None) -> str:
    return one.says if holds else f"nobody knows whether {one.says}"


def suggested(ranked: Sequence[Ranked], need: int) -> tuple[str, ...]:
    """Give who is walked by the ranking: as many as have to go, of those who need not stay."""
    return tuple(one.id for one in ranked if not one.never)[:need]
