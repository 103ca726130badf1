"""The gate over HTTP: questions a second against a handler that does nothing, in the same run."""

import json
import statistics
import tempfile
from pathlib import Path

from benchmarks.counting import CountingStore
from benchmarks.fronts import SECRET, Serving, drive, serve_front, serve_noop
from benchmarks.ingest_http import CLIENTS, bodies
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.core.holds import Question
from makegood.gate.service import Gate
from makegood.messages.commands import MessageClass
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock

QUESTIONS, QUICK_QUESTIONS = 10_000, 2_000
KNOWN = 10_000  # events taken in before the first question
ROUNDS = 3
COUNTED = 100
MOST_ASKED = 1  # one query, however many people an identifier may mean


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


def statements_a_question() -> float:
    """Count what one question asks of the engine, by a gate in this process."""
    with tempfile.TemporaryDirectory() as folder:
        store = CountingStore(SqliteStore(Path(folder) / "gate.db"))
        library, clock = small_library(), FakeClock()
        gate = Gate(store, lambda: library, clock, SECRET)
        question = Question(brand="cars", message_class=MessageClass.PROMOTIONAL, channel="mail")
        for number in range(COUNTED):
            gate.ask(f"user:{number}", question)
        store.close()
    return store.asked.statements / COUNTED


def run(plan: Plan) -> Result:
    """Let a server that does nothing and ours take turns."""
    made = questions(QUICK_QUESTIONS if plan.quick else QUESTIONS)
    with serve_noop() as noop, serve_front(plan.folder) as front:
        drive(front, "/v1/batch", bodies(KNOWN), CLIENTS)
        rounds = [(rate(noop, made, CLIENTS), rate(front, made, CLIENTS)) for _ in range(ROUNDS)]
    return Result(
        name="gate_http",
        figures=(
            Figure(
                what=f"may we send? {CLIENTS} clients, over 10,000 customers",
                value=statistics.median(ours for _, ours in rounds),
                unit="questions/s",
                nothing=statistics.median(nothing for nothing, _ in rounds),
            ),
        ),
        bounds=(
            Bound(what="statements a question", value=statements_a_question(), most=MOST_ASKED),
        ),
    )
