"""Fold the whole log again and compare with what is stored: state is a function of events."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY, State, decode_state, encode_state
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Library
from makegood.ports.rows import CustomerRow
from makegood.ports.store import Reading, Store

PAGE = 200  # customers read at once


class Difference(Struct, frozen=True, kw_only=True):
    """A customer whose state is not what the log says.

    Attributes:
        fields: Names of the parts of the state that differ.
    """

    customer: CustomerId
    fields: tuple[str, ...]


class Replayed(Struct, kw_only=True):
    """What a replay found.

    Attributes:
        customers: Folded again.
        events: Folded again.
        stuck: Customers whose fold could not go on; they are not compared.
        differences: Customers whose stored state differs.
    """

    customers: int = 0
    events: int = 0
    stuck: int = 0
    differences: list[Difference] = []

    @property
    def is_identical(self) -> bool:
        """Whether every stored state is what the log says."""
        return not self.differences


def replay(
    store: Store, library: Library, progress: Callable[[int], None] = lambda _: None
) -> Replayed:
    """Fold every customer's history again, sending nothing.

    Args:
        store: Only read.
        library: Every book the log was stamped with.
        progress: Told how many customers are done.
    """
    result = Replayed()
    for row in rows_of(store):
        with store.reading() as reading:
            _compare(reading, row, library, result)
        progress(result.customers)
    return result


def rows_of(store: Store) -> Iterator[CustomerRow]:
    """Give every customer of a store, by id, page by page."""
    after = CustomerId("")
    while True:
        with store.reading() as reading:
            rows = reading.rows(after, PAGE)
        yield from rows
        if not rows:
            return
        after = rows[-1].customer


def _compare(reading: Reading, seen: CustomerRow, library: Library, result: Replayed) -> None:
    """Compare one customer, both sides from the same moment."""
    row = reading.row(seen.customer)
    if row is None:
        return
    result.customers += 1
    if row.stuck:
        result.stuck += 1
        return
    state = EMPTY
    history = reading.history(row.customer)
    for event in history:
        state = step(state, event, library).state
    result.events += len(history)
    stored = decode_state(row.state)
    state = advance(state, stored.fired_ms, library).state
    if encode_state(state) != encode_state(stored):
        fields = tuple(_differing(state, stored))
        result.differences.append(Difference(customer=row.customer, fields=fields))


def _differing(left: State, right: State) -> Iterator[str]:
    for name in State.__struct_fields__:
        if getattr(left, name) != getattr(right, name):
            yield name
