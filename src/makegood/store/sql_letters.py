"""Letters by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import ProfileId, RepId
from makegood.ports.letters import BoxPlace, Jotting, Letter
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_attached import AttachedReading, AttachedWriting

LETTER = "letter profile mark at_ms row_blob"
_unpack = msgspec.msgpack.Decoder(Letter).decode
_unpack_jotting = msgspec.msgpack.Decoder(Jotting).decode
_unpack_place = msgspec.msgpack.Decoder(BoxPlace).decode


class LetterReading(AttachedReading):
    """Who wrote what, and how far mailboxes were read."""

    def letter(self, letter: str) -> Letter | None:
        found = self._db.rows("SELECT row_blob FROM letter WHERE letter = ?", letter)
        return _unpack(found[0][0]) if found else None

    def letters_named(self, letters: Sequence[str]) -> Mapping[str, Letter]:
        if not letters:
            return {}
        sql = "SELECT letter, row_blob FROM letter WHERE letter = ANY(?)"
        return {name: _unpack(blob) for name, blob in self._db.rows(sql, sorted(set(letters)))}

    def letters_of(
        self,
        profiles: Sequence[ProfileId],
        *,
        after: tuple[int, str] | None = None,
        limit: int = 20,
    ) -> tuple[Letter, ...]:
        if not profiles:
            return ()
        sql = "SELECT row_blob FROM letter WHERE profile = ANY(?)"
        later = " AND (at_ms, letter) < (?, ?)" if after else ""
        found = self._db.rows(
            f"{sql}{later} ORDER BY at_ms DESC, letter DESC LIMIT ?",
            sorted(set(profiles)),
            *(after or ()),
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)

    def letters_marked(self, marks: Sequence[str]) -> Mapping[str, Letter]:
        if not marks:
            return {}
        sql = "SELECT mark, row_blob FROM letter WHERE mark = ANY(?) ORDER BY at_ms DESC, letter"
        return {mark: _unpack(blob) for mark, blob in self._db.rows(sql, sorted(set(marks)))}

    def jottings_of(self, profiles: Sequence[ProfileId]) -> tuple[Jotting, ...]:
        if not profiles:
            return ()
        sql = "SELECT row_blob FROM jotted WHERE profile = ANY(?) ORDER BY rep, profile, thread"
        found = self._db.rows(sql, sorted(set(profiles)))
        return tuple(_unpack_jotting(row[0]) for row in found)

    def box_place(self, box: str) -> BoxPlace | None:
        found = self._db.rows("SELECT row_blob FROM mailbox WHERE box = ?", box)
        return _unpack_place(found[0][0]) if found else None

    def gone_letters(self, limit: int) -> tuple[str, ...]:
        found = self._db.rows("SELECT letter FROM letter_gone ORDER BY letter LIMIT ?", limit)
        return tuple(row[0] for row in found)

    def letter_names_of(self, profiles: Sequence[ProfileId]) -> tuple[tuple[str, str], ...]:
        if not profiles:
            return ()
        sql = "SELECT letter, mark FROM letter WHERE profile = ANY(?) ORDER BY letter"
        found = self._db.rows(sql, sorted(set(profiles)))
        return tuple((letter, mark) for letter, mark in found)

    def texts_of(self, profiles: Sequence[ProfileId]) -> Mapping[str, str]:
        if not profiles:
            return {}
        sql = "SELECT ref, words FROM free_text WHERE profile = ANY(?) ORDER BY ref"
        return dict(self._db.rows(sql, sorted(set(profiles))))

    def erased_letters(self, marks: Sequence[str]) -> Mapping[str, int]:
        if not marks:
            return {}
        sql = "SELECT mark, at_ms FROM letter_erased WHERE mark = ANY(?)"
        return dict(self._db.rows(sql, sorted(set(marks))))


class LetterWriting(LetterReading, AttachedWriting):
    """Keeping and forgetting them."""

    def put_letter(self, row: Letter) -> bool:
        values = (row.letter, row.profile, row.mark, row.at_ms, pack(row))
        return self._db.put_new("letter", LETTER, [values], "(letter) DO NOTHING") > 0

    def erase_letters(self, profiles: Sequence[ProfileId]) -> int:
        if not profiles:
            return 0
        wanted = sorted(set(profiles))
        found = self._db.rows("DELETE FROM letter WHERE profile = ANY(?) RETURNING letter", wanted)
        self._db.run("DELETE FROM jotted WHERE profile = ANY(?)", wanted)
        self._db.put("letter_gone", "letter", [(row[0],) for row in found], "(letter) DO NOTHING")
        return len(found)

    def put_erased_letters(self, marks: Sequence[str], at_ms: int) -> None:
        values = [(mark, at_ms) for mark in sorted(set(marks))]
        self._db.put_new("letter_erased", "mark at_ms", values, "(mark) DO NOTHING")

    def put_jotting(self, row: Jotting) -> None:
        if row.thread:
            self.drop_jotting([row.profile], row.rep, "")
        columns = "profile rep thread row_blob"
        values = (row.profile, row.rep, row.thread, pack(row))
        self._db.put("jotted", columns, [values], replace(columns, "profile rep thread"))

    def drop_jotting(self, profiles: Sequence[ProfileId], rep: RepId, thread: str) -> None:
        if profiles:
            sql = "DELETE FROM jotted WHERE profile = ANY(?) AND rep = ? AND thread IN ('', ?)"
            self._db.run(sql, sorted(set(profiles)), rep, thread)

    def put_box_place(self, row: BoxPlace) -> None:
        columns = "box row_blob"
        self._db.put("mailbox", columns, [(row.box, pack(row))], replace(columns, "box"))

    def drop_gone(self, letters: Sequence[str]) -> None:
        if letters:
            self._db.run("DELETE FROM letter_gone WHERE letter = ANY(?)", sorted(letters))
