"""Tell the outside what changed: publish notices, and hand each to every sink that wants it.

Each sink has a lane of its own, beside the worker: whoever is slow or dead delays nobody else, and
never a remedy. A sink that takes nothing is asked with one notice now and then, not with all.
"""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.errors import EffectFailed
from makegood.ports.clock import Clock
from makegood.ports.notices import Sink, SinkHealth, Subject, Telling, TellingStatus
from makegood.ports.store import Store
from makegood.runtime.backoff import SCHEDULE_MS
from makegood.runtime.delivery import without_personal
from makegood.runtime.intake import patiently
from makegood.runtime.subjects import HeldNow, subjects_of

_LOG = logging.getLogger("makegood.telling")
KEPT_MS = 30 * 86_400_000  # the feed, and what became of it; the retries end after three days
HAND_OVER_MS = 25_000  # no telling begins with less of its lease left than one answer may take
TRIM_EVERY_MS = 3_600_000
MOST_TRIMMED = 5_000  # notices in one transaction
LONGEST_REST_MS = 5 * 60_000  # a sink that is back is found within this
REST_MS = 5_000  # after the first round in which nothing was taken; then twice as long
_JITTER = 0.2  # of each wait, on top: a thousand that failed together do not come back together
_STOPPED = "It was begun again and again, and its outcome could never be written down."
Sinks = Callable[[], Mapping[str, Sink]]
"""Gives who is told at this moment, by name."""


class Lanes(Struct, frozen=True, kw_only=True):
    """How tellings are handed over.

    Attributes:
        publish: Notices published in one transaction.
        batch: Tellings of one sink claimed at once.
        sinks: Told at the same time.
        lease_ms: After this another process may take over a sink.
        settle_ms: What was told by then is written down while the rest goes on; a crash tells no
            more than that again.
        idle_ms: Pause when nothing was due.
    """

    publish: int = 500
    batch: int = 50
    sinks: int = 128  # more than there can be: each has a lane, however slow the others are
    lease_ms: int = 60_000
    settle_ms: int = 200
    idle_ms: int = 500


