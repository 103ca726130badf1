"""What the engines raise when a disk, a file or a server fails: an outage, never a mistake."""

import sqlite3
from importlib import import_module
from importlib.util import find_spec

from makegood.messages.errors import StoreBusy


def _also_of_psycopg(name: str, *faults: type[Exception]) -> tuple[type[Exception], ...]:
    """Add a fault of the driver that not every installation has."""
    if find_spec("psycopg") is None:
        return faults
    fault: type[Exception] = getattr(import_module("psycopg"), name)
    return (*faults, fault)


ENGINE_FAULTS = _also_of_psycopg("Error", StoreBusy, OSError, sqlite3.Error)
AWAY = _also_of_psycopg("OperationalError", sqlite3.OperationalError)
"""The disk or the server is away: whatever had been asked, it would have failed."""
