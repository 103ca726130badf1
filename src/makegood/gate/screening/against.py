"""Everything that stands against a message of one kind, by the identifiers that find it.

The gate goes from an identifier to customers. Screening goes the other way: from the few customers
somebody may not write to, to every identifier by which the gate would have come to them.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import polars as pl
from msgspec import Struct

from makegood.core.holds import Answer, GateRow, Question, judge
from makegood.gate.judging import everywhere, holds_count_everywhere, is_strict, row_now
from makegood.gate.screening.index import Index
from makegood.messages.commands import HELD_CLASSES
from makegood.messages.ids import CustomerId, ProfileId
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.rows import GateRecord
from makegood.ports.store import Reading

PAGE = 5_000  # customers read at a time
_STRICTNESS = ("stuck", "cannot_judge", "hold", "unsubscribed")
_ANSWER = {
    "customer": pl.String,
    "order": pl.UInt8,
    "reason": pl.String,
    "since_ms": pl.Int64,
    "until": pl.String,
    "case": pl.String,
}
_NAME = {"key": pl.String, "at": pl.UInt32}
Page: TypeAlias = Sequence[tuple[CustomerId, GateRow]]


class Against(Struct, frozen=True):
    """What stands in the way.

    Attributes:
        answers: One row for each customer.
        names: key -> row of `answers`, each key once; a key is an identifier in clear, or its
            pseudonym where no more is known.
        known: Every key, where the brand sends to known people only; else None.
    """

    answers: pl.DataFrame
    names: pl.DataFrame
    known: pl.Series | None = None

    def pseudonyms(self) -> frozenset[str]:
        """Give the keys of which only the pseudonym is known."""
        keys = self.names["key"] if self.known is None else self.known
        return frozenset(keys.filter(~keys.str.contains(":", literal=True)))

    def told_apart(self, texts: Mapping[str, str]) -> "Against":
        """Put identifiers in the place of their pseudonyms: text -> pseudonym."""
        if not texts:
            return self
        clear = {pseudonym: text for text, pseudonym in texts.items()}
        names = self.names.with_columns(pl.col("key").replace(clear))
        known = None if self.known is None else self.known.replace(clear)
        return Against(self.answers, names, known)

    def index(self) -> Index:
        """Index whom something stands against."""
        return Index(self.names["key"], self.names["at"])

    def known_index(self) -> Index | None:
        """Index who is known, where that matters."""
        if self.known is None:
            return None
        return Index(self.known, pl.repeat(0, len(self.known), dtype=pl.UInt32, eager=True))


def gather(reading: Reading, question: Question, library: Library, now_ms: int) -> Against:
    """Look once at everybody something stands against, in one consistent look at the store."""
    book = library.now(question.brand)
    answers, names = [pl.DataFrame(schema=_ANSWER)], [pl.DataFrame(schema=_NAME)]
    if question.message_class in HELD_CLASSES:
        total = 0
        for page in _pages(reading, library, now_ms):
            told, called = _page(reading, page, question, book, total)
            answers.append(told)
            names.append(called)
            total += told.height
    strict = is_strict(question, book)
    every = pl.concat(answers)
    return Against(every, _strictest(pl.concat(names), every), _known(reading) if strict else None)


def _pages(reading: Reading, library: Library, now_ms: int) -> Iterator[Page]:
    after = CustomerId("")
    while records := reading.noted(now_ms, after, PAGE):
        yield [(it.customer, row_now(it, library, now_ms, lambda: None)) for it in records]
        after = records[-1].customer
    due = (0, CustomerId(""))
    while rows := reading.overdue(now_ms, due, PAGE):
        page = []
        for row in rows:
            record = GateRecord(
                customer=row.customer, gate=row.gate, next_due_ms=row.next_due_ms, stuck=row.stuck
            )
            page.append(
                (row.customer, row_now(record, library, now_ms, partial(bytes, row.state)))
            )
        yield page
        due = (rows[-1].next_due_ms, rows[-1].customer)


def _page(
    reading: Reading, page: Page, question: Question, book: RuleBook, first: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = []
    for customer, row in page:
        found = _stops(row, question, book)
        if found is not None:
            order, it = found
            rows.append((customer, order, it.reason, it.since_ms, it.until, it.case))
    at = {row[0]: number for number, row in enumerate(rows, first)}
    called = reading.called(list(at))
    names = pl.DataFrame(
        {
            "key": [one.identifier or one.profile for one in called],
            "at": [at[one.customer] for one in called],
        },
        schema=_NAME,
    )
    return pl.DataFrame(rows, schema=_ANSWER, orient="row"), names


def _stops(row: GateRow, question: Question, book: RuleBook) -> tuple[int, Answer] | None:
    """Give a customer's no, and how it stands beside the no of another: the least counts.

    Where a book does not know the brand, what stops the brand itself comes before what only stops
    the whole umbrella, as the gate asks in that order.
    """
    answer = judge((row,), question)
    if not answer.allowed:
        return _STRICTNESS.index(answer.reason), answer
    if holds_count_everywhere(question, book):
        answer = judge((row,), everywhere(question))
        if not answer.allowed:
            return len(_STRICTNESS) + _STRICTNESS.index(answer.reason), answer
    return None


def _strictest(names: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Keep the strictest answer of each name; of two alike, that of the least customer."""
    again = names["key"].is_duplicated()
    if not again.any():
        return names
    several = names.filter(again)
    ranked = several.with_columns(
        order=answers["order"].gather(several["at"]),
        customer=answers["customer"].gather(several["at"]),
    ).sort("key", "order", "customer")
    first = ranked.unique("key", keep="first", maintain_order=True).select(names.columns)
    return pl.concat([names.filter(~again), first])


def _known(reading: Reading) -> pl.Series:
    keys = [pl.Series(dtype=pl.String)]
    after = ProfileId("")
    while page := reading.known(after, PAGE):
        keys.append(pl.Series([identifier or profile for profile, identifier in page]))
        after = page[-1][0]
    return pl.concat(keys).unique()
