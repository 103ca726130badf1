"""Spans of time in which a hold would have stood, and which messages fell into them.

A span holds from its first instant up to, and not at, its end: as the core's own holds do.
"""

from collections.abc import Sequence

import polars as pl


def merged(holds: pl.DataFrame, keys: Sequence[str], end: str) -> pl.DataFrame:
    """Join holds that touch or overlap, so that the spans of one key are apart from each other.

    Args:
        holds: The keys, `start_ms` and the end.
        keys: What the spans belong to.
        end: Name of the column with the end, not within the span.

    Returns:
        The keys, `start_ms`, `end_ms`, sorted by `start_ms`.
    """
    ordered = holds.filter(pl.col(end) > pl.col("start_ms")).sort(*keys, "start_ms")
    latest = pl.col(end).cum_max().shift(1).over(keys)
    is_new = (latest.is_null() | (pl.col("start_ms") > latest)).alias("is_new")
    return (
        ordered.with_columns(is_new)
        .with_columns(pl.col("is_new").cast(pl.UInt32).cum_sum().alias("span"))
        .group_by(*keys, "span")
        .agg(pl.col("start_ms").min(), pl.col(end).max().alias("end_ms"))
        .drop("span")
        .sort("start_ms")
    )


def is_inside(sent: pl.DataFrame, spans: pl.DataFrame, keys: Sequence[str]) -> pl.Series:
    """Say for each message whether one span holds it from first to last instant.

    Args:
        sent: The keys, `at_ms` (sorted) and `last_ms`: the same, or the end of the day when only
            the day is known.
        spans: From `merged`.
        keys: What must be equal.
    """
    found = sent.join_asof(
        spans, left_on="at_ms", right_on="start_ms", by=list(keys), check_sortedness=False
    )
    return found.select((pl.col("last_ms") < pl.col("end_ms")).fill_null(value=False)).to_series()


def is_held(sent: pl.DataFrame, holds: pl.DataFrame, end: str, *, unsure: bool) -> pl.Series:
    """Say for each message whether a hold would have stood when it was sent.

    Args:
        sent: `customer`, `scope` (the brand that sent it, "" when unknown), `at_ms` (sorted) and
            `last_ms`.
        holds: `customer`, `scope` (a brand, "" for the umbrella), `start_ms` and ends.
        end: Which end counts.
        unsure: Whether a message of no known brand counts against the hold of a brand.
    """
    umbrella = merged(holds.filter(pl.col("scope") == ""), ("customer",), end)
    held = is_inside(sent, umbrella, ("customer",))
    branded = holds.filter(pl.col("scope") != "")
    if branded.is_empty():
        return held
    by_brand = is_inside(sent, merged(branded, ("customer", "scope"), end), ("customer", "scope"))
    held = held | by_brand
    if unsure:
        anywhere = is_inside(sent, merged(holds, ("customer",), end), ("customer",))
        held = held | (anywhere & (sent["scope"] == ""))
    return held
