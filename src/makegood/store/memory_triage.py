"""The memory engine's triage."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Protocol, cast

from makegood.messages.ids import ProfileId
from makegood.ports.triage import PUBLIC, KeptModel, TriageRow
from makegood.ports.words import WaitingWords
from makegood.store.memory_reading import MemoryReading


class TriageTables(Protocol):
    """The tables of triage among those of the engine."""

    triage: MutableMapping[str, TriageRow]
    triage_models: MutableMapping[str, KeptModel]
    triage_backs: MutableMapping[str, int]
    words_waiting: MutableMapping[str, WaitingWords]
    weighed: MutableMapping[str, str]


class MemoryTriage(MemoryReading):
    """What is known of letters, and which model is in use."""

    @property
    def _of_triage(self) -> TriageTables:
        return cast("TriageTables", self._t)

    def triaged(self, letters: Sequence[str]) -> Mapping[str, TriageRow]:
        known = self._of_triage.triage
        return {one: known[one] for one in letters if one in known}

    def triaged_of(self, profiles: Sequence[ProfileId]) -> tuple[TriageRow, ...]:
        own, rows = set(profiles) - {""}, self._of_triage.triage
        return tuple(rows[one] for one in sorted(rows) if rows[one].profile in own)

    def triage_labels(
        self, *, after: tuple[int, str] = (0, ""), limit: int = 500
    ) -> tuple[TriageRow, ...]:
        rows = [row for row in self._of_triage.triage.values() if row.labelled_ms]
        found = sorted(rows, key=_place)
        return tuple(row for row in found if _place(row) > after)[:limit]

    def triage_model_name(self) -> str:
        found = self.triage_model()
        return found.name if found is not None else ""

    def triage_model(self) -> KeptModel | None:
        tables = self._of_triage
        used = [
            one for one in tables.triage_models.values() if not tables.triage_backs.get(one.name)
        ]
        return min(used, key=lambda one: (-one.at_ms, one.name), default=None)

    def put_triaged(self, row: TriageRow) -> None:
        self._of_triage.triage[row.letter] = row
        if row.channel == PUBLIC:
            self._of_triage.weighed.pop(row.letter, None)

    def erase_triaged(self, profiles: Sequence[ProfileId]) -> int:
        rows, waiting = self._of_triage.triage, self._of_triage.words_waiting
        own = set(profiles) - {""}
        theirs = [row.letter for row in rows.values() if row.profile in own]
        for item in [row.item for row in waiting.values() if row.profile in own]:
            del waiting[item]
        for letter in theirs:
            del rows[letter]
        return len(theirs)

    def put_triage_model(self, row: KeptModel) -> None:
        self._of_triage.triage_models[row.name] = row
        self._of_triage.triage_backs[row.name] = 0


def _place(row: TriageRow) -> tuple[int, str]:
    return row.labelled_ms, row.letter
