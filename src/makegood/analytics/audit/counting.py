"""Held messages counted by message, day, brand and kind, and what lies between two failures."""

from collections.abc import Sequence

import polars as pl

from makegood.analytics.audit.classes import UNCLASSIFIED
from makegood.analytics.audit.exports import ROW
from makegood.analytics.audit.figures import Example, KindLine, Line, Second, Tally
from makegood.analytics.audit.people import People
from makegood.analytics.report.masking import without_addresses

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EXAMPLES = 12
DAILY_UP_TO = 62  # days shown one by one; a longer span is shown by week, then by month
WEEKLY_UP_TO = 400
_SAME = ("customer", "message", "at_ms", "brand", "channel")


def without_repeats(held: pl.DataFrame) -> pl.DataFrame:
    """Count a message once that stands twice: same person, message, instant, brand, channel."""
    return held.sort(ROW).unique(_SAME, keep="first", maintain_order=True)


def with_latest_failure(held: pl.DataFrame, failures: pl.DataFrame) -> pl.DataFrame:
    """Add the latest failure at or before each message: `kind`, `failed_ms`, `failure`."""
    latest = failures.sort("start_ms", ROW).select(
        "customer", "start_ms", "kind",
        pl.col("start_ms").alias("failed_ms"), pl.col(ROW).alias("failure"),
    )  # fmt: skip
    return held.sort("at_ms", ROW).join_asof(
        latest, left_on="at_ms", right_on="start_ms", by="customer", check_sortedness=False
    )


def tally(held: pl.DataFrame) -> Tally:
    return Tally(messages=held[ROW].n_unique(), customers=held["customer"].n_unique())


def lines(held: pl.DataFrame, label: str, kind: str = "") -> tuple[Line, ...]:
    """Count by the values of a column, most messages first."""
    keys = [label, kind] if kind else [label]
    mine = pl.col("is_head")
    counted = (
        held.group_by(keys)
        .agg(
            pl.col(ROW).filter(mine).n_unique().alias("messages"),
            pl.col("customer").filter(mine).n_unique().alias("customers"),
            pl.col(ROW).n_unique().alias("messages_full"),
        )
        .sort("messages", "messages_full", *keys, descending=[True, True, *[False] * len(keys)])
    )
    return tuple(
        Line(
            label=without_addresses(str(row[label])) or "(not said)",
            kind=str(row[kind]) if kind else "",
            messages=row["messages"],
            customers=row["customers"],
            messages_full=row["messages_full"],
        )
        for row in counted.iter_rows(named=True)
    )


def by_day(held: pl.DataFrame, zone: str) -> tuple[tuple[Line, ...], str]:
    """Count by calendar day in the zone of the sends file; longer spans by week or month."""
    if held.is_empty():
        return (), "day"
    local = pl.from_epoch("at_ms", time_unit="ms").dt.replace_time_zone("UTC")
    days = held.with_columns(local.dt.convert_time_zone(zone).dt.date().alias("day"))
    first, last = days.select(first=pl.col("day").min(), last=pl.col("day").max()).row(0)
    span = (last - first).days
    step = "day" if span <= DAILY_UP_TO else "week" if span <= WEEKLY_UP_TO else "month"
    every = {"day": "1d", "week": "1w", "month": "1mo"}[step]
    days = days.with_columns(pl.col("day").dt.truncate(every))
    return tuple(sorted(lines(days, "day"), key=lambda line: line.label)), step


