"""A store that can begin again: the demo's day is wiped when a visitor starts over."""

from contextlib import AbstractContextManager

from makegood.ports.store import Reading, Store, Writing
from makegood.store.memory import MemoryStore


class FreshStore:
    """Hands everything to a store in memory, and takes a new one on request."""

    def __init__(self) -> None:
        self._store: Store = MemoryStore()

    def wipe(self) -> None:
        """Forget everything; who still writes into the old day changes nothing here."""
        self._store = MemoryStore()

    def reading(self) -> AbstractContextManager[Reading]:
        return self._store.reading()

    def looking(self) -> AbstractContextManager[Reading]:
        return self._store.looking()

    def writing(self) -> AbstractContextManager[Writing]:
        return self._store.writing()

    def syncs(self) -> int:
        return self._store.syncs()

    def close(self) -> None:
        self._store.close()
