"""One client's conversation: the kept library's SMTP, with the mail server asked as we go.

MAIL and RCPT are put before the mail server at once, so that its own answer reaches the client
for each recipient; SMTP has only one answer after the message.
"""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from msgspec import Struct

from makegood.gate.smtp.handover import Handed, HandOver
from makegood.gate.smtp.link import Reply
from makegood.gate.smtp.options import GateOptions, Limits, is_listed, is_loopback
from makegood.gate.smtp.signing_in import Accounts
from makegood.gate.smtp.upstream import Courier, Upstream
from makegood.gate.smtp.wire import END, is_smuggling

_LINE = 16 * 1024  # bytes of one command; AUTH may be 12,288 long (RFC 4954)
_CHUNK = 256 * 1024  # bytes read ahead before a client is told to wait
_MOST_WRONG = 3  # passwords of one connection
_TEMPORARY = "454 4.7.0 Nobody can be asked about this password now; try again later."
_PLAIN_PATH = re.compile(r"<([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)>(?: +(.*))?")
CROWDED = Reply(452, "4.3.1 Too much mail is under way; try again later.")
_LOG = logging.getLogger("makegood.smtp")


class Load:
    """How much is under way at this moment."""

    def __init__(self) -> None:
        self.clients: set[asyncio.BaseTransport] = set()
        self.bytes = 0
        self.at_work = 0


class House(Struct, eq=False):
    """What every conversation shares."""

    options: GateOptions
    upstream: Upstream
    hand_over: HandOver
    accounts: Accounts
    load: Load
    port: int = 0


