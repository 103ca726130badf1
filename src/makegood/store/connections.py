"""Connections to PostgreSQL that are given up when the server falls silent, and found again.

A server that restarts says goodbye; a network that swallows packets, or a pooler that is paused,
does not. Whoever waited for ever would keep the one writer, and with it every source.
"""

import selectors
from selectors import EVENT_READ
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

from makegood.store.session import Row

READ_SILENCE_S = 20.0  # no page and no question takes as long
WRITE_SILENCE_S = 60.0  # as long as one transaction may wait for another one's locks
TURN_S = 5.0  # how long a request waits for a connection before it is told to come back
RECONNECT_S = 2.0  # then whoever asks next tries again; a pause that doubles outlasts the outage
CONNECT_S = 5
# What the kernel asks a silent other end, so that a machine that is gone is noticed.
_ALIVE = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)
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


def pool_of(url: str, size: int) -> ConnectionPool[PatientConnection]:
    """Make the pool of one process.

    Args:
        url: Where the server is; what it says itself about waiting counts.
        size: Most connections.
    """
    return ConnectionPool(
        url,
        connection_class=PatientConnection,
        min_size=1,
        max_size=size,
        kwargs={**_unless_said(url), "prepare_threshold": None},  # prepared: session state
        check=see_that_it_is_open,
        timeout=TURN_S,
        reconnect_timeout=RECONNECT_S,
        open=True,
    )


def _unless_said(url: str) -> dict[str, Any]:
    said = conninfo_to_dict(url)
    ours = {**_ALIVE, "connect_timeout": CONNECT_S}
    return {name: value for name, value in ours.items() if name not in said}


def see_that_it_is_open(connection: PatientConnection) -> None:
    """Notice, without asking the server, that it said goodbye while nobody listened.

    Raises:
        OperationalError: It did; the pool takes another connection.
    """
    with _Selector() as look:
        look.register(connection.fileno(), EVENT_READ)
        if look.select(0):  # to whom nothing was said, nothing is answered: these are last words
            connection.close()
            raise psycopg.OperationalError("The server has closed this connection.")
