"""The outbox: remedies delivered to a webhook sink on loopback, beside the bare claim loop.

The bare loop claims a batch and settles it, and delivers nothing: what the store alone allows.
Ours looks up the person, signs, posts, waits for the answer, and writes each outcome down as an
event that is folded, fifty at a time. Each command is another customer's.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.databases import empty_database
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.bootstrap import Makegood, open_makegood
from makegood.effects.webhook import Counterpart
from makegood.messages.commands import Command, Fulfil
from makegood.messages.ids import CaseId, EventId, ProfileId, command_id, profile_id
from makegood.messages.money import Money
from makegood.ports.rows import OutboxStatus, PersonRow
from makegood.ports.store import Store
from makegood.settings import Settings
from makegood.testing.counterparts import SECRET

COMMANDS, QUICK_COMMANDS = 4_000, 600
ROUNDS = 3
BATCH = 50
LEASE_MS = 60_000
GOAL = 0.10  # of the bare loop; CI holds half
KEY = b"a secret for benchmarks, 32 byte"


class _Sink(BaseHTTPRequestHandler):
    """Takes everything and says yes, on a connection that stays open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return None


def _serve(told: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sink)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.send(server.server_address[1])
    told.recv()


@contextmanager
def sink() -> Iterator[int]:
    """Run the receiver in a process of its own, as it is where it is used; give its port."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("end")
        process.join()


def orders(begin: int, count: int) -> list[tuple[Command, PersonRow]]:
    """Write remedies that are due, each for another customer."""
    made = []
    for number in range(begin, begin + count):
        name = f"user:{number}"
        profile = profile_id(name, KEY)
        command = Command(
            id=command_id("bench", f"{number}", "refund", 0),
            profile=ProfileId(profile),
            case=CaseId(f"ke{number:032x}"),
            cause=EventId(f"e{number:032x}"),
            step="no_car/refund",
            due_ms=1_000 + number,
            useful_until_ms=0,
            order=Fulfil(remedy="refund", kind="refund", provider="payments",
                         amount=Money(12_000), owed=True, about=f"R{number}", brand="cars"),
        )  # fmt: skip
        made.append((command, PersonRow(profile=profile, identifier=name)))
    return made


def queue(store: Store, made: list[tuple[Command, PersonRow]]) -> None:
    with store.writing() as writing:
        writing.put_commands([command for command, _ in made])
        writing.put_persons([person for _, person in made])


def bare(store: Store) -> int:
    """Claim and settle until nothing waits; give how many."""
    settled = 0
    while True:
        now_ms = time.time_ns() // 1_000_000
        with store.writing() as writing:
            rows = writing.claim(now_ms, LEASE_MS, BATCH)
        if not rows:
            return settled
        with store.writing() as writing:
            for row in rows:
                writing.settle(row.command.id, row.fence, OutboxStatus.DONE, now_ms)
        settled += len(rows)


def delivered(makegood: Makegood) -> int:
    """Deliver until nothing waits; give how many went out."""
    done = 0
    while not (worked := makegood.worker.run_once()).is_idle:
        assert worked.failed == worked.retried == worked.lost == 0, worked
        done += worked.done
    return done


def rate(run: Callable[[], int], count: int) -> float:
    began = time.perf_counter()
    assert run() == count
    return count / (time.perf_counter() - began)


def measure(database: str, count: int, port: int) -> tuple[float, float]:
    """Let both take turns over one database; give the medians (ours, bare), commands a second."""
    payments = Counterpart(
        name="payments", url=f"http://127.0.0.1:{port}/", secret=SECRET, allow_private=True
    )
    makegood = open_makegood(
        Settings(database=database, key=KEY, book="car-rental", counterparts=(payments,))
    )
    ours, alone = [], []
    try:
        for turn in range(ROUNDS):
            queue(makegood.store, orders(2 * turn * count, count))
            alone.append(rate(lambda: bare(makegood.store), count))
            queue(makegood.store, orders((2 * turn + 1) * count, count))
            ours.append(rate(lambda: delivered(makegood), count))
    finally:
        makegood.close()
    return statistics.median(ours), statistics.median(alone)


def run(plan: Plan) -> Result:
    """Measure both engines."""
    count = QUICK_COMMANDS if plan.quick else COMMANDS
    with sink() as port:
        found = {"SQLite": measure(_file(plan.folder), count, port)}
        if plan.postgres:
            with empty_database(plan.postgres) as url:
                found["PostgreSQL"] = measure(url, count, port)
    return Result(
        name="outbox",
        figures=tuple(
            Figure(what=f"{engine}: delivered to a webhook sink; beside it the bare claim loop",
                   value=ours, unit="commands/s", nothing=alone, target=f"ratio {GOAL:g}")
            for engine, (ours, alone) in found.items()
        ),
        bounds=tuple(
            Bound(what=f"{engine}: rate to the bare claim loop", value=ours / alone,
                  least=GOAL / 4, is_timed=True)  # SQLite misses the goal: docs/performance.md
            for engine, (ours, alone) in found.items()
        ),
    )  # fmt: skip


def _file(folder: Path) -> str:
    return f"sqlite:///{folder / 'outbox.db'}"
