"""One address for everything: Django's own tables live beside the log, in the same database."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from makegood.messages.errors import InputError

BUSY_SECONDS = 30  # SQLite has one writer; the others wait in line and do not fail
# A server that is gone without a word is noticed by the kernel, and by whoever connects.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def django_database(url: str) -> dict[str, Any]:
    """Write `MAKEGOOD_DATABASE` the way Django wants it.

    Raises:
        InputError: The address is neither SQLite nor PostgreSQL.
    """
    parts = urlsplit(url)
    if url == "memory:":
        # One database for all threads of the process; a plain :memory: is one for each.
        return _sqlite("/file:makegood_web?mode=memory&cache=shared")
    if parts.scheme == "sqlite":
        return _sqlite(url.removeprefix("sqlite://"))
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or dict(parse_qsl(parts.query)).get("host", "")),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "DISABLE_SERVER_SIDE_CURSORS": True,
            "OPTIONS": _PATIENCE,
        }
    raise InputError(
        f"MAKEGOOD_DATABASE is {parts.scheme or url[:40]!r}: write sqlite:///path or "
        "postgresql://user@host/name."
    )


def _sqlite(path: str) -> dict[str, Any]:
    # sqlite:///name is relative to the folder of the process, sqlite:////name is absolute.
    name = path.removeprefix("/") if path.startswith("/") else path
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_SECONDS,
            "init_command": _PRAGMAS,
        },
    }
