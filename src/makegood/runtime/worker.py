"""The worker: fires due timers, delivers the outbox, and brings every outcome back as an event."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import asdict

from makegood.messages.errors import StoreBusy
from makegood.messages.facts import Body
from makegood.messages.ids import CommandId, CustomerId, ProfileId
from makegood.ports.clock import Clock
from makegood.ports.rows import OutboxRow, PersonRow
from makegood.ports.store import Store, Writing
from makegood.runtime.backoff import MOST_TRIES, next_delay_ms, within_use
from makegood.runtime.called_back import end_early, may_answer
from makegood.runtime.delivery import (
    Deliverer,
    Ended,
    Failed,
    Untried,
    addressee,
    addressees,
    dead,
    is_of_a_customer,
    missed,
    told_id,
    urgency_of,
    with_step,
)
from makegood.runtime.pulse import Pulse
from makegood.runtime.told import Told

_LOG = logging.getLogger("makegood.worker")
_HAND_OVER_MS = 25_000  # no delivery begins with less of its lease left than one answer may take

_SETTLE_TRIES = 5  # each waits as long as the store's own busy timeout
_UNSETTLED = "It was begun again and again, and its outcome could never be written down."
Result: TypeAlias = Ended | Failed | Untried


class Recorder(Protocol):
    """What the worker needs of the intake."""

    def record(self, writing: Writing, told: Sequence[Told], now_ms: int) -> object:
        """Append outcomes as events of ours and fold them, inside a transaction."""

    def advance(self, customers: Sequence[CustomerId], now_ms: int) -> None:
        """Fire the due timers of customers, in a transaction of its own."""


class Pace(Struct, frozen=True, kw_only=True):
    """How a worker works.

    Attributes:
        batch: Commands claimed at once.
        threads: Deliveries at the same time; they wait for the outside, not for the processor.
        lease_ms: After this another worker may take over a command; its fence grows.
        idle_ms: Pause when nothing was due.
        settle_ms: What was delivered by then is settled together, while the rest goes on; a crash
            repeats no more than that and what is under way.
    """

    batch: int = 50
    threads: int = 8
    lease_ms: int = 60_000
    idle_ms: int = 500
    settle_ms: int = 200


class Worked(Struct, frozen=True, kw_only=True):
    """What one round did.

    Attributes:
        timers: Customers whose timers were fired.
        done: Commands carried out.
        held: Stopped by the gate.
        missed: Too late to be useful.
        failed: Dead letters.
        retried: Given back for another try.
        lost: Settled by another worker meanwhile.
    """

    timers: int = 0
    done: int = 0
    held: int = 0
    missed: int = 0
    failed: int = 0
    retried: int = 0
    lost: int = 0

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to do."""
        return not any((self.timers, self.done, self.held, self.missed, self.failed, self.retried))


