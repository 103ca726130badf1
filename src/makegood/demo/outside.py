"""The outside world as a process of its own: a mail server and the airline's other systems.

`python -m makegood.demo.outside FILE` reads its settings as one JSON line, prints its ports as
another, and appends all it takes to the file until its standard input closes. Nothing is
delivered anywhere: every address of the demo is synthetic.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec import Struct

from makegood.demo.counterparts import Counterparts, http_server
from makegood.demo.kept import Keeper, Kept, read_mail

WRITE_EVERY_S = 0.25


class Settings(Struct, frozen=True, kw_only=True):
    """What the process is told when it starts."""

    secret: str
    seed: int


class Ports(Struct, frozen=True, kw_only=True):
    """Where it listens, on this machine only."""

    smtp: int
    http: int


class Postmaster:
    """Takes every mail."""

    def __init__(self, keep: Callable[[Kept], None]) -> None:
        self._keep = keep

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - the name and form that aiosmtpd calls
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        self._keep(read_mail(envelope.mail_from or "", ",".join(envelope.rcpt_tos), raw))
        return "250 kept"


async def serve(keeper: Keeper, settings: Settings) -> None:
    """Take mail and webhooks until standard input closes."""
    loop = asyncio.get_running_loop()
    postmaster = Postmaster(keeper.keep)
    smtp = await loop.create_server(
        lambda: SMTP(postmaster, hostname="outside.invalid", loop=loop), "127.0.0.1", 0
    )

    def keep_from_thread(kept: Kept) -> None:
        loop.call_soon_threadsafe(keeper.keep, kept)

    http = http_server(Counterparts(settings.secret, settings.seed, keep_from_thread))
    Thread(target=http.serve_forever, daemon=True).start()
    ports = Ports(smtp=smtp.sockets[0].getsockname()[1], http=http.server_address[1])
    print(msgspec.json.encode(ports).decode(), flush=True)
    ended = loop.run_in_executor(None, sys.stdin.buffer.read)
    while not ended.done():
        await asyncio.wait([ended], timeout=WRITE_EVERY_S)
        keeper.write()
    http.shutdown()
    http.server_close()
    smtp.close()
    keeper.write()


def main() -> None:
    settings = msgspec.json.decode(sys.stdin.buffer.readline(), type=Settings)
    with Path(sys.argv[1]).open("ab") as file:
        asyncio.run(serve(Keeper(file), settings))


if __name__ == "__main__":
    main()
