"""Group commit: fewer commits than requests, and nobody is answered before their commit."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.messages.facts import Touchpoint
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.ports.rows import Taken
from makegood.web.commit import GroupCommit, NotStored, QueueFull, Room


def arrival(name: str) -> Arrival:
    return Arrival(
        source="s",
        message_id=name,
        identifier="user:1",
        time_ms=0,
        body=Touchpoint(name="A"),
        body_digest=b"0" * 16,
    )


class RecordingStore:
    """Stands in for the intake: notes what is committed, and can be held back or made to fail."""

    def __init__(self, poison: str = "") -> None:
        self.committed: list[str] = []
        self.groups: list[int] = []
        self.may_commit = threading.Event()
        self.may_commit.set()
        self._poison = poison

    def take(self, arrivals: Sequence[Arrival]) -> tuple[Acknowledged, ...]:
        assert self.may_commit.wait(30)
        names = [one.message_id for one in arrivals]
        if self._poison in names:
            raise OSError("this one cannot be stored")
        self.groups.append(len(names))
        self.committed += names
        return tuple(Acknowledged(taken=Taken.NEW, event=name) for name in names)


sizes = st.lists(st.integers(1, 5), min_size=1, max_size=30)


@settings(max_examples=60)
@given(sizes, st.integers(1, 12))
def test_everyone_is_answered_with_their_own_after_their_commit(sizes, group_events):
    store = RecordingStore()
    too_early: list[str] = []

    async def one(commit: GroupCommit, request: int, size: int) -> None:
        names = [f"{request}-{n}" for n in range(size)]
        answers = await commit.store([arrival(name) for name in names])
        too_early.extend(name for name in names if name not in store.committed)
        assert [answer.event for answer in answers] == names

    async def run() -> None:
        commit = GroupCommit(store.take, Room(group_events=group_events))
        await asyncio.gather(*(one(commit, n, size) for n, size in enumerate(sizes)))
        await commit.close()

    asyncio.run(run())
    assert too_early == []
    assert len(store.committed) == sum(sizes)
    assert all(n <= group_events for n in store.groups if n > max(sizes))
    if len(sizes) > 3 and group_events >= sum(sizes):
        assert len(store.groups) == 2  # the first request alone, then all that waited for it


def test_no_answer_while_the_commit_is_under_way():
    store = RecordingStore()
    store.may_commit.clear()

    async def run() -> None:
        commit = GroupCommit(store.take)
        asked = [asyncio.create_task(commit.store([arrival(str(n))])) for n in range(50)]
        for _ in range(100):
            await asyncio.sleep(0)
        assert not any(task.done() for task in asked)
        store.may_commit.set()
        await asyncio.gather(*asked)
        assert commit.commits == len(store.groups) == 2
        await commit.close()

    asyncio.run(run())


def test_beyond_its_room_the_door_is_shut_and_opens_again():
    store = RecordingStore()
    store.may_commit.clear()

    async def run() -> None:
        commit = GroupCommit(store.take, Room(waiting_events=10))
        asked = [asyncio.create_task(commit.store([arrival(str(n))])) for n in range(10)]
        await asyncio.sleep(0)
        with pytest.raises(QueueFull):
            await commit.store([arrival("one too many")])
        store.may_commit.set()
        await asyncio.gather(*asked)
        assert len(await commit.store([arrival("later")])) == 1
        await commit.close()
        with pytest.raises(QueueFull):
            await commit.store([arrival("after the end")])

    asyncio.run(run())


def test_a_request_that_cannot_be_stored_does_not_take_its_neighbours_along():
    store = RecordingStore(poison="3")
    store.may_commit.clear()

    async def run() -> list[object]:
        commit = GroupCommit(store.take)
        asked = [asyncio.create_task(commit.store([arrival(str(n))])) for n in range(6)]
        await asyncio.sleep(0)
        store.may_commit.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        await commit.close()
        return answers

    answers = asyncio.run(run())
    assert [isinstance(answer, NotStored) for answer in answers] == [n == 3 for n in range(6)]
    assert sorted(store.committed) == ["0", "1", "2", "4", "5"]


def test_while_the_store_is_away_a_group_is_told_at_once_and_not_one_by_one():
    tries: list[int] = []

    def away(arrivals: Sequence[Arrival]) -> tuple[Acknowledged, ...]:
        tries.append(len(arrivals))
        raise sqlite3.OperationalError("disk I/O error")

    async def run() -> list[object]:
        commit = GroupCommit(away, Room(group_events=10))
        asked = (commit.store([arrival(f"{n}")]) for n in range(11))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        await commit.close()
        return answers

    assert {type(answer) for answer in asyncio.run(run())} == {NotStored}
    assert tries == [1, 10]


def test_a_client_that_goes_away_does_not_stop_the_others():
    store = RecordingStore()
    store.may_commit.clear()

    async def run() -> None:
        commit = GroupCommit(store.take)
        asked = [asyncio.create_task(commit.store([arrival(str(n))])) for n in range(4)]
        await asyncio.sleep(0)
        asked[0].cancel()
        asked[2].cancel()
        await asyncio.sleep(0)
        store.may_commit.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [isinstance(a, asyncio.CancelledError) for a in answers] == [True, False] * 2
        await commit.close()

    asyncio.run(run())
    assert len(store.committed) == 4
