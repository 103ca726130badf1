"""What the hot paths need, joined once for each server process."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

from msgspec import Struct

from makegood.api.keys import ring_of
from makegood.api.limits import RateLimit
from makegood.core.holds import Answer, Question
from makegood.gate.service import Gate
from makegood.ports.allowance import Allowance
from makegood.ports.clock import Clock
from makegood.ports.store import Store
from makegood.runtime.public_voice import PublicVoice
from makegood.runtime.receiving import Receiving
from makegood.runtime.sends import Coverage
from makegood.settings import SourceSecrets
from makegood.web.commit import GroupCommit, Room, Take
from makegood.web.entry import Entry, Reads
from makegood.web.incoming import Incoming
from makegood.web.live import Live
from makegood.web.metrics import Metrics, OfStore
from makegood.web.origins import Origins
from makegood.web.outages import STORE_FAULTS

_KEEP_S = 60.0
_LOG = logging.getLogger("makegood.server")


class Shape(Struct, frozen=True, kw_only=True):
    """How a server process is built.

    Attributes:
        read_threads: Threads that wait for the database server; 0 reads on the event loop, which
            is faster where the store is a file.
        allowance: How fast one key may ask this process.
        room: How much ingest is taken on.
    """

    read_threads: int = 0
    allowance: Allowance = Allowance(per_second=5_000, burst=10_000)
    room: Room = Room()


class Joined(Struct, frozen=True, kw_only=True):
    """What a Makegood hands to its front.

    Attributes:
        take: Stores arrivals in one transaction and answers after its commit.
        key: The deployment's secret.
        receiving: Maps records of other systems; None takes none.
        sources: Secrets of the systems that send them.
        voice: Takes what they tell of the public.
        work: Delivers until told to stop; None when workers run as processes of their own.
        close: Gives everything back.
        origins: Web origins whose pages may send events.
        coverage: Counts the questions that were answered with yes.
        proxies: Servers of the deployment in front of this one.
    """

    take: Take
    gate: Gate
    store: Store
    clock: Clock
    key: bytes
    receiving: Receiving | None = None
    sources: Mapping[str, SourceSecrets] = {}
    voice: PublicVoice | None = None
    work: Callable[[Callable[[], bool], Callable[[float], object]], None] | None = None
    close: Callable[[], None] | None = None
    coverage: Coverage | None = None
    origins: tuple[str, ...] = ()
    proxies: int = 0


class Parts:
    """The parts of one running front."""

    def __init__(self, joined: Joined, shape: Shape | None = None) -> None:
        shape = shape or Shape()
        self._joined = joined
        self._threads = (
            ThreadPoolExecutor(shape.read_threads, "reads") if shape.read_threads else None
        )
        self.clock = joined.clock
        self.gate = joined.gate
        self.reads = Reads(self._threads)
        limit = RateLimit(shape.allowance, time.monotonic)
        self.keys = ring_of(joined.store, joined.clock)
        self.entry = Entry(self.keys, limit, self.reads)
        self.origins = Origins(joined.origins)
        self.store = joined.store
        self.proxies = joined.proxies
        self.metrics = Metrics()
        self.of_store = OfStore(joined.store, joined.clock)
        self.commit = GroupCommit(joined.take, shape.room, self.metrics)
        self.incoming = (
            Incoming(
                joined.receiving,
                joined.sources,
                self.commit,
                limit,
                joined.clock,
                joined.voice,
            )
            if joined.receiving is not None
            else None
        )
        self.live = Live(joined.store, joined.clock, joined.key, self.reads)
        self._stopping = Event()
        self._worker = self._start_worker()
        self._keeper = Thread(target=self._keep, name="keeper", daemon=True)
        self._keeper.start()

    def _keep(self) -> None:
        """Write down now and then when keys were used, and once more at the end."""
        is_over = False
        while not is_over:
            is_over = self._stopping.wait(_KEEP_S)
            try:
                self.keys.flush()
            except STORE_FAULTS as fault:
                _LOG.warning("uses of keys were not written: %s", type(fault).__name__)

    def _start_worker(self) -> Thread | None:
        work = self._joined.work
        if work is None:
            return None
        stopping = self._stopping
        worker = Thread(target=lambda: work(stopping.is_set, stopping.wait), name="worker")
        worker.start()
        return worker

    def count(self, answer: Answer, question: Question, took_s: float) -> None:
        """Count an answer of the gate; one that heard yes is a send that asked."""
        self.metrics.answered(answer.reason, took_s, allowed=answer.allowed)
        coverage = self._joined.coverage
        if coverage is not None and coverage.told(answer, question).allowed:
            coverage.count(
                question.brand,
                question.channel,
                "asked",
                message_class=question.message_class.value,
            )

    @property
    def is_working(self) -> bool:
        """Whether the worker in this process goes on; true where workers are processes."""
        return self._worker is None or self._worker.is_alive()

    async def close(self) -> None:
        """Finish what was taken on, stop the worker, then give everything back."""
        self.live.close()
        await self.commit.close()
        self._stopping.set()
        if self._worker is not None:
            self._worker.join()
        self._keeper.join()
        if self._threads is not None:
            self._threads.shutdown()
        if self._joined.close is not None:
            self._joined.close()
