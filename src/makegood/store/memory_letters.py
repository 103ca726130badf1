"""The memory engine's letters."""

from collections.abc import Mapping, Sequence

from makegood.messages.ids import ProfileId, RepId
from makegood.ports.letters import BoxPlace, Jotting, Letter
from makegood.store.memory_reading import MemoryReading


class MemoryLetters(MemoryReading):
    """Who wrote what, and how far mailboxes were read."""

    def letter(self, letter: str) -> Letter | None:
        return self._t.letters.get(letter)

    def letters_of(
        self,
        profiles: Sequence[ProfileId],
        *,
        after: tuple[int, str] | None = None,
        limit: int = 20,
    ) -> tuple[Letter, ...]:
        own = [one for one in self._t.letters.values() if one.profile in set(profiles)]
        found = sorted(own, key=_place, reverse=True)
        return tuple(one for one in found if after is None or _place(one) < after)[:limit]

    def letters_marked(self, marks: Sequence[str]) -> Mapping[str, Letter]:
        own = [one for one in self._t.letters.values() if one.mark in set(marks)]
        return {one.mark: one for one in sorted(own, key=lambda it: (-it.at_ms, it.letter))}

    def jottings_of(self, profiles: Sequence[ProfileId]) -> tuple[Jotting, ...]:
        own = [one for one in self._t.jottings.values() if one.profile in set(profiles)]
        return tuple(sorted(own, key=lambda it: (it.rep, it.profile)))

    def box_place(self, box: str) -> BoxPlace | None:
        return self._t.mailboxes.get(box)

    def gone_letters(self, limit: int) -> tuple[str, ...]:
        return tuple(sorted(self._t.letters_gone))[:limit]

    def put_letter(self, row: Letter) -> bool:
        if row.letter in self._t.letters:
            return False
        self._t.letters[row.letter] = row
        return True

    def erase_letters(self, profiles: Sequence[ProfileId]) -> int:
        theirs = [one.letter for one in self._t.letters.values() if one.profile in set(profiles)]
        for key in [key for key in self._t.jottings if key[0] in set(profiles)]:
            del self._t.jottings[key]
        for letter in theirs:
            del self._t.letters[letter]
            self._t.letters_gone[letter] = True
        return len(theirs)

    def put_jotting(self, row: Jotting) -> None:
        self._t.jottings[row.profile, row.rep] = row

    def drop_jotting(self, profiles: Sequence[ProfileId], rep: RepId) -> None:
        for one in profiles:
            self._t.jottings.pop((one, rep), None)

    def put_box_place(self, row: BoxPlace) -> None:
        self._t.mailboxes[row.box] = row

    def drop_gone(self, letters: Sequence[str]) -> None:
        for letter in letters:
            self._t.letters_gone.pop(letter, None)


def _place(one: Letter) -> tuple[int, str]:
    return one.at_ms, one.letter
