"""HTTP clients that wait for a whole answer, and not for each part of it anew.

A time limit for each read lets a counterpart that sends a byte now and then hold a delivery for
days, long after its lease has ended. Here one end stands for the whole exchange.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import httpcore
import httpx


class Patience:
    """Until when the exchange of the present thread may last.

    Attributes:
        seconds: How long a whole exchange may last.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._thread = local()

    @contextmanager
    def one_exchange(self) -> Iterator[None]:
        """Let the time run from now on."""
        self._thread.end = time.monotonic() + self.seconds
        yield

    def left(self, timeout: float | None) -> float:
        """Give how long the next step may take, at most its own limit.

        Raises:
            ReadTimeout: The time is over.
        """
        left: float = getattr(self._thread, "end", 0.0) - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer took too long")
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, patience: Patience) -> None:
        self._inner = inner
        self._patience = patience

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._patience.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._patience.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._patience.left(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._patience)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.SyncBackend):
    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._patience.left(timeout)
        inner = super().connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(inner, self._patience)


def patient_client(
    tls: ssl.SSLContext, patience: Patience, timeout: httpx.Timeout
) -> httpx.Client:
    """Make a client without redirects, and without proxies of the environment.

    A proxy would go round the guard of addresses.
    """
    transport = httpx.HTTPTransport(verify=tls)
    transport._pool = httpcore.ConnectionPool(tls, network_backend=_Network(patience))
    # Plain answers only: a few packed bytes may unpack to more than the memory holds.
    return httpx.Client(
        transport=transport,
        timeout=timeout,
        headers={"accept-encoding": "identity"},
        follow_redirects=False,
        trust_env=False,
    )
