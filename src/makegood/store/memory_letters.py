"""The memory engine's letters."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Protocol, cast

from makegood.messages.ids import ProfileId, RepId
from makegood.ports.letters import BoxPlace, Jotting, Letter
from makegood.store.memory_attached import MemoryAttached


class LetterTables(Protocol):
    """The tables of letters among those of the engine."""

    letters: MutableMapping[str, Letter]
    letters_gone: MutableMapping[str, bool]
    letters_erased: MutableMapping[str, int]
    jottings: MutableMapping[tuple[ProfileId, RepId, str], Jotting]
    mailboxes: MutableMapping[str, BoxPlace]


class MemoryLetters(MemoryAttached):
    """Who wrote what, and how far mailboxes were read."""

    @property
    def _own(self) -> LetterTables:
        return cast("LetterTables", self._t)

    def letter(self, letter: str) -> Letter | None:
        return self._own.letters.get(letter)

    def letters_named(self, letters: Sequence[str]) -> Mapping[str, Letter]:
        own = self._own.letters
        return {one: own[one] for one in letters if one in own}

    def letters_of(
        self,
        profiles: Sequence[ProfileId],
        *,
        after: tuple[int, str] | None = None,
        limit: int = 20,
    ) -> tuple[Letter, ...]:
        own = [one for one in self._own.letters.values() if one.profile in set(profiles)]
        found = sorted(own, key=_place, reverse=True)
        return tuple(one for one in found if after is None or _place(one) < after)[:limit]

    def letters_marked(self, marks: Sequence[str]) -> Mapping[str, Letter]:
        own = [one for one in self._own.letters.values() if one.mark in set(marks)]
        return {one.mark: one for one in sorted(own, key=lambda it: (-it.at_ms, it.letter))}

    def jottings_of(self, profiles: Sequence[ProfileId]) -> tuple[Jotting, ...]:
        own = [one for one in self._own.jottings.values() if one.profile in set(profiles)]
        return tuple(sorted(own, key=lambda it: (it.rep, it.profile, it.thread)))

    def box_place(self, box: str) -> BoxPlace | None:
        return self._own.mailboxes.get(box)

    def gone_letters(self, limit: int) -> tuple[str, ...]:
        return tuple(sorted(self._own.letters_gone))[:limit]

    def letter_names_of(self, profiles: Sequence[ProfileId]) -> tuple[tuple[str, str], ...]:
        own = [one for one in self._own.letters.values() if one.profile in set(profiles)]
        return tuple(sorted((one.letter, one.mark) for one in own))

    def texts_of(self, profiles: Sequence[ProfileId]) -> Mapping[str, str]:
        wanted = set(profiles)
        found = {ref: text for ref, (owner, text) in self._t.words.items() if owner in wanted}
        return dict(sorted(found.items()))

    def erased_letters(self, marks: Sequence[str]) -> Mapping[str, int]:
        kept = self._own.letters_erased
        return {one: kept[one] for one in marks if one in kept}

    def put_erased_letters(self, marks: Sequence[str], at_ms: int) -> None:
        for one in marks:
            self._own.letters_erased.setdefault(one, at_ms)

    def put_letter(self, row: Letter) -> bool:
        if row.letter in self._own.letters:
            return False
        self._own.letters[row.letter] = row
        return True

    def erase_letters(self, profiles: Sequence[ProfileId]) -> int:
        theirs = [one.letter for one in self._own.letters.values() if one.profile in set(profiles)]
        for key in [key for key in self._own.jottings if key[0] in set(profiles)]:
            del self._own.jottings[key]
        for letter in theirs:
            del self._own.letters[letter]
            self._own.letters_gone[letter] = True
        return len(theirs)

    def put_jotting(self, row: Jotting) -> None:
        self.drop_jotting([row.profile], row.rep, row.thread)
        self._own.jottings[row.profile, row.rep, row.thread] = row

    def drop_jotting(self, profiles: Sequence[ProfileId], rep: RepId, thread: str) -> None:
        for one in profiles:
            for name in ("", thread):
                self._own.jottings.pop((one, rep, name), None)

    def put_box_place(self, row: BoxPlace) -> None:
        self._own.mailboxes[row.box] = row

    def drop_gone(self, letters: Sequence[str]) -> None:
        for letter in letters:
            self._own.letters_gone.pop(letter, None)


def _place(one: Letter) -> tuple[int, str]:
    return one.at_ms, one.letter
