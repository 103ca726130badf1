"""An SMTP gate in a test: a mail server that does as it is told, and customers let down."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec import Struct
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.core.mailings import MailClass
from makegood.core.state import decode_state
from makegood.effects.smtp import Server
from makegood.gate.service import Gate
from makegood.gate.smtp.classing import Ruling
from makegood.gate.smtp.options import GateOptions, Limits, networks
from makegood.gate.smtp.running import Parts, SmtpGate
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Released, Touchpoint
from makegood.messages.identifiers import normal
from makegood.messages.ids import BookHash, RepId
from makegood.playbooks.outgoing_terms import OutgoingTerms
from makegood.ports.arrivals import Arrival
from makegood.ports.parking import ParkedRow
from makegood.ports.store import Store
from makegood.runtime.acts import Acted, Acts
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock

ANA, BOB, EVE = "ana@example.org", "bob@example.org", "eve@example.org"
NEWS = "news@cars.example"
HOUR_MS = 3_600_000
OFFER = b"X-Class: promotional\r\nSubject: Join\r\n\r\nJoin our club!\r\n"
RECEIPT = b"X-Class: receipt\r\nSubject: Receipt\r\n\r\nThank you.\r\n"
PLAIN = b"Subject: Who knows\r\n\r\nHello.\r\n"
LATER = "451 4.4.1 The mail server behind this gate cannot be reached; try again later."
KEY = b"k" * 32
TOM = Asker(rep=RepId("tom"), role="supervisor")
QUICK = Limits(answer_s=1.0, final_s=1.0, idle_s=20.0, stop_s=5.0)
_CLASS = re.compile(rb"^X-Class: (\w+)\r?$", re.MULTILINE)


class Arrived(Struct, frozen=True):
    """One message as the mail server has it."""

    sender: str
    recipients: tuple[str, ...]
    wire: bytes
    mail_line: str


class Envelope:
    """One envelope as it grows."""

    def __init__(self, mail_line: str = "") -> None:
        self.mail_line = mail_line
        self.recipients: list[str] = []


class Post:
    """A mail server behind the gate, byte for byte; what it does wrong is scripted.

    Attributes:
        says: What it answers instead, by command; "" hangs up, None is silent for ever.
        arrived: What it said yes to.
        cut_after: Hang up after so many bytes of a message; 0 never.
    """

    def __init__(self, *features: str) -> None:
        self.features = features or ("SIZE 40000000", "8BITMIME", "SMTPUTF8", "PIPELINING")
        self.says: defaultdict[str, list[str | None]] = defaultdict(list)
        self.arrived: list[Arrived] = []
        self.sessions = 0
        self.lines: list[str] = []
        self.cut_after = 0
        self.hold: asyncio.Event | None = None
        self.reads: asyncio.Event | None = None
        self.received = asyncio.Event()
        self.begun = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        got: int = self._server.sockets[0].getsockname()[1]
        return got

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self.hang_up()
            await self._server.wait_closed()

    def hang_up(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        self._writers.add(writer)
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, command: str, else_: str) -> str:
        """Answer; an empty answer hangs up."""
        script = self.says[command]
        answer = script.pop(0) if script else else_
        if answer is None:
            await asyncio.Event().wait()
        if not answer:
            writer.transport.abort()
            raise ConnectionResetError
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
        return answer

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "GREETING", "220 post ESMTP")
        envelope = Envelope()
        while line := await reader.readline():
            text = line.decode().rstrip("\r\n")
            self.lines.append(text)
            match text.split(" ", 1)[0].upper():
                case "EHLO":
                    *more, last = ["post", *self.features]
                    said = "".join(f"250-{one}\r\n" for one in more)
                    await self._say(writer, "EHLO", f"{said}250 {last}")
                case "MAIL":
                    envelope = Envelope(text)
                    await self._say(writer, "MAIL", "250 sender ok")
                case "RCPT":
                    if (await self._say(writer, "RCPT", "250 recipient ok")).startswith("2"):
                        envelope.recipients.append(_path(text))
                case "DATA":
                    if (await self._say(writer, "DATA", "354 go on")).startswith("3"):
                        await self._data(reader, writer, envelope)
                case "QUIT":
                    await self._say(writer, "QUIT", "221 bye")
                    return
                case command:
                    await self._say(writer, command, "250 ok")

    async def _data(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, envelope: "Envelope"
    ) -> None:
        wire = await self._body(reader, writer)
        self.received.set()
        if self.hold is not None:
            await self.hold.wait()
        if (await self._say(writer, "END", "250 taken as Q1")).startswith("2"):
            line, to = envelope.mail_line, tuple(envelope.recipients)
            self.arrived.append(Arrived(_path(line), to, wire, line))

    async def _body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Read up to the lone dot, as RFC 5321 has it: after CRLF and before CRLF."""
        wire = b""
        while not (wire == b".\r\n" or wire.endswith(b"\r\n.\r\n")):
            piece = await reader.read(65536)
            if not piece:
                raise ConnectionResetError
            wire += piece
            self.begun.set()
            if self.reads is not None:
                await self.reads.wait()
            if self.cut_after and len(wire) >= self.cut_after:
                writer.transport.abort()
                raise ConnectionResetError
        return wire[:-3]


def _path(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]


