"""Alone on a port and on a file: a second server is refused, and no process outlives its server.

Servers share a port without a word (SO_REUSEPORT), so that a forgotten one would answer every
second question; and a process whose server was killed would go on serving, with nobody to stop it.
"""

import errno
import logging
import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final

from makegood.messages.errors import InputError

if sys.platform != "win32":
    import fcntl

PATIENCE_S: Final = 5.0  # what a server that was killed still holds is free in milliseconds
_AGAIN_S: Final = 0.05
_EMBEDDED: Final = "sqlite:///"
_LOG = logging.getLogger("makegood.server")


@contextmanager
def alone(
    database: str, host: str = "", port: int = 0, patience_s: float = PATIENCE_S
) -> Iterator[None]:
    """Hold the database, where it is a file, and find the port free.

    The lock is on the open file, which every process of this server inherits: it is free when the
    last of them is gone, and never before.

    Args:
        database: Its address, as in the settings.
        host: Where the server will listen.
        port: On which port; 0 for a worker, which listens nowhere.
        patience_s: How long to wait for another server that may be about to end.

    Raises:
        InputError: Another server is there, or one cannot listen there at all.
    """
    ends = time.monotonic() + patience_s
    lock = _open_lock(database)
    try:
        while not (_is_locked(lock) and (not port or _is_free(host, port))):
            if time.monotonic() > ends:
                raise InputError(_who_is_there(lock, database, host, port))
            time.sleep(_AGAIN_S)
        yield
    finally:
        if lock is not None:
            os.close(lock)


def is_held(database: str) -> bool:
    """Whether `alone` keeps every other process away from this database."""
    return sys.platform != "win32" and database.startswith(_EMBEDDED)


def _who_is_there(lock: int | None, database: str, host: str, port: int) -> str:
    if not _is_locked(lock):
        path = database.removeprefix(_EMBEDDED)
        if not port:
            return f"A server is running on {path}; it delivers by itself, its worker is inside."
        return (
            f"Another server is running on {path}; SQLite is served by one. Stop that one first."
        )
    return f"Something listens on {host}:{port} already. Stop it, or choose another --port."


def _open_lock(database: str) -> int | None:
    """Open the file whose lock stands for a database of one server; None where many may serve."""
    if not is_held(database):
        return None
    path = Path(database.removeprefix(_EMBEDDED) + ".lock")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _is_locked(lock: int | None) -> bool:
    """Whether the lock is ours, now or already."""
    if sys.platform != "win32" and lock is not None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _is_free(host: str, port: int) -> bool:
    """Whether nothing listens there.

    Raises:
        InputError: The address is not of this machine, or the port is not ours to take.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if sys.platform != "win32":  # connections that are ending are nobody's
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise InputError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return True


def end_with_the_server(end: Callable[[int], object] = os._exit) -> None:
    """End this process as soon as the server that started it has ended, however it ended.

    At once, as if both had been killed: the next server may be starting already, and what is
    cut off here is what every start makes good.

    Args:
        end: Ends the process.
    """
    server = multiprocessing.parent_process()
    if server is None:  # nobody started this process to serve for it
        return

    def watch() -> None:
        server.join()
        _LOG.error("the server that started this process has ended; this process ends too")
        end(1)

    Thread(target=watch, name="server's end", daemon=True).start()
