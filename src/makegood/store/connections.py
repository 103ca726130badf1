"""Connections to PostgreSQL that are given up when the server falls silent, and found again.

A server that restarts says goodbye; a network that swallows packets, or a pooler that is paused,
does not. Whoever waited for ever would keep the one writer, and with it every source.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

from makegood.store.session import Row

READ_SILENCE_S = 20.0  # no page and no question takes as long
WRITE_SILENCE_S = 30.0  # as long as one transaction may wait for another one's locks
TURN_S = 5.0  # how long a request waits for a connection before it is told to come back
RECONNECT_S = 2.0  # then whoever asks next tries again; a pause that doubles outlasts the outage
CONNECT_S = 5
# What the kernel asks a silent other end, so that a machine that is gone is noticed.
_ALIVE = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
T = TypeVar("T")


class PatientConnection(psycopg.Connection[Row]):
    """A connection that is closed when the server does not answer for too long.

    Attributes:
        silence_s: How long is too long; None waits for ever.
    """

    silence_s: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        try:
            return super().wait(gen, interval, self.silence_s if timeout is None else timeout)
        except errors._WaitTimeout as silence:
            if timeout is None:  # an answer may still come, and would be taken for another one's
                self.pgconn.finish()
            raise psycopg.OperationalError("The server did not answer in time.") from silence


class Pool:
    """The connections of one process."""

    def __init__(self, url: str, size: int) -> None:
        """Connect in the background.

        Args:
            url: Where the server is; what it says itself about waiting counts.
            size: Most connections.
        """
        self._pool = ConnectionPool(
            url,
            connection_class=PatientConnection,
            min_size=1,
            max_size=size,
            kwargs={**_unless_said(url), "prepare_threshold": None},  # prepared: session state
            timeout=TURN_S,
            reconnect_timeout=RECONNECT_S,
            open=True,
        )

    @contextmanager
    def connection(self, silence_s: float | None) -> Iterator[PatientConnection]:
        """Lend a connection; what is open on it in the end is rolled back.

        Args:
            silence_s: How long to wait for one answer; None waits for ever.

        Raises:
            OperationalError: There is none within `TURN_S`.
        """
        connection = self._listening()
        connection.silence_s = silence_s
        try:
            yield connection
        finally:
            with suppress(psycopg.Error):  # it breaks where there is nothing to lose any more
                connection.rollback()  # nothing, after a commit
            self._pool.putconn(connection)

    def _listening(self) -> PatientConnection:
        """Take the first that the server has not closed; the pool replaces the others."""
        while True:
            connection = self._pool.getconn()
            if is_listening(connection):
                return connection
            connection.close()
            self._pool.putconn(connection)

    def close(self) -> None:
        self._pool.close()


def _unless_said(url: str) -> dict[str, Any]:
    said = conninfo_to_dict(url)
    ours = {**_ALIVE, "connect_timeout": CONNECT_S}
    return {name: value for name, value in ours.items() if name not in said}


def is_listening(connection: PatientConnection) -> bool:
    """Notice, without asking the server, that it said goodbye while nobody listened.

    Whom nothing was asked has nothing to answer: if there is something to read, it is last words.
    """
    number = connection.fileno()
    if not hasattr(select, "poll"):  # Windows
        return not select.select([number], [], [], 0)[0]
    look = select.poll()
    look.register(number, select.POLLIN)
    return not look.poll(0)
