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
from makegood.gate.screening.lists import check_names, keep_small, scan, set_aside, whole, written
from makegood.gate.screening.spelling import TYPED, keys_of, plainly, prefix_of
from makegood.messages.commands import HELD_CLASSES
from makegood.messages.errors import InputError
from makegood.playbooks.book import Library
from makegood.ports.clock import Clock
from makegood.ports.store import Store

TOLD = ("held_reason", "held_since", "held_until", "held_case")
"""Columns that say why; a list that was screened before loses those it has."""
UNREADABLE, UNKNOWN = "unreadable", "unknown"
_KEY, _HELD = "makegood key", "makegood held"
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
    """Parts rows, batch by batch, and says what stands against those that stay."""

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

    def judged(self, rows: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
        """Say of each row whether it is held: all in the engine, but for odd spellings."""
        key = plainly(pl.col(self.column).cast(pl.String), self.kind)
        spelt = rows.with_columns(key.alias(_KEY))
        return (
            spelt.with_columns(self._is_held(pl.col(_KEY)).alias(_HELD))
            .drop(_KEY)
            .map_batches(self._finished, streamable=True, schema={**schema, _HELD: pl.Boolean})
        )

    def _is_held(self, key: pl.Expr) -> pl.Expr:
        if not self._holds:
            return pl.when(key.is_not_null()).then(pl.lit(False))
        is_held = key.is_in(self._index.keys.implode())
        if self._known is None:
            return is_held
        return is_held | ~key.is_in(self._known.keys.implode())

    def _finished(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Look at those whose spelling is not plain; called by many threads."""
        is_held = rows[_HELD]
        unreadable = 0
        if is_held.has_nulls():
            odd = is_held.is_null().arg_true()
            keys = self._keys(rows[self.column].gather(odd))
            unreadable = keys.null_count()
            is_held = is_held.scatter(odd, self._found(keys) >= 0)
            rows = rows.with_columns(is_held.alias(_HELD))
        with self._lock:
            self.rows += rows.height
            self.unreadable += unreadable
        return rows

    def _keys(self, texts: pl.Series) -> pl.Series:
        return keys_of(texts.cast(pl.String), self.kind)

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

    def explained(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Write out what stands against rows that are held."""
        why = self._found(self._keys(rows[self.column]))
        reasons = self._reasons[why].value_counts()
        with self._lock:
            self.reasons.update(dict(reasons.iter_rows()))
        return rows.hstack(_told(self._why[why]))


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
    """Read the list once, and write those who pass; then say what stands against the others."""
    rows = rows.drop(TOLD, strict=False)
    schema = rows.collect_schema()
    judged = sieve.judged(rows, schema)
    passing = judged.filter(~pl.col(_HELD)).drop(_HELD)
    staying = judged.filter(pl.col(_HELD)).drop(_HELD)
    if wanted.held is None:  # their reasons are counted all the same
        staying = staying.select(sieve.column)
        schema = staying.collect_schema()
    with ExitStack() as stack:
        good = stack.enter_context(whole(wanted.sendable))
        aside, file = stack.enter_context(set_aside(wanted.held or wanted.sendable))
        orders = [written(passing, wanted.sendable, good), staying.sink_ipc(file, lazy=True)]
        pl.collect_all(orders, engine="streaming")
        file.flush()
        explained = pl.scan_ipc(aside).map_batches(
            sieve.explained,
            streamable=True,
            schema={**schema, **dict.fromkeys(TOLD, pl.String)},
        )
        if wanted.held is None:
            for _ in explained.collect_batches(chunk_size=_AT_A_TIME):
                pass
        else:
            held = stack.enter_context(whole(wanted.held))
            written(explained, wanted.held, held).collect(engine="streaming")
