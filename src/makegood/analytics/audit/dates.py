"""Dates as exports write them: one decision for the whole column, and never a guess.

"03/04/2026" is the third of April in one country and the fourth of March in another. A column
tells which when one of its dates has a day above 12; when none has, the user is asked.
"""

import re
from typing import Literal

import polars as pl
from msgspec import Struct

from makegood.messages.errors import InputError

DayOrder = Literal["", "day_first", "month_first"]
DAY_MS = 86_400_000
_TIME = (
    r"(?:[T ,]+(?P<h>\d{1,2})[:.](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<ap>[AaPp])?(?:\.?[Mm]\.?)?\s*(?P<z>[A-Za-z].*|[+-]\d{2}:?(?:\d{2})?)?)?$"
)
_WEEKDAY = r"^(?:[A-Za-z]{3,9},?\s+)?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PATTERNS = {
    "iso": r"^(?P<y>\d{4})[-/.](?P<mo>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME,
    "dotted": r"^(?P<d>\d{1,2})\.(?P<mo>\d{1,2})\.(?P<y>\d{4})" + _TIME,
    "numbers": r"^(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4})" + _TIME,
    "day_name": _WEEKDAY + r"(?P<d>\d{1,2})[ -](?P<mo>[A-Za-z]{3,9})\.?,?[ -](?P<y>\d{4})" + _TIME,
    "name_day": _WEEKDAY
    + r"(?P<mo>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|[nr]d|th)?,?\s+(?P<y>\d{4})"
    + _TIME,
}
_EPOCH = r"^\d{10}(?:\d{3})?$"
_FIELDS = ("y", "mo", "d", "a", "b", "h", "mi", "s", "f", "ap", "z")


class Seen(Struct, frozen=True, kw_only=True):
    """What a column was seen to hold, so far.

    Attributes:
        shapes: Names of `PATTERNS` that some value has.
        first_above_12: Some "a/b/year" has a > 12, so that the day comes first.
        second_above_12: Some has b > 12, so that the month comes first.
    """

    shapes: frozenset[str] = frozenset()
    first_above_12: bool = False
    second_above_12: bool = False


def look(seen: Seen, texts: pl.Series) -> Seen:
    """Look at more values of a column."""
    shapes = set(seen.shapes)
    rest = texts
    first_above, second_above = seen.first_above_12, seen.second_above_12
    for name, pattern in PATTERNS.items():
        has_shape = rest.str.contains(pattern)
        found, rest = rest.filter(has_shape), rest.filter(~has_shape)
        if not found.is_empty():
            shapes.add(name)
        if name == "numbers" and not found.is_empty():
            parts = found.str.extract_groups(pattern).struct
            first, second = (parts.field(part).cast(pl.Int32) for part in ("a", "b"))
            # "13/45/2026" is no date in either order and tells nothing
            first_above |= bool(((first > 12) & (second <= 12)).any())
            second_above |= bool(((second > 12) & (first <= 12)).any())
    return Seen(shapes=frozenset(shapes), first_above_12=first_above, second_above_12=second_above)


def decide(seen: Seen, wanted: DayOrder, where: str) -> DayOrder:
    """Decide the order of day and month for a whole column.

    Args:
        seen: What the whole column holds.
        wanted: What the user said; counts only where the column itself does not tell.
        where: Names the column in the error.

    Raises:
        InputError: The column does not tell, or holds both orders.
    """
    if "numbers" not in seen.shapes:
        return wanted
    if seen.first_above_12 and seen.second_above_12:
        raise InputError(
            f"{where} holds both day/month and month/day dates. Export it with ISO dates "
            "(2026-01-31), or with one order."
        )
    if seen.first_above_12:
        return "day_first"
    if seen.second_above_12:
        return "month_first"
    if not wanted:
        raise InputError(
            f"{where} holds dates such as 03/04/2026, and no day above 12 tells whether the day "
            "or the month comes first. Add --day-first or --month-first."
        )
    return wanted


class Reading(Struct, frozen=True, kw_only=True):
    """How a column of dates is read.

    Attributes:
        order: Of "a/b/year" dates.
        zone: IANA time zone of what names none.
    """

    seen: Seen
    order: DayOrder
    zone: str


