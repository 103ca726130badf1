"""Who was asked to look after a customer, as rows."""

from collections.abc import Collection, Mapping

from makegood.core.routed import MOST_ROUTED
from makegood.core.state import State
from makegood.messages.ids import CustomerId
from makegood.ports.routings import Routing
from makegood.ports.store import Writing


def put_routings(
    writing: Writing,
    states: Mapping[CustomerId, State | None],
    again: Collection[CustomerId],
) -> None:
    """Write the decisions that customers' states remember; what is older stays as it is.

    Args:
        writing: An open transaction; of nobody, nothing is asked.
        states: Customers about whom something was decided.
        again: Those whose history was folded again: what is no longer so goes.
    """
    rows = [
        Routing(customer=customer, routed=one)
        for customer, state in states.items()
        if state is not None
        for one in state.routings
    ]
    since = [
        (customer, _since_ms(state))
        for customer, state in states.items()
        if state is not None and customer in again
    ]
    if rows or since:
        writing.project_routings(since, rows)


def _since_ms(state: State) -> int:
    """From when on a state remembers all; one whose memory is not full remembers everything."""
    remembered = state.routings
    return min(one.at_ms for one in remembered) if len(remembered) >= MOST_ROUTED else 0
