"""The outbox: remedies delivered to a webhook sink on loopback, beside the bare claim loop.

The bare loop claims a batch and settles it, and delivers nothing: what the store alone allows.
Ours looks up the person, signs, posts, waits for the answer, and writes each outcome down as an
event that is folded, fifty at a time. Each command is another customer's. Between the two stands
the bare post loop: the same client posts the same bodies to the same sink from as many threads,
and nothing is looked up, signed or written down.
"""

import asyncio
import ssl
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.databases import empty_database
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.bootstrap import Makegood, open_makegood
from makegood.effects.posting import Posts, where
from makegood.effects.webhook import Counterpart
from makegood.messages.commands import Command, Fulfil
from makegood.messages.ids import CaseId, EventId, ProfileId, command_id, profile_id
from makegood.messages.money import Money
from makegood.ports.rows import OutboxStatus, PersonRow
from makegood.ports.store import Store
from makegood.runtime.worker import Pace
from makegood.settings import Settings
from makegood.testing.counterparts import SECRET

COMMANDS, QUICK_COMMANDS = 4_000, 600
ROUNDS = 3
BATCH = 50
LEASE_MS = 60_000
GOAL = 0.10  # of the bare loop; CI holds half
LEAST = 0.06  # of the bare loop by our processor time: half of what is measured
ANSWER_SECONDS = 20.0
KEY = b"a secret for benchmarks, 32 byte"


class _Sink(asyncio.Protocol):
    """Takes everything and says yes, on a connection that stays open, as fast as this can be."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, ended, rest = self._buffer.partition(b"\r\n\r\n")
            length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
            if not ended or len(rest) < int(length or 0):
                return
            self._buffer = rest[int(length or 0) :]
            self._transport.write(b"HTTP/1.1 204 No Content\r\nserver: sink\r\n\r\n")


def _serve(told: Connection) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Sink, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await loop.run_in_executor(None, told.recv)
        server.close()

    asyncio.run(serve())


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


def posted(posts: Posts, payments: Counterpart, count: int) -> int:
    """Post as many bodies as large as ours, and do nothing else."""
    to, body = (payments.name, where(payments.url), "127.0.0.1"), b"x" * 450
    headers = {"webhook-id": "m" * 33, "webhook-signature": "v1," + "s" * 44}

    def post(_: int) -> int:
        return posts.post(to, headers, body, 1_000).status

    with ThreadPoolExecutor(Pace().threads) as threads:
        assert set(threads.map(post, range(count))) == {204}
    return count


def rate(run: Callable[[], int], count: int) -> tuple[float, float]:
    """Give how many a second, by the clock and by our processor time."""
    began, used = time.perf_counter(), time.process_time()
    assert run() == count
    return count / (time.perf_counter() - began), count / (time.process_time() - used)


class Rates(NamedTuple):
    """What was measured over one database, by the clock and by the processor."""

    ours: tuple[float, float]
    bare: tuple[float, float]
    posts: tuple[float, float]
    ratio: float
    """Ours to the bare claim loop by the processor: the median of the rounds."""


def measure(database: str, count: int, port: int) -> Rates:
    """Let all take turns over one database; give the medians."""
    payments = Counterpart(
        name="payments", url=f"http://127.0.0.1:{port}/", secret=SECRET, allow_private=True
    )
    makegood = open_makegood(
        Settings(database=database, key=KEY, book="car-rental", counterparts=(payments,))
    )
    client = Posts(ssl.create_default_context(), ANSWER_SECONDS)
    ours, alone, posts = [], [], []
    try:
        for turn in range(ROUNDS):
            queue(makegood.store, orders(2 * turn * count, count))
            alone.append(rate(lambda: bare(makegood.store), count))
            queue(makegood.store, orders((2 * turn + 1) * count, count))
            ours.append(rate(lambda: delivered(makegood), count))
            posts.append(rate(lambda: posted(client, payments, count), count))
    finally:
        client.close()
        makegood.close()
    ratio = statistics.median(
        mine / nothing for (_, mine), (_, nothing) in zip(ours, alone, strict=True)
    )
    return Rates(_medians(ours), _medians(alone), _medians(posts), ratio)


def _medians(found: list[tuple[float, float]]) -> tuple[float, float]:
    clock, processor = zip(*found, strict=True)
    return statistics.median(clock), statistics.median(processor)


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
        figures=tuple(one for engine, rates in found.items() for one in _figures(engine, rates)),
        bounds=tuple(
            bound
            for engine, rates in found.items()
            for bound in (
                Bound(what=f"{engine}: rate to the bare claim loop",
                      value=rates.ours[0] / rates.bare[0], least=GOAL / 2, is_timed=True),
                Bound(what=f"{engine}: commands a CPU-second to the bare claim loop",
                      value=rates.ratio, least=LEAST, is_timed=True),
            )
        ),
    )  # fmt: skip


def _figures(engine: str, rates: Rates) -> tuple[Figure, ...]:
    def figure(what: str, of: tuple[float, float], at: int, target: str = "") -> Figure:
        unit = ("commands/s", "commands/CPU-s")[at]
        return Figure(
            what=f"{engine}: {what}",
            value=of[at],
            unit=unit,
            nothing=rates.bare[at],
            target=target,
        )

    goal = f"ratio {GOAL:g}"
    return (
        figure("delivered to a webhook sink; beside it the bare claim loop", rates.ours, 0, goal),
        figure("the same, by our own processor time", rates.ours, 1, goal),
        figure("the bare post loop, its floor; beside it the bare claim loop", rates.posts, 0),
        figure("the same, by our own processor time", rates.posts, 1),
    )


def _file(folder: Path) -> str:
    return f"sqlite:///{folder / 'outbox.db'}"