def instants(texts: pl.Series, reading: Reading) -> pl.DataFrame:
    """Read a column of dates.

    Returns:
        `at_ms` (None where it cannot be read), `is_day` (a date without a time of day; `at_ms` is
        then its first instant) and `problem` ("unreadable_date", "unknown_zone" or None).
    """
    frame = texts.alias("text").to_frame().with_row_index("n")
    read = pl.concat([_epochs(frame), *(_shape(frame, name, reading) for name in _order(reading))])
    read = read.unique("n", keep="first", maintain_order=True)
    joined = frame.join(read, on="n", how="left", maintain_order="left")
    unreadable = pl.when(pl.col("at_ms").is_null()).then(pl.lit("unreadable_date"))
    return joined.select(
        "at_ms",
        pl.col("is_day").fill_null(value=False),
        pl.coalesce("problem", unreadable).alias("problem"),
    )


def _order(reading: Reading) -> tuple[str, ...]:
    return tuple(name for name in PATTERNS if name in reading.seen.shapes)


def _epochs(frame: pl.DataFrame) -> pl.DataFrame:
    number = pl.col("text").cast(pl.Int64, strict=False)
    is_milliseconds = pl.col("text").str.len_chars() == 13
    return frame.filter(pl.col("text").str.contains(_EPOCH)).select(
        "n",
        pl.when(is_milliseconds).then(number).otherwise(number * 1000).alias("at_ms"),
        pl.lit(value=False).alias("is_day"),
        pl.lit(None, dtype=pl.String).alias("problem"),
    )


def _shape(frame: pl.DataFrame, name: str, reading: Reading) -> pl.DataFrame:
    """Read the values of one shape."""
    names = re.findall(r"\(\?P<(\w+)>", PATTERNS[name])
    mine = frame.filter(pl.col("text").str.contains(PATTERNS[name]))
    parts = mine.select("n", pl.col("text").str.extract_groups(PATTERNS[name]).alias("p"))
    parts = parts.select("n", *(pl.col("p").struct.field(part) for part in names))
    if name == "numbers":
        day, month = ("a", "b") if reading.order == "day_first" else ("b", "a")
        parts = parts.rename({day: "d", month: "mo"})
    if name in ("day_name", "name_day"):
        short = pl.col("mo").str.to_lowercase().str.slice(0, 3)
        numbers = {word: str(number) for number, word in enumerate(_MONTHS, 1)}
        parts = parts.with_columns(mo=short.replace_strict(numbers, default="0"))
    return _assemble(parts, reading.zone)


def _assemble(parts: pl.DataFrame, zone: str) -> pl.DataFrame:
    def two(name: str) -> pl.Expr:
        return pl.col(name).fill_null("0").str.zfill(2)

    hour = pl.col("h").fill_null("0").cast(pl.Int32)
    is_pm = pl.col("ap").str.to_lowercase() == "p"
    is_12_hours = pl.col("ap").is_not_null() & hour.is_between(1, 12)
    hour24 = pl.when(is_12_hours).then(hour % 12 + pl.when(is_pm).then(12).otherwise(0))
    local = pl.concat_str(
        pl.col("y"), pl.lit("-"), two("mo"), pl.lit("-"), two("d"), pl.lit(" "),
        hour24.otherwise(hour).cast(pl.String).str.zfill(2),
        pl.lit(":"), two("mi"), pl.lit(":"), two("s"),
    ).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="ms")  # fmt: skip
    fraction_ms = pl.col("f").fill_null("0").str.pad_end(3, "0").str.slice(0, 3).cast(pl.Int64)
    parts = parts.with_columns(local=local, fraction_ms=fraction_ms, offset_ms=_offset_ms())
    in_zone = (
        pl.col("local")
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.epoch("ms")
    )
    with_offset = pl.col("local").dt.epoch("ms") - pl.col("offset_ms")
    has_zone = pl.col("z").is_not_null()
    is_unknown = has_zone & pl.col("offset_ms").is_null()
    at = pl.when(has_zone).then(with_offset).otherwise(in_zone) + pl.col("fraction_ms")
    return parts.select(
        "n",
        at.alias("at_ms"),
        pl.col("h").is_null().alias("is_day"),
        pl.when(is_unknown).then(pl.lit("unknown_zone")).alias("problem"),
    )


def _offset_ms() -> pl.Expr:
    """Read "Z", "UTC", "GMT", "+02:00", "UTC+2:00"-less offsets; None for any other name."""
    mark = pl.col("z").str.strip_chars().str.to_uppercase()
    sign = pl.when(mark.str.starts_with("-")).then(-1).otherwise(1)
    digits = mark.str.extract(r"^[+-](\d{2}):?(?:\d{2})?$", 1).cast(pl.Int64)
    minutes = mark.str.extract(r"^[+-]\d{2}:?(\d{2})$", 1).cast(pl.Int64).fill_null(0)
    offset = sign * (digits * 60 + minutes) * 60_000
    return pl.when(mark.is_in(["Z", "UTC", "GMT"])).then(0).otherwise(offset)
