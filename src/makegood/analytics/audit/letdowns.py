"""The failures file: who was let down, when, and how long marketing should have waited."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
from msgspec import Struct

from makegood.analytics.audit.dates import DAY_MS, Reading, Seen, decide, instants, look
from makegood.analytics.audit.exports import ROW, Export, batches, open_export
from makegood.analytics.audit.headings import WHO, Columns, find_columns
from makegood.analytics.audit.options import Options, Tray
from makegood.analytics.audit.people import People, link, name_rows
from makegood.analytics.audit.rulings import Ruling, Rulings
from makegood.analytics.report.masking import without_addresses

TEXTS = ("kind", "brand", "about", "severity", "cause")


class LetDowns(Struct, frozen=True, kw_only=True):
    """What came of the failures file.

    Attributes:
        columns: Which heading filled which field.
        rows: Rows of the file, blank ones apart.
        left_out: Rows that could not be used.
        no_failure: Rows that are no failure by the rule book.
        cannot_judge: Rows the rule book cannot judge for lack of a fact.
        failures: One row for each row that holds: `row`, `customer`, `kind`, `basis`, `at_ms`,
            `start_ms`, `head_ms` (end for the headline), `full_ms` (end by the rule book),
            `scope`, `brand`, `about`, `severity`, `cause`, `is_resolved`.
    """

    columns: Columns
    rows: int
    left_out: Tray
    no_failure: int
    cannot_judge: int
    people: People
    failures: pl.DataFrame


def read_let_downs(path: Path, rulings: Rulings, options: Options) -> LetDowns:
    """Read the failures file; it is held in memory, the sends file is not.

    Raises:
        InputError: The file cannot be read, or a column is missing or ambiguous.
    """
    export = open_export(path, encoding=options.encoding)
    columns = find_columns("failures", export.headings, options.mapping.get("failures", {}))
    readings = date_readings(export, columns, ("at", "resolved_at"), options)
    tray = Tray()
    frames = list(_frames(export, columns, readings, rulings, tray))
    whole = pl.concat(frame for frame, _ in frames)
    pairs = pl.concat(pair for _, pair in frames)
    people = link(pairs)
    tray.put("shared_identifier", people.shared)
    whole = whole.join(people.rows, on=ROW, how="inner", maintain_order="left")
    return LetDowns(
        columns=columns,
        rows=tray.count + len(whole),
        left_out=tray,
        no_failure=whole.filter(pl.col("outcome") == "no_failure").height,
        cannot_judge=whole.filter(pl.col("outcome") == "cannot_judge").height,
        people=people,
        failures=_with_ends(whole.filter(pl.col("outcome") == "holds"), options.window_ms),
    )


def date_readings(
    export: Export, columns: Columns, fields: tuple[str, ...], options: Options
) -> Mapping[str, Reading]:
    """Look through whole columns of dates before any of them is read."""
    present = {field: columns.of[field] for field in fields if field in columns.of}
    seen = dict.fromkeys(present, Seen())
    for batch in batches(export, tuple(dict.fromkeys(present.values()))):
        seen = {field: look(seen[field], batch.frame[present[field]]) for field in present}
    zone = options.zone(columns.file)
    return {
        field: Reading(
            seen=one,
            order=decide(one, options.day_order, f"{columns.file}: {present[field]!r}"),
            zone=zone,
        )
        for field, one in seen.items()
    }


def _frames(
    export: Export,
    columns: Columns,
    readings: Mapping[str, Reading],
    rulings: Rulings,
    tray: Tray,
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    headings = tuple(heading for heading in export.headings if export.headings.count(heading) == 1)
    for batch in batches(export, headings):
        tray.put("broken_row", batch.broken)
        cells = batch.frame
        frame = _texts(cells, columns)
        frame = _with_dates(frame, cells, columns, readings)
        named = name_rows(who_frame(cells, columns))
        frame = _sorted_out(frame, named.without, named.malformed, tray)
        frame = _ruled(frame, cells, rulings)
        yield frame, named.pairs.join(frame.select(ROW), on=ROW, how="semi")


def _texts(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    return cells.select(
        ROW,
        *(
            pl.col(columns.of[field]).alias(field)
            if field in columns.of
            else pl.lit("").alias(field)
            for field in TEXTS
        ),
    )


def who_frame(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Give `row` and the identifier columns the file has."""
    return cells.select(
        ROW, *(pl.col(columns.of[field]).alias(field) for field in WHO if field in columns.of)
    )


def _with_dates(
    frame: pl.DataFrame,
    cells: pl.DataFrame,
    columns: Columns,
    readings: Mapping[str, Reading],
) -> pl.DataFrame:
    at = instants(cells[columns.of["at"]], readings["at"])
    frame = pl.concat([frame, at], how="horizontal")
    if "resolved_at" not in readings:
        return frame.with_columns(
            resolved_ms=pl.lit(None, dtype=pl.Int64),
            resolved_is_day=pl.lit(value=False),
            resolved_problem=pl.lit(None, dtype=pl.String),
        )
    texts = cells[columns.of["resolved_at"]]
    resolved = instants(texts, readings["resolved_at"]).select(
        pl.col("at_ms").alias("resolved_ms"),
        pl.col("is_day").alias("resolved_is_day"),
        pl.when(texts != "").then("problem").alias("resolved_problem"),
    )
    return pl.concat([frame, resolved], how="horizontal")


