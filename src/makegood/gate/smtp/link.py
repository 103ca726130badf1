"""One connection to the mail server: what is said on it, what it answers, and how it ends."""

import asyncio

from aiosmtplib import SMTP, SMTPException
from msgspec import Struct

OK, GO_ON, LATER = 250, 354, 451
_CLOSING = 421
# Our own credentials are wrong: mended on our side, so the client keeps its mail and tries again.
_OURS = frozenset({530, 534, 535, 538})
FAULTS = (SMTPException, OSError, TimeoutError, ValueError)
"""What a connection that does not work raises."""


class Broken(Exception):
    """The connection to the mail server broke, or never was."""


class Reply(Struct, frozen=True):
    """What a server answers."""

    code: int
    says: str

    @property
    def is_ok(self) -> bool:
        return 200 <= self.code < 300

    def line(self) -> str:
        """Write it as a client hears it; each line with the code."""
        words = self.says.encode("utf-8", "replace").decode().split("\n")
        begun = [f"{self.code}-{line}" for line in words[:-1]]
        return "\r\n".join([*begun, f"{self.code} {words[-1]}"])


AWAY = Reply(LATER, "4.4.1 The mail server behind this gate cannot be reached; try again later.")
DOUBT = Reply(LATER, "4.4.2 The mail server broke off at the end; try again later.")


class Features(Struct, frozen=True):
    """What a mail server said it can do."""

    utf8: bool
    eight_bit: bool
    size_bytes: int


async def command(link: SMTP, *words: bytes, wait_s: float | None = None) -> Reply:
    """Say something and hear the answer.

    Raises:
        Broken: No answer came, or the server is about to close.
    """
    try:
        if wait_s is None:
            said = await link.execute_command(*words)
        else:
            said = await link.execute_command(*words, timeout=wait_s)
    except FAULTS as fault:
        cut(link)
        raise Broken from fault
    except BaseException:  # whoever waited has gone: the answer would be taken for the next one's
        cut(link)
        raise
    if said.code == _CLOSING:
        cut(link)
        raise Broken
    return truthful(Reply(said.code, said.message))


def cut(link: SMTP) -> None:
    """End a connection at once: what is not sent yet never will be, so no half of it arrives."""
    if isinstance(link.transport, asyncio.Transport):
        link.transport.abort()
    link.close()


def truthful(reply: Reply) -> Reply:
    """Give a server's answer as our client may hear it."""
    if reply.code in _OURS:
        return Reply(LATER, "4.3.5 The mail server behind this gate wants another password.")
    is_answer = reply.is_ok or 400 <= reply.code < 600 or reply.code == GO_ON
    return reply if is_answer and reply.code != _CLOSING else AWAY


def features_of(link: SMTP) -> Features:
    size = link.esmtp_extensions.get("size", "").strip()
    return Features(
        utf8=link.supports_extension("smtputf8"),
        eight_bit=link.supports_extension("8bitmime"),
        size_bytes=int(size) if size.isascii() and size.isdigit() else 0,
    )
