"""Who follows the log by its places misses nothing that is committed late."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from makegood.ports.store import Reading, Store
from makegood.ports.words import LogEdge
from makegood.runtime.log_edge import WAITS, whole_until


class Looks:
    """A store at which others write meanwhile: one look after the other, the last for ever."""

    def __init__(self, *edges: LogEdge) -> None:
        self._edges = list(edges)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        yield cast("Reading", self)

    def log_edge(self) -> LogEdge:
        return self._edges.pop(0) if len(self._edges) > 1 else self._edges[0]


def edge(place: int, *writing: str) -> LogEdge:
    return LogEdge(place=place, writing=frozenset(writing))


def until(*edges: LogEdge) -> tuple[int, int]:
    waits: list[float] = []
    return whole_until(cast("Store", Looks(*edges)), waits.append), len(waits)


def test_where_nobody_writes_all_of_it_is_whole():
    assert until(edge(7)) == (7, 0)


def test_those_who_write_are_waited_for_and_those_who_came_since_are_not():
    assert until(edge(7, "a", "b"), edge(9, "b", "c"), edge(12, "c", "d")) == (7, 2)


def test_who_writes_for_ever_is_followed_the_next_time():
    assert until(edge(7, "a")) == (0, WAITS)
