"""Which decisions about a customer are written anew, and from when on older ones go."""

from msgspec.structs import replace

from makegood.core.routed import MOST_ROUTED, Routed
from makegood.core.state import EMPTY, State
from makegood.messages.ids import CustomerId, EventId, RepId
from makegood.projections.routings import put_routings

ANA, KATHY = CustomerId("ana"), RepId("kathy")


class Written:
    """Takes what is written down."""

    def __init__(self) -> None:
        self.since, self.rows = [], []

    def project_routings(self, since, rows) -> None:
        self.since += since
        self.rows += rows


def state_of(count: int) -> State:
    decisions = (
        Routed(EventId(f"e{n}"), "k", "talk", 100 + n, KATHY, KATHY, (KATHY,))
        for n in range(count)
    )
    return replace(EMPTY, routings=tuple(decisions))


def since_of(count: int) -> list[tuple[CustomerId, int]]:
    written = Written()
    put_routings(written, {ANA: state_of(count)}, {ANA})
    assert len(written.rows) == count
    return written.since


def test_of_a_history_that_is_remembered_whole_nothing_older_stays():
    assert since_of(0) == [(ANA, 0)]
    assert since_of(MOST_ROUTED - 1) == [(ANA, 0)]


def test_what_is_older_than_a_full_memory_stays():
    assert since_of(MOST_ROUTED) == [(ANA, 100)]


def test_a_history_that_only_went_on_takes_nothing_away():
    written = Written()
    put_routings(written, {ANA: state_of(2)}, ())
    assert (written.since, len(written.rows)) == ([], 2)
