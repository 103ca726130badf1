"""Ingest over HTTP: events folded and durable, in batches of 100, on each engine.

Absolute rates follow the disk and the neighbours on the machine; read syncs and CPU per event, and
the ratio to a handler that does nothing on the same server in the same run.
"""

import json
import resource
from contextlib import AbstractContextManager

from benchmarks.databases import empty_database
from benchmarks.fronts import Serving, drive, serve_front, serve_noop
from benchmarks.report import Bound, Figure, Plan, Result

EVENTS, QUICK_EVENTS = 20_000, 4_000
EVENTS_IN_BATCH = 100
CLIENTS = 16
TARGETS = {"SQLite": 6_000, "PostgreSQL": 3_000}
MOST_SYNCS = 1.02  # of a request; the group commit makes it fewer


def bodies(events: int) -> list[bytes]:
    """Make batches as the Segment library for Python sends them; one event in 50 is a failure."""
    made = []
    for start in range(0, events, EVENTS_IN_BATCH):
        items = [_item(n) for n in range(start, min(start + EVENTS_IN_BATCH, events))]
        made.append(json.dumps({"batch": items, "sentAt": "2026-01-01T09:00:00Z"}).encode())
    return made


def _item(number: int) -> dict[str, object]:
    is_failure = number % 50 == 0
    properties: dict[str, object] = {
        "reservation": f"R{number}",
        "branch": "JFK",
        "price_cents": 12_000,
    }
    if is_failure:
        properties["reason"] = "sold_out"
    second, millisecond = divmod(number % 3_600_000, 1_000)
    return {
        "type": "track",
        "event": "Rental Unfulfilled" if is_failure else "Rental Returned",
        "userId": f"{number * 7919 % 10_000}",
        "anonymousId": None,
        "messageId": f"bench-{number}",
        # In order, as one source sends them; what comes late folds a history again.
        "timestamp": f"2026-01-01T08:{second // 60:02}:{second % 60:02}.{millisecond:03}+00:00",
        "integrations": {},
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "properties": properties,
    }


def measure(served: Serving, made: list[bytes], clients: int) -> tuple[float, float]:
    """Send everything; give (seconds, CPU seconds of the server's process)."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    seconds = drive(served, "/v1/batch", made, clients)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(plan: Plan) -> Result:
    """Send everything to a server that does nothing, then to ours on each engine."""
    events = QUICK_EVENTS if plan.quick else EVENTS
    made = bodies(events)
    with serve_noop() as served:
        nothing = measure(served, made, CLIENTS)
    figures, bounds = _engine("SQLite", made, nothing, serve_front(plan.folder))
    if plan.postgres:
        with empty_database(plan.postgres) as url:
            more, held = _engine("PostgreSQL", made, nothing, serve_front(plan.folder, url))
        figures, bounds = (*figures, *more), (*bounds, *held)
    return Result(name="ingest_http", figures=figures, bounds=bounds)


def _engine(
    engine: str,
    made: list[bytes],
    nothing: tuple[float, float],
    front: AbstractContextManager[Serving],
) -> tuple[tuple[Figure, ...], tuple[Bound, ...]]:
    """Measure one engine; a request is a batch of `EVENTS_IN_BATCH`."""
    with front as served:
        seconds, cpu_seconds = measure(served, made, CLIENTS)
        syncs, commits = served.syncs(), served.commits()
    events = len(made) * EVENTS_IN_BATCH
    figures = (
        Figure(
            what=f"{engine}: durable with fold, batches of {EVENTS_IN_BATCH}, {CLIENTS} clients",
            value=events / seconds,
            unit="events/s",
            nothing=events / nothing[0],
            target=f"{TARGETS[engine]:,}",
        ),
        Figure(
            what=f"{engine}: the same, in the server's process",
            value=cpu_seconds / events * 1e6,
            unit="CPU us/event",
            nothing=nothing[1] / events * 1e6,
        ),
        Figure(what=f"{engine}: syncs", value=syncs / events * 1000, unit="in 1,000 events"),
        Figure(what=f"{engine}: requests in one commit", value=len(made) / commits,
               unit="requests"),
    )  # fmt: skip
    held = Bound(what=f"{engine}: syncs a request", value=syncs / len(made), most=MOST_SYNCS)
    return figures, (held,)
