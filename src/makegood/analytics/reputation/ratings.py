"""The table of ratings: what it must hold, and its words turned into numbers.

Ratings that are alike in everything are one row with two counts, so that a year of a large firm
stays small. A word that is empty is not known: such a row says nothing of that person, rule or
place.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DAY_MS = 86_400_000
SCHEMA: dict[str, pl.DataType] = {
    "rater": pl.String(),
    "rep": pl.String(),
    "rule": pl.String(),
    "place": pl.String(),
    "channel": pl.String(),
    "severity": pl.Int64(),
    "at_ms": pl.Int64(),
    "up": pl.Int64(),
    "about": pl.String(),
    "propensity": pl.Float64(),
}
"""`at_ms` is when they met; `about` is the one reason given, empty for none and for several.
`propensity` is above 0 where the rep was drawn by lot, and with what chance."""


class Factor(Struct, frozen=True):
    """One column of words: the words in order, and for each row the place of its own, or -1."""

    levels: tuple[str, ...]
    codes: Ints

    @property
    def size(self) -> int:
        return len(self.levels)


class Ratings(Struct, frozen=True, kw_only=True):
    """Ratings as numbers, sorted by rater.

    Attributes:
        age: Days before the last rating.
        ups: Thumbs up among the ratings of the row.
        count: Ratings of the row.
        by_lot: The rep was drawn, not chosen.
    """

    rater: Ints
    rep: Factor
    rule: Factor
    place: Factor
    channel: Factor
    severity: Factor
    period: Factor
    late: npt.NDArray[np.bool_]
    ups: Floats
    count: Floats
    by_lot: npt.NDArray[np.bool_]

    @property
    def raters(self) -> int:
        return int(self.rater[-1]) + 1


def not_about(table: pl.DataFrame, reason: str) -> pl.DataFrame:
    """Leave out the thumbs down for which the customer gave this reason and no other.

    A thumb down that was laid on the rule is no word about the person who had to apply it. (Among
    several outcomes the odds of any two do not depend on the others, so leaving one out is fair.)
    """
    return table.filter(~((pl.col("up") == 0) & (pl.col("about") == reason)))


def coded(table: pl.DataFrame, *, period_days: int, late_days: int) -> Ratings:
    """Turn a table of ratings into numbers.

    Args:
        table: At least one row, with the columns of `SCHEMA`.
        period_days: Length of a period, counted back from the last rating.
        late_days: What "lately" means.

    Raises:
        ValueError: The table is empty, or a thumb is neither up nor down.
    """
    if table.is_empty() or not table["up"].is_in([0, 1]).all():
        raise ValueError("A table of ratings has rows, and `up` is 0 or 1 in each.")
    age = (table["at_ms"].max() - pl.col("at_ms")) // DAY_MS
    keys = ["rater", "rep", "rule", "place", "channel", "severity", "period", "late", "by_lot"]
    rows = (
        table.with_columns(
            period=(age // period_days).cast(pl.String),
            late=age < late_days,
            by_lot=pl.col("propensity").fill_null(0) > 0,
            severity=pl.when(pl.col("severity") > 0)
            .then(pl.col("severity").cast(pl.String))
            .otherwise(pl.lit("")),
        )
        .group_by(keys)
        .agg(ups=pl.col("up").sum(), count=pl.len())
        .sort(keys)
    )
    return Ratings(
        rater=rows["rater"].rank("dense").to_numpy().astype(np.int64) - 1,
        rep=_factor(rows["rep"]),
        rule=_factor(rows["rule"]),
        place=_factor(rows["place"]),
        channel=_factor(rows["channel"]),
        severity=_factor(rows["severity"]),
        period=_factor(rows["period"]),
        late=rows["late"].to_numpy(),
        ups=rows["ups"].to_numpy().astype(np.float64),
        count=rows["count"].to_numpy().astype(np.float64),
        by_lot=rows["by_lot"].to_numpy(),
    )


def _factor(words: pl.Series) -> Factor:
    words = words.fill_null("")
    levels = tuple(word for word in sorted(words.unique()) if word)
    places = {word: place for place, word in enumerate(levels)}
    codes = np.array([places.get(word, -1) for word in words.to_list()], dtype=np.int64)
    return Factor(levels, codes)
