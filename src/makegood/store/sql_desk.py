"""Reading cases, money, the outbox, people and settings by SQL."""

from collections.abc import Mapping, Sequence

from makegood.messages.ids import (
    BookHash,
    CaseId,
    CommandId,
    CustomerId,
    EventId,
    ProfileId,
    RepId,
)
from makegood.ports.rows import (
    Activation,
    AskedRow,
    CaseRow,
    KeyRow,
    LedgerRow,
    OutboxRow,
    OutboxStatus,
    PersonRow,
    RepRow,
    booking_key,
)
from makegood.store.session import Value
from makegood.store.shapes import (
    BRAND,
    LAST_CHARACTER,
    OUTBOX,
    OWNER,
    PERSON,
    names,
    to_outbox,
    to_person,
    unpack_activation,
    unpack_asked,
    unpack_case,
    unpack_key,
    unpack_ledger,
    unpack_rep,
)
from makegood.store.sql_customers import SqlBase

MOST_CASES = 200  # a page of a queue; nobody reads more at once
_FIND_CASES = """SELECT row_blob FROM cases WHERE case_id IN (
        SELECT case_id FROM case_key WHERE failure >= ? AND failure < ? ORDER BY failure LIMIT ?)
    ORDER BY opened_ms DESC, case_id LIMIT ?"""
_OUTBOX = names(OUTBOX)
_PERSON = names(PERSON)
# What is done grows for ever and what failed does not: a status is counted only when asked for.
COUNT_OF = {
    "log": "SELECT coalesce(sum(amount), 0) FROM tally WHERE name = 'log'",
    "customers": "SELECT count(*) FROM customer",
    "stuck_customers": "SELECT count(*) FROM customer WHERE stuck <> ''",
    "open_cases": "SELECT coalesce(sum(amount), 0) FROM tally WHERE name = 'open_cases'",
    "waiting_requests": "SELECT count(*) FROM asked",
    "held_customers": "SELECT coalesce(sum(amount), 0) FROM tally WHERE name = 'held_customers'",
} | {
    f"outbox_{status}": f"SELECT count(*) FROM outbox WHERE status = '{status}'"
    for status in OutboxStatus
}
_OPEN_OF = "SELECT name, sum(amount) FROM tally WHERE name >= ? AND name < ? GROUP BY name"
COUNTS = "SELECT " + ", ".join(f"({sql})" for sql in COUNT_OF.values())


def no_counts() -> dict[str, int]:
    """Every name that `counts` gives, at zero."""
    return dict.fromkeys(COUNT_OF, 0)


class CaseReading(SqlBase):
    """Cases, ledger, counts."""

    def cases(
        self,
        *,
        owner: RepId | None = None,
        open_only: bool = True,
        brands: Sequence[str] = (),
        after: tuple[int, int, CaseId] | None = None,
        limit: int = 50,
    ) -> tuple[CaseRow, ...]:
        wanted: list[str] = []
        values: list[Value] = []
        if open_only:
            wanted.append("is_open = 1")  # spelt as in the index, or the index is not used
        if owner is not None:
            wanted.append("owner = ?")
            values.append(owner)
        if brands:
            wanted.append("brand = ANY(?)")
            values.append(list(brands))
        if after is not None:
            wanted.append("(rank, due_key, case_id) > (?, ?, ?)")
            values += (-after[0], after[1], after[2])
        where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
        sql = f"SELECT row_blob FROM cases {where} ORDER BY rank, due_key, case_id LIMIT ?"
        return self._cases(sql, *values, min(limit, MOST_CASES))

    def case(self, case: CaseId) -> CaseRow | None:
        sql = (
            "SELECT row_blob FROM cases WHERE case_id = "
            "coalesce((SELECT case_id FROM case_key WHERE failure = ?), ?)"
        )
        return next(iter(self._cases(sql, case, case)), None)

    def cases_of(self, customers: Sequence[CustomerId]) -> tuple[CaseRow, ...]:
        sql = "SELECT row_blob FROM cases WHERE customer = ANY(?) ORDER BY opened_ms DESC, case_id"
        return self._cases(sql, list(customers)) if customers else ()

    def find_cases(self, booking: str, limit: int) -> tuple[CaseRow, ...]:
        prefix = booking_key(booking)
        if prefix == booking_key(""):
            return ()
        return self._cases(_FIND_CASES, prefix, prefix + LAST_CHARACTER, MOST_CASES, limit)

    def _cases(self, sql: str, *values: Value) -> tuple[CaseRow, ...]:
        return tuple(unpack_case(row[0]) for row in self._db.rows(sql, *values))

    def counts(self, *names: str) -> Mapping[str, int]:
        wanted = names or tuple(COUNT_OF)
        some = "SELECT " + ", ".join(f"({COUNT_OF[name]})" for name in wanted)
        (row,) = self._db.rows(some if names else COUNTS)
        return {name: int(count) for name, count in zip(wanted, row, strict=True)}

    def ledger(self, case: CaseId) -> tuple[LedgerRow, ...]:
        sql = "SELECT row_blob FROM ledger WHERE case_id = ? ORDER BY at_ms, command_id, account"
        return tuple(unpack_ledger(row[0]) for row in self._db.rows(sql, case))

    def open_cases_by_owner(self) -> Mapping[RepId, int]:
        counts = self._open_of(OWNER)
        return {RepId(rep): count for rep, count in counts.items() if rep and count}

    def open_cases_by_brand(self) -> Mapping[str, int]:
        return {brand: count for brand, count in self._open_of(BRAND).items() if count}

    def _open_of(self, kind: str) -> Mapping[str, int]:
        rows = self._db.rows(_OPEN_OF, kind, f"{kind}{LAST_CHARACTER}")
        return {row[0].removeprefix(kind): int(row[1]) for row in rows}

    def waiting(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, EventId] | None = None,
        limit: int = 50,
    ) -> tuple[AskedRow, ...]:
        wanted: list[str] = []
        values: list[Value] = []
        if brands:
            wanted.append("brand = ANY(?)")
            values.append([*brands, ""])
        if after is not None:
            wanted.append("(due_ms, event) > (?, ?)")
            values += after
        where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
        sql = f"SELECT row_blob FROM asked {where} ORDER BY due_ms, event LIMIT ?"
        found = self._db.rows(sql, *values, min(limit, MOST_CASES))
        return tuple(unpack_asked(row[0]) for row in found)

    def stuck(self, limit: int) -> Mapping[CustomerId, str]:
        sql = "SELECT customer, stuck FROM customer WHERE stuck <> '' ORDER BY customer LIMIT ?"
        return {row[0]: row[1] for row in self._db.rows(sql, limit)}


