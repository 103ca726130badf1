"""One end for a whole fetch: connecting, a handshake, the head of an answer and its body.

A limit for each read lets a server that sends a byte now and then, be it of a header, hold its
reader for days. Here every step has what is left of the whole, and no more.
"""

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

Left = Callable[[], float]
"""Seconds that are left; nothing or less when it is over."""


class _Until:
    def __init__(self, left: Left) -> None:
        self._left = left

    def __call__(self, timeout: float | None) -> float:
        """Give how long the next step may take.

        Raises:
            ReadTimeout: The time is over.
        """
        left = self._left()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole is over")
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, until: _Until) -> None:
        self._inner = inner
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._until(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._until(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._until(timeout))
        return _Stream(inner, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.SyncBackend):
    def __init__(self, until: _Until) -> None:
        self._until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        step = self._until(timeout)
        inner = super().connect_tcp(host, port, step, local_address, socket_options)
        return _Stream(inner, self._until)


def client_in_time(tls: ssl.SSLContext, left: Left, piece_s: float) -> httpx.Client:
    """Make a client for one fetch, without redirects and without proxies of the environment.

    Args:
        tls: Whom to trust.
        left: Of the whole fetch.
        piece_s: Seconds for each step of it.
    """
    transport = httpx.HTTPTransport(verify=tls)
    transport._pool = httpcore.ConnectionPool(tls, network_backend=_Network(_Until(left)))
    return httpx.Client(transport=transport, timeout=piece_s, trust_env=False)
