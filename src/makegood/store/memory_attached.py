"""What reps attach, in the memory engine."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Protocol, cast

from makegood.messages.ids import ProfileId
from makegood.ports.attached import Attached
from makegood.store.memory_reading import MemoryReading


class AttachedTables(Protocol):
    """The tables of what is attached among those of the engine."""

    attached: MutableMapping[str, Attached]
    letters_gone: MutableMapping[str, bool]


class MemoryAttached(MemoryReading):
    """What is attached to drafts, and to what went out."""

    @property
    def _of_attached(self) -> AttachedTables:
        return cast("AttachedTables", self._t)

    def attached(self, files: Sequence[str]) -> Mapping[str, Attached]:
        known = self._of_attached.attached
        return {one: known[one] for one in files if one in known}

    def unsent_of(self, profiles: Sequence[ProfileId]) -> tuple[Attached, ...]:
        return tuple(one for one in self.attached_of(profiles) if not one.said)

    def attached_of(self, profiles: Sequence[ProfileId]) -> tuple[Attached, ...]:
        rows = self._of_attached.attached.values()
        return tuple(sorted((one for one in rows if one.profile in set(profiles)), key=_place))

    def unsent_before(self, at_ms: int, limit: int) -> tuple[Attached, ...]:
        rows = self._of_attached.attached.values()
        found = [one for one in rows if not one.said and one.at_ms < at_ms]
        return tuple(sorted(found, key=_place)[:limit])

    def put_attached(self, row: Attached) -> None:
        self._of_attached.attached[row.file] = row

    def drop_attached(self, files: Sequence[str]) -> None:
        own = self._of_attached
        for one in set(files) & set(own.attached):
            del own.attached[one]
            own.letters_gone[one] = True

    def erase_attached(self, profiles: Sequence[ProfileId]) -> int:
        theirs = [one.file for one in self.attached_of(profiles)]
        self.drop_attached(theirs)
        return len(theirs)


def _place(row: Attached) -> tuple[int, str]:
    return row.at_ms, row.file
