"""Everything that stands against a message of one kind, by the identifiers that find it.

The gate goes from an identifier to customers. Screening goes the other way: from the few customers
somebody may not write to, to every identifier by which the gate would have come to them.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import polars as pl
from msgspec import Struct

from makegood.core.holds import Question
from makegood.gate.judging import is_strict
from makegood.gate.screening.index import Index
from makegood.gate.screening.names import FOUND, by_search, end_to_end
from makegood.gate.screening.shapes import Judge
from makegood.gate.screening.standing import ANSWER, answers
from makegood.messages.commands import HELD_CLASSES
from makegood.messages.ids import ProfileId
from makegood.playbooks.book import Library
from makegood.ports.store import Reading

PAGE = 5_000  # names read at a time
MANY = 5  # one customer in so many: then names are read from end to end, not searched for
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
    with _no_cycles():
        return _gathered(reading, asked, library, now_ms)


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Keep Python from searching millions of plain rows for cycles, a quarter of all the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _gathered(reading: Reading, asked: Asked, library: Library, now_ms: int) -> Against:
    question = asked.question
    book = library.now(question.brand)
    every, found = pl.DataFrame(schema=ANSWER), [pl.DataFrame(schema=FOUND)]
    if question.message_class in HELD_CLASSES:
        at_once = reading.are_many_noted(MANY)
        every = answers(reading, Judge(question, book), library, now_ms, at_once=at_once)
        look = end_to_end if at_once else by_search
        found += look(reading, every["customer"], asked.prefix)
    names = pl.concat(found)
    is_clear = names["name"] != ""
    clear = _keys(names.filter(is_clear).select(key="name", at="at"), asked.prefix)
    hidden = names.filter(~is_clear).select(key="profile", at="at")
    known, known_hidden = (
        _known(reading, asked.prefix)
        if is_strict(question, book)
        else (None, pl.Series(dtype=pl.String))
    )
    return Against(
        every.drop("customer", "order"),
        _strictest(clear, every),
        _strictest(hidden, every),
        known,
        known_hidden,
    )


def _named(texts: Sequence[str], prefix: str) -> pl.Series:
    frame = pl.DataFrame({"key": texts}, schema={"key": pl.String})
    return _keys(frame, prefix)["key"]


def _keys(names: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Keep the names that begin with a prefix, without it."""
    key = pl.col("key")
    if prefix:
        names = names.filter(key.str.starts_with(prefix))
    return names.with_columns(key.str.slice(len(prefix))).filter(key != "")


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
        keys.append(_named(names, prefix))
        hidden.append(pl.Series([profile for profile, name in page if not name], dtype=pl.String))
        after = page[-1][0]
    return pl.concat(keys).unique(), pl.concat(hidden)
