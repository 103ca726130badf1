"""Everything that stands against a message of one kind, by the identifiers that find it.

The gate goes from an identifier to customers. Screening goes the other way: from the few customers
somebody may not write to, to every identifier by which the gate would have come to them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import polars as pl
from msgspec import Struct

from makegood.core.holds import Answer, GateRow, Question, by_another, judge
from makegood.gate.judging import everywhere, holds_count_everywhere, is_strict, row_now
from makegood.gate.screening.index import Index
from makegood.messages.commands import HELD_CLASSES
from makegood.messages.ids import CustomerId, ProfileId
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.rows import GateRecord
from makegood.ports.screening import Called
from makegood.ports.store import Reading

PAGE = 5_000  # customers read at a time
_STRICTNESS = {"stuck": 0, "cannot_judge": 1, "hold": 2, "unsubscribed": 3}
_ANSWER = {
    "customer": pl.String,
    "order": pl.UInt8,
    "reason": pl.String,
    "since_ms": pl.Int64,
    "until": pl.String,
    "case": pl.String,
}
_NAME = {"key": pl.String, "at": pl.UInt32}


class Asked(Struct, frozen=True):
    """What is asked of a whole list.

    Attributes:
        question: What is to be sent.
        prefix: What stands before the list's keys to make them whole identifiers, such as
            "email:"; only such identifiers are looked at.
    """

    question: Question
    prefix: str = ""


Page: TypeAlias = Sequence[tuple[CustomerId, GateRow]]


class Against(Struct, frozen=True):
    """What stands in the way.

    Attributes:
        answers: One row for each customer.
        names: key -> row of `answers`, each key once; of identifiers in clear.
        hidden: The same, by pseudonyms of which no more is known.
        known: Every key, where the brand sends to known people only; else None.
        known_hidden: Every pseudonym of which no more is known, for such a brand.
    """

    answers: pl.DataFrame
    names: pl.DataFrame
    hidden: pl.DataFrame
    known: pl.Series | None = None
    known_hidden: pl.Series = pl.Series(dtype=pl.String)

    def pseudonyms(self) -> frozenset[str]:
        """Give those of which no more is known."""
        return frozenset(self.hidden["key"]) | frozenset(self.known_hidden)

    def told_apart(self, texts: Mapping[str, str]) -> "Against":
        """Add keys of which the pseudonyms were found out: text -> pseudonym."""
        if not texts:
            return self
        clear = pl.DataFrame(
            {"text": list(texts), "key": list(texts.values())},
            schema={"text": pl.String, "key": pl.String},
        )
        more = self.hidden.join(clear, on="key").select(key="text", at="at")
        known = None if self.known is None else pl.concat([self.known, clear["text"]]).unique()
        return Against(self.answers, pl.concat([self.names, more]), self.hidden, known)

    def index(self) -> Index:
        """Index whom something stands against."""
        return Index(self.names["key"], self.names["at"])

    def known_index(self) -> Index | None:
        """Index who is known, where that matters."""
        if self.known is None:
            return None
        return Index(self.known, pl.repeat(0, len(self.known), dtype=pl.UInt32, eager=True))


def gather(reading: Reading, asked: Asked, library: Library, now_ms: int) -> Against:
    """Look once at everybody something stands against, in one consistent look at the store."""
    question = asked.question
    book = library.now(question.brand)
    answers, names = [pl.DataFrame(schema=_ANSWER)], [pl.DataFrame(schema=_NAME)]
    hidden = [pl.DataFrame(schema=_NAME)]
    if question.message_class in HELD_CLASSES:
        total = 0
        for page in _pages(reading, library, now_ms):
            told = _answers(page, question, book)
            at = {customer: number for number, customer in enumerate(told["customer"], total)}
            called = reading.called(list(at), asked.prefix)
            clear = [one for one in called if one.identifier]
            lost = [one for one in called if not one.identifier]
            names.append(_named([one.identifier for one in clear], asked.prefix, _at(clear, at)))
            hidden.append(_named([one.profile for one in lost], "", _at(lost, at)))
            answers.append(told)
            total += told.height
    every = pl.concat(answers)
    found = _strictest(pl.concat(names), every)
    lost_ones = _strictest(pl.concat(hidden), every)
    known, known_hidden = (
        _known(reading, asked.prefix)
        if is_strict(question, book)
        else (None, pl.Series(dtype=pl.String))
    )
    return Against(every.drop("customer", "order"), found, lost_ones, known, known_hidden)


def _at(called: Sequence[Called], at: Mapping[CustomerId, int]) -> list[int]:
    return [at[one.customer] for one in called]


def _named(texts: Sequence[str], prefix: str, at: Sequence[int]) -> pl.DataFrame:
    """Keep the names that begin with a prefix, without it; a pseudonym has none and no colon."""
    frame = pl.DataFrame({"key": texts, "at": at}, schema=_NAME)
    key = pl.col("key")
    if prefix:
        frame = frame.filter(key.str.starts_with(prefix))
    return frame.select(key.str.slice(len(prefix)), "at").filter(key != "")


def _pages(reading: Reading, library: Library, now_ms: int) -> Iterator[Page]:
    after = CustomerId("")
    while records := reading.noted(now_ms, after, PAGE):
        yield [(it.customer, row_now(it, None, library, now_ms)) for it in records]
        after = records[-1].customer
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


def _answers(page: Page, question: Question, book: RuleBook) -> pl.DataFrame:
    counts_everywhere = holds_count_everywhere(question, book)
    by_chosen_rep = book.people.offers_by_chosen_rep
    customers, orders, answers = [], [], []
    for customer, row in page:
        found = _stops(
            row, question, counts_everywhere=counts_everywhere, by_chosen_rep=by_chosen_rep
        )
        if found is not None:
            customers.append(customer)
            orders.append(found[0])
            answers.append(found[1])
    columns = {
        "customer": customers,
        "order": orders,
        "reason": [it.reason for it in answers],
        "since_ms": [it.since_ms for it in answers],
        "until": [it.until for it in answers],
        "case": [it.case for it in answers],
    }
    return pl.DataFrame(columns, schema=_ANSWER)


def _stops(
    row: GateRow, question: Question, *, counts_everywhere: bool, by_chosen_rep: bool
) -> tuple[int, Answer] | None:
    """Give a customer's no, and how it stands beside the no of another: the least counts.

    Where a book does not know the brand, what stops the brand itself comes before what only stops
    the whole umbrella, as the gate asks in that order.
    """
    answer = judge((row,), question)
    if not answer.allowed:
        return _STRICTNESS[answer.reason], answer
    if counts_everywhere:
        answer = judge((row,), everywhere(question))
        if not answer.allowed:
            return len(_STRICTNESS) + _STRICTNESS[answer.reason], answer
    if by_chosen_rep and (another := by_another((row,), question)) is not None:
        return 2 * len(_STRICTNESS), another
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


def _known(reading: Reading, prefix: str) -> tuple[pl.Series, pl.Series]:
    """Give every key, and every pseudonym of which no more is known."""
    keys, hidden = [pl.Series(dtype=pl.String)], [pl.Series(dtype=pl.String)]
    after = ProfileId("")
    while page := reading.known(after, PAGE):
        names = [name for _, name in page]
        keys.append(_named(names, prefix, [0] * len(names))["key"])
        hidden.append(pl.Series([profile for profile, name in page if not name], dtype=pl.String))
        after = page[-1][0]
    return pl.concat(keys).unique(), pl.concat(hidden)
