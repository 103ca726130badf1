"""What is measured: counted where it happens, and read from the store when somebody asks.

Labels are words of the code, never of a customer or a book: their number is known beforehand. The
one exception is where an SMTP gate stands (host and port), for as long as it is missed.
Several server processes share their counts by files in a folder (`PROMETHEUS_MULTIPROC_DIR`,
made by `serve`); what comes from the store is the same whoever is asked.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final

from makegood import __version__
from makegood.messages.commands import LEAST_URGENT
from makegood.ports.clock import Clock
from makegood.ports.notices import SinkHealth
from makegood.ports.store import Store
from makegood.runtime.pulse import SMTP, WORKER, heard_of

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
RANKS: Final = ("urgent", "confirmation", "fulfilment", "message", "offer")
_FRESH_S = 5.0  # many who ask at once read the store once
_FAST = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
_TALLIES = (
    (WORKER, "deliveries", "Deliveries by outcome, of all workers."),
    (SMTP, "smtp_recipients", "Recipients of mail by what the SMTP gates did with it."),
)
_COUNTS = {
    "open_cases": "Cases that are worked on.",
    "held_customers": "Customers whom marketing may not reach.",
    "stuck_customers": "Customers whose history cannot be folded; marketing is closed for them.",
    "waiting_requests": "Requests that wait for a person.",
    "outbox_failed": "Commands that failed for good and wait for a person.",
}


@contextmanager
def shared_counts(processes: int) -> Iterator[None]:
    """Let the server processes that begin inside the block share their counts.

    Each keeps its own in a file, and whoever is asked adds them up; a folder that the environment
    names is left as it is.
    """
    if processes < 2 or os.environ.get(FOLDER):
        yield
        return
    with TemporaryDirectory(prefix="makegood-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


class Metrics:
    """The measures of one server process."""

    def __init__(self) -> None:
        # Here, because the library decides when it is loaded whether processes share counts.
        from prometheus_client import (
            CollectorRegistry,
            Counter,
            Histogram,
            disable_created_metrics,
        )

        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second sample for each, which says nothing new

        self._registry = CollectorRegistry()
        made: Any = {"registry": self._registry, "namespace": "makegood"}
        self._events = Counter("events", "Events offered, by result.", ["result"], **made)
        self._answers = Counter(
            "gate_answers", "Answers of the gate.", ["reason", "allowed"], **made
        )
        self._responses = Counter(
            "http_responses", "Answers over HTTP.", ["part", "status"], **made
        )
        self._batch = Histogram("batch_events", "Events in one request.", buckets=_SIZES, **made)
        self._commit = Histogram(
            "commit_seconds", "From the beginning of a transaction to its commit.",
            buckets=_FAST, **made,
        )  # fmt: skip
        self._group = Histogram(
            "commit_events", "Events in one transaction.", buckets=_SIZES, **made
        )
        self._stored = Histogram(
            "stored_seconds", "From the receipt of a request to the commit of its events.",
            buckets=_FAST, **made,
        )  # fmt: skip
        self._hold = Histogram(
            "hold_seconds", "From the receipt of a failure to the moment the gate says no.",
            buckets=_FAST, **made,
        )  # fmt: skip
        self._gate = Histogram(
            "gate_seconds", "From the question to the answer of the gate.", buckets=_FAST, **made
        )
        # A child is looked up by its words once; afterwards it is one look in a dict.
        self._known: dict[tuple[object, ...], Any] = {}

    def _child(self, family: Any, *words: str) -> Any:
        found = self._known.get((id(family), *words))
        if found is None:
            found = self._known[(id(family), *words)] = family.labels(*words)
        return found

    def events(self, result: str, count: int = 1) -> None:
        """Count events of a request."""
        self._child(self._events, result).inc(count)

    def batch(self, count: int) -> None:
        """Note the size of a request."""
        self._batch.observe(count)

    def commit(self, seconds: float, count: int) -> None:
        """Note a transaction that is durable."""
        self._commit.observe(seconds)
        self._group.observe(count)

    def stored(self, seconds: float, *, opened: bool) -> None:
        """Note how long a request waited for its commit.

        Args:
            seconds: From its receipt.
            opened: It opened a case: acknowledged means held, so this is the latency of the hold.
        """
        self._stored.observe(seconds)
        if opened:
            self._hold.observe(seconds)

    def answered(self, reason: str, seconds: float, *, allowed: bool) -> None:
        """Count an answer of the gate."""
        self._child(self._answers, reason, "yes" if allowed else "no").inc()
        self._gate.observe(seconds)

    def responded(self, part: str, status: int) -> None:
        """Count an answer over HTTP; 429 by itself, because it is the client's to heed."""
        word = "429" if status == 429 else f"{status // 100}xx"
        self._child(self._responses, part, word).inc()

    def page(self, of_store: "OfStore") -> bytes:
        """Write everything as Prometheus reads it."""
        from prometheus_client import (
            CollectorRegistry,
            PlatformCollector,
            ProcessCollector,
            generate_latest,
        )

        if os.environ.get(FOLDER):
            from prometheus_client.multiprocess import MultiProcessCollector

            shared = CollectorRegistry()
            MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
            parts = [generate_latest(shared)]
        else:
            own = CollectorRegistry()
            ProcessCollector(registry=own)
            PlatformCollector(registry=own)
            parts = [generate_latest(self._registry), generate_latest(own)]
        figures = CollectorRegistry()
        figures.register(of_store)
        return b"".join((*parts, generate_latest(figures)))