def by_days_since(held: pl.DataFrame) -> tuple[Line, ...]:
    """Count by whole days since the latest failure; 0 is the first 24 hours."""
    since = ((pl.col("at_ms") - pl.col("failed_ms")) // DAY_MS).alias("since")
    return tuple(sorted(lines(held.with_columns(since), "since"), key=lambda x: int(x.label)))


def by_kind(failures: pl.DataFrame, held: pl.DataFrame, column: str) -> tuple[KindLine, ...]:
    """Count failures by a column, and the customers that marketing reached after one."""
    head = held.filter("is_head").select("customer").unique().with_columns(hit=pl.lit(value=True))
    counted = (
        failures.join(head, on="customer", how="left")
        .group_by(column)
        .agg(
            pl.col("basis").first(),
            pl.col("failure_key").n_unique().alias("failures"),
            pl.col("customer").n_unique().alias("customers"),
            pl.col("customer").filter(pl.col("hit").fill_null(value=False)).n_unique()
            .alias("reached"),
        )
        .sort("failures", column, descending=[True, False])
    )  # fmt: skip
    return tuple(
        KindLine(
            label=without_addresses(str(row[column])) or "(not said)",
            basis=row["basis"],
            failures=row["failures"],
            customers=row["customers"],
            reached=row["reached"],
        )
        for row in counted.iter_rows(named=True)
    )


def with_failure_keys(failures: pl.DataFrame) -> pl.DataFrame:
    """Add `failure_key`: rows with the same key are one failure that grew, or was told twice."""
    by_about = pl.concat_str(pl.lit("about:"), "about")
    by_itself = pl.concat_str("start_ms", pl.lit(":"), "kind", pl.lit(":"), "brand")
    own = pl.when(pl.col("about") != "").then(by_about).otherwise(by_itself)
    return failures.with_columns(failure_key=pl.concat_str("customer", pl.lit(":"), own))


def second_failures(
    failures: pl.DataFrame, held: pl.DataFrame, window_ms: int, *, can_tell: bool
) -> Second:
    """Count customers let down again over something else, and the marketing in between."""
    pairs = _pairs(failures, window_ms)
    between = _between(held, pairs)
    return Second(
        can_tell=can_tell,
        days=window_ms // DAY_MS,
        failures=pairs.height,
        customers=pairs["customer"].n_unique(),
        between=tally(between.filter("is_head")),
        between_full=tally(between),
    )


def _pairs(failures: pl.DataFrame, window_ms: int) -> pl.DataFrame:
    """Give `customer`, `first_ms`, `second_ms`; a failure that grows is there once."""
    first = pl.col("start_ms").shift(1).over("customer").alias("first_ms")
    return (
        failures.filter(pl.col("about") != "")
        .group_by("customer", "about")
        .agg(pl.col("start_ms").min())
        .sort("customer", "start_ms", "about")
        .with_columns(first)
        .filter(pl.col("start_ms") - pl.col("first_ms") <= window_ms)
        .select("customer", "first_ms", pl.col("start_ms").alias("second_ms"))
    )


def _between(held: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    spans = pairs.filter(pl.col("second_ms") > pl.col("first_ms")).sort("first_ms")
    found = held.sort("at_ms", ROW).join_asof(
        spans, left_on="at_ms", right_on="first_ms", by="customer", check_sortedness=False
    )
    return found.filter(pl.col("last_ms") < pl.col("second_ms"))


def examples(held: pl.DataFrame, people: People) -> tuple[Example, ...]:
    """Pick the messages that came soonest after a failure, one for each customer."""
    soonest = (
        held.filter("is_head")
        .with_columns(after_ms=pl.col("at_ms") - pl.col("failed_ms"))
        .sort("after_ms", ROW)
        .unique("customer", keep="first", maintain_order=True)
        .head(EXAMPLES)
    )
    written = [("failed_ms", "failed"), ("at_ms", "sent")]
    soonest = soonest.with_columns(
        pl.from_epoch(name, time_unit="ms").dt.strftime("%Y-%m-%d %H:%M UTC").alias(text)
        for name, text in written
    )
    return tuple(
        Example(
            customer=people.names[row["customer"]],
            failure=row["kind"],
            failed_at=row["failed"],
            message=without_addresses(row["message"]),
            sent_at=row["sent"],
            hours_after=row["after_ms"] // HOUR_MS,
        )
        for row in soonest.iter_rows(named=True)
    )


def marketing_only(held: pl.DataFrame) -> pl.DataFrame:
    return held.filter(pl.col("class") != UNCLASSIFIED)


def unclassified_only(held: pl.DataFrame) -> pl.DataFrame:
    return held.filter(pl.col("class") == UNCLASSIFIED)


def repeated_rows(before: pl.DataFrame, after: pl.DataFrame) -> int:
    return before[ROW].n_unique() - after[ROW].n_unique()


def first_of(rows: Sequence[int], limit: int = 20) -> tuple[int, ...]:
    return tuple(sorted(rows)[:limit])
