"""The gate over HTTP: questions a second against a handler that does nothing, in the same run."""

import argparse
import json
import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.fronts import Serving, drive, serve_front, serve_noop
from benchmarks.ingest_http import bodies


def questions(count: int) -> list[bytes]:
    """Ask about known and unknown customers alike."""
    return [
        json.dumps(
            {
                "identifier": f"user:{number * 7919 % 12_000}",
                "brand": "cars",
                "class": "promotional",
                "channel": "mail",
            }
        ).encode()
        for number in range(count)
    ]


def rate(served: Serving, made: list[bytes], clients: int) -> float:
    return len(made) / drive(served, "/v1/may-send", made, clients)


def main() -> None:
    """Run the two in turn and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    made = questions(asked.questions)
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder,
        serve_noop() as noop,
        serve_front(Path(folder)) as front,
    ):
        drive(front, "/v1/batch", bodies(10_000), asked.clients)
        rounds = [
            (rate(noop, made, asked.clients), rate(front, made, asked.clients))
            for _ in range(asked.rounds)
        ]
    print(
        json.dumps(
            {
                "questions_per_second": round(max(ours for _, ours in rounds)),
                "do_nothing_per_second": round(max(nothing for nothing, _ in rounds)),
                "ratio_to_do_nothing": round(
                    statistics.median(ours / nothing for nothing, ours in rounds), 3
                ),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
