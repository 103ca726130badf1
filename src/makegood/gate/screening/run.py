"""Screens a list: whoever may be written to goes into one file, the others into another.

The list is read once and written once, by a streaming engine. Nothing appears under the names
asked for before it is whole, and the input is never touched.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Lock

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from makegood.core.holds import Question, iso
from makegood.gate.screening.against import Against, Asked, gather
from makegood.gate.screening.hashed import found_in
from makegood.gate.screening.index import Index
from makegood.gate.screening.lists import check_names, keep_small, scan, whole, written
from makegood.gate.screening.spelling import TYPED, keys_of, prefix_of
from makegood.messages.commands import HELD_CLASSES
from makegood.messages.errors import InputError
from makegood.playbooks.book import Library
from makegood.ports.clock import Clock
from makegood.ports.store import Store

TOLD = ("held_reason", "held_since", "held_until", "held_case")
"""Columns that say why; a list that was screened before loses those it has."""
UNREADABLE, UNKNOWN = "unreadable", "unknown"
_WHY = "makegood why"
_AT_A_TIME = 200_000  # identifiers


class Wanted(Struct, frozen=True, kw_only=True):
    """What to screen.

    Attributes:
        source: The list; CSV or Parquet, by its name.
        sendable: Where those go who may be written to.
        held: Where the others go, with reasons; None for nowhere.
        column: Which column names the customer; empty takes the first usual name.
        kind: What that column holds; "" for whole identifiers such as "email:ana@example.org",
            None for what its name usually means.
    """

    source: Path
    sendable: Path
    question: Question
    held: Path | None = None
    column: str = ""
    kind: str | None = None


class Screened(Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        as_of: The moment of the answers; what happened later is not in them.
        rows: All rows of the list: `sendable` and `held` together.
        reasons: How many are held for each reason.
        unreadable: Rows without an identifier that can be read, wherever they went.
        column: The column that named the customer.
        kind: What it held; empty for whole identifiers.
    """

    as_of: str
    brand: str
    message_class: str
    channel: str
    rows: int
    sendable: int
    held: int
    reasons: dict[str, int]
    unreadable: int
    column: str
    kind: str


class Look(Struct, frozen=True):
    """What stood against a message at one moment."""

    at_ms: int
    against: Against


_USUAL = {
    "identifier": "", "email": "email", "e-mail": "email", "email address": "email",
    "email_address": "email", "emailaddress": "email", "user_id": "user", "userid": "user",
    "phone": "phone", "phone_number": "phone", "mobile": "phone",
}  # fmt: skip


class Screening:
    """Answers for whole lists what the gate answers for one identifier."""

    def __init__(
        self, store: Store, library_of: Callable[[], Library], clock: Clock, key: bytes
    ) -> None:
        """Join the parts.

        Args:
            library_of: Gives the rule books of this moment.
            key: The deployment's secret, which makes pseudonyms of identifiers.
        """
        self._store = store
        self._library_of = library_of
        self._clock = clock
        self._key = key
        keep_small()

    def screen(self, wanted: Wanted) -> Screened:
        """Screen a list.

        Raises:
            InputError: The list, or where it should go, cannot be used; nothing was written.
        """
        ends = [wanted.sendable] if wanted.held is None else [wanted.sendable, wanted.held]
        check_names(wanted.source, ends)
        try:
            rows = scan(wanted.source)
            column, kind = _column(rows, wanted)
            wanted = replace(wanted, column=column, kind=kind)
            return self.part(wanted, self.look(wanted.question, kind))
        except pl.exceptions.PolarsError as error:
            says = str(error).strip().partition("\n")[0][:200]
            raise InputError(f"{wanted.source.name} cannot be screened: {says}.") from None
        except OSError as error:
            says = error.strerror or str(error)
            raise InputError(f"{wanted.source.name} cannot be screened: {says}.") from None

    def look(self, question: Question, kind: str) -> Look:
        """Look once at everything that stands against a message, for a column of one kind."""
        now_ms = self._clock.now_ms()
        with self._store.reading() as reading:
            asked = Asked(question, prefix_of(kind))
            against = gather(reading, asked, self._library_of(), now_ms)
        return Look(now_ms, against)

    def part(self, wanted: Wanted, look: Look) -> Screened:
        """Pass over a list and part it by what was looked at; its column and kind are known."""
        rows = scan(wanted.source)
        column, kind = wanted.column, wanted.kind or TYPED
        as_of = iso(look.at_ms)
        against = self._told_apart(look.against, rows, column, kind)
        sieve = _Sieve(against, wanted, column, kind)
        del look, against  # the sieve has an index of its own
        _part(wanted, rows, sieve)
        return _screened(wanted, sieve, as_of)

    def _told_apart(self, against: Against, rows: pl.LazyFrame, column: str, kind: str) -> Against:
        """Find those in the list of whom only the pseudonym is known."""
        wanted = against.pseudonyms()
        if not wanted:
            return against
        prefix = prefix_of(kind)
        texts = rows.select(pl.col(column).cast(pl.String)).collect_batches(chunk_size=_AT_A_TIME)
        keys = (
            [prefix + key for key in keys_of(batch.to_series(), kind).drop_nulls()]
            for batch in texts
        )
        found = found_in(keys, wanted, self._key)
        return against.told_apart(
            {text.removeprefix(prefix): pseudonym for text, pseudonym in found.items()}
        )


