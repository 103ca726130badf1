"""Mail that is sent to us by SMTP: taken for addresses of ours alone, and only when it is durable.

For a mail server of the firm that hands over what comes for Makegood; it is no server for the open
internet, and relays nothing.
Source: RFC 5321.
"""

import asyncio
import logging
from collections.abc import Callable
from ssl import SSLContext

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec import Struct

from makegood.sources.mail.reading import MOST_BYTES

_LOG = logging.getLogger("makegood.mail")
_MOST_RECIPIENTS = 100


class Doing(Struct, frozen=True, kw_only=True):
    """What a listener is given.

    Attributes:
        is_ours: Whether a mail to an address is taken.
        take: Takes a mail; what it says is durable when that returns.
    """

    is_ours: Callable[[str], bool]
    take: Callable[[bytes], object]


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


def listener(doing: Doing, host: str, port: int, tls: SSLContext | None = None) -> Controller:
    """Make a listener; `start` and `stop` it."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it writes addresses
    return Controller(
        _Handler(doing),
        hostname=host,
        port=port,
        data_size_limit=MOST_BYTES,
        tls_context=tls,
        ident="Makegood",
    )
