"""Ingest over HTTP: events folded and durable on SQLite, in batches of 100.

Absolute rates follow the disk and the neighbours on the machine; read syncs and CPU per event, and
the ratio to a handler that does nothing on the same server in the same run.
"""

import json
import resource

from benchmarks.fronts import Serving, drive, serve_front, serve_noop
from benchmarks.report import Bound, Figure, Plan, Result

EVENTS, QUICK_EVENTS = 20_000, 4_000
EVENTS_IN_BATCH = 100
CLIENTS = 16
TARGET = 4_000
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
    """Send everything to a server that does nothing, then to ours."""
    events = QUICK_EVENTS if plan.quick else EVENTS
    made = bodies(events)
    with serve_noop() as served:
        noop_seconds, noop_cpu = measure(served, made, CLIENTS)
    with serve_front(plan.folder) as served:
        seconds, cpu_seconds = measure(served, made, CLIENTS)
        syncs, commits = served.syncs(), served.commits()
    return Result(
        name="ingest_http",
        figures=(
            Figure(
                what=f"durable with fold, batches of {EVENTS_IN_BATCH}, {CLIENTS} clients",
                value=events / seconds,
                unit="events/s",
                nothing=events / noop_seconds,
                target=f"{TARGET:,}",
            ),
            Figure(
                what="the same, in the server's process",
                value=cpu_seconds / events * 1e6,
                unit="CPU us/event",
                nothing=noop_cpu / events * 1e6,
            ),
            Figure(what="syncs", value=syncs / events * 1000, unit="in 1,000 events"),
            Figure(what="requests in one commit", value=len(made) / commits, unit="requests"),
        ),
        bounds=(Bound(what="syncs a request", value=syncs / len(made), most=MOST_SYNCS),),
    )
