"""Parked mail by SQL: leased in turns, reported with a fence."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace as changed

from makegood.messages.commands import MessageClass
from makegood.messages.ids import CustomerId
from makegood.ports.parking import OPEN, ParkedMail, ParkedRow, ParkedStatus
from makegood.store.session import Row, Value
from makegood.store.sql_customers import SqlBase

MAIL = "mail sender options content port login"
COLUMNS = (
    "parked mail recipient profile brand message_class classed_by rule kind book reason "
    "since_ms expires_ms next_ms attempts fence status settled_ms error"
)
_NAMES = COLUMNS.replace(" ", ", ")
_WAITS = "status IN ('waiting', 'leased')"
_STATUS = COLUMNS.split().index("status")
# All but the id: what a new lot or a report of a lease writes.
_ALL = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split()[1:] if name != "fence")
_PARK_AGAIN = f"""(parked) DO UPDATE SET {_ALL}, fence = parked.fence + 1
    WHERE NOT parked.{_WAITS}"""
_REPORT = f"""(parked) DO UPDATE SET {_ALL}
    WHERE parked.fence = excluded.fence AND parked.status = 'leased'"""
_LEASE = f"""WITH ready AS MATERIALIZED (SELECT parked FROM parked /* by parked_ready */
    WHERE {_WAITS} AND next_ms <= ? ORDER BY next_ms, parked LIMIT ?{{skip_locked}})
    UPDATE parked SET status = 'leased', fence = fence + 1, next_ms = ?
    WHERE parked IN (SELECT parked FROM ready) RETURNING {_NAMES}"""


def _row(values: Row) -> ParkedRow:
    named = dict(zip(COLUMNS.split(), values, strict=True))
    return ParkedRow(**{**named, "status": ParkedStatus(named["status"])})


def _values(row: ParkedRow) -> tuple[object, ...]:
    return tuple(
        value.value if isinstance(value, ParkedStatus) else value
        for value in (getattr(row, name) for name in COLUMNS.split())
    )


def without_address(row: ParkedRow) -> ParkedRow:
    """Forget the address of one that ended."""
    return row if row.status in OPEN else changed(row, recipient="")


class ParkingReading(SqlBase):
    """What waits."""

    def parked(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[ParkedRow, ...]:
        where, values = [_WAITS], list[Value]()
        if brands:
            where.append("brand = ANY(?)")
            values.append(list(brands))
        if after is not None:
            where.append("(since_ms, parked) > (?, ?)")
            values.extend(after)
        sql = (
            f"SELECT {_NAMES} FROM parked WHERE {' AND '.join(where)} "
            "ORDER BY since_ms, parked LIMIT ?"
        )
        return tuple(map(_row, self._db.rows(sql, *values, limit)))

    def parked_counts(self) -> Mapping[tuple[str, str], int]:
        sql = f"SELECT brand, reason, COUNT(*) FROM parked WHERE {_WAITS} GROUP BY brand, reason"
        return {(brand, reason): int(count) for brand, reason, count in self._db.rows(sql)}

    def parked_row(self, parked: str) -> ParkedRow | None:
        found = self._db.rows(f"SELECT {_NAMES} FROM parked WHERE parked = ?", parked)
        return _row(found[0]) if found else None

    def parked_mails(self, mails: Sequence[str]) -> Mapping[str, ParkedMail]:
        if not mails:
            return {}
        sql = f"SELECT {MAIL.replace(' ', ', ')} FROM parked_mail WHERE mail = ANY(?)"
        found = self._db.rows(sql, sorted(set(mails)))
        names = MAIL.split()
        return {row[0]: ParkedMail(**dict(zip(names, row, strict=True))) for row in found}


class ParkingWriting(ParkingReading):
    """What is parked, leased and ended."""

    def park(self, mails: Sequence[ParkedMail], rows: Sequence[ParkedRow]) -> Mapping[str, int]:
        if not rows:
            return {}
        kept = {one.mail: tuple(getattr(one, name) for name in MAIL.split()) for one in mails}
        # Written even when it is there: whoever would delete it meanwhile waits for this lock.
        again = "(mail) DO UPDATE SET port = excluded.port"
        self._db.put("parked_mail", MAIL, [kept[mail] for mail in sorted(kept)], again)
        new = {row.parked: row for row in rows}
        sql = f"SELECT parked, fence, {_WAITS} FROM parked WHERE parked = ANY(?)"
        known = self._db.rows(sql, sorted(new))
        if waiting := sorted(parked for parked, _, waits in known if waits):
            again = (
                "UPDATE parked SET fence = fence + 1 WHERE parked = ANY(?) AND status = 'waiting'"
            )
            self._db.run(again, waiting)
        values = [_values(new[parked]) for parked in sorted(new)]
        self._db.put("parked", COLUMNS, values, _PARK_AGAIN)
        fences = {parked: int(fence) + 1 for parked, fence, _ in known}
        return {one: fences.get(one, new[one].fence) for one in new.keys() - set(waiting)}

    def unpark(self, parked: Mapping[str, int], now_ms: int) -> int:
        self._lock_mails("parked = ANY(?)", sorted(parked))
        withdrawn: list[str] = []
        for fence in sorted(set(parked.values())):  # nearly always one
            sql = (
                "UPDATE parked SET status = 'withdrawn', settled_ms = ?, recipient = '' "
                "WHERE parked = ANY(?) AND fence = ? AND status = 'waiting' RETURNING mail"
            )
            names = sorted(one for one, known in parked.items() if known == fence)
            withdrawn += (row[0] for row in self._db.rows(sql, now_ms, names, fence))
        self._forget_mails(withdrawn)
        return len(withdrawn)

    def claim_parked(self, now_ms: int, lease_ms: int, limit: int) -> tuple[ParkedRow, ...]:
        sql = _LEASE.format(skip_locked=self._db.skip_locked)
        leased = map(_row, self._db.rows(sql, now_ms, limit, now_ms + lease_ms))
        return tuple(sorted(leased, key=lambda row: (row.since_ms, row.parked)))

    def report_parked(self, rows: Sequence[ParkedRow]) -> int:
        if not rows:
            return 0
        new = {row.parked: without_address(row) for row in rows}
        ended = sorted(row.parked for row in rows if row.status not in OPEN)
        self._lock_mails("parked = ANY(?)", ended)
        values = [_values(new[parked]) for parked in sorted(new)]
        count = self._db.put_new("parked", COLUMNS, values, _REPORT)
        self._forget_mails(row.mail for row in rows if row.status not in OPEN)
        return count

    def release_parked(self, parked: str, by: str, now_ms: int) -> bool:
        sql = (
            "UPDATE parked SET message_class = ?, classed_by = 'person', rule = ?, next_ms = ?, "
            "fence = fence + 1 WHERE parked = ? AND status = 'waiting'"
        )
        service = MessageClass.SERVICE.value
        return self._db.changed(sql, service, by, now_ms, parked) == 1

    def wake_parked(self, customers: Sequence[CustomerId], now_ms: int) -> int:
        members = "SELECT profile FROM profile WHERE customer = ANY(?)"
        sql = (
            "UPDATE parked SET next_ms = ? WHERE parked IN (SELECT parked FROM parked "
            f"WHERE status = 'waiting' AND next_ms > ? AND (profile IN ({members}) OR profile IN "
            f"(SELECT lookup FROM lookup WHERE profile IN ({members}))) "
            f"ORDER BY parked{self._db.skip_locked})"
        )
        them = sorted(set(customers))
        return self._db.changed(sql, now_ms, now_ms, them, them)

    def erase_parked(self, customer: CustomerId) -> int:
        members = "SELECT profile FROM profile WHERE customer = ?"
        theirs = (
            f"{_WAITS} AND (profile IN ({members}) OR profile IN "
            f"(SELECT lookup FROM lookup WHERE profile IN ({members})))"
        )
        self._lock_mails(theirs, customer, customer)
        withdrawn = self._db.rows(
            "UPDATE parked SET status = 'withdrawn', settled_ms = next_ms, recipient = '' "
            f"WHERE {theirs} RETURNING mail",
            customer,
            customer,
        )
        self._forget_mails(row[0] for row in withdrawn)
        return len(withdrawn)

    def forget_parked(self, before_ms: int, limit: int) -> int:
        sql = (
            "DELETE FROM parked WHERE parked IN (SELECT parked FROM parked "
            f"WHERE settled_ms > 0 AND settled_ms < ? AND NOT {_WAITS} "
            "ORDER BY settled_ms LIMIT ?)"
        )
        return self._db.changed(sql, before_ms, limit)

    def _lock_mails(self, of: str, *values: Value) -> None:
        """Lock the messages of some recipients before the recipients, as whoever parks does."""
        if not self._db.lock_rows or not all(values):
            return
        sql = (
            f"SELECT mail FROM parked_mail WHERE mail IN (SELECT mail FROM parked WHERE {of}) "
            f"ORDER BY mail{self._db.lock_rows}"
        )
        self._db.rows(sql, *values)

    def _forget_mails(self, mails: Iterable[str]) -> None:
        """Delete messages of which no recipient waits.

        They are locked first, so that the second statement sees whoever was parked meanwhile.
        """
        names = sorted(set(mails))
        if not names:
            return
        locked = (
            f"SELECT mail FROM parked_mail WHERE mail = ANY(?) ORDER BY mail{self._db.lock_rows}"
        )
        self._db.rows(locked, names)
        self._db.run(
            "DELETE FROM parked_mail WHERE mail = ANY(?) AND NOT EXISTS "
            f"(SELECT 1 FROM parked WHERE parked.mail = parked_mail.mail AND {_WAITS})",
            names,
        )
