"""A front on a real server and a real store, for the tests that speak HTTP."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server

from makegood.api.keys import mint
from makegood.gate.service import Gate
from makegood.ports.clock import Clock
from makegood.ports.store import Store
from makegood.runtime.intake import Intake
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock
from makegood.web.commit import Take
from makegood.web.front import Front
from makegood.web.parts import Joined, Parts, Shape
from makegood.web.wire import Handler, Receive, Scope, Send, respond

LIBRARY = small_library()
SECRET = b"a secret for tests, 32 bytes long"


class Running(NamedTuple):
    """A front that answers."""

    url: str
    store: Store
    clock: FakeClock
    gate: Gate
    intake: Intake
    keys: dict[str, str]

    def client(self, key: str = "all") -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.keys[key]}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands where Django does."""
    await respond(send, 404, b'{"rest":true}')


def joined(store: Store, clock: Clock, take: Take | None = None) -> tuple[Joined, Intake, Gate]:
    intake = Intake(store, lambda: LIBRARY, clock, SECRET)
    gate = Gate(store, lambda: LIBRARY, clock, SECRET)
    parts = Joined(take=take or intake.take, gate=gate, store=store, clock=clock, key=SECRET)
    return parts, intake, gate


def open_keys(store: Store) -> dict[str, str]:
    keys = {}
    with store.writing() as writing:
        for name, scopes, strict in (
            ("all", ("ingest", "gate", "cases"), False),
            ("strict", ("ingest",), True),
            ("gate", ("gate",), False),
            ("cases", ("cases",), False),
        ):
            keys[name], row = mint(name, scopes, 0, strict=strict)
            writing.put_key(row)
        book = LIBRARY.book(LIBRARY.active)
        writing.put_book(book.hash, book.text, activate=True)
    return keys


@contextmanager
def serving(app: Handler) -> Iterator[str]:
    """Serve an ASGI application on granian, in a thread of this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    loop = asyncio.new_event_loop()
    made: list[Server] = []

    async def run() -> None:
        server = Server(app, port=port, interface=Interfaces.ASGI, log_enabled=False)
        made.append(server)
        await server.serve()

    def work() -> None:
        loop.run_until_complete(run())
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        loop.call_soon_threadsafe(made[0].stop)
        thread.join(30)
        assert not thread.is_alive()


def _wait_for(url: str) -> None:
    """Ask until it answers; a refused connection comes back at once."""
    for _ in range(20_000):
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            continue
        return
    raise AssertionError("the server did not start")


@contextmanager
def running(
    folder: Path, take: Take | None = None, shape: Shape | None = None
) -> Iterator[Running]:
    """A front over SQLite with a small rule book and four keys."""
    store = SqliteStore(folder / "makegood.db")
    clock = FakeClock()
    keys = open_keys(store)
    parts, intake, gate = joined(store, clock, take)
    app = Front(lambda: Parts(parts, shape), lambda: nothing_here)
    with serving(app) as url:
        yield Running(url, store, clock, gate, intake, keys)
    store.close()
