"""Mail that is sent to us by SMTP: taken for addresses of ours alone, and only when it is durable.

For a mail server of the firm that hands over what comes for Makegood; it is no server for the open
internet, and relays nothing.
Source: RFC 5321.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec import Struct

from makegood.sources.mail.reading import MOST_BYTES

_LOG = logging.getLogger("makegood.mail")
_MOST_RECIPIENTS = 100
_BUSY = b"421 4.7.0 Too many connections at once; try again later\r\n"


class Doing(Struct, frozen=True, kw_only=True):
    """What a listener is given.

    Attributes:
        is_ours: Whether a mail to an address is taken.
        take: Takes a mail; what it says is durable when that returns.
    """

    is_ours: Callable[[str], bool]
    take: Callable[[bytes], object]


class Caps(Struct, frozen=True, kw_only=True):
    """How many connections there may be at once: of one address, and of all."""

    most: int = 100
    most_of_one: int = 20


class _Connections:
    """Counts connections; all of it runs in the one thread of the listener."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._by_address: Counter[str] = Counter()

    def comes(self, address: str) -> bool:
        """Count one in; False, and nothing counted, when there are too many."""
        if self._by_address[address] >= self._caps.most_of_one:
            return False
        if self._by_address.total() >= self._caps.most:
            return False
        self._by_address[address] += 1
        return True

    def goes(self, address: str) -> None:
        """Count one out."""
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]


class _Capped(SMTP):
    """Speaks with one client, when there are not too many."""

    def __init__(self, handler: object, connections: _Connections, **named: Any) -> None:
        super().__init__(handler, **named)
        self._connections = connections
        self._counted: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._counted is None:  # STARTTLS says it again, on the same connection
            peer = transport.get_extra_info("peername")
            address = str(peer[0]) if isinstance(peer, tuple) else ""
            if not self._connections.comes(address):
                if isinstance(transport, asyncio.WriteTransport):
                    transport.write(_BUSY)
                transport.close()
                return
            self._counted = address
        super().connection_made(transport)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self._counted is not None else None

    def connection_lost(self, error: Exception | None) -> None:
        if self._counted is None:
            return  # it never began
        address, self._counted = self._counted, None
        self._connections.goes(address)
        super().connection_lost(error)


class _Listener(Controller):
    """Listens; each client gets a conversation that knows of the others."""

    connections = _Connections(Caps())

    def factory(self) -> SMTP:
        return _Capped(self.handler, self.connections, **self.SMTP_kwargs)


class _Handler:
    """Answers for one listener."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing

    async def handle_RCPT(  # noqa: N802 - the library names it
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            ours = await asyncio.to_thread(self._doing.is_ours, address)
        except Exception as fault:  # noqa: BLE001 - the client has to hear that it may come again
            _LOG.error("an address could not be looked up: %s", type(fault).__name__)
            return "451 4.3.0 Try again later"
        if not ours:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the library names it
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        content = envelope.original_content or b""
        try:
            await asyncio.to_thread(self._doing.take, _stamped(envelope, content))
        except Exception as fault:  # noqa: BLE001 - nothing is lost: the client keeps it
            _LOG.error("a mail could not be taken: %s", type(fault).__name__)
            return "451 4.3.0 Try again later"
        return "250 2.0.0 Taken"


def _stamped(envelope: Envelope, content: bytes) -> bytes:
    """Write on it to whom it was delivered, as mail servers do."""
    fields = [f"Return-Path: <{envelope.mail_from or ''}>"]
    fields += [f"Delivered-To: {address}" for address in envelope.rcpt_tos]
    return "".join(f"{line}\r\n" for line in fields).encode("utf-8", "replace") + content


def listener(
    doing: Doing,
    host: str,
    port: int,
    tls: SSLContext | None = None,
    caps: Caps = Caps(),  # noqa: B008 - it is frozen
) -> Controller:
    """Make a listener; `start` and `stop` it.

    Args:
        doing: What it is given.
        host: Address it listens on.
        port: And its port.
        tls: Offers STARTTLS with this.
        caps: How many connections there may be at once.
    """
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it writes addresses
    made = _Listener(
        _Handler(doing),
        hostname=host,
        port=port,
        data_size_limit=MOST_BYTES,
        tls_context=tls,
        ident="Makegood",
    )
    made.connections = _Connections(caps)
    return made