class OutboxReading(SqlBase):
    """Commands and how they fare."""

    def outbox_of(self, profiles: Sequence[ProfileId]) -> tuple[OutboxRow, ...]:
        where = "profile = ANY(?) ORDER BY due_ms, command_id"
        return self._outbox(where, list(profiles)) if profiles else ()

    def outbox(self, status: OutboxStatus, after: CommandId, limit: int) -> tuple[OutboxRow, ...]:
        where = "status = ? AND command_id > ? ORDER BY command_id LIMIT ?"
        return self._outbox(where, status.value, after, limit)

    def command(self, command: CommandId) -> OutboxRow | None:
        return next(iter(self._outbox("command_id = ?", command)), None)

    def commands(self, commands: Sequence[CommandId]) -> tuple[OutboxRow, ...]:
        where = "command_id = ANY(?) ORDER BY due_ms, command_id"
        return self._outbox(where, list(commands)) if commands else ()

    def _outbox(self, where: str, *values: Value) -> tuple[OutboxRow, ...]:
        sql = f"SELECT {_OUTBOX} FROM outbox WHERE {where}"
        return tuple(map(to_outbox, self._db.rows(sql, *values)))


class PeopleReading(SqlBase):
    """Personal data, texts, the roster, keys and books."""

    def persons(self, profiles: Sequence[ProfileId]) -> Mapping[ProfileId, PersonRow]:
        if not profiles:
            return {}
        sql = f"SELECT {_PERSON} FROM person WHERE profile = ANY(?)"
        return {row[0]: to_person(row) for row in self._db.rows(sql, list(profiles))}

    def find_persons(self, text: str, limit: int) -> tuple[PersonRow, ...]:
        prefix = text.strip().casefold()
        if not prefix:
            return ()
        sql = (
            f"SELECT {_PERSON} FROM person WHERE profile IN "
            "(SELECT profile FROM person_key WHERE word >= ? AND word < ?) "
            "ORDER BY profile LIMIT ?"
        )
        return tuple(map(to_person, self._db.rows(sql, prefix, prefix + LAST_CHARACTER, limit)))

    def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        if not refs:
            return {}
        sql = "SELECT ref, words FROM free_text WHERE ref = ANY(?)"
        return {row[0]: row[1] for row in self._db.rows(sql, list(refs))}

    def reps(self) -> tuple[RepRow, ...]:
        found = self._db.rows("SELECT row_blob FROM rep ORDER BY rep")
        return tuple(unpack_rep(row[0]) for row in found)

    def key(self, sha256: bytes) -> KeyRow | None:
        found = self._db.rows("SELECT row_blob FROM api_key WHERE sha256 = ?", sha256)
        return unpack_key(found[0][0]) if found else None

    def keys(self) -> tuple[KeyRow, ...]:
        found = self._db.rows("SELECT row_blob FROM api_key ORDER BY created_ms DESC, sha256")
        return tuple(unpack_key(row[0]) for row in found)

    def books(self) -> Mapping[BookHash, str]:
        found = self._db.rows("SELECT book, words FROM book")
        return {row[0]: row[1] for row in found}

    def active_book(self) -> BookHash | None:
        found = self._db.rows("SELECT words FROM meta WHERE name = 'active_book'")
        return BookHash(found[0][0]) if found else None

    def activations(self) -> tuple[Activation, ...]:
        found = self._db.rows("SELECT row_blob FROM activation ORDER BY place")
        return tuple(unpack_activation(row[0]) for row in found)
