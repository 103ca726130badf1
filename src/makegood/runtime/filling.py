"""Rows that are newer than what they tell of: filled in from the states."""

from makegood.core.state import decode_state
from makegood.messages.ids import CustomerId
from makegood.ports.store import Store
from makegood.projections.cases import project
from makegood.projections.promise_rows import write_promises

PAGE = 200  # customers locked at a time


def fill_measured(store: Store) -> int:
    """Write what failed, was promised, was spent and how it ended; say for how many customers.

    It may be run at any time and again: each page locks its customers, and what is there already
    is written over with the same.
    """
    after, looked = CustomerId(""), 0
    while True:
        with store.writing() as writing:
            page = [row.customer for row in writing.rows(after, PAGE)]
            if not page:
                return looked
            rows = writing.lock(page)
            states = {one: decode_state(row.state) for one, row in rows.items() if row.state}
            told = [project(state, one) for one, state in states.items()]
            writing.project(
                list(states),
                [row for one in told for row in one.cases],
                [line for one in told for line in one.ledger],
                {name: case for one in told for name, case in one.failures.items()},
                [one for it in told for one in it.let_down],
            )
            write_promises(writing, [(None, state) for state in states.values()])
        after, looked = page[-1], looked + len(page)
