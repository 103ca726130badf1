"""The mail server behind the gate: connections that stay open, one envelope at a time on each."""

import asyncio
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

from aiosmtplib import SMTP

from makegood.effects.smtp import Server
from makegood.gate.smtp.link import (
    AWAY,
    DOUBT,
    FAULTS,
    GO_ON,
    LATER,
    OK,
    Broken,
    Features,
    Reply,
    command,
    cut,
    features_of,
    truthful,
)
from makegood.gate.smtp.options import Limits
from makegood.gate.smtp.wire import END

_CLEARING_S = 5.0  # for one RSET; a server that is slower gets a new connection
_MOST_CLEARED = 50  # in a row; mail servers slow down who says RSET more often than sends
_LEARNING_S = 3.0  # to learn what a server can do before a client hears our greeting
_LOG = logging.getLogger("makegood.smtp")


_FOR_GOOD = 500
CHANGED = Reply(LATER, "4.5.1 The mail server no longer takes what it took; try again later.")
_NO_UTF8 = "5.6.7 The mail server behind this gate takes no SMTPUTF8."
_NO_8BIT = "5.6.3 The mail server behind this gate takes no 8BITMIME."


class Upstream:
    """Gives couriers; lives on one event loop."""

    def __init__(
        self,
        server: Server,
        limits: Limits,
        *,
        name: str = "localhost",
        context: ssl.SSLContext | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Join the parts; nothing is connected yet.

        Args:
            name: What the gate calls itself.
            context: Whom to trust; the system's authorities when not given.
        """
        self.limits = limits
        self.features: Features | None = None
        self._server = server
        self._name = name
        secured = server.tls or server.starttls
        self._context = context or (ssl.create_default_context() if secured else None)
        self._idle: deque[SMTP] = deque()
        self._cleared_in_a_row: WeakKeyDictionary[SMTP, int] = WeakKeyDictionary()
        self._room = asyncio.Semaphore(limits.upstream)
        self._ticks = ticks
        self._learn_after = 0.0
        self._ending: set[asyncio.Task[None]] = set()

    async def learn(self) -> Features | None:
        """Say what the server can do, connecting once to hear it; None while it is away."""
        if self.features is None and self._ticks() >= self._learn_after:
            self._learn_after = self._ticks() + _LEARNING_S
            try:
                async with asyncio.timeout(_LEARNING_S):
                    self._idle.append(await self.connected())
            except (Broken, TimeoutError):
                return None
        return self.features

    async def begin(self, sender: str, options: Sequence[str]) -> "Courier | Reply":
        """Begin an envelope.

        Args:
            sender: The envelope's sender; empty for a bounce.
            options: SMTPUTF8, BODY=8BITMIME, SIZE=... as the client said them.

        Returns:
            A courier, which has to be ended; or the server's no.
        """
        try:
            async with asyncio.timeout(self.limits.answer_s):
                await self._room.acquire()
        except TimeoutError:
            return Reply(LATER, "4.3.2 Too much mail is on its way; try again later.")
        courier = Courier(self, sender, tuple(options))
        try:
            reply = await courier.open()
        except Broken:
            courier.end()
            return AWAY
        except BaseException:
            courier.end()
            raise
        if reply.is_ok:
            return courier
        courier.end()
        return reply

    def kept(self) -> SMTP | None:
        """Give an idle connection that still seems open."""
        while self._idle:
            link = self._idle.pop()
            if link.is_connected:
                return link
        return None

    async def connected(self) -> SMTP:
        """Open a new connection.

        Raises:
            Broken: It cannot be reached, or lets us not in.
        """
        server = self._server
        link = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            local_hostname=self._name,
            timeout=self.limits.answer_s,
            use_tls=server.tls,
            start_tls=server.starttls,
            tls_context=self._context,
        )
        try:
            await link.connect()
            if link.is_ehlo_or_helo_needed:
                await link.ehlo()
        except FAULTS as fault:
            link.close()
            _LOG.warning("the mail server cannot be used: %s", type(fault).__name__)
            raise Broken from fault
        self.features = features_of(link)
        return link

    def give_back(self, link: SMTP | None, *, is_clean: bool) -> None:
        """Keep a connection whose envelope ended; clear it first where it did not end well."""
        if link is None or not link.is_connected:
            self._room.release()
            return
        if is_clean:
            self._cleared_in_a_row.pop(link, None)
            self._idle.append(link)
            self._room.release()
            return
        task = asyncio.ensure_future(self._cleared(link))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _cleared(self, link: SMTP) -> None:
        count = self._cleared_in_a_row.get(link, 0) + 1
        self._cleared_in_a_row[link] = count
        says = b"RSET" if count < _MOST_CLEARED else b"QUIT"
        try:
            reply = await command(link, says, wait_s=_CLEARING_S)
            if reply.is_ok and says == b"RSET":
                self._idle.append(link)
            else:
                cut(link)
        except Broken:
            pass  # cut already
        finally:
            self._room.release()

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        if self._ending:
            await asyncio.wait(self._ending)
        while (link := self.kept()) is not None:
            try:
                await link.quit(timeout=_CLEARING_S)
            except FAULTS:
                link.close()


class Courier:
    """One envelope on its way: opened, addressed, delivered or not, and always ended."""

    def __init__(self, upstream: Upstream, sender: str, options: tuple[str, ...]) -> None:
        self.accepted: list[str] = []
        self._upstream = upstream
        self._sender = sender
        self._options = options
        self._link: SMTP | None = None
        self._is_clean = True
        self._is_ended = False

    async def open(self) -> Reply:
        """Say MAIL on a kept connection, or on a new one when those are stale.

        Raises:
            Broken: The server is away.
        """
        while (kept := self._upstream.kept()) is not None:
            self._link = kept
            try:
                return await self._mail(kept)
            except Broken:
                continue  # cut already
        return await self._opened_anew()

    async def _opened_anew(self) -> Reply:
        self._link = link = await self._upstream.connected()
        return await self._mail(link)

    async def _mail(self, link: SMTP) -> Reply:
        self._is_clean = False
        features = features_of(link)
        said = []
        for option in self._options:
            if option == "SMTPUTF8" and not features.utf8:
                return Reply(555, _NO_UTF8)
            if option == "BODY=8BITMIME" and not features.eight_bit:
                return Reply(555, _NO_8BIT)
            if not option.startswith("SIZE=") or link.supports_extension("size"):
                said.append(option.encode())
        return await command(link, b"MAIL", b"FROM:<%s>" % self._sender.encode(), *said)

    async def add(self, recipient: str) -> Reply:
        """Ask the server whether it takes a recipient."""
        if self._link is None:
            return AWAY
        if not recipient.isascii() and "SMTPUTF8" not in self._options:
            return Reply(553, "5.6.7 Say SMTPUTF8 with MAIL for such an address.")
        try:
            reply = await self._rcpt(self._link, recipient)
        except Broken:
            self._drop()
            return AWAY
        if reply.is_ok:
            self.accepted.append(recipient)
        return reply

    async def _rcpt(self, link: SMTP, recipient: str) -> Reply:
        return await command(link, b"RCPT", b"TO:<%s>" % recipient.encode())

    async def deliver(self, recipients: Sequence[str], wire: bytes) -> Reply:
        """Hand a message over to some of the accepted recipients.

        A connection that closed while the client was still writing is replaced once: until the
        message itself is on its way, nothing can have been sent.

        Args:
            recipients: Some or all, in the order accepted.
            wire: The message with its dots doubled, without the final one.
        """
        for _ in range(2):
            try:
                reply = await self._ready(list(recipients))
                if reply.code == GO_ON and self._link is not None:
                    return await self._content(self._link, wire)
            except Broken:
                self._drop()
                continue
            return reply
        return AWAY

    async def _ready(self, recipients: list[str]) -> Reply:
        """Bring the envelope to exactly these recipients, and say DATA."""
        link = self._link
        if link is None or recipients != self.accepted:
            reply = await self._begun_again(link, recipients)
            if not reply.is_ok or self._link is None:
                return reply
            link = self._link
        return await command(link, b"DATA")

    async def _begun_again(self, link: SMTP | None, recipients: list[str]) -> Reply:
        if link is None:
            reply = await self._opened_anew()
        else:
            await command(link, b"RSET")
            reply = await self._mail(link)
        self.accepted = []
        for recipient in recipients:
            if not reply.is_ok or self._link is None:
                break
            reply = await self._rcpt(self._link, recipient)
            self.accepted.append(recipient)
        # It took all this a moment ago: a no to one of them now is no answer for all for good.
        return reply if reply.code < _FOR_GOOD else CHANGED

    async def _content(self, link: SMTP, wire: bytes) -> Reply:
        protocol = link.protocol
        if protocol is None:
            raise Broken
        try:
            # Written by ourselves: the library would mend line ends, and nothing may be altered.
            protocol.write(wire + END)
        except FAULTS as fault:
            raise Broken from fault
        try:
            said = await protocol.read_response(timeout=self._upstream.limits.final_s)
        except FAULTS as fault:
            _LOG.warning("the mail server broke off at the end: %s", type(fault).__name__)
            self._drop()
            return DOUBT
        except BaseException:
            self._drop()
            raise
        self._is_clean = said.code == OK
        return truthful(Reply(said.code, said.message))

    def _drop(self) -> None:
        if self._link is not None:
            cut(self._link)
            self._link = None

    def end(self) -> None:
        """Give the connection back, or leave it when something is unclear."""
        if not self._is_ended:
            self._is_ended = True
            self._upstream.give_back(self._link, is_clean=self._is_clean)
            self._link = None

    def abort(self) -> None:
        """End at once in the middle of a transfer: whatever the server read is not a message."""
        self._drop()
        self.end()
