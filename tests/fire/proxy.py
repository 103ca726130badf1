"""A TCP proxy on loopback that is told how badly to behave, connection by connection.

Every part of a deployment reaches every other through a line of its own. A line delays, throttles,
falls silent, refuses, cuts and resets, and is switched while the parts talk.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Literal

PIECE = 16 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER of nothing: close sends RST instead of FIN
THROTTLED_PIECE = 256
OPENED_S = 10
Target = tuple[str, int] | str
"""An address and a port, or the path of a Unix socket."""
Way = Literal["up", "down"]
Weather = Literal["clear", "delay", "throttle", "silence", "refuse"]


@dataclass
class Manner:
    """How a line treats what passes; the numbers are what it drew for one spell of weather."""

    weather: Weather = "clear"
    delay_s: float = 0.0
    bytes_per_s: int = 0
    share: float = 1.0  # of connections that it touches


@dataclass(eq=False)
class _Pair:
    """One connection with both its ends."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    luck: float
    left: int | None = None  # bytes until it is cut; None for never
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    def end(self, *, reset: bool) -> None:
        for task in self.tasks:
            task.cancel()
        for writer in (self.near, self.far):
            _end(writer, reset=reset)


class Line:
    """One line between two parts: what listens, what is connected, how it behaves."""

    def __init__(self, name: str, target: Target, rng: random.Random) -> None:
        self.name = name
        self.target = target
        self.port = 0
        self.opened = 0
        self.broken = 0
        self._rng = rng
        self._manner = Manner()
        self._changed = asyncio.Event()
        self._pairs: set[_Pair] = set()
        self._cut_next: int | None = None
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.break_all(reset=True)

    def behave(self, manner: Manner) -> None:
        """Switch the weather for what is connected and for what will be."""
        self._manner = manner
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def break_all(self, *, reset: bool) -> None:
        """End every connection: with RST, or with FIN as an orderly program does."""
        self.broken += len(self._pairs)
        for pair in tuple(self._pairs):
            pair.end(reset=reset)

    def cut_after(self, size: int) -> None:
        """Cut everything that is connected, and the next that connects, after so many bytes."""
        self._cut_next = size
        for pair in self._pairs:
            pair.left = size

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        if self._manner.weather == "refuse":
            self.broken += 1
            _end(writer, reset=True)
            return
        try:
            far_reader, far = await _connected(self.target)
        except OSError:
            _end(writer, reset=True)  # nobody listens behind: nobody listens here
            return
        pair = _Pair(writer, far, self._rng.random(), self._cut_next)
        self._cut_next = None
        self._pairs.add(pair)
        pair.tasks = [
            asyncio.create_task(self._pass_on(pair, reader, far)),
            asyncio.create_task(self._pass_on(pair, far_reader, writer)),
        ]
        try:
            await asyncio.wait(pair.tasks)
        finally:
            self._pairs.discard(pair)
            pair.end(reset=False)

    async def _pass_on(
        self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await reader.read(PIECE):
                await self._linger(pair)
                if pair.left is not None and len(data) >= pair.left:
                    writer.write(data[: pair.left])
                    self.broken += 1
                    raise ConnectionResetError  # as if somebody else had
                if pair.left is not None:
                    pair.left -= len(data)
                await self._write(pair, writer, data)
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:  # one end was reset: so is the other
            asyncio.get_running_loop().call_soon(lambda: pair.end(reset=True))

    def _touches(self, pair: _Pair) -> Manner:
        return self._manner if pair.luck < self._manner.share else Manner()

    async def _linger(self, pair: _Pair) -> None:
        """Hold back what came: for a while, or until the weather changes."""
        while (manner := self._touches(pair)).weather == "silence":
            await self._changed.wait()
        if manner.weather == "delay":
            await asyncio.sleep(manner.delay_s)

    async def _write(self, pair: _Pair, writer: asyncio.StreamWriter, data: bytes) -> None:
        while data:
            manner = self._touches(pair)
            size = THROTTLED_PIECE if manner.weather == "throttle" else len(data)
            writer.write(data[:size])
            await writer.drain()
            data = data[size:]
            if manner.weather == "throttle":
                await asyncio.sleep(size / manner.bytes_per_s)


async def _connected(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(target, str):
        return await asyncio.open_unix_connection(target)
    return await asyncio.open_connection(*target)


def _end(writer: asyncio.StreamWriter, *, reset: bool) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        if reset:
            sock = writer.get_extra_info("socket")
            if sock is not None and sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
        else:
            writer.close()


class Lines:
    """All lines of a deployment, on an event loop in a thread of its own."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="lines", daemon=True)
        self._thread.start()
        self._lines: dict[str, Line] = {}

    def open(self, name: str, target: Target) -> Line:
        """Lay a line to somebody who need not listen yet."""
        line = Line(name, target, random.Random(self._rng.random()))
        self._run(line.open)
        self._lines[name] = line
        return line

    def names(self) -> tuple[str, ...]:
        return tuple(self._lines)

    def __getitem__(self, name: str) -> Line:
        return self._lines[name]

    def behave(self, name: str, manner: Manner) -> None:
        self._call(lambda: self._lines[name].behave(manner))

    def break_all(self, name: str, *, reset: bool) -> None:
        self._call(lambda: self._lines[name].break_all(reset=reset))

    def cut_after(self, name: str, size: int) -> None:
        self._call(lambda: self._lines[name].cut_after(size))

    def clear(self) -> None:
        """Let every line behave."""
        for name in self._lines:
            self.behave(name, Manner())

    def close(self) -> None:
        for line in self._lines.values():
            self._run(line.close)
        self._call(lambda: None)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, do: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await do()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(OPENED_S)

    def _call(self, do: Callable[[], object]) -> None:
        done = Event()

        def call() -> None:
            try:
                do()
            finally:
                done.set()

        self._loop.call_soon_threadsafe(call)
        done.wait(OPENED_S)
