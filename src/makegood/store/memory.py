"""Memory: the engine of tests and of a story that is told once."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock, RLock
from typing import Any

from makegood.ports.store import Reading, Writing
from makegood.store.layers import Layer
from makegood.store.memory_accounts import MemoryAccountReading
from makegood.store.memory_advertised import MemoryAdvertised
from makegood.store.memory_answers import MemoryAnswers
from makegood.store.memory_feelings import MemoryFeelings
from makegood.store.memory_histories import MemoryHistories
from makegood.store.memory_letters import MemoryLetters
from makegood.store.memory_links import MemoryLinkReading
from makegood.store.memory_lots import MemoryLots
from makegood.store.memory_mail_kinds import MemoryMailKindReading
from makegood.store.memory_marks import MemoryMarkReading
from makegood.store.memory_monday import MemoryMonday
from makegood.store.memory_notices import MemoryNoticeReading
from makegood.store.memory_parking import MemoryParkingReading
from makegood.store.memory_places import MemoryPlaceReading
from makegood.store.memory_pointers import MemoryPointerReading
from makegood.store.memory_reputation import MemoryReputation
from makegood.store.memory_routings import MemoryRoutings
from makegood.store.memory_screening import MemoryScreening
from makegood.store.memory_searches import MemorySearches
from makegood.store.memory_sends import MemorySends
from makegood.store.memory_silence import MemorySilence
from makegood.store.memory_spend import MemorySpend
from makegood.store.memory_tables import TABLES, Tables
from makegood.store.memory_ties import MemoryTies
from makegood.store.memory_triage import MemoryTriage
from makegood.store.memory_unfit import MemoryUnfitReading
from makegood.store.memory_voice import MemoryVoice
from makegood.store.memory_watching import MemoryLook
from makegood.store.memory_words import MemoryTrainings
from makegood.store.memory_writing import MemoryWriting


class MemoryReader(
    MemoryMailKindReading,
    MemoryParkingReading,
    MemoryNoticeReading,
    MemoryMarkReading,
    MemoryUnfitReading,
    MemoryScreening,
    MemorySends,
    MemoryPlaceReading,
    MemoryReputation,
    MemoryLook,
    MemoryTies,
    MemoryAccountReading,
    MemoryLinkReading,
    MemoryPointerReading,
    MemoryRoutings,
    MemoryLots,
    MemorySilence,
    MemoryHistories,
    MemoryAnswers,
    MemoryFeelings,
    MemoryLetters,
    MemoryVoice,
    MemorySearches,
    MemoryTriage,
    MemoryAdvertised,
    MemorySpend,
    MemoryMonday,
    MemoryTrainings,
):
    """One look at memory."""


class MemoryStore:
    """Dicts; one writer at a time, and readers that see the tables of their beginning."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[Any, Any]] = {name: {} for name in TABLES}
        self._readers = 0
        self._turn = RLock()  # held for an instant: to begin a look, to end one, to commit
        self._writer = Lock()  # held for a whole transaction
        self._syncs = 0

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self._turn:
            self._readers += 1
            tables = Tables(dict(self._tables).__getitem__)
        try:
            yield MemoryReader(tables)
        finally:
            with self._turn:
                self._readers -= 1

    def looking(self) -> AbstractContextManager[Reading]:
        return self.reading()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with self._writer:
            layers = {name: Layer(table) for name, table in self._tables.items()}
            yield MemoryWriting(Tables(layers.__getitem__))
            self._commit(layers)

    def _commit(self, layers: dict[str, Layer[Any, Any]]) -> None:
        """Let the changes be seen; readers who are still looking keep the tables they have."""
        with self._turn:
            changed = {name: layer for name, layer in layers.items() if layer.is_changed}
            in_place = self._readers == 0
            for name, layer in changed.items():
                self._tables[name] = layer.settled(in_place=in_place)
            self._syncs += bool(changed)

    def syncs(self) -> int:
        return self._syncs

    def close(self) -> None:
        """Nothing to give back."""