class Teller:
    """Publishes what was noticed and tells the sinks.

    No transaction is open while a sink is told. A crash between its yes and our commit tells it
    again, with the same notice id.
    """

    def __init__(  # noqa: PLR0913 - the parts it joins
        self,
        store: Store,
        sinks: Sinks,
        held_now: HeldNow,
        clock: Clock,
        *,
        lanes: Lanes | None = None,
        rng: random.Random | None = None,
        noted: Callable[[], object] = lambda: None,
    ) -> None:
        """Join the parts.

        Args:
            sinks: Gives who is told, at each moment.
            held_now: Says for which brands customers are held.
            rng: Source of the jitter; seed it for a repeatable run.
            noted: Called before outcomes are written down: a sink's own notes are written first.
        """
        self._noted = noted
        self._store = store
        self._sinks = sinks
        self._held_now = held_now
        self._clock = clock
        self._lanes = lanes or Lanes()
        self._rng = rng or random.Random()  # noqa: S311 - jitter keeps no secret
        self._trimmed_ms = 0
        self._pool: ThreadPoolExecutor | None = None
        self._running: dict[str, Future[None]] = {}
        self._stopping = False

    def close(self) -> None:
        """Let the tellings under way end, and begin no more."""
        self._stopping = True
        if self._pool is not None:
            self._pool.shutdown()

    def run_once(self) -> int:
        """Publish, then tell each sink one batch, one sink after another.

        Returns:
            How much was published and told, or tried.
        """
        sinks = self._sinks()
        count = self.publish(sinks)
        return count + sum(self.tell(sinks[name]) for name in self._due(sinks))

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Work until told to stop; a fault of the store is waited out.

        Args:
            stopped: Asked before each round.
            sleep: Waits some seconds; give it an event's `wait`, so that a stop ends the pause.
        """
        self._pool = self._pool or ThreadPoolExecutor(self._lanes.sinks, "tell")
        while not stopped():
            try:
                if self.begin_lanes(self._pool):
                    continue
            except Exception as fault:
                _LOG.error("round failed: %s", type(fault).__name__)
            sleep(self._lanes.idle_ms / 1000)

    def begin_lanes(self, pool: ThreadPoolExecutor) -> bool:
        """Publish, and let each sink that is due be told beside the others.

        Returns:
            Whether there is more to publish at once.
        """
        sinks = self._sinks()
        published = self.publish(sinks)
        self._running = {name: one for name, one in self._running.items() if not one.done()}
        for name in self._due(sinks):
            if name not in self._running:
                self._running[name] = pool.submit(self._lane, sinks[name])
        return published == self._lanes.publish

    def _lane(self, sink: Sink) -> None:
        """Tell one sink as long as something is due."""
        try:
            while not self._stopping and self.tell(sink):
                pass
        except Exception as fault:
            _LOG.error("sink %s: %s", sink.name, type(fault).__name__)

    def _due(self, sinks: Mapping[str, Sink]) -> list[str]:
        with self._store.reading() as reading:
            due = reading.due_sinks(self._clock.now_ms())
        return [name for name in due if name in sinks]

    def publish(self, sinks: Mapping[str, Sink]) -> int:
        """Publish what was noticed, for whoever is told at this moment; give how many."""
        now_ms = self._clock.now_ms()
        self._trim(now_ms)
        with self._store.reading() as reading:
            if not reading.unpublished():
                return 0

        def once() -> int:
            with self._store.writing() as writing:
                return writing.publish(self._lanes.publish, sinks, now_ms)

        return patiently(once)

    def _trim(self, now_ms: int) -> None:
        if now_ms - self._trimmed_ms < TRIM_EVERY_MS:
            return
        with self._store.writing() as writing:
            gone = writing.trim_notices(now_ms - KEPT_MS, MOST_TRIMMED)
        if gone < MOST_TRIMMED:
            self._trimmed_ms = now_ms

    def tell(self, sink: Sink) -> int:
        """Tell a sink one batch; give how many were tried.

        What fails is tried again later. Once a round takes nothing, the sink rests, longer each
        time, and is then asked with one notice until it takes one.
        """
        now_ms = self._clock.now_ms()
        lease_ends_ms = now_ms + self._lanes.lease_ms
        with self._store.reading() as reading:
            health = reading.sink_health(sink.name) or SinkHealth(sink=sink.name)
        limit = 1 if health.failures else self._lanes.batch
        with self._store.writing() as writing:
            claimed = writing.claim_tellings(sink.name, now_ms, self._lanes.lease_ms, limit)
        if not claimed:
            return 0
        with self._store.reading() as reading:
            subjects = subjects_of(reading, [one.said for one in claimed], self._held_now)
        tried, asked_ms = self._hand_over(sink, claimed, subjects, lease_ends_ms)
        patiently(lambda: self._settle(claimed, tried, health, asked_ms))
        return len(tried)

    def _hand_over(
        self,
        sink: Sink,
        claimed: Sequence[Telling],
        subjects: Mapping[int, Subject],
        lease_ends_ms: int,
    ) -> tuple[list[Telling], int]:
        """Hand over one after another; give how each stands, and how long to leave it alone."""
        tried: list[Telling] = []
        written, written_ms = 0, self._clock.now_ms()
        for one in claimed:
            now_ms = self._clock.now_ms()
            if self._stopping or now_ms > lease_ends_ms - HAND_OVER_MS:
                break
            if now_ms >= written_ms + self._lanes.settle_ms and tried[written:]:
                patiently(partial(self._write, tried[written:]))
                written, written_ms = len(tried), now_ms
            ended, asked_ms = self._one(sink, one, subjects[one.said.sequence])
            tried.append(ended)
            if asked_ms or (len(tried) == 1 and not _was_answered(ended)):
                return tried, asked_ms  # it wants to be left alone, or it is away
        return tried, 0

    def _write(self, ended: Sequence[Telling]) -> None:
        self._noted()
        with self._store.writing() as writing:
            for one in ended:
                writing.settle_telling(one)

    def _one(self, sink: Sink, telling: Telling, to: Subject) -> tuple[Telling, int]:
        """Hand one notice over; give how it stands, and how long the sink asked us to wait."""
        if telling.attempts > len(SCHEDULE_MS) + 1:
            return self._failed(telling, telling.error or _STOPPED, retry=False), 0
        try:
            sink.tell(telling.said, to, self._clock.now_ms())
        except EffectFailed as failed:
            error = str(failed)
            for person in to.persons:
                error = without_personal(error, person)
            return self._failed(telling, error, failed.retry, failed.after_ms), failed.after_ms
        except Exception as fault:
            kind = type(fault).__name__
            _LOG.error("sink %s, notice %s: %s", sink.name, telling.said.notice.id, kind)
            return self._failed(telling, f"The adapter broke: {kind}.", retry=True), 0
        now_ms = self._clock.now_ms()
        return replace(telling, status=TellingStatus.DONE, settled_ms=now_ms, error=""), 0

    def _failed(self, telling: Telling, error: str, retry: bool, after_ms: int = 0) -> Telling:
        now_ms = self._clock.now_ms()
        if not retry or telling.attempts > len(SCHEDULE_MS):
            return replace(telling, status=TellingStatus.FAILED, settled_ms=now_ms, error=error)
        wait_ms = SCHEDULE_MS[telling.attempts - 1] * (1 + self._rng.random() * _JITTER)
        next_ms = now_ms + max(int(wait_ms), after_ms)
        return replace(telling, status=TellingStatus.WAITING, next_ms=next_ms, error=error)

    def _settle(
        self,
        claimed: Sequence[Telling],
        tried: Sequence[Telling],
        health: SinkHealth,
        asked_ms: int,
    ) -> None:
        """Write how each telling stands, and give the sink back; nothing if it was taken over."""
        self._noted()
        now_ms = self._clock.now_ms()
        known = {one.said.sequence for one in tried}
        with self._store.writing() as writing:
            left = [one for one in claimed if one.said.sequence not in known]
            for one in (*tried, *(untried(it, now_ms) for it in left)):
                writing.settle_telling(one)
            after = fared(health, tried, now_ms)
            rest_ms = max(rest_after(after.failures), asked_ms)
            next_ms = now_ms + rest_ms if rest_ms else 0
            writing.release_sink(after, claimed[0].fence, next_ms)


def untried(telling: Telling, now_ms: int) -> Telling:
    """Give a telling back that was not begun; that was no try."""
    return replace(
        telling,
        status=TellingStatus.WAITING,
        attempts=telling.attempts - 1,
        next_ms=now_ms,
    )


def _was_answered(telling: Telling) -> bool:
    """Whether a sink is there: it took the notice, or refused this one for good.

    A hundred tickets that were closed long ago must not keep the note of today's waiting.
    """
    if telling.status is TellingStatus.FAILED:
        return telling.attempts <= len(SCHEDULE_MS)  # else its tries were used up
    return telling.status is TellingStatus.DONE


def fared(before: SinkHealth, tried: Sequence[Telling], now_ms: int) -> SinkHealth:
    """Say how a sink fares after a round."""
    took = any(one.status is TellingStatus.DONE for one in tried)
    errors = [one.error for one in tried if one.error]
    if any(map(_was_answered, tried)):
        took_ms = now_ms if took else before.took_ms
        return replace(before, failures=0, took_ms=took_ms, error=errors[-1] if errors else "")
    if not tried:
        return before
    return replace(before, failures=before.failures + 1, error=errors[-1] if errors else "")


def rest_after(failures: int) -> int:
    """Say how long a sink is left alone after so many rounds in which nothing was taken."""
    if not failures:
        return 0
    return int(min(REST_MS * 2 ** min(failures - 1, 10), LONGEST_REST_MS))
