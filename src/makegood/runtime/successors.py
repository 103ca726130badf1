"""Who is put forward to each customer of somebody who leaves, and what is said of it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from makegood.core.in_touch import InTouch, Succession
from makegood.core.lots import draw
from makegood.core.state import State
from makegood.core.succession import Profile, Wanted, successor
from makegood.messages.events import OWN_SOURCE
from makegood.messages.hello_facts import Assigned, SuccessorNamed
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.in_touch_terms import INTRODUCTION
from makegood.ports.rows import RepRow
from makegood.ports.ties import Tie
from makegood.runtime.told import Told

LEAVING = f"{OWN_SOURCE}:leaving"


def told_of(state: State, tie: Tie) -> Succession | None:
    """Give what a customer was told already, and has not answered."""
    found = (one for one in state.in_touch.successions if one.is_asked)
    return next((one for one in found if one.choice == tie.choice), None)


class Naming:
    """Finds successors for a page, and keeps count of the room that it gave away."""

    def __init__(
        self, leaver: RepRow, profiles: Mapping[RepId, Profile], open_to: frozenset[RepId]
    ) -> None:
        self._leaver = leaver
        self._me = profiles[leaver.rep]
        # Who leaves as well is no successor, nor who looks after nobody: a yes must be possible.
        self._others = [one for rep, one in profiles.items() if rep in open_to]
        self._given: Counter[RepId] = Counter()

    def named(self, state: State, tie: Tie, language: str, order: Sequence[str]) -> SuccessorNamed:
        """Put somebody forward for one customer; of what they are worth nothing is known here.

        Who was put forward already stays so, as long as they stay.
        """
        mine, known = state.my_person, told_of(state, tie)
        if known is not None and any(one.rep == known.successor for one in self._others):
            return SuccessorNamed(
                rep=tie.rep,
                leaves_ms=self._leaver.left_ms,
                choice=tie.choice,
                successor=known.successor,
                brand=tie.brand,
                reasons=known.reasons,
            )
        wanted = Wanted(
            brand=tie.brand,
            choices=tuple(one.rep for one in mine.chosen(tie.brand) if one.rep != tie.rep),
            denied=mine.denied,
            language=language,
        )
        others = [replace(one, room=one.room - self._given[one.rep]) for one in self._others]
        found = successor(self._me, others, wanted, order)
        self._given[found.rep] += 1
        return SuccessorNamed(
            rep=tie.rep,
            leaves_ms=self._leaver.left_ms,
            choice=tie.choice,
            successor=found.rep,
            brand=tie.brand,
            reasons=found.reasons,
        )


def said_to(
    tie: Tie,
    customer: CustomerId,
    touch: InTouch,
    named: SuccessorNamed,
    control: float,
    at: tuple[int, int],
) -> list[Told]:
    """Say it, and whether the three are to speak, which is what a lot decides.

    No lot is drawn where they could not: of whom is gone already.

    Args:
        at: How many events the customer has, and the present.
    """
    events, now_ms = at
    known = touch.lot(INTRODUCTION)
    drawn = draw(customer, INTRODUCTION, control)
    treated = known.treated if known is not None else drawn.treated
    body = replace(named, meets=treated)
    mine = [
        Told(
            profile=tie.profile,
            body=body,
            message_id=f"{tie.choice}/leaves/{events}",
            source=LEAVING,
        )
    ]
    if known is None and control and named.successor and now_ms < named.leaves_ms:
        lot = Assigned(experiment=INTRODUCTION, treated=drawn.treated, propensity=drawn.propensity)
        name = f"{tie.choice}/{INTRODUCTION}"
        mine.append(Told(profile=tie.profile, body=lot, message_id=name, source=LEAVING))
    return mine
