"""The rows of answers that were given before there were rows: filled in from the states."""

from makegood.core.state import decode_state
from makegood.messages.ids import CustomerId
from makegood.ports.store import Store
from makegood.projections.answers import write_answers

PAGE = 200  # customers locked at a time


def fill_answers(store: Store) -> int:
    """Write what every customer was asked and answered; give how many customers were looked at.

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
            profiles = writing.profiles_of(page)
            states = {one: decode_state(row.state) for one, row in rows.items() if row.state}
            write_answers(
                writing, [(None, state, profiles.get(one, ())) for one, state in states.items()]
            )
        after, looked = page[-1], looked + len(page)
