"""Try a draft on the last year in the background: one at a time, told as it goes, and kept."""

import logging
import secrets
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

import msgspec
from django.utils.html import format_html_join
from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.playbooks.book import RuleBook
from makegood.ports.clock import Clock
from makegood.ports.drafts import Trial, TrialResult, TrialStatus
from makegood.ports.store import Reading, Store
from makegood.replay.comparing import Comparison, compare
from makegood.replay.histories import StoredLog

YEAR_MS = 365 * 86_400_000
LOST_MS = 60_000  # another process that has said nothing for so long has ended
KEPT = 20
_BEAT_S = 1.0
_SLICE_S = 0.02  # after so long at work others get as long: the gate answers meanwhile
_LOG = logging.getLogger("makegood.replay")


class _Stopped(Exception):
    """Somebody stopped the trial, or the process ends."""


class Trials:
    """The trials of a deployment, and the one that this process runs."""

    def __init__(self, store: Store, clock: Clock, *, alone: bool) -> None:
        """Join the parts.

        Args:
            alone: No other process serves this store: what runs and is not ours has ended.
        """
        self._store = store
        self._clock = clock
        self._alone = alone
        self._runner = secrets.token_hex(8)
        self._starting = Lock()
        self._ending = Event()
        self._thread: Thread | None = None

    def newest(self, reading: Reading, limit: int = KEPT) -> tuple[Trial, ...]:
        """Give the newest trials, the newest first; one whose process ended is interrupted."""
        with self._starting:  # what has just been written has its thread as well
            rows, is_at_work = reading.trials(limit), self._is_at_work()
            if not is_at_work and any(self._is_ours(row) for row in rows):
                with self._store.reading() as now:  # it may have ended since `reading` began
                    rows = now.trials(limit)
            return tuple(self._seen(row, is_at_work) for row in rows)

    def begin(self, old: RuleBook, new: RuleBook, by: str) -> Trial:
        """Compare two books over the last 365 days, in a thread of this process.

        Raises:
            InputError: A trial is running already.
        """
        with self._starting:
            trial = self._begun(old, new, by)
            self._thread = Thread(
                target=self._run, args=(trial, old, new), name="trial", daemon=True
            )
            self._thread.start()
        return trial

    def stop(self, place: int) -> bool:
        """Stop a trial that runs, in whichever process; False when it has ended."""
        with self._store.writing() as writing:
            trial = next((one for one in writing.trials(KEPT) if one.place == place), None)
            if trial is None or trial.status != "running":
                return False
            writing.put_trial(self._ended(trial, "stopped"))
        return True

    def wait(self, timeout_s: float = 60.0) -> None:
        """Wait until the trial of this process has ended."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def close(self) -> None:
        """Interrupt what runs, and wait for it."""
        self._ending.set()
        self.wait()

    def _begun(self, old: RuleBook, new: RuleBook, by: str) -> Trial:
        now_ms, is_at_work = self._clock.now_ms(), self._is_at_work()
        with self._store.writing() as writing:
            known = writing.trials(1)
            last = self._seen(known[0], is_at_work) if known else None
            if last is not None and last.status == "running":
                raise InputError("A comparison is running already; wait for it, or stop it.")
            if last is not None and last != known[0]:
                writing.put_trial(last)
            counts = writing.counts("log", "customers")
            trial = Trial(
                place=known[0].place + 1 if known else 1,
                old=old.hash,
                new=new.hash,
                by=by,
                started_ms=now_ms,
                since_ms=now_ms - YEAR_MS,
                runner=self._runner,
                beat_ms=now_ms,
                log=counts["log"],
                total=counts["customers"],
            )
            if not writing.begin_trial(trial):
                raise InputError("A comparison has just been begun by somebody else.")
        return trial

    def _is_at_work(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _is_ours(self, trial: Trial) -> bool:
        return trial.status == "running" and trial.runner == self._runner

    def _seen(self, trial: Trial, is_at_work: bool) -> Trial:
        """Say how a trial fares: one that says that it runs may have no process any more."""
        if trial.status != "running":
            return trial
        if trial.runner == self._runner:
            lost = not is_at_work
        else:
            lost = self._alone or self._clock.now_ms() - trial.beat_ms > LOST_MS
        return self._ended(trial, "interrupted") if lost else trial

    def _ended(self, trial: Trial, status: TrialStatus, error: str = "") -> Trial:
        return replace(trial, status=status, ended_ms=self._clock.now_ms(), error=error)

    def _run(self, trial: Trial, old: RuleBook, new: RuleBook) -> None:
        try:
            log = StoredLog(self._store)
            found = compare(log, old, new, self._progress(trial), trial.since_ms)
            self._keep(trial, found)
        except _Stopped:
            self._settle(trial, "interrupted")
        except Exception as fault:
            _LOG.exception("trial %s failed", trial.place)
            self._settle(trial, "failed", type(fault).__name__)

    def _keep(self, trial: Trial, found: Comparison) -> None:
        from makegood.replay.page import numbers_of  # the charts: a second to load

        result = TrialResult(
            found=msgspec.json.encode(found).decode(),
            page=format_html_join("\n", "{}", ((part,) for part in numbers_of(found) if part)),
        )
        done = replace(self._ended(trial, "done"), done=found.customers, total=found.customers)
        with self._store.writing() as writing:
            if self._is_still_wanted(trial, writing):
                writing.put_trial(done, result)

    def _settle(self, trial: Trial, status: TrialStatus, error: str = "") -> None:
        """Write down how it ended, unless somebody who stopped it has done so."""
        with self._store.writing() as writing:
            if self._is_still_wanted(trial, writing):
                writing.put_trial(self._ended(trial, status, error))

    def _progress(self, trial: Trial) -> Callable[[int], None]:
        began = beat = time.monotonic()

        def progress(done: int) -> None:
            nonlocal began, beat
            now = time.monotonic()
            if now - beat >= _BEAT_S:
                beat = now
                self._beat(trial, done)
            if now - began >= _SLICE_S:
                self._ending.wait(now - began)
                began = time.monotonic()
            if self._ending.is_set():
                raise _Stopped

        return progress

    def _beat(self, trial: Trial, done: int) -> None:
        with self._store.writing() as writing:
            if not self._is_still_wanted(trial, writing):
                raise _Stopped
            writing.put_trial(replace(trial, done=done, beat_ms=self._clock.now_ms()))

    @staticmethod
    def _is_still_wanted(trial: Trial, reading: Reading) -> bool:
        known = next((one for one in reading.trials(KEPT) if one.place == trial.place), None)
        return known is not None and known.status == "running"