class Worker:
    """Carries out what the fold ordered.

    No transaction is open while the outside is waited for. A crash between the outside's "yes" and
    our commit repeats the delivery, with the same id.
    """

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        deliverer: Deliverer,
        clock: Clock,
        *,
        pace: Pace | None = None,
        rng: random.Random | None = None,
    ) -> None:
        """Join the parts.

        Args:
            deliverer: Hands commands over and asks the gate.
            rng: Source of the jitter; seed it for a repeatable run.
        """
        self._store = store
        self._recorder = recorder
        self._deliverer = deliverer
        self._clock = clock
        self._pace = pace or Pace()
        self._rng = rng or random.Random()  # noqa: S311 - jitter keeps no secret
        self._pool = _pool_of(self._pace.threads)
        self._pulse = Pulse(store, clock)
        self._unsettled: list[Result] = []

    def close(self) -> None:
        """Wait for running deliveries and end the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def take_over(self) -> None:
        """Deliver at once what a dead worker had leased; only where no other one can live."""
        with self._store.writing() as writing:
            ended = writing.end_leases(self._clock.now_ms())
        if ended:
            _LOG.warning("%d deliveries of a process that died are taken over", ended)

    def run_once(self, limit: int | None = None) -> Worked:
        """Fire due timers, then deliver one batch.

        What was delivered when the store went away is kept, and settled before anything else: it
        is delivered again only if this process ends, or another one took it over meanwhile.

        Args:
            limit: Most timers and most commands; the pace's batch when not given.
        """
        most = limit or self._pace.batch
        counts = self._settle_all()
        timers = self._fire(most)
        lease_ends_ms = self._clock.now_ms() + self._pace.lease_ms
        with self._store.writing() as writing:
            rows = writing.claim(self._clock.now_ms(), self._pace.lease_ms, most)
        if rows:
            with self._store.reading() as reading:
                persons = addressees(reading, rows)
            self._deliver_and_settle(self._delivered(rows, persons, lease_ends_ms), counts)
        return Worked(timers=timers, **counts)

    def _deliver_and_settle(self, delivered: Iterator[list[Result]], counts: Counter[str]) -> None:
        """Settle what comes, as it comes; nothing is left out when the store goes away."""
        away: Exception | None = None
        for results in delivered:
            self._unsettled += results
            try:
                counts += self._settle_all()
                away = None
            except Exception as fault:
                away = fault
        if away is not None:
            raise away

    def _settle_all(self) -> Counter[str]:
        """Settle everything that was delivered, now or when the store was away."""
        counts = self._settle_surely(self._unsettled) if self._unsettled else Counter()
        self._unsettled = []
        return counts

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Work until told to stop; a fault of the store is waited out.

        Args:
            stopped: Asked before each round.
            sleep: Waits some seconds; give it an event's `wait`, so that a stop ends the pause.
        """
        while not stopped():
            try:
                worked = self.run_once()
                self._pulse.beat(asdict(worked))
            except Exception as fault:
                _LOG.error("round failed: %s", type(fault).__name__)
                # Never longer: when the store is back, somebody at a kerb is waiting.
                sleep((next_delay_ms(1, self._rng) or 0) / 1000)
                continue
            if worked.is_idle:
                sleep(self._pace.idle_ms / 1000)
        with suppress(Exception):  # else what was delivered would be delivered again
            self._settle_all()

    def revive(self, command: CommandId) -> bool:
        """Let a person try a dead letter again; False when it is none."""
        with self._store.writing() as writing:
            return writing.revive(command, self._clock.now_ms())

    def called_back(self, provider: str, command_id: CommandId, body: Body) -> bool:
        """Take the outcome that a counterpart told later, once.

        Args:
            provider: Whose secret signed it; nobody answers for another.
            command_id: The command.
            body: What `verify_callback` read.

        Returns:
            False when this provider was never asked that.
        """
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            asked = writing.command(command_id)
            if asked is None or not may_answer(asked.command, provider, body):
                return False
            self._lock(writing, [asked.command.profile])
            # A try that was under way may have been settled while we waited.
            row = writing.command(command_id) or asked
            end_early(writing, row, body, now_ms)
            self._recorder.record(writing, (_told(row, body),), now_ms)
        return True

    def _fire(self, limit: int) -> int:
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            due = writing.due_customers(now_ms, limit)
        if due:
            self._advance(due, now_ms)
        return len(due)

    def _advance(self, due: Sequence[CustomerId], now_ms: int) -> None:
        """Fire the timers of many customers; if one cannot be stored, of the others alone."""
        try:
            self._recorder.advance(due, now_ms)
        except StoreBusy:
            raise
        except Exception as fault:
            self._see_that_the_store_answers()
            if len(due) == 1:
                _LOG.error("timers of customer %s: %s", due[0], type(fault).__name__)
                return
            for customer in due:
                self._advance((customer,), now_ms)

    def _see_that_the_store_answers(self) -> None:
        """Raise when the store is away; else one of what it was given is at fault."""
        with self._store.reading() as reading:
            reading.active_book()

    def _delivered(
        self, rows: Sequence[OutboxRow], persons: Mapping[ProfileId, PersonRow], lease_ends_ms: int
    ) -> Iterator[list[Result]]:
        """Deliver each customer's commands in order, different customers side by side.

        Yields:
            What is ready to be settled; all at once where nothing goes side by side.
        """

        def deliver(row: OutboxRow) -> Result:
            if self._clock.now_ms() > lease_ends_ms - _HAND_OVER_MS:
                return Untried(row=row)
            if row.attempts > MOST_TRIES:
                return Failed(row=row, retry=False, after_ms=0, error=row.error or _UNSETTLED)
            return self._deliverer.deliver(row, addressee(row.command, persons))

        def deliver_all(group: Sequence[OutboxRow]) -> list[Result]:
            return [deliver(row) for row in group]

        groups = _by_profile(rows)
        if self._pool is None:
            yield [result for group in groups for result in deliver_all(group)]
            return
        waiting = {self._pool.submit(deliver_all, group) for group in groups}
        while waiting:
            done, waiting = wait(waiting, timeout=self._pace.settle_ms / 1000)
            if done:
                yield [result for one in done for result in one.result()]

    def _settle_surely(self, results: Sequence[Result], *, is_again: bool = False) -> Counter[str]:
        """Settle: what is not settled would be delivered twice.

        Again when the store was busy; and if one outcome cannot be stored, the others alone.
        """
        try:
            return self._settle_patiently(results)
        except StoreBusy:
            raise
        except Exception as fault:
            self._see_that_the_store_answers()
            if len(results) == 1 and is_again:
                ours = results[0].row.command.id
                _LOG.error("command %s cannot be settled: %s", ours, type(fault).__name__)
                return Counter()
        # Once more, one by one: the store may have been away for a moment only.
        return sum((self._settle_surely((one,), is_again=True) for one in results), Counter())

    def _settle_patiently(self, results: Sequence[Result]) -> Counter[str]:
        for _ in range(_SETTLE_TRIES - 1):
            try:
                return self._settle(results)
            except StoreBusy:
                _LOG.warning("settling %s deliveries: the store was busy", len(results))
        return self._settle(results)

    def _settle(self, results: Sequence[Result]) -> Counter[str]:
        """End deliveries in one transaction: outcome events, fences and fold together."""
        now_ms = self._clock.now_ms()
        counts: Counter[str] = Counter()
        with self._store.writing() as writing:
            self._lock(writing, [result.row.command.profile for result in results])
            told: list[Told] = []
            for result in results:
                ended = self._ended(writing, result, now_ms, counts)
                if ended is not None and is_of_a_customer(ended.row.command):
                    told.append(_told(ended.row, ended.body))
            self._recorder.record(writing, told, now_ms)
        return counts

    def _ended(
        self, writing: Writing, result: Result, now_ms: int, counts: Counter[str]
    ) -> Ended | None:
        """Settle one fence; None when there is no outcome to tell (yet, or not by us)."""
        row = result.row
        if isinstance(result, Untried):
            writing.give_back(row.command.id, row.fence)
            return None
        if isinstance(result, Failed):
            again = self._again(result, now_ms)
            if isinstance(again, int):
                ours = writing.retry_at(row.command.id, row.fence, again, result.error)
                counts["retried" if ours else "lost"] += 1
                return None
            result = again
        ours = writing.settle(row.command.id, row.fence, result.status, now_ms, result.error)
        counts[result.status.value if ours else "lost"] += 1
        return result if ours else None

    def _again(self, failed: Failed, now_ms: int) -> int | Ended:
        """Say when to try again, or how it ends."""
        delay_ms = next_delay_ms(failed.row.attempts, self._rng) if failed.retry else None
        if delay_ms is None:
            return dead(failed)
        next_ms = now_ms + max(delay_ms, failed.after_ms)
        within = within_use(next_ms, now_ms, failed.row.command.useful_until_ms)
        return missed(failed.row, failed.error) if within is None else within

    @staticmethod
    def _lock(writing: Writing, profiles: Sequence[ProfileId]) -> None:
        """Lock the customers before any outbox row, in the order in which the intake does."""
        customers = writing.customers_of(sorted(set(profiles)))
        writing.lock(sorted(set(customers.values())))


def _pool_of(threads: int) -> ThreadPoolExecutor | None:
    return ThreadPoolExecutor(threads, "deliver") if threads > 1 else None


def _by_profile(rows: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    groups: dict[ProfileId, list[OutboxRow]] = {}
    for row in sorted(rows, key=urgency_of):
        groups.setdefault(row.command.profile, []).append(row)
    return list(groups.values())


def _told(row: OutboxRow, body: Body) -> Told:
    return Told(
        profile=row.command.profile,
        body=with_step(body, row.command),
        message_id=told_id(body, row.command, row.fence),
    )
