"""Keep the rows about customers and their people as the states are, in the fold's transaction."""

from collections.abc import Mapping

from makegood.core.hellos import is_quiet
from makegood.core.state import State
from makegood.messages.ids import CustomerId
from makegood.ports.store import Writing
from makegood.projections.calls import call_back_ties
from makegood.projections.in_touch import lots_of, touch_ties
from makegood.projections.ties import ties_of


def touches_people(before: State, after: State) -> bool:
    """Whether anything about a customer and their people is no longer as it was.

    What waits to be said rests while something is open, so it follows that as well.
    """
    if before.phone.backs is not after.phone.backs and before.phone.backs != after.phone.backs:
        return True
    if before.my_person is not after.my_person or before.in_touch is not after.in_touch:
        return before.my_person != after.my_person or before.in_touch != after.in_touch
    return after.in_touch.has_tasks and is_quiet(before) != is_quiet(after)


def write_people(
    writing: Writing, now: Mapping[CustomerId, State], before: Mapping[CustomerId, State | None]
) -> None:
    """Write the ties and lots of customers whose people changed.

    Args:
        writing: The open transaction.
        now: Their states.
        before: What they were, where that is known.
    """
    ties = [tie for id_, it in now.items() for tie in ties_of(it.my_person, id_)]
    ties += [tie for id_, it in now.items() for tie in touch_ties(it, id_)]
    ties += [tie for id_, it in now.items() for tie in call_back_ties(it, id_)]
    writing.project_ties(sorted(now), ties)
    drew = {
        id_: it
        for id_, it in now.items()
        if it.in_touch.lots or ((was := before.get(id_)) is not None and was.in_touch.lots)
    }
    if drew:
        lots = [lot for id_, it in drew.items() for lot in lots_of(it, id_)]
        writing.project_lots(sorted(drew), lots)
