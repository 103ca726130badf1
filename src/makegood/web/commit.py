"""Group commit: many requests, one transaction, and no answer before it is durable.

One row a commit is bound by the disk; what arrives while one is under way shares the next one.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeAlias

from msgspec import Struct

from makegood.messages.errors import MakegoodError
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.store.outages import AWAY
from makegood.web.metrics import Metrics

Take: TypeAlias = Callable[[Sequence[Arrival]], Sequence[Acknowledged]]
Answers: TypeAlias = tuple[Acknowledged, ...]
_LOG = logging.getLogger("makegood.commit")


class QueueFull(MakegoodError):
    """More arrives than can be stored; nothing of this was."""


class NotStored(MakegoodError):
    """The store failed; nothing of this was stored."""


class Room(Struct, frozen=True, kw_only=True):
    """How much is taken on.

    Attributes:
        group_events: Most events in one transaction; a larger request has one to itself.
        waiting_events: Most events waiting for their commit; beyond that the door is shut.
    """

    group_events: int = 1_000
    waiting_events: int = 10_000


class _Job(Struct, eq=False):
    arrivals: Sequence[Arrival]
    since: float
    answered: "asyncio.Future[Answers]"
    is_alone: bool = False


class GroupCommit:
    """Lets one writer thread store what many requests bring; lives on one event loop."""

    def __init__(
        self, take: Take, room: Room | None = None, metrics: Metrics | None = None
    ) -> None:
        self._take = take
        self._room = room or Room()
        self._waiting: deque[_Job] = deque()
        self._group: list[_Job] = []
        self._events = 0
        self._is_shut = False
        self._writer = ThreadPoolExecutor(1, "writer")
        self._metrics = metrics
        self._began = 0.0
        self.commits = 0

    async def store(self, arrivals: Sequence[Arrival], since: float = 0.0) -> Answers:
        """Store arrivals and give the answers after their commit.

        Args:
            arrivals: Of one request.
            since: When it was received, by `time.perf_counter`; now when not given.

        Raises:
            QueueFull: Nothing was stored; trying again helps.
            NotStored: The store failed; nothing was stored.
        """
        if not arrivals:
            return ()
        is_full = self._events and self._events + len(arrivals) > self._room.waiting_events
        if is_full or self._is_shut:
            raise QueueFull
        received = since or time.perf_counter()
        job = _Job(arrivals, received, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._events += len(arrivals)
        if not self._group:
            self._begin()
        return await job.answered

    def _begin(self) -> None:
        """Hand the next group to the writer."""
        self._group = self._next_group()
        if self._group:
            self._began = time.perf_counter()
            together = [arrival for job in self._group for arrival in job.arrivals]
            loop = asyncio.get_running_loop()
            running = loop.run_in_executor(self._writer, self._take, together)
            running.add_done_callback(self._end)

    def _next_group(self) -> list[_Job]:
        group: list[_Job] = []
        events = 0
        while self._waiting:
            job = self._waiting[0]
            if group and (job.is_alone or events + len(job.arrivals) > self._room.group_events):
                break
            events += len(job.arrivals)
            group.append(self._waiting.popleft())
            if job.is_alone:
                break
        return group

    def _end(self, running: "asyncio.Future[Sequence[Acknowledged]]") -> None:
        """Answer everyone of the group, now that it is durable or has failed as a whole."""
        error = running.exception()
        if error is None:
            self.commits += 1
            self._measure(running.result())
            answers = iter(running.result())
            for job in self._group:
                self._settle(job, tuple(islice(answers, len(job.arrivals))))
        elif isinstance(error, AWAY):
            # No request is the reason; each alone would only wait for the store again.
            _LOG.error("%d requests could not be stored: %s", len(self._group), _kind(error))
            for job in self._group:
                self._settle(job, error)
        elif len(self._group) > 1:
            # One request may be the reason; its neighbours are stored by themselves.
            _LOG.warning("a group of %d requests failed: %s", len(self._group), _kind(error))
            for job in reversed(self._group):
                job.is_alone = True
                self._waiting.appendleft(job)
        else:
            _LOG.error("a request could not be stored: %s", _kind(error))
            self._settle(self._group[0], error)
        self._begin()

    def _measure(self, answers: Sequence[Acknowledged]) -> None:
        """Note how long everyone of the group has waited for what is durable now."""
        if self._metrics is None:
            return
        now, each = time.perf_counter(), iter(answers)
        self._metrics.commit(now - self._began, len(answers))
        for job in self._group:
            # All of them, not up to the first: the next job begins behind the last.
            opened = sum(answer.opened for answer in islice(each, len(job.arrivals)))
            self._metrics.stored(now - job.since, opened=opened > 0)

    def _settle(self, job: _Job, answer: Answers | BaseException) -> None:
        self._events -= len(job.arrivals)
        if job.answered.done():  # its client has gone; what was stored stays stored
            return
        if isinstance(answer, BaseException):
            failure = NotStored()
            failure.__cause__ = answer
            job.answered.set_exception(failure)
        else:
            job.answered.set_result(answer)

    async def close(self) -> None:
        """Store what was taken on, then end the writer."""
        self._is_shut = True
        while jobs := [*self._group, *self._waiting]:
            await asyncio.wait([job.answered for job in jobs])
        self._writer.shutdown()


def _kind(error: BaseException) -> str:
    return type(error).__name__  # never its words: they may quote what a customer sent
