"""Parked mail of the memory engine."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from makegood.messages.commands import MessageClass
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.parking import OPEN, ParkedMail, ParkedRow, ParkedStatus
from makegood.store.memory_reading import MemoryReading
from makegood.store.sql_parking import without_address


class MemoryParkingReading(MemoryReading):
    """One look at the tables, with what waits."""

    def parked(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[ParkedRow, ...]:
        found = sorted(
            (row.since_ms, row.parked)
            for row in self._parked_open()
            if not brands or row.brand in brands
        )
        page = [key for key in found if after is None or key > after][:limit]
        return tuple(self._t.parked[parked] for _, parked in page)

    def parked_counts(self) -> Mapping[tuple[str, str], int]:
        return Counter((row.brand, row.reason) for row in self._parked_open())

    def parked_row(self, parked: str) -> ParkedRow | None:
        return self._t.parked.get(parked)

    def parked_mails(self, mails: Sequence[str]) -> Mapping[str, ParkedMail]:
        known = self._t.parked_mails
        return {mail: known[mail] for mail in sorted(set(mails)) if mail in known}

    def _parked_open(self) -> list[ParkedRow]:
        return [row for row in self._t.parked.values() if row.status in OPEN]


class MemoryParking(MemoryParkingReading):
    """What is parked, leased and ended."""

    def park(self, mails: Sequence[ParkedMail], rows: Sequence[ParkedRow]) -> Mapping[str, int]:
        for mail in mails if rows else ():
            self._t.parked_mails[mail.mail] = mail
        new = [row.parked for row in rows if self._park_one(row)]
        return {parked: self._t.parked[parked].fence for parked in new}

    def _park_one(self, row: ParkedRow) -> bool:
        old = self._t.parked.get(row.parked)
        is_open = old is not None and old.status in OPEN
        if old is None or not is_open:
            self._t.parked[row.parked] = replace(row, fence=old.fence + 1) if old else row
        elif old.status is ParkedStatus.WAITING:
            self._t.parked[row.parked] = replace(old, fence=old.fence + 1)
        return not is_open

    def unpark(self, parked: Mapping[str, int], now_ms: int) -> int:
        found = [self._t.parked[one] for one in sorted(parked) if one in self._t.parked]
        waiting = [
            row
            for row in found
            if row.status is ParkedStatus.WAITING and row.fence == parked[row.parked]
        ]
        for row in waiting:
            ended = replace(row, status=ParkedStatus.WITHDRAWN, settled_ms=now_ms, recipient="")
            self._t.parked[row.parked] = ended
        self._forget_mails(row.mail for row in waiting)
        return len(waiting)

    def claim_parked(self, now_ms: int, lease_ms: int, limit: int) -> tuple[ParkedRow, ...]:
        due = [(row.next_ms, row.parked) for row in self._parked_open() if row.next_ms <= now_ms]
        leased = [
            self._lease_parked(parked, now_ms + lease_ms) for _, parked in sorted(due)[:limit]
        ]
        return tuple(sorted(leased, key=lambda row: (row.since_ms, row.parked)))

    def _lease_parked(self, parked: str, until_ms: int) -> ParkedRow:
        old = self._t.parked[parked]
        row = replace(old, status=ParkedStatus.LEASED, fence=old.fence + 1, next_ms=until_ms)
        self._t.parked[parked] = row
        return row

    def report_parked(self, rows: Sequence[ParkedRow]) -> int:
        mine = [row for row in rows if self._is_our_parked(row)]
        for row in mine:
            self._t.parked[row.parked] = without_address(row)
        self._forget_mails(row.mail for row in rows if row.status not in OPEN)
        return len(mine)

    def _is_our_parked(self, row: ParkedRow) -> bool:
        old = self._t.parked.get(row.parked)
        leased = ParkedStatus.LEASED
        return old is not None and old.status is leased and old.fence == row.fence

    def release_parked(self, parked: str, by: str, now_ms: int) -> bool:
        row = self._t.parked.get(parked)
        if row is None or row.status is not ParkedStatus.WAITING:
            return False
        service = MessageClass.SERVICE.value
        self._t.parked[parked] = replace(
            row,
            message_class=service,
            classed_by="person",
            rule=by,
            next_ms=now_ms,
            fence=row.fence + 1,
        )
        return True

    def wake_parked(self, customers: Sequence[CustomerId], now_ms: int) -> int:
        theirs = {one for customer in customers for one in self._names_of(customer)}
        rows = [
            row
            for row in self._parked_open()
            if row.status is ParkedStatus.WAITING and row.next_ms > now_ms
            if row.profile in theirs
        ]
        for row in rows:
            self._t.parked[row.parked] = replace(row, next_ms=now_ms)
        return len(rows)

    def _names_of(self, customer: CustomerId) -> set[ProfileId]:
        members = self._t.members.get(customer, ())
        return {*members, *(one for each in members for one in self._t.lookups.get(each, ()))}

    def erase_parked(self, customer: CustomerId) -> int:
        theirs = self._names_of(customer)
        rows = [row for row in self._parked_open() if row.profile in theirs]
        for row in rows:
            ended = replace(row, status=ParkedStatus.WITHDRAWN, settled_ms=row.next_ms)
            self._t.parked[row.parked] = replace(ended, recipient="")
        self._forget_mails(row.mail for row in rows)
        return len(rows)

    def forget_parked(self, before_ms: int, limit: int) -> int:
        old = sorted(
            (row.settled_ms, row.parked)
            for row in self._t.parked.values()
            if row.status not in OPEN and 0 < row.settled_ms < before_ms
        )
        for _, parked in old[:limit]:
            del self._t.parked[parked]
        return len(old[:limit])

    def _forget_mails(self, mails: Iterable[str]) -> None:
        wanted = {row.mail for row in self._parked_open()}
        for mail in set(mails) - wanted:
            self._t.parked_mails.pop(mail, None)
