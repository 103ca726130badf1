"""Servers for the benchmark of the SMTP gate, each in a process of its own, and a client."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiosmtpd import smtp
from aiosmtpd.smtp import Envelope, Session
from aiosmtplib import SMTP

from makegood.bootstrap import open_makegood
from makegood.effects.smtp import Server
from makegood.gate.smtp.options import GateOptions, networks
from makegood.gate.smtp.running import SmtpGate
from makegood.messages.facts import Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.runtime.intake import body_digest
from makegood.settings import Settings
from makegood.web.mail_gate import parts_of

SENDER = "offers@northwind-cars.example"
HELD_IN = 50  # one customer of so many was let down
KNOWN = 5_000
_BATCH = 500


def address(number: int) -> str:
    """The customer a mail of this number goes to."""
    return f"c{number * 7919 % KNOWN}@customers.example"


def let_down(folder: Path) -> str:
    """Make a database of customers, one in fifty of whom is held."""
    database = f"sqlite:///{folder / 'smtp.db'}"
    settings = Settings(database=database, key=b"a secret for benchmarks, 32 byte")
    makegood = open_makegood(settings)
    now_ms = makegood.clock.now_ms()
    arrivals = [_arrival(number, now_ms) for number in range(KNOWN)]
    for start in range(0, KNOWN, _BATCH):
        makegood.intake.take(arrivals[start : start + _BATCH])
    makegood.close()
    return database


def _arrival(number: int, now_ms: int) -> Arrival:
    about: dict[str, object] = {"reservation": f"R{number}", "brand": "northwind_cars"}
    missing = {"branch": "Airport", "reason": "no_vehicle", "price_cents": 10_000}
    is_held = number % HELD_IN == 0
    name = "Rental Unfulfilled" if is_held else "Reservation Made"
    body = Touchpoint(name=name, properties=about | (missing if is_held else {}))
    return Arrival(
        source="rental",
        message_id=f"b{number}",
        identifier=f"email:c{number}@customers.example",
        time_ms=now_ms,
        body=body,
        body_digest=body_digest(body),
    )


class _Sink(asyncio.Protocol):
    """Takes every message and keeps none, as fast as this can be done."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._buffer = b""
        self._in_data = False
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            line, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            if self._in_data:
                self._in_data = False
                self._transport.write(b"250 taken\r\n")
                continue
            self._in_data = line == b"DATA"
            known = {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
            self._transport.write(known.get(line, b"250 ok\r\n"))


class _Relay:
    """The same library as a plain relay: take a message whole, pass it on, answer."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: deque[SMTP] = deque()

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        link = self._idle.pop() if self._idle else await self._connected()
        content = envelope.content
        assert isinstance(content, bytes)
        await link.sendmail(envelope.mail_from or "", envelope.rcpt_tos, content)
        self._idle.append(link)
        return "250 OK"

    async def _connected(self) -> SMTP:
        link = SMTP(
            hostname="127.0.0.1", port=self._port, local_hostname="localhost", start_tls=False
        )
        await link.connect()
        return link


async def _until_told(pipe: Connection) -> None:
    """Answer how much processor time was used, until told to end."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def told() -> None:
        if pipe.recv() == "end":
            ended.set()
        else:
            pipe.send(time.process_time())

    loop.add_reader(pipe.fileno(), told)
    await ended.wait()
    loop.remove_reader(pipe.fileno())


async def _sink(pipe: Connection) -> None:
    server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await _until_told(pipe)
    server.close()


async def _relay(pipe: Connection, upstream: int) -> None:
    handler, loop = _Relay(upstream), asyncio.get_running_loop()

    def serving() -> smtp.SMTP:
        return smtp.SMTP(handler, hostname="localhost", loop=loop)

    server = await loop.create_server(serving, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await _until_told(pipe)
    server.close()


async def _gate(pipe: Connection, upstream: int, database: str) -> None:
    settings = Settings(database=database, key=b"a secret for benchmarks, 32 byte")
    makegood = open_makegood(settings)
    options = GateOptions(
        host="127.0.0.1",
        port=0,
        upstream=Server(host="127.0.0.1", port=upstream),
        allow=networks((), "127.0.0.1"),
    )
    gate = SmtpGate(parts_of(makegood), options)
    await gate.start()
    pipe.send(gate.port)
    await _until_told(pipe)
    outcomes = {f"{it.outcome}": 0 for it in gate.tally.counts()}
    for it, count in gate.tally.counts().items():
        outcomes[f"{it.outcome}"] += count
    pipe.send(outcomes)
    await gate.stop()
    makegood.close()


def _run(serve: Callable[..., Awaitable[None]], *given: Any) -> None:
    async def run() -> None:
        await serve(*given)

    asyncio.run(run())


class Running:
    """A server in another process."""

    def __init__(self, serve: Callable[..., Awaitable[None]], *given: Any) -> None:
        self._pipe, theirs = get_context("spawn").Pipe()
        self._process = get_context("spawn").Process(target=_run, args=(serve, theirs, *given))
        self._process.start()
        self.port: int = self._pipe.recv()

    def cpu_seconds(self) -> float:
        """Say how much processor time it has used."""
        self._pipe.send("cpu")
        used: float = self._pipe.recv()
        return used

    def stop(self, *, says: bool = False) -> dict[str, int]:
        self._pipe.send("end")
        found: dict[str, int] = self._pipe.recv() if says else {}
        self._process.join()
        return found


@contextmanager
def sink_and_relay() -> Iterator[tuple[Running, Running]]:
    """Run a sink, and a plain relay before it."""
    sink = Running(_sink)
    relay = Running(_relay, sink.port)
    try:
        yield sink, relay
    finally:
        relay.stop()
        sink.stop()


def gate_before(sink: Running, database: str) -> Running:
    """Run the gate before the sink."""
    return Running(_gate, sink.port, database)


def measure(
    server: Running, mails: Sequence[tuple[str, bytes]], clients: int
) -> tuple[float, float]:
    """Send all mails; give mails a second, and mails a second of the server's processor time."""
    before = server.cpu_seconds()
    rate = drive(server.port, mails, clients)
    return rate, len(mails) / (server.cpu_seconds() - before)


def drive(port: int, mails: Sequence[tuple[str, bytes]], clients: int) -> float:
    """Send all mails over some connections; give messages a second."""
    began = time.perf_counter()
    asyncio.run(_sent(port, mails, clients))
    return len(mails) / (time.perf_counter() - began)


async def _sent(port: int, mails: Sequence[tuple[str, bytes]], clients: int) -> None:
    waiting = iter(mails)

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
        writer.write(b"EHLO bench\r\n")
        while (await reader.readline())[3:4] == b"-":
            pass
        for to, wire in waiting:
            begun = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{to}>\r\nDATA\r\n"
            writer.write(begun.encode())
            for wanted in (b"250", b"250", b"354"):
                line = await reader.readline()
                assert line.startswith(wanted), line
            writer.write(wire + b".\r\n")
            line = await reader.readline()
            assert line.startswith(b"250"), line
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(one() for _ in range(clients)))