def _sorted_out(
    frame: pl.DataFrame, without: tuple[int, ...], malformed: tuple[int, ...], tray: Tray
) -> pl.DataFrame:
    """Put aside what cannot be used; the first reason that holds counts."""
    resolved_last = pl.col("resolved_ms") + pl.when("resolved_is_day").then(DAY_MS).otherwise(0)
    reason = (
        pl.when(pl.col("problem").is_not_null()).then("problem")
        .when(pl.col(ROW).is_in(without)).then(pl.lit("no_identifier"))
        .when(pl.col(ROW).is_in(malformed)).then(pl.lit("malformed_identifier"))
        .when(pl.col("resolved_problem").is_not_null()).then(pl.lit("unreadable_resolved_date"))
        .when(resolved_last < pl.col("at_ms")).then(pl.lit("resolved_before_it_happened"))
    )  # fmt: skip
    frame = frame.with_columns(reason=reason)
    for (name,), rows in frame.drop_nulls("reason").group_by("reason", maintain_order=True):
        tray.put(str(name), rows[ROW])
    return frame.filter(pl.col("reason").is_null()).drop("reason", "problem", "resolved_problem")


def _ruled(frame: pl.DataFrame, cells: pl.DataFrame, rulings: Rulings) -> pl.DataFrame:
    by_kind = {kind: rulings.by_kind(kind) for kind in frame["kind"].unique()}
    events = [kind for kind in by_kind if rulings.is_event(kind)]
    mine = cells.join(frame.filter(pl.col("kind").is_in(events)), on=ROW, how="semi")
    kinds = dict(frame.filter(pl.col("kind").is_in(events)).select(ROW, "kind").iter_rows())
    by_row = {
        row[ROW]: rulings.by_facts(kinds[row[ROW]], {k: v for k, v in row.items() if k != ROW})
        for row in mine.iter_rows(named=True)
    }
    rows = zip(frame[ROW], frame["kind"], strict=True)
    ruled = [by_row.get(row) or by_kind[kind] for row, kind in rows]
    return _with_rulings(frame, ruled)


def _with_rulings(frame: pl.DataFrame, ruled: list[Ruling]) -> pl.DataFrame:
    found = pl.DataFrame(
        [
            (
                one.outcome,
                without_addresses(one.kind),
                one.basis,
                one.hold.scope,
                one.hold.cool_off_ms,
                one.hold.longest_ms,
                one.finding.about if one.finding else "",
                one.finding.brand if one.finding else "",
                one.finding.cause.value if one.finding else "",
                str(one.finding.severity) if one.finding else "",
            )
            for one in ruled
        ],
        schema={
            "outcome": pl.String, "kind": pl.String, "basis": pl.String, "hold": pl.String,
            "cool_off_ms": pl.Int64, "longest_ms": pl.Int64, "f_about": pl.String,
            "f_brand": pl.String, "f_cause": pl.String, "f_severity": pl.String,
        },
        orient="row",
    )  # fmt: skip
    frame = pl.concat([frame.drop("kind"), found], how="horizontal")
    own_first = (
        pl.when(pl.col(name) != "").then(name).otherwise(f"f_{name}").alias(name)
        for name in ("about", "brand", "cause", "severity")
    )
    return frame.with_columns(*own_first).drop("f_about", "f_brand", "f_cause", "f_severity")


def _with_ends(failures: pl.DataFrame, window_ms: int) -> pl.DataFrame:
    """Work out from when to when marketing should have waited.

    A failure of which only the day is known counts from the end of that day, and a resolution of
    which only the day is known from its beginning: the figures err to the smaller side. The
    headline ends with the resolution, before any cool-off.
    """
    start = pl.col("at_ms") + pl.when("is_day").then(DAY_MS).otherwise(0)
    lifted = pl.col("resolved_ms") + pl.col("cool_off_ms")
    brand = pl.col("brand").str.to_lowercase()
    return (
        failures.with_columns(start.alias("start_ms"))
        .with_columns(
            pl.coalesce(lifted, pl.col("start_ms") + pl.col("longest_ms")).alias("full_ms"),
            pl.when(pl.col("hold") == "brand").then(brand).otherwise(pl.lit("")).alias("scope"),
            pl.col("resolved_ms").is_not_null().alias("is_resolved"),
        )
        .with_columns(
            pl.min_horizontal("full_ms", "resolved_ms", pl.col("start_ms") + window_ms).alias(
                "head_ms"
            )
        )
        .drop("is_day", "resolved_ms", "resolved_is_day", "cool_off_ms", "longest_ms", "hold")
        .drop("outcome")
    )
