"""What stands against one message, for every customer something stands against."""

from collections.abc import Iterator, Sequence

import polars as pl

from makegood.core.holds import GateRow
from makegood.gate.judging import row_now
from makegood.gate.screening.shapes import Judge, Stop
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Library
from makegood.ports.rows import GateRecord
from makegood.ports.store import Reading

PAGE = 5_000  # customers read at a time
ANSWER = {
    "customer": pl.String,
    "order": pl.UInt8,
    "reason": pl.String,
    "since_ms": pl.Int64,
    "until": pl.String,
    "case": pl.String,
}
Page = Sequence[tuple[CustomerId, GateRow]]


def answers(
    reading: Reading, judge: Judge, library: Library, now_ms: int, *, at_once: bool
) -> pl.DataFrame:
    """Judge everybody whose gate row says something, or whose timer is due.

    Args:
        reading: One consistent look.
        judge: Knows the question.
        library: The rule books of this moment.
        now_ms: The present.
        at_once: Reads customers from end to end instead of searching for them.
    """
    noted = reading.all_noted(now_ms) if at_once else _noted(reading, now_ms)
    found = [pl.DataFrame(schema=ANSWER)]
    for records in noted:
        page = [(it.customer, row_now(it, None, library, now_ms)) for it in records]
        found.append(_told(page, judge))
    found += [_told(page, judge) for page in _overdue(reading, library, now_ms)]
    return pl.concat(found, rechunk=True)


def _noted(reading: Reading, now_ms: int) -> Iterator[Sequence[GateRecord]]:
    after = CustomerId("")
    while records := reading.noted(now_ms, after, PAGE):
        yield records
        after = records[-1].customer


def _overdue(reading: Reading, library: Library, now_ms: int) -> Iterator[Page]:
    due = (0, CustomerId(""))
    while rows := reading.overdue(now_ms, due, PAGE):
        page = []
        for row in rows:
            record = GateRecord(
                customer=row.customer, gate=row.gate, next_due_ms=row.next_due_ms, stuck=row.stuck
            )
            page.append((row.customer, row_now(record, bytes(row.state), library, now_ms)))
        yield page
        due = (rows[-1].next_due_ms, rows[-1].customer)


def _told(page: Page, judge: Judge) -> pl.DataFrame:
    customers: list[CustomerId] = []
    stops: list[Stop] = []
    for customer, row in page:
        if (stop := judge.stops(row)) is not None:
            customers.append(customer)
            stops.append(stop)
    orders, reasons, since, until, cases = zip(*stops, strict=True) if stops else ((),) * 5
    columns = (customers, orders, reasons, since, until, cases)
    return pl.DataFrame(dict(zip(ANSWER, columns, strict=True)), schema=ANSWER)
