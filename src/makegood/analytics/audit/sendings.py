"""The sends file, read once in batches: what each row is, and which fell into a hold."""

from collections import Counter
from pathlib import Path

import polars as pl
from msgspec import Struct

from makegood.analytics.audit.classes import MARKETING, UNCLASSIFIED, classified
from makegood.analytics.audit.dates import DAY_MS, Reading, instants
from makegood.analytics.audit.exports import ROW, Batch, Export, batches, open_export
from makegood.analytics.audit.headings import Columns, find_columns
from makegood.analytics.audit.letdowns import LetDowns, date_readings, who_frame
from makegood.analytics.audit.options import Options, Tray
from makegood.analytics.audit.people import name_rows
from makegood.analytics.audit.windows import is_held

TEXTS = ("message", "subject", "brand", "class", "channel", "status", "list_unsubscribe")
ARRIVED = ("delivered", "delivery", "received", "received email", "received sms")
SENT = ("sent", "send", "processed", "accepted", "success", "successful", "ok", "complete",
        "completed")  # fmt: skip
DID_NOT_ARRIVE = (
    "bounce", "bounced", "hard bounce", "soft bounce", "hard bounced", "soft bounced", "dropped",
    "deferred", "blocked", "failed", "rejected", "suppressed", "skipped", "cancelled",
    "queued", "scheduled", "draft", "undelivered",
)  # fmt: skip
CAME_LATER = (
    "open", "opened", "click", "clicked", "unsubscribe", "unsubscribed", "spam", "spamreport",
    "spam report", "complained", "complaint", "opened email", "clicked email", "group unsubscribe",
    "group resubscribe", "replied",
)  # fmt: skip


class Sendings(Struct, frozen=True, kw_only=True):
    """What came of the sends file.

    Attributes:
        columns: Which heading filled which field.
        rows: Rows of the file, blank ones apart.
        left_out: Rows that could not be used.
        counts: Rows by fate: not_arrived, came_later, sent_and_arrived, service, unclassified,
            nobody (marketing to people who are not in the failures file), outside (marketing to
            them, at another time). Rows in `held` are in none of these, but "unclassified".
        held: Marketing and unclassified messages that fell into a full hold: `row`, `customer`,
            `at_ms`, `last_ms`, `message`, `class`, `brand`, `channel`, `is_head`.
        first_ms: Earliest message that could be read; None when there is none.
        last_ms: Latest one.
    """

    columns: Columns
    rows: int
    left_out: Tray
    counts: Counter[str]
    held: pl.DataFrame
    first_ms: int | None
    last_ms: int | None


def read_sendings(path: Path, let_downs: LetDowns, options: Options) -> Sendings:
    """Read the sends file against the failures; memory stays bounded however long it is.

    Raises:
        InputError: The file cannot be read, or a column is missing or ambiguous.
    """
    export = open_export(path, encoding=options.encoding)
    columns = find_columns("sends", export.headings, options.mapping.get("sends", {}))
    reading = date_readings(export, columns, ("at",), options)["at"]
    reader = _Reader(columns, reading, let_downs, has_arrivals=_has_arrivals(export, columns))
    wanted = tuple(dict.fromkeys(columns.of.values()))
    held = [reader.read(batch) for batch in batches(export, wanted)]
    return Sendings(
        columns=columns,
        rows=reader.rows,
        left_out=reader.tray,
        counts=reader.counts,
        held=pl.concat(held),
        first_ms=reader.first_ms,
        last_ms=reader.last_ms,
    )


def _has_arrivals(export: Export, columns: Columns) -> bool:
    """Whether the file says of messages that they arrived; "sent" then counts for nothing."""
    heading = columns.of.get("status")
    if heading is None:
        return False
    return any(
        batch.frame[heading].str.to_lowercase().is_in(ARRIVED).any()
        for batch in batches(export, (heading,))
    )


