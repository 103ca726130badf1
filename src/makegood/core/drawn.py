"""What was drawn for a customer in experiments, and what became of it since, the first time each.

Whether somebody comes back and whether they say that it was good are two things: each is an
outcome of its own, and neither stands for the other.
Source: ideas, 8 (satisfaction and behaviour are separate outcomes).
"""

from collections.abc import Callable

from msgspec.structs import replace

from makegood.core.in_touch import Lot
from makegood.core.state import State
from makegood.core.turn import Turn
from makegood.messages.hello_facts import Assigned


def assigned(turn: Turn, body: Assigned) -> None:
    """Remember a lot; a second one in the same experiment counts for nothing."""
    mine = turn.state.in_touch
    if mine.lot(body.experiment) is not None:
        return
    lot = Lot(
        experiment=body.experiment,
        treated=body.treated,
        propensity=body.propensity,
        at_ms=turn.at_ms,
        event=turn.cause,
    )
    turn.state = replace(turn.state, in_touch=replace(mine, lots=(*mine.lots, lot)))


def came_back(state: State, at_ms: int) -> State:
    """Note on every lot that the customer came back after it, the first time only."""
    return _noted(state, at_ms, lambda one: one if one.back_ms else replace(one, back_ms=at_ms))


def answered(state: State, at_ms: int, *, good: bool) -> State:
    """Note on every lot that the customer said that something was good, or was not."""

    def said(one: Lot) -> Lot:
        if good:
            return one if one.good_ms else replace(one, good_ms=at_ms)
        return one if one.bad_ms else replace(one, bad_ms=at_ms)

    return _noted(state, at_ms, said)


def _noted(state: State, at_ms: int, note: Callable[[Lot], Lot]) -> State:
    mine = state.in_touch
    lots = tuple(note(one) if one.at_ms < at_ms else one for one in mine.lots)
    return state if lots == mine.lots else replace(state, in_touch=replace(mine, lots=lots))