class Client:
    """Speaks SMTP in plain lines, so that a test sees every answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.features: list[str] = []

    @classmethod
    async def connect(cls, port: int, *, ehlo: bool = True) -> "Client":
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        assert (await client.answer()).startswith("220")
        if ehlo:
            client.features = (await client.say("EHLO tool.example")).split("\n")
        return client

    async def answer(self) -> str:
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 20)).decode()
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                return "\n".join(lines)

    async def say(self, line: str) -> str:
        self.writer.write(f"{line}\r\n".encode())
        return await self.answer()

    async def send(
        self, sender: str, recipients: Sequence[str], wire: bytes, options: str = ""
    ) -> str:
        """Send one message; give the first refusal, else the last word."""
        said = await self.say(f"MAIL FROM:<{sender}>{options}")
        if not said.startswith("250"):
            return said
        for one in recipients:
            said = await self.say(f"RCPT TO:<{one}>")
            if not said.startswith("250"):
                return said
        return await self.data(wire)

    async def data(self, wire: bytes) -> str:
        said = await self.say("DATA")
        if not said.startswith("354"):
            return said
        self.writer.write(wire + b".\r\n")
        return await self.answer()

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


class Classes:
    """Reads the class from a header of the test: X-Class."""

    brand = "cars"
    otherwise: MessageClass | None = None

    def classify(
        self, content: bytes, *, mail_from: str, recipients: Sequence[str], port: int, user: str
    ) -> MailClass:
        found = _CLASS.search(content)
        if found is None:
            by: Literal["signals", "none"] = "signals" if self.otherwise else "none"
            return MailClass(message_class=self.otherwise, brand=self.brand, by=by, kind="k1")
        return MailClass(
            message_class=MessageClass(found[1].decode()), brand=self.brand, by="rule", rule="r1"
        )


class SmtpWorld:
    """A store with customers, a mail server, and a gate between it and a client."""

    def __init__(self, store: Store, post: Post) -> None:
        self.store = store
        self.post = post
        self.clock = FakeClock()
        self.library = small_library()
        self.terms = OutgoingTerms()
        self.classes = Classes()
        self.book = BookHash("b1")
        self.noted: list[int] = []
        self.decided: dict[str, MessageClass] = {}
        self.intake = Intake(store, lambda: self.library, self.clock, KEY)
        self.gate: SmtpGate | None = None
        self.upstream_port = 0
        self.clients: list[Client] = []

    def parts(self, **changes: Any) -> Parts:
        ruling = Ruling(
            self.classes,
            self.classes,
            lambda _brand: self.terms,
            lambda: self.book,
            lambda _mail, count: self.noted.append(count),
            self.decided.get,
        )
        parts = Parts(
            store=self.store,
            gate=Gate(self.store, lambda: self.library, self.clock, KEY),
            clock=self.clock,
            profile_of=self.intake.profile,
            ruling=ruling,
            is_server=type(self.store).__name__ == "PostgresStore",
        )
        return replace(parts, **changes)

    async def open(
        self, limits: Limits = QUICK, parts: Parts | None = None, **options: Any
    ) -> SmtpGate:
        """Begin a gate before the mail server; parked mail is looked at by hand."""
        server = Server(host="127.0.0.1", port=self.upstream_port)
        known: dict[str, Any] = {"allow": networks((), "127.0.0.1"), "upstream": server}
        settings = GateOptions(host="127.0.0.1", port=0, limits=limits, **{**known, **options})
        self.gate = SmtpGate(parts or self.parts(), settings)
        await self.gate.start(releases=False)
        return self.gate

    async def client(self) -> Client:
        assert self.gate is not None
        client = await Client.connect(self.gate.port)
        self.clients.append(client)
        return client

    async def empty(self) -> None:
        """Wait until no client is left: a place is free a moment after its client left."""
        assert self.gate is not None
        async with asyncio.timeout(5):
            while self.gate._load.clients:
                await asyncio.sleep(0)

    async def offer_parked(self) -> SmtpGate:
        """Let an offer to Ana wait in a gate that begins now, because her car was missing."""
        self.let_down(ANA)
        gate = await self.open()
        client = await self.client()
        await client.send(NEWS, [ANA], OFFER)
        return gate

    def let_down(self, address: str) -> None:
        """Let somebody's car be missing: marketing to them is held."""
        facts: dict[str, object] = {"reservation": "R1", "reason": "x", "price_cents": 90_000}
        body = Touchpoint(name="Rental Unfulfilled", properties=facts)
        arrival = Arrival(
            source="rental",
            message_id=f"late {address}",
            identifier=normal(f"email:{address}"),
            time_ms=self.clock.now_ms(),
            body=body,
            body_digest=body_digest(body),
        )
        self.intake.take([arrival])

    def let_go(self, address: str) -> None:
        """End the hold, as a person may."""
        with self.store.reading() as reading:
            profile = self.intake.profile(normal(f"email:{address}"))
            customer = reading.customers_of([profile])[profile]
            row = reading.row(customer)
        assert row is not None
        acts = Acts(self.store, self.intake, lambda: self.library, self.clock)
        for case in decode_state(row.state).cases:
            body = Released(case=case.id, by=TOM.rep, reason="made good in person")
            done = acts.act(customer, body, TOM, message_id=f"release {case.id}")
            assert isinstance(done, Acted), done

    def parked(self) -> tuple[ParkedRow, ...]:
        with self.store.reading() as reading:
            return reading.parked()


POSTGRES = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres_url", marks=POSTGRES)])
def every_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store
    if request.param == "memory":
        made = MemoryStore()
    elif request.param == "sqlite":
        made = SqliteStore(tmp_path / "gate.db")
    else:
        made = PostgresStore(request.getfixturevalue(request.param), pool_size=4)
    yield made
    made.close()


def in_world(store: Store, test: Callable[[SmtpWorld], Awaitable[None]], *features: str) -> None:
    """Play a test on an event loop of its own; gate and mail server end with it."""

    async def run() -> None:
        post = Post(*features)
        world = SmtpWorld(store, post)
        world.upstream_port = await post.start()
        try:
            await test(world)
        finally:
            for client in world.clients:
                await client.close()
            if world.gate is not None:
                await world.gate.stop()
            await post.stop()

    asyncio.run(run())
