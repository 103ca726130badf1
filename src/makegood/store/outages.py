"""What the engines raise when a disk, a file or a server fails: an outage, never a mistake."""

import sqlite3
from importlib.util import find_spec

from makegood.messages.errors import StoreBusy


def _faults() -> tuple[type[Exception], ...]:
    always = (StoreBusy, OSError, sqlite3.Error)
    if find_spec("psycopg") is None:
        return always
    import psycopg

    return (*always, psycopg.Error)


ENGINE_FAULTS = _faults()