class _Sieve:
    """Says of each row, batch by batch, what stands against it."""

    def __init__(self, against: Against, wanted: Wanted, column: str, kind: str) -> None:
        self._index: Index = against.index()
        self._known: Index | None = against.known_index()
        self.column, self.kind = column, kind
        self._holds = wanted.question.message_class in HELD_CLASSES
        self._lock = Lock()
        self._unreadable = against.answers.height
        self._unknown = self._unreadable + 1
        self._why = _reasons(against.answers)
        self._reasons = self._why["reason"].cast(pl.Categorical)
        self.rows = self.unreadable = 0
        self.reasons: Counter[str] = Counter()

    def judged(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add the number of what stands against a row, -1 for nothing; called by many threads."""
        keys = keys_of(rows[self.column].cast(pl.String), self.kind)
        why = self._found(keys)
        self._count(why, keys.null_count())
        return rows.hstack([why.alias(_WHY)])

    def _found(self, keys: pl.Series) -> pl.Series:
        """Give the row of `_why` for each key; -1 for nothing."""
        nothing = -1 if self._known is None or not self._holds else self._unknown
        why = pl.repeat(nothing, len(keys), dtype=pl.Int32, eager=True)
        if not self._holds:
            return why
        if self._known is not None:
            why = why.scatter(self._known.find(keys)[0], -1)
        rows, numbers = self._index.find(keys)
        why = why.scatter(rows, numbers.cast(pl.Int32))
        return (
            why.scatter(keys.is_null().arg_true(), self._unreadable) if keys.has_nulls() else why
        )

    def _count(self, why: pl.Series, unreadable: int) -> None:
        reasons = self._reasons[why.filter(why >= 0)].value_counts()
        with self._lock:
            self.rows += len(why)
            self.unreadable += unreadable
            self.reasons.update(dict(reasons.iter_rows()))

    def explained(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Write out what stands against rows."""
        return rows.drop(_WHY).hstack(_told(self._why[rows[_WHY]]))


def _reasons(answers: pl.DataFrame) -> pl.DataFrame:
    """Give the answers, and two more: nobody is named, nobody is known."""
    more = {
        "reason": [UNREADABLE, UNKNOWN],
        "since_ms": [0, 0],
        "until": ["", ""],
        "case": ["", ""],
    }
    told = answers.select(list(more))
    return pl.concat([told, pl.DataFrame(more, schema=told.schema)])


def _told(answers: pl.DataFrame) -> pl.DataFrame:
    """Write answers as the file shows them."""
    since = pl.from_epoch("since_ms", time_unit="ms").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return answers.select(
        pl.col("reason").alias(TOLD[0]),
        pl.when(pl.col("since_ms") > 0).then(since).otherwise(pl.lit("")).alias(TOLD[1]),
        pl.col("until").alias(TOLD[2]),
        pl.col("case").alias(TOLD[3]),
    )


def _screened(wanted: Wanted, sieve: _Sieve, as_of: str) -> Screened:
    held = sieve.reasons.total()
    return Screened(
        as_of=as_of,
        brand=wanted.question.brand,
        message_class=wanted.question.message_class.value,
        channel=wanted.question.channel,
        rows=sieve.rows,
        sendable=sieve.rows - held,
        held=held,
        reasons=dict(sorted(sieve.reasons.items())),
        unreadable=sieve.unreadable,
        column=sieve.column,
        kind=sieve.kind,
    )


def _column(rows: pl.LazyFrame, wanted: Wanted) -> tuple[str, str]:
    """Say which column names the customer, and what it holds."""
    schema = rows.collect_schema()
    if any("_duplicated_" in it for it in schema):  # as the engine calls them
        raise InputError(f"{wanted.source.name} names a column twice; give each its own name.")
    name = wanted.column or next((it for it in schema if it.strip().casefold() in _USUAL), "")
    if name not in schema:
        listed = ", ".join(schema)[:200]
        raise InputError(
            f"{wanted.source.name} has no column {name!r}."
            if name
            else f"Say which column names the customer: --column email=<one of {listed}>."
        )
    if not (schema[name] == pl.String or schema[name].is_integer()):
        raise InputError(f"Column {name!r} holds {schema[name]}; it has to be text or integers.")
    usual = _USUAL.get(name.strip().casefold(), TYPED)
    return name, usual if wanted.kind is None else wanted.kind


def _part(wanted: Wanted, rows: pl.LazyFrame, sieve: _Sieve) -> None:
    """Read the list once, and write those who pass and the others as it goes."""
    rows = rows.drop(TOLD, strict=False)
    schema = rows.collect_schema()
    judged = rows.map_batches(sieve.judged, streamable=True, schema={**schema, _WHY: pl.Int32})
    passing = judged.filter(pl.col(_WHY) < 0).drop(_WHY)
    with ExitStack() as stack:
        orders = [written(passing, wanted.sendable, stack.enter_context(whole(wanted.sendable)))]
        if wanted.held is not None:
            explained = judged.filter(pl.col(_WHY) >= 0).map_batches(
                sieve.explained,
                streamable=True,
                schema={**schema, **dict.fromkeys(TOLD, pl.String)},
            )
            orders.append(written(explained, wanted.held, stack.enter_context(whole(wanted.held))))
        pl.collect_all(orders, engine="streaming")