class OfStore:
    """What the store says: the same from every process."""

    def __init__(
        self, store: Store, clock: Clock, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._ticks = ticks
        self._lock = Lock()
        self._read: list[Any] = []
        self._until = -1.0

    def collect(self) -> Iterator[Any]:
        """Give the families; what was read in the last seconds is given again."""
        with self._lock:
            if self._ticks() >= self._until:
                self._read = list(self._families())
                self._until = self._ticks() + _FRESH_S
            yield from self._read

    def _families(self) -> Iterator[Any]:
        from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

        now_ms = self._clock.now_ms()
        with self._store.reading() as reading:
            counts = reading.counts("log", *_COUNTS)
            waiting = reading.waiting_commands(now_ms)
            timer_ms = reading.first_timer_ms()
            beats, tallies = reading.beats(), reading.tallies()
            nobodys = counts["open_cases"] - sum(reading.open_cases_by_owner().values())
            parked = sum(reading.parked_counts().values())
            sinks = tuple(reading.sinks_health().values())
            noticed_ms = reading.unpublished()
        build = GaugeMetricFamily("makegood_build_info", "This Makegood.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        log = CounterMetricFamily("makegood_log_events", "Events in the log.")
        log.add_metric([], counts["log"])
        yield log
        for name, says in _COUNTS.items():
            yield GaugeMetricFamily(f"makegood_{name}", says, value=counts[name])
        yield GaugeMetricFamily(
            "makegood_cases_without_owner", "Open cases that nobody has.", value=max(0, nobodys)
        )
        yield from self._outbox(GaugeMetricFamily, waiting, now_ms)
        lag_s = max(0, now_ms - timer_ms) / 1000 if timer_ms else 0.0
        yield GaugeMetricFamily(
            "makegood_timers_lag_seconds", "How long the first due timer waits.", value=lag_s
        )
        age_s = (now_ms - beats[WORKER]) / 1000 if WORKER in beats else float("nan")
        yield GaugeMetricFamily(
            "makegood_worker_silent_seconds", "Since a worker last said it is alive.", value=age_s
        )
        silent = GaugeMetricFamily(
            "makegood_smtp_gate_silent_seconds",
            "Since each SMTP gate last said it is alive.",
            labels=["gate"],
        )
        for where, at_ms in heard_of(beats, SMTP, now_ms).items():
            silent.add_metric([where], max(0, now_ms - at_ms) / 1000)
        yield silent
        for part, name, says in _TALLIES:
            family = CounterMetricFamily(f"makegood_{name}", says, labels=["outcome"])
            for counted, amount in sorted(tallies.items()):
                if counted.startswith(f"{part}."):
                    family.add_metric([counted.removeprefix(f"{part}.")], amount)
            yield family
        yield GaugeMetricFamily(
            "makegood_parked_recipients", "Recipients for whom mail waits.", value=parked
        )
        yield from self._tellings(GaugeMetricFamily, sinks, now_ms, noticed_ms)

    @staticmethod
    def _tellings(
        gauge: Any, sinks: Sequence[SinkHealth], now_ms: int, noticed_ms: int
    ) -> Iterator[Any]:
        oldest_ms = min((one.oldest_ms for one in sinks if one.oldest_ms), default=0)
        for name, says, value in (
            ("waiting", "Notices that wait to be told.", sum(one.waiting for one in sinks)),
            ("failed", "Notices that nobody took.", sum(one.failed for one in sinks)),
            (
                "oldest_seconds",
                "Since when the oldest of those that wait was noticed.",
                max(0, now_ms - oldest_ms) / 1000 if oldest_ms else 0.0,
            ),
        ):
            yield gauge(f"makegood_tellings_{name}", says, value=value)
        # Before it is published a notice waits for nobody yet: where it stays so, no worker tells.
        lag_s = max(0, now_ms - noticed_ms) / 1000 if noticed_ms else 0.0
        yield gauge(
            "makegood_notices_lag_seconds",
            "How long the oldest notice is not published.",
            value=lag_s,
        )

    @staticmethod
    def _outbox(gauge: Any, waiting: Any, now_ms: int) -> Iterator[Any]:
        all_ = gauge("makegood_outbox_waiting", "Commands not carried out yet.", labels=["rank"])
        due = gauge("makegood_outbox_due", "Commands that could go out now.", labels=["rank"])
        oldest = gauge(
            "makegood_outbox_oldest_seconds", "Since when the oldest due one could go out.",
            labels=["rank"],
        )  # fmt: skip
        for rank in range(LEAST_URGENT + 1):
            found = waiting.get(rank)
            all_.add_metric([RANKS[rank]], found.all if found else 0)
            due.add_metric([RANKS[rank]], found.due if found else 0)
            since_ms = found.oldest_ms if found else 0
            age_s = max(0, now_ms - since_ms) / 1000 if since_ms else 0.0
            oldest.add_metric([RANKS[rank]], age_s)
        yield all_
        yield due
        yield oldest
