"""Comparable cases by SQL: each customer's own, and cells that answer a question over a year."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.core.likeness import (
    Cell,
    Comparable,
    Likeness,
    Measures,
    Place,
    cells_of,
    changed,
    count_in,
)
from makegood.messages.ids import CustomerId
from makegood.store.session import Row, replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

LIKENESS = "everyone"  # name of the row of `meta` that says by what the cells are counted
PAGE = 5_000  # customers whose cases are read at a time to be counted anew
AT_ONCE = 20_000  # cells in one statement
MOST_CELLS = 200_000  # are kept in memory meanwhile, some 80 MB
MEASURES = "n cents back given given_back refused refused_back"
_CELL = "topic day rest slot"
_ADD = f"({', '.join(_CELL.split())}) DO UPDATE SET " + ", ".join(
    f"{name} = everyone.{name} + excluded.{name}" for name in MEASURES.split()
)
_SUMS = ", ".join(f"CAST(sum({name}) AS BIGINT)" for name in MEASURES.split())
CELLS = f"""SELECT rest, day <= ?, {_SUMS} FROM everyone
    WHERE topic = ? AND day >= ? GROUP BY 1, 2"""
_KNOWN = f"""SELECT meta.words, it.customer, it.row_blob
    FROM meta LEFT JOIN comparable it ON it.customer = ANY(?) WHERE meta.name = '{LIKENESS}'"""
_unpack = msgspec.msgpack.Decoder(tuple[Comparable, ...]).decode


def read_likeness(words: str) -> Likeness:
    """Read the likeness of the cells; a new database has the usual one."""
    return msgspec.json.decode(words, type=Likeness) if words else Likeness()


def likeness_words(likeness: Likeness) -> str:
    """Write what `read_likeness` reads."""
    return msgspec.json.encode(likeness).decode()


class EveryoneReading(SqlBase):
    """Comparable cases."""

    def likeness(self) -> Likeness:
        found = self._db.rows("SELECT words FROM meta WHERE name = ?", LIKENESS)
        return read_likeness(found[0][0])

    def cells(self, topic: str, since_day: int, judged_day: int) -> tuple[Cell, ...]:
        found = self._db.rows(CELLS, judged_day, topic, since_day)
        return cells_of({(rest, bool(judged)): sums for rest, judged, *sums in found})

    def comparables(
        self, after: CustomerId, limit: int
    ) -> Mapping[CustomerId, tuple[Comparable, ...]]:
        sql = (
            "SELECT customer, row_blob FROM comparable WHERE customer > ? "
            "ORDER BY customer LIMIT ?"
        )
        return {row[0]: _unpack(row[1]) for row in self._db.rows(sql, after, limit)}


class EveryoneWriting(EveryoneReading):
    """Keeping them right."""

    def put_comparables(self, rows: Mapping[CustomerId, Sequence[Comparable]]) -> None:
        if not rows:
            return
        likeness, known = self._known(sorted(rows))
        now = {one: tuple(rows[one]) for one in sorted(rows)}
        after = {one: them for one, them in now.items() if them != known.get(one, ())}
        if not after:
            return
        columns = "customer row_blob"
        blobs = [(customer, pack(it)) for customer, it in after.items()]
        self._db.put("comparable", columns, blobs, replace(columns, "customer"))
        before = [known.get(customer, ()) for customer in after]
        self._add(changed(before, after.values(), likeness))

    def _known(
        self, customers: list[CustomerId]
    ) -> tuple[Likeness, dict[CustomerId, tuple[Comparable, ...]]]:
        """Give the likeness, which stays as it is to the end, and what is known of customers."""
        shared = "" if self._db.is_alone else " FOR SHARE OF meta"
        found = self._db.rows(_KNOWN + shared, customers)
        known = {row[1]: _unpack(row[2]) for row in found if row[1] is not None}
        return read_likeness(found[0][0]), known

    def _forget(self, customer: CustomerId) -> None:
        """Take the cases of a customer who ceased to be out of the cells."""
        likeness, known = self._known([customer])
        if known:
            self._add(changed(known.values(), (), likeness))
            self._db.run("DELETE FROM comparable WHERE customer = ?", customer)

    def put_likeness(self, likeness: Likeness) -> None:
        sql = f"SELECT words FROM meta WHERE name = ?{self._db.lock_rows}"
        if read_likeness(self._db.rows(sql, LIKENESS)[0][0]) == likeness:
            return
        columns = "name words"
        meta = [(LIKENESS, likeness_words(likeness))]
        self._db.put("meta", columns, meta, replace(columns, "name"))
        self._db.run("DELETE FROM everyone")
        cells: dict[Place, Measures] = {}
        page = self.comparables(CustomerId(""), PAGE)
        while page:
            count_in(cells, page.values(), likeness)
            if len(cells) > MOST_CELLS:
                self._add(cells)
                cells = {}
            page = self.comparables(max(page), PAGE)
        self._add(cells)

    def _add(self, cells: Mapping[Place, Measures]) -> None:
        """Add to cells in sorted order, each connection to rows of its own, as a tally does."""
        slot = self._db.slot() if cells else 0
        rows: list[Row] = [(*place, slot, *cells[place]) for place in sorted(cells)]
        for first in range(0, len(rows), AT_ONCE):  # a batch of events never has so many
            self._db.put("everyone", f"{_CELL} {MEASURES}", rows[first : first + AT_ONCE], _ADD)
