"""Reading requests and writing answers on bare ASGI."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from makegood.api.problems import Problem, problem_body
from makegood.messages.errors import MakegoodError

# What ASGI defines: open maps of str to anything, one for each kind of message.
Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
Handler: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = Sequence[tuple[bytes, bytes]]

TOLD = "makegood.told"  # in a scope: header fields that the answer carries, whatever it is
BODY_SECONDS = 30.0  # half a megabyte over a slow line; who needs longer would hold a place
JSON: Headers = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


class Stopped(MakegoodError):
    """The request ends here with a problem."""

    def __init__(self, status: int, problem: Problem, headers: Headers = ()) -> None:
        super().__init__(problem.message)
        self.status = status
        self.problem = problem
        self.headers = headers


class Gone(MakegoodError):
    """The client went away before its request was read."""


def header(scope: Scope, name: bytes) -> str:
    """Give a header, or nothing."""
    for found, value in scope["headers"]:
        if found == name:
            return bytes(value).decode("latin-1")
    return ""


def query(scope: Scope) -> dict[str, str]:
    """Give the parameters after the question mark; the last one of a name counts."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """Read and unpack a body, never holding more than the limit.

    Raises:
        Stopped: It is too large or too slow, or packed in a way we do not read.
        Gone: The client went away.
    """
    coding = header(scope, b"content-encoding").strip().casefold()
    if coding not in ("", "identity", "gzip"):
        raise Stopped(415, _coding(coding))
    body = await receive_body(scope, receive, most)
    return _unpacked(body, most) if coding == "gzip" else body


async def receive_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """Read a body as it was sent, whole or not at all.

    Raises:
        Stopped: It is too large, or did not come in time.
        Gone: The client went away.
    """
    declared = header(scope, b"content-length")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        raise _too_large(most)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _received(receive, most)
    except TimeoutError:
        raise Stopped(408, _too_slow()) from None


async def _received(receive: Receive, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _unpacked(body: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise Stopped(400, _not_gzip()) from None
    if len(plain) > most:
        raise _too_large(most)
    if not unpacker.eof:
        raise Stopped(400, _not_gzip())
    return plain


def _too_large(most: int) -> Stopped:
    problem = Problem(
        code="too_large",
        message=f"The body has more than {most:,} bytes.",
        where="body",
        what_to_do="Send it in several requests.",
    )
    return Stopped(413, problem)


def _too_slow() -> Problem:
    return Problem(
        code="too_slow",
        message=f"The body did not come within {BODY_SECONDS:g} seconds.",
        where="body",
        what_to_do="Send it again, in several requests when it is large.",
    )


def _coding(coding: str) -> Problem:
    return Problem(
        code="unknown_coding",
        message=f"The body is packed as {coding[:40]!r}, which is not read here.",
        where="header Content-Encoding",
        what_to_do="Send it plain or as gzip.",
    )


def _not_gzip() -> Problem:
    return Problem(
        code="not_gzip",
        message="The body is not whole gzip.",
        where="body",
        what_to_do="Pack it again, or send it plain.",
    )


async def respond(send: Send, status: int, body: bytes, headers: Headers = JSON) -> None:
    """Send a whole answer."""
    length = (b"content-length", str(len(body)).encode())
    start = {"type": "http.response.start", "status": status, "headers": [*headers, length]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, stopped: Stopped, *, is_head: bool = False) -> None:
    """Send a problem."""
    body = b"" if is_head else problem_body(stopped.problem)
    await respond(send, stopped.status, body, (*JSON, *stopped.headers))


def retry_after(seconds: float) -> Headers:
    """Say when to come back, in whole seconds, at least one."""
    return ((b"retry-after", str(max(1, int(seconds + 0.999))).encode()),)
