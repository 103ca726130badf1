"""Servers and a client for the HTTP benchmarks: granian with our front, and with nothing."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from granian.constants import Interfaces
from granian.server.embed import Server

from makegood.api.keys import mint
from makegood.api.limits import Allowance
from makegood.gate.service import Gate
from makegood.runtime.intake import Intake
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock
from makegood.web.asgi import READ_THREADS
from makegood.web.front import Front
from makegood.web.parts import Joined, Parts, Shape
from makegood.web.wire import Handler, Receive, Scope, Send, read_body, respond

SECRET = b"a secret for benchmarks, 32 byte"
WIDE = Allowance(per_second=1e9, burst=1e9)  # the limit is counted and never reached


class Serving(NamedTuple):
    """A server that listens, in a thread of this process."""

    port: int
    key: str
    syncs: Callable[[], int]
    commits: Callable[[], int]


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await read_body(scope, receive, 1_000_000)
        await respond(send, 200, b"{}")


@contextmanager
def serve_noop() -> Iterator[Serving]:
    """Serve a handler that reads the body and answers."""
    with _listening(_nothing, Interfaces.ASGINL) as port:
        yield Serving(port, "mg_", lambda: 0, lambda: 0)


@contextmanager
def serve_front(folder: Path, postgres: str = "") -> Iterator[Serving]:
    """Serve our front with the small rule book, over a new SQLite file or an empty PostgreSQL."""
    store = PostgresStore(postgres) if postgres else SqliteStore(folder / "bench.db")
    threads = READ_THREADS if postgres else 0
    library, clock = small_library(), FakeClock()
    key, row = mint("bench", ("ingest", "gate"), 0)
    with store.writing() as writing:
        writing.put_key(row)
    intake = Intake(store, lambda: library, clock, SECRET)
    gate = Gate(store, lambda: library, clock, SECRET)
    joined = Joined(take=intake.take, gate=gate, store=store, clock=clock, key=SECRET)
    made: list[Parts] = []

    def open_parts() -> Parts:
        made.append(Parts(joined, Shape(read_threads=threads, allowance=WIDE)))
        return made[0]

    front = Front(open_parts, lambda: _nothing)
    began = store.syncs()
    with _listening(front, Interfaces.ASGI) as port:
        yield Serving(port, key, lambda: store.syncs() - began, lambda: made[0].commit.commits)
    store.close()


@contextmanager
def serve(app: Handler) -> Iterator[Serving]:
    """Serve another application on the same server."""
    with _listening(app, Interfaces.ASGINL) as port:
        yield Serving(port, "mg_", lambda: 0, lambda: 0)


@contextmanager
def _listening(app: Handler, interface: Interfaces) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    loop = asyncio.new_event_loop()
    made: list[Server] = []

    async def run() -> None:
        made.append(Server(app, port=port, interface=interface, log_enabled=False))
        await made[0].serve()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.01)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(made[0].stop)
        thread.join()


def drive(served: Serving, path: str, bodies: Sequence[bytes], clients: int) -> float:
    """Send all bodies from a process of its own; give the seconds it took.

    The server keeps its own interpreter, as it has where it is used.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as client:
        client.submit(int).result()  # started before the clock is
        return client.submit(_send_all, served.port, served.key, path, bodies, clients).result()


def _send_all(port: int, key: str, path: str, bodies: Sequence[bytes], clients: int) -> float:
    began = time.perf_counter()
    statuses = asyncio.run(_sent(port, key, path, bodies, clients))
    seconds = time.perf_counter() - began
    assert len(statuses) == len(bodies)
    assert set(statuses) == {200}, set(statuses)
    return seconds


async def _sent(
    port: int, key: str, path: str, bodies: Sequence[bytes], clients: int
) -> list[int]:
    waiting = iter(bodies)
    statuses: list[int] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in waiting:
            writer.write(_request(path, key, body))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
            statuses.append(int(head.split(b" ", 2)[1]))
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(one() for _ in range(clients)))
    return statuses


def _request(path: str, key: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