class _Reader:
    """Counts what becomes of the rows, batch by batch."""

    def __init__(
        self, columns: Columns, reading: Reading, let_downs: LetDowns, *, has_arrivals: bool
    ) -> None:
        self._columns = columns
        self._reading = reading
        self._let_downs = let_downs
        self._has_arrivals = has_arrivals
        self.tray = Tray()
        self.counts: Counter[str] = Counter()
        self.rows = 0
        self.first_ms: int | None = None
        self.last_ms: int | None = None

    def read(self, batch: Batch) -> pl.DataFrame:
        """Sort out a batch; give the messages that fell into a hold."""
        self.rows += len(batch.broken) + len(batch.frame)
        self.tray.put("broken_row", batch.broken)
        frame = self._frame(batch.frame)
        frame = self._by_status(frame)
        frame = self._usable(frame, batch.frame)
        self._note_times(frame)
        frame = self._marketing(frame)
        return self._held(frame)

    def _frame(self, cells: pl.DataFrame) -> pl.DataFrame:
        found = {field: self._columns.of[field] for field in TEXTS if field in self._columns.of}
        frame = cells.select(ROW, *(pl.col(name).alias(field) for field, name in found.items()))
        at = instants(cells[self._columns.of["at"]], self._reading)
        return pl.concat([frame, at], how="horizontal")

    def _by_status(self, frame: pl.DataFrame) -> pl.DataFrame:
        if "status" not in frame.columns:
            return frame
        status = pl.col("status").str.to_lowercase().str.replace_all(r"[\s_-]+", " ")
        status = status.str.replace(r"celed$", "celled")  # as it is spelt in the United States
        counted = (*ARRIVED, "") if self._has_arrivals else (*SENT, "")
        fate = (
            pl.when(status.is_in(counted)).then(pl.lit(""))
            .when(status.is_in(SENT)).then(pl.lit("sent_and_arrived"))
            .when(status.is_in(DID_NOT_ARRIVE)).then(pl.lit("not_arrived"))
            .when(status.is_in(CAME_LATER)).then(pl.lit("came_later"))
            .otherwise(pl.lit("unknown_status"))
        )  # fmt: skip
        frame = frame.with_columns(fate=fate)
        self.tray.put("unknown_status", frame.filter(pl.col("fate") == "unknown_status")[ROW])
        for name in ("sent_and_arrived", "not_arrived", "came_later"):
            self.counts[name] += frame.filter(pl.col("fate") == name).height
        return frame.filter(pl.col("fate") == "").drop("fate", "status")

    def _usable(self, frame: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
        """Put aside rows without a date or a person; add `pairs` of the others."""
        for (name,), rows in frame.drop_nulls("problem").group_by("problem", maintain_order=True):
            self.tray.put(str(name), rows[ROW])
        frame = frame.filter(pl.col("problem").is_null()).drop("problem")
        named = name_rows(who_frame(cells, self._columns).join(frame, on=ROW, how="semi"))
        self.tray.put("no_identifier", named.without)
        self.tray.put("malformed_identifier", named.malformed)
        known = named.pairs.join(self._let_downs.people.known, on="identifier", how="left")
        is_shared = pl.col("identifier").is_in(self._shared_names().implode())
        only_shared = known.group_by(ROW).agg(is_shared.all().alias("all")).filter("all")
        self.tray.put("shared_identifier", only_shared[ROW].sort())
        self._customers = known.drop_nulls("customer").select(ROW, "customer").unique()
        usable = named.pairs.select(ROW).unique().join(only_shared, on=ROW, how="anti")
        return frame.join(usable, on=ROW, how="semi")

    def _shared_names(self) -> pl.Series:
        known = self._let_downs.people.known
        return known.filter(pl.col("customer").is_null())["identifier"]

    def _note_times(self, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        first, last = frame.select(
            pl.col("at_ms").min().alias("first"), pl.col("at_ms").max().alias("last")
        ).row(0)
        self.first_ms = first if self.first_ms is None else min(self.first_ms, first)
        self.last_ms = last if self.last_ms is None else max(self.last_ms, last)

    def _marketing(self, frame: pl.DataFrame) -> pl.DataFrame:
        frame = classified(frame)
        is_marketing = pl.col("class").is_in(MARKETING)
        is_unclear = pl.col("class") == UNCLASSIFIED
        self.counts["unclassified"] += frame.filter(is_unclear).height
        self.counts["service"] += frame.filter(~is_marketing & ~is_unclear).height
        return frame.filter(is_marketing | is_unclear)

    def _held(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Find the messages within a hold, and count the marketing that is not."""
        last = pl.col("at_ms") + pl.when("is_day").then(DAY_MS - 1).otherwise(0)
        sent = (
            frame.join(self._customers, on=ROW)
            .with_columns(
                last.alias("last_ms"),
                *(pl.lit("").alias(name) for name in ("brand", "channel") if name not in frame),
            )
            .with_columns(scope=pl.col("brand").str.to_lowercase())
            .sort("at_ms", ROW, "customer")
        )
        holds = self._let_downs.failures
        sent = sent.with_columns(
            is_held(sent, holds, "full_ms", unsure=True).alias("is_full"),
            is_held(sent, holds, "head_ms", unsure=False).alias("is_head"),
        )
        held = sent.filter("is_full")
        self._count_free(frame, sent, held)
        return held.select(
            ROW, "customer", "at_ms", "last_ms", "message", "class", "brand", "channel", "is_head"
        )

    def _count_free(self, frame: pl.DataFrame, sent: pl.DataFrame, held: pl.DataFrame) -> None:
        is_marketing = pl.col("class") != UNCLASSIFIED
        everybody = frame.filter(is_marketing).height
        matched = sent.filter(is_marketing)[ROW].n_unique()
        self.counts["nobody"] += everybody - matched
        self.counts["outside"] += matched - held.filter(is_marketing)[ROW].n_unique()