class Conversation(SMTP):
    """One connection of a client."""

    line_length_limit = _CHUNK

    def __init__(self, house: House) -> None:
        limits = house.options.limits
        # Its own: the library would share one of the class, which grows with every EHLO.
        self.command_size_limits = defaultdict(lambda: _LINE)
        self.command_size_limit = _LINE
        super().__init__(
            Hooks(house),
            data_size_limit=limits.size_bytes,
            enable_SMTPUTF8=True,
            hostname=house.options.name,
            ident="Makegood",
            tls_context=house.options.tls,
            timeout=limits.idle_s,
            authenticator=_unchecked,
            loop=asyncio.get_running_loop(),
        )
        self.house = house
        self.courier: Courier | None = None
        self._wrong = 0
        self._strange_until = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who may speak without a password, and who may send one in clear."""
        peer = transport.get_extra_info("peername") or ("",)
        options = self.house.options
        self._auth_required = not is_listed(peer[0], options.allow)
        self._auth_require_tls = not (options.insecure_auth or is_loopback(peer[0]))
        if self._original_transport is None:
            self.house.load.clients.add(transport)
            self._strange_until = self.loop.time() + options.limits.sign_in_s
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        transport = self._original_transport or self.transport
        if transport is not None:
            self.house.load.clients.discard(transport)
        if self.courier is not None:  # in the middle of something, and nobody hears the end
            self.courier.abort()
        super().connection_lost(error)

    def _set_post_data_state(self) -> None:
        """The envelope ends: with RSET, EHLO, the end of a message, or a new layer of TLS."""
        self.drop_courier()
        super()._set_post_data_state()  # type: ignore[no-untyped-call]

    def drop_courier(self) -> None:
        """End the envelope with the mail server too."""
        courier = getattr(self, "courier", None)
        self.courier = None
        if courier is not None:
            courier.end()

    @property
    def login(self) -> str:
        """Who signed in; empty for nobody."""
        data: object = self.session.auth_data if self.session else None
        return data if isinstance(data, str) else ""

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Read a path; the library parses every one as a header, which takes far longer.

        AUTH= says on whose behalf a mail server submits a mail, and has to be taken where AUTH is
        offered (RFC 4954 5); Postfix says it with every mail. It is not passed on: nobody checked.
        """
        plain = _PLAIN_PATH.fullmatch(arg)
        path, rest = (plain[1], plain[2] or "") if plain is not None else super()._getaddr(arg)
        if rest and "AUTH=" in rest.upper():
            rest = " ".join(one for one in rest.split() if not one.upper().startswith("AUTH="))
        return path, rest

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Give a stranger no more time for saying something."""
        wait_s = duration or self.house.options.limits.idle_s
        if self._auth_required and not (self.session and self.session.authenticated):
            wait_s = max(min(wait_s, self._strange_until - self.loop.time()), 0.001)
        super()._reset_timeout(wait_s)

    async def smtp_STARTTLS(self, arg: str) -> None:
        """Begin TLS once: the library would begin it again inside, and lose the first layer."""
        if self._tls_protocol is not None:
            await self.push("503 5.5.1 TLS is there already.")
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        """Take the name of a mechanism in any case, as RFC 4954 says."""
        mechanism, blank, rest = (arg or "").partition(" ")
        await super().smtp_AUTH(f"{mechanism.upper()}{blank}{rest}")
        if self._wrong >= _MOST_WRONG and self.transport is not None:
            await self.push("421 4.7.0 Too many wrong passwords.")
            self.transport.close()
        elif self.transport is not None:
            self._reset_timeout()

    async def auth_PLAIN(self, _: object, args: list[str]) -> AuthResult:
        return await self._checked(await super().auth_PLAIN(_, args))

    async def auth_LOGIN(self, _: object, args: list[str]) -> AuthResult:
        return await self._checked(await super().auth_LOGIN(_, args))

    async def _checked(self, said: AuthResult) -> AuthResult:
        """Find out whether the password is right; the library only took it down."""
        if not said.success:
            return said
        given: LoginPassword = said.auth_data  # type: ignore[assignment]
        answer = await self.house.accounts.sign_in(
            given.login.decode("utf-8", "replace"), given.password.decode("utf-8", "replace")
        )
        if answer is None:
            return AuthResult(success=False, handled=False, message=_TEMPORARY)
        if not answer:
            self._wrong += 1
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=answer)

    async def smtp_DATA(self, arg: str) -> None:
        """Read a message in large pieces, whatever its lines are, and hand it over."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if not self.envelope or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        limits, load = self.house.options.limits, self.house.load
        if load.bytes > limits.memory_bytes:
            await self.push(CROWDED.line())
            return
        self._reset_timeout(limits.data_s)
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        body = _Body(self, limits)
        try:
            await body.read()
            # Everything the mail server may take for its answers, and some air.
            self._reset_timeout(limits.final_s + 6 * limits.answer_s)
            load.at_work += 1
            try:
                reply = await self._answer(body)
            finally:
                load.at_work -= 1
        finally:
            body.drop()
            self._set_post_data_state()  # whatever happened, the envelope is over
        self._reset_timeout()
        await self.push(reply.line())

    async def _answer(self, body: "_Body") -> Reply:
        if body.is_crowded:
            return CROWDED
        if body.is_too_much:
            return Reply(552, "5.3.4 This message is larger than the announced SIZE.")
        wire = bytes(body.kept)
        if is_smuggling(wire):
            return Reply(554, "5.6.0 A lone dot beside a bare line end could end the message.")
        courier, envelope = self.courier, self.envelope
        if courier is None or envelope is None:
            return Reply(451, "4.4.1 The mail server behind this gate went away; try again later.")
        handed = Handed(
            sender=plain_sender(envelope.mail_from or ""),
            options=tuple(envelope.mail_options),
            recipients=tuple(envelope.rcpt_tos),
            wire=wire,
            port=self.house.port,
            login=self.login,
        )
        try:
            return await self.house.hand_over.take(handed, courier, self.house.options.brand)
        except asyncio.CancelledError:
            courier.abort()
            raise


