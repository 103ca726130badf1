"""Post over connections that stay open, by the client of the standard library.

It follows no redirect, asks no proxy, keeps no cookie and unpacks nothing. It is given an open
connection and may not make one by itself: where a post goes was decided before. One end stands
for the whole exchange, because a receiver that sends a byte now and then would else hold it for
days.
"""

import select
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from io import BufferedReader, RawIOBase
from threading import Lock
from typing import Final, cast

import httpx
from msgspec import Struct

_CONNECT_SECONDS: Final = 5.0
_KEPT: Final = 10  # idle connections of one receiver
_KEPT_SECONDS: Final = 60.0  # what is silent for longer may have been cut off on its way
_PIECE: Final = 16 * 1024
FAULTS: Final = (HTTPException, httpx.InvalidURL, OSError, ValueError)
"""What an exchange raises that does not come to its end."""


class Where(Struct, frozen=True, kw_only=True):
    """Where a post goes, as its URL says.

    Attributes:
        host: As certificates name it.
        target: Path and query.
        header: Of the Host header.
        authorization: Of a name and a password in the URL; empty without.
    """

    scheme: str
    host: str
    port: int
    target: str
    header: str
    authorization: str


class Answered(Struct, frozen=True, kw_only=True):
    """What came back.

    Attributes:
        headers: Names in small letters.
        content: As it was sent.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


@lru_cache(maxsize=1024)
def where(url: str) -> Where:
    """Read a URL.

    Raises:
        httpx.InvalidURL: It is none.
    """
    read = httpx.URL(url)
    known = f"{read.username}:{read.password}".encode()
    return Where(
        scheme=read.scheme,
        host=read.raw_host.decode("ascii"),
        port=read.port or (443 if read.scheme == "https" else 80),
        target=read.raw_path.decode("ascii"),
        header=read.netloc.decode("ascii"),
        authorization=f"Basic {b64encode(known).decode()}" if read.userinfo else "",
    )


class Posts:
    """Posts, and keeps connections; each is only used again for the very same receiver."""

    def __init__(self, tls: ssl.SSLContext, seconds: float) -> None:
        """Begin without connections.

        Args:
            tls: Whom to trust.
            seconds: How long a whole exchange may last, and its connecting, if less than 5.
        """
        self._tls = tls
        self._seconds = seconds
        self._idle: dict[tuple[str, str, str, int, str], list[_Line]] = {}
        self._lock = Lock()
        self._swept = time.monotonic()

    def close(self) -> None:
        """Close every connection that is idle."""
        with self._lock:
            lines = [line for kept in self._idle.values() for line in kept]
            self._idle = {}
        for line in lines:
            line.drop()

    def post(
        self,
        to: tuple[str, Where, str],
        headers: Mapping[str, str],
        body: bytes,
        most: int,
        *,
        cut: bool = False,
    ) -> Answered:
        """Post a body and hear the answer.

        Args:
            to: Name of the receiver, where it is, and the address to connect to.
            headers: Beside those that every post has.
            body: As it is sent.
            most: Bytes of an answer that are read.
            cut: A longer answer is read so far; else it counts as none.

        Raises:
            Exception: One of `FAULTS`: there was no whole answer in time.
        """
        name, there, address = to
        key = (name, there.scheme, there.host, there.port, address)
        end = time.monotonic() + self._seconds
        line = self._kept(key) or self._opened(there, address, end)
        try:
            line.wire.end = end
            line.request("POST", there.target, body, _everything(there, headers))
            line.wire.flush()
            response = line.getresponse()
            content = _read(response, most, cut=cut)
        except BaseException:
            line.drop()
            raise
        self._give_back(key, line, response)
        return Answered(status=response.status, headers=_joined(response), content=content)

    def _opened(self, there: Where, address: str, end: float) -> "_Line":
        wait = min(_CONNECT_SECONDS, self._seconds)
        plain = socket.create_connection((address, there.port), wait)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if there.scheme != "https":
                return _Line(_Wire(plain))
            plain.settimeout(_left(end))
            return _Line(_Wire(self._tls.wrap_socket(plain, server_hostname=there.host)))
        except BaseException:
            plain.close()
            raise

    def _kept(self, key: tuple[str, str, str, int, str]) -> "_Line | None":
        """Give an idle connection on which nothing was said since: a word would be a farewell."""
        while True:
            with self._lock:
                kept = self._idle.get(key)
                if not kept:
                    return None
                line = kept.pop()
            if time.monotonic() - line.idle_since < _KEPT_SECONDS and not line.wire.is_readable():
                return line
            line.drop()

    def _give_back(
        self, key: tuple[str, str, str, int, str], line: "_Line", response: HTTPResponse
    ) -> None:
        if line.sock is None or response.will_close or not response.isclosed():
            line.drop()
            return
        line.idle_since = now = time.monotonic()
        over: list[_Line] = []
        with self._lock:
            kept = self._idle.setdefault(key, [])
            (kept if len(kept) < _KEPT else over).append(line)
            if now - self._swept >= _KEPT_SECONDS:
                self._swept = now
                over += self._sweep(now)
        for one in over:
            one.drop()

    def _sweep(self, now: float) -> "list[_Line]":
        """Take out the connections that are idle for long, of receivers nobody posts to too."""
        old: list[_Line] = []
        for key, kept in tuple(self._idle.items()):
            old += [one for one in kept if now - one.idle_since >= _KEPT_SECONDS]
            fresh = [one for one in kept if now - one.idle_since < _KEPT_SECONDS]
            if fresh:
                self._idle[key] = fresh
            else:
                del self._idle[key]
        return old


class _Line(HTTPConnection):
    """A connection that was opened for it; it opens none."""

    auto_open = 0

    def __init__(self, wire: "_Wire") -> None:
        super().__init__("", 80)
        self.wire = wire
        self.sock = cast("socket.socket", wire)
        self.idle_since = 0.0

    def drop(self) -> None:
        """End it at once, whatever is still to be read."""
        self.close()
        self.wire.cut()


class _Wire:
    """What the library takes for a socket: it waits until the end of the exchange, and no more."""

    def __init__(self, inner: socket.socket) -> None:
        self.end = 0.0
        self._inner = inner
        self._waiting: list[bytes] = []
        self._readers = 0
        self._is_over = False

    def sendall(self, some: bytes) -> None:
        """Keep head and body until they go out as one."""
        self._waiting.append(some)

    def flush(self) -> None:
        whole, self._waiting = b"".join(self._waiting), []
        self._inner.settimeout(_left(self.end))
        self._inner.sendall(whole)

    def recv_into(self, buffer: memoryview) -> int:
        self._inner.settimeout(_left(self.end))
        return self._inner.recv_into(buffer)

    def makefile(self, _mode: str) -> BufferedReader:
        self._readers += 1
        return BufferedReader(_Heard(self))

    def is_readable(self) -> bool:
        if hasattr(select, "poll"):
            asked = select.poll()
            asked.register(self._inner, select.POLLIN)
            return bool(asked.poll(0))
        return bool(select.select([self._inner], [], [], 0)[0])

    def close(self) -> None:
        """End when the answer is read: the library says so as soon as it knows that it is last."""
        self._is_over = True
        if not self._readers:
            self._inner.close()

    def is_read(self) -> None:
        self._readers -= 1
        if self._is_over:
            self.close()

    def cut(self) -> None:
        self._inner.close()


class _Heard(RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        super().__init__()
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._wire.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:
            self._wire.is_read()
        super().close()


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the answer took too long")
    return left


def _everything(there: Where, headers: Mapping[str, str]) -> dict[str, str]:
    given = {"host": there.header, "user-agent": "makegood", "accept": "*/*"}
    if there.authorization:
        given["authorization"] = there.authorization
    return {**given, "content-type": "application/json", **headers}


def _read(response: HTTPResponse, most: int, *, cut: bool) -> bytes:
    """Read an answer as it was sent: unpacking could make a thousand times as much of it."""
    content = b""
    while part := response.read(_PIECE):
        content += part
        if len(content) > most:
            if cut:
                response.will_close = True  # who says too much is not listened to again
                return content[:most]
            raise HTTPException(f"the answer is longer than {most // 1024} KiB")
    if response.length:
        raise IncompleteRead(content, response.length)
    return content


def _joined(response: HTTPResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in response.headers.items():
        small = name.lower()
        found[small] = f"{found[small]}, {value}" if small in found else value
    return found
