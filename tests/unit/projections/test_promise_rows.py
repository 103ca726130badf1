"""Promises with a clock as rows: only what changed is written, and what is too old stays."""

from msgspec.structs import replace

from makegood.core.said import Memory, Said, SaidKind
from makegood.core.state import State
from makegood.messages.ids import EventId, ProfileId
from makegood.ports.advertised import PromiseMade
from makegood.projections.promise_rows import write_promises

CALL = Said(
    event=EventId("1"), profile=ProfileId("ana"), kind=SaidKind.PROMISE, id="call", about="B1",
    at_ms=5, brand="one", due_ms=50,
)  # fmt: skip
OPEN = PromiseMade(event=EventId("1"), promise="call", brand="one", due_ms=50, standing="open")


class Rows:
    """Remembers what is written."""

    def __init__(self) -> None:
        self.written: list[tuple[list[PromiseMade], list[EventId]]] = []

    def put_promises_made(self, rows, gone) -> None:
        self.written.append((list(rows), list(gone)))


def state(*said: Said, lost: bool = False) -> State:
    return State(memory=Memory(said, lost))


def written(before: State | None, after: State | None):
    rows = Rows()
    write_promises(rows, [(before, after)])
    return rows.written


def test_a_promise_is_written_when_made_kept_and_broken():
    first = state(CALL)
    kept = state(replace(CALL, kept_ms=40))
    assert written(None, first) == [([OPEN], [])]
    assert written(first, kept) == [([replace(OPEN, standing="kept")], [])]
    broken = state(replace(CALL, broken=True, kept_ms=90))
    assert written(first, broken) == [([replace(OPEN, standing="broken")], [])]


def test_where_nothing_of_it_changed_nothing_is_written():
    first = state(CALL)
    other = replace(first, bought_ms=5)
    assert written(first, other) == []
    assert written(first, state(replace(CALL, again=(EventId("2"),)))) == []
    assert written(first, None) == []
    assert written(None, State()) == []


def test_what_has_no_clock_is_no_promise_of_this_kind():
    fee = replace(CALL, kind=SaidKind.DISCLOSURE)
    assert written(None, state(fee, replace(CALL, due_ms=0))) == []


def test_what_history_has_no_more_goes_and_what_was_let_go_of_stays():
    first = state(CALL)
    assert written(first, state()) == [([], [EventId("1")])]
    assert written(first, state(lost=True)) == []
