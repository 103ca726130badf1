"""Ingest over HTTP: events folded and durable on SQLite, in batches of 100.

Absolute rates follow the disk and the neighbours on the machine; read syncs and CPU per event, and
the ratio to a handler that does nothing on the same server in the same run.
"""

import argparse
import json
import os
import resource
import tempfile
from pathlib import Path

from benchmarks.fronts import Serving, drive, fsyncs_per_second, serve_front, serve_noop

EVENTS_IN_BATCH = 100


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


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=16)
    asked = parser.parse_args()
    made = bodies(asked.events)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        probe = fsyncs_per_second(Path(folder))
        with serve_noop() as served:
            noop_seconds, _ = measure(served, made, asked.clients)
        with serve_front(Path(folder)) as served:
            seconds, cpu_seconds = measure(served, made, asked.clients)
            syncs, commits = served.syncs(), served.commits()
    print(
        json.dumps(
            {
                "events": asked.events,
                "events_per_second": round(asked.events / seconds),
                "cpu_us_per_event": round(cpu_seconds / asked.events * 1e6, 1),
                "syncs": syncs,
                "syncs_per_1000_events": round(syncs / asked.events * 1000, 2),
                "requests_per_commit": round(len(made) / commits, 1),
                "fsyncs_per_second_of_the_disk": round(probe),
                "do_nothing_events_per_second": round(asked.events / noop_seconds),
                "ratio_to_do_nothing": round(noop_seconds / seconds, 3),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