class _Body:
    """A message as it comes in, counted against what may be under way."""

    def __init__(self, conversation: Conversation, limits: Limits) -> None:
        self.kept = bytearray()
        self.is_too_much = False
        self.is_crowded = False
        self._reader = conversation._reader
        self._load = conversation.house.load
        self._limits = limits
        self._counted = 0

    async def read(self) -> None:
        """Read up to the lone dot; of a message that is too large nothing is kept."""
        tail = b"\r\n"  # of all that came: the message begins a line
        while True:
            try:
                piece = await self._reader.readuntil(END)
                is_whole = True
            except asyncio.LimitOverrunError as overrun:
                piece = await self._reader.readexactly(overrun.consumed)
                is_whole = False
            tail = (tail + piece)[-5:] if len(piece) < 5 else piece[-5:]
            self._keep(piece)
            if is_whole and tail.endswith(b"\r\n" + END):
                break
        del self.kept[len(self.kept) - len(END) :]

    def _keep(self, piece: bytes) -> None:
        if self.is_too_much or self.is_crowded:
            return
        self.kept += piece
        self._load.bytes += len(piece)
        self._counted += len(piece)
        self.is_crowded = self._load.bytes > self._limits.memory_bytes
        self.is_too_much = len(self.kept) > self._limits.size_bytes + len(END)
        if self.is_crowded or self.is_too_much:
            self.drop()

    def drop(self) -> None:
        """Count it out."""
        self._load.bytes -= self._counted
        self._counted = 0
        self.kept = bytearray()


class Hooks:
    """What the library asks at each command."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def handle_EHLO(
        self,
        server: Conversation,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Announce what the mail server can do, and no more."""
        session.host_name = hostname
        features = await self._house.upstream.learn()
        most = self._house.options.limits.size_bytes
        if features is not None:
            most = min(most, features.size_bytes or most)
        server.data_size_limit = most
        unknown = {
            "250-SMTPUTF8": features is not None and not features.utf8,
            "250-8BITMIME": features is not None and not features.eight_bit,
        }
        said = [line for line in responses if not unknown.get(line, False)]
        said = [f"250-SIZE {most}" if line.startswith("250-SIZE") else line for line in said]
        return [*said[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", said[-1]]

    async def handle_MAIL(
        self,
        server: Conversation,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Sequence[str],
    ) -> str:
        sender = plain_sender(address)
        if not _is_text(sender):
            return "553 5.1.7 This address cannot be read."
        if not sender.isascii() and "SMTPUTF8" not in options:
            return "553 5.6.7 Say SMTPUTF8 with MAIL for such an address."
        server.drop_courier()
        begun = await self._house.upstream.begin(sender, options)
        if isinstance(begun, Reply):
            return begun.line()
        server.courier = begun
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self,
        server: Conversation,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Sequence[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= self._house.options.limits.recipients:
            return "452 4.5.3 Too many recipients."
        if not _is_text(address):
            return "553 5.1.3 This address cannot be read."
        if server.courier is None:
            return "451 4.4.1 The mail server behind this gate went away; try again later."
        reply = await server.courier.add(address)
        if reply.is_ok:
            envelope.rcpt_tos.append(address)
        return reply.line()

    async def handle_exception(self, error: Exception) -> str:
        """Say nothing of a fault but its kind: its words may quote a customer."""
        _LOG.error("a conversation failed: %s", type(error).__name__)
        return "451 4.3.0 Something went wrong here; try again later."


def plain_sender(address: str) -> str:
    """Give the sender without the angle brackets that stand for nobody."""
    return "" if address == "<>" else address


def _is_text(address: str) -> bool:
    """Whether an address can be said again: no control characters, and whole letters."""
    return address.isprintable() or (
        not any(sign < " " or sign == "\x7f" or "\ud800" <= sign <= "\udfff" for sign in address)
    )


def _unchecked(
    server: Any,  # noqa: ARG001 - the library's five arguments
    session: Session,  # noqa: ARG001
    envelope: Envelope,  # noqa: ARG001
    mechanism: str,  # noqa: ARG001
    said: LoginPassword,
) -> AuthResult:
    return AuthResult(success=True, auth_data=said)
