"""Open the engine that the address of a database names."""

from pathlib import Path

from makegood.messages.errors import InputError
from makegood.ports.archive import Archivable
from makegood.ports.store import Store
from makegood.settings import own_folder
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore


def open_store(database: str) -> Store:
    """Open the engine that an address names.

    Raises:
        InputError: No engine has such an address, or its driver is not installed.
    """
    if database.startswith("sqlite:///"):
        path = Path(database.removeprefix("sqlite:///"))
        own_folder(path.parent)
        return SqliteStore(path)
    if database.startswith(("postgresql://", "postgres://")):
        try:
            from makegood.store.postgres import PostgresStore
        except ImportError as error:
            raise InputError(
                "PostgreSQL needs its driver: pip install 'makegood[postgres]'."
            ) from error
        return PostgresStore(database)
    if database == "memory:":
        return MemoryStore()
    # Only its first word: the rest may hold a password.
    scheme = database.partition(":")[0][:20]
    raise InputError(f"{scheme!r} is no database: write sqlite:///path or postgresql://...")


def open_archive(database: str) -> Archivable:
    """Give the database that an address names, to write it out whole or to fill it.

    Raises:
        InputError: It is in memory, or no engine has such an address.
    """
    if database.startswith("sqlite:///"):
        from makegood.store.archive_sqlite import SqliteArchive

        return SqliteArchive(Path(database.removeprefix("sqlite:///")))
    if database.startswith(("postgresql://", "postgres://")):
        from makegood.store.archive_postgres import PostgresArchive

        return PostgresArchive(database)
    raise InputError("Only SQLite and PostgreSQL are backed up: sqlite:///path, postgresql://...")
