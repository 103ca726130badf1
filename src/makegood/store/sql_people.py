"""Writing personal data, texts, the roster, keys and books by SQL."""

from collections.abc import Mapping, Sequence

from makegood.messages.ids import BookHash, CustomerId, ProfileId
from makegood.ports.rows import Activation, KeyRow, PersonRow, RepRow
from makegood.store.session import replace
from makegood.store.shapes import PERSON, merged, pack, person_words, says_more
from makegood.store.sql_desk import PeopleReading

_MEMBERS = "SELECT profile FROM profile WHERE customer = ?"
# Theirs, and the addresses and numbers that find nobody else; one that was a sender of its own is
# a customer of its own.
_THEIRS = f"""{_MEMBERS} UNION
    SELECT l.lookup FROM lookup l WHERE l.profile IN ({_MEMBERS})
    AND NOT EXISTS (SELECT 1 FROM profile p WHERE p.profile = l.lookup)
    AND NOT EXISTS (SELECT 1 FROM lookup o WHERE o.lookup = l.lookup
        AND o.profile NOT IN ({_MEMBERS}))"""


class PeopleWriting(PeopleReading):
    """What a person may have erased, and who works here."""

    def put_persons(self, rows: Sequence[PersonRow]) -> None:
        if not rows:
            return
        known = self.persons([row.profile for row in rows])
        people: dict[ProfileId, PersonRow] = {}
        for row in rows:
            old = people.get(row.profile) or known.get(row.profile)
            # Most events say again what is known; that writes nothing.
            if old is None or says_more(old, row):
                people[row.profile] = merged(old, row)
        if not people:
            return
        changed = sorted(people)
        ordered = [people[profile] for profile in changed]
        fields = [
            (it.profile, it.identifier, it.name, it.email, it.phone, it.language) for it in ordered
        ]
        self._db.put("person", PERSON, fields, replace(PERSON, "profile"))
        self._db.run("DELETE FROM person_key WHERE profile = ANY(?)", changed)
        words = [(word, it.profile) for it in ordered for word in sorted(person_words(it))]
        self._db.put("person_key", "word profile", words, "DO NOTHING")

    def put_texts(self, texts: Mapping[str, tuple[ProfileId, str]]) -> None:
        columns = "ref profile words"
        rows = [(ref, *texts[ref]) for ref in sorted(texts)]
        self._db.put("free_text", columns, rows, replace(columns, "ref"))

    def erase(self, customer: CustomerId) -> int:
        theirs = [row[0] for row in self._db.rows(_THEIRS, customer, customer, customer)]
        self._db.run("DELETE FROM person_key WHERE profile = ANY(?)", theirs)
        return sum(
            self._db.changed(f"DELETE FROM {table} WHERE profile = ANY(?)", theirs)
            for table in ("person", "free_text")
        )

    def put_reps(self, rows: Sequence[RepRow]) -> None:
        last = {row.rep: (row.rep, pack(row)) for row in rows}
        self._db.put("rep", "rep row_blob", list(last.values()), replace("rep row_blob", "rep"))

    def put_key(self, row: KeyRow) -> None:
        columns = "sha256 created_ms row_blob"
        values = (row.sha256, row.created_ms, pack(row))
        self._db.put("api_key", columns, [values], replace(columns, "sha256"))

    def put_book(self, hash_: BookHash, text: str, *, activate: bool) -> None:
        self._db.put("book", "book words", [(hash_, text)], replace("book words", "book"))
        if activate:
            self._activate(hash_)

    def put_activation(self, row: Activation) -> None:
        self._activate(row.book)  # first: others who activate wait here, and count us
        last = self._db.rows("SELECT COALESCE(MAX(place), 0) FROM activation")[0][0]
        columns = "place row_blob"
        self._db.put("activation", columns, [(last + 1, pack(row))], "(place) DO NOTHING")

    def _activate(self, hash_: BookHash) -> None:
        meta = [("active_book", hash_)]
        self._db.put("meta", "name words", meta, replace("name words", "name"))
