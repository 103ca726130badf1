"""The audit from two files to its figures; it writes nothing and asks nobody."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from makegood.analytics.audit import counting
from makegood.analytics.audit.dates import DAY_MS
from makegood.analytics.audit.exports import ROW
from makegood.analytics.audit.figures import Audit, FailureRows, KindLine, LeftOut, SendRows
from makegood.analytics.audit.letdowns import LetDowns, read_let_downs
from makegood.analytics.audit.method import method_of, warnings_of
from makegood.analytics.audit.options import REASONS, Options, Tray
from makegood.analytics.audit.rulings import Rulings
from makegood.analytics.audit.sendings import Sendings, read_sendings
from makegood.playbooks.book import RuleBook

DOUBLE_WINDOW_MS = 180 * DAY_MS  # a second failure within half a year counts as one


def audit_files(
    failures: Path, sends: Path, book: RuleBook | None, options: Options
) -> tuple[Audit, dict[str, Tray]]:
    """Find out whom marketing reached while a hold would have stood.

    Args:
        failures: CSV export of what went wrong.
        sends: CSV export of what was sent.
        book: Rule book that says what holds and how long; None for a plain default.
        options: How the files are read.

    Returns:
        The figures, and for each file the rows that could not be used.

    Raises:
        InputError: A file cannot be read, or a column is missing or ambiguous.
    """
    let_downs = read_let_downs(failures, Rulings(book), options)
    sendings = read_sendings(sends, let_downs, options)
    figures = _figures(let_downs, sendings, book, options, (failures.name, sends.name))
    return figures, {"failures": let_downs.left_out, "sends": sendings.left_out}


def _figures(
    let_downs: LetDowns,
    sendings: Sendings,
    book: RuleBook | None,
    options: Options,
    names: tuple[str, str],
) -> Audit:
    failures = counting.with_failure_keys(let_downs.failures)
    every = counting.marketing_only(sendings.held)
    unique = counting.without_repeats(every)
    held = counting.with_latest_failure(unique, failures)
    unclear = counting.without_repeats(counting.unclassified_only(sendings.held))
    days, step = counting.by_day(held, options.zone("sends"))
    failure_rows = _failure_rows(let_downs, failures, names[0])
    send_rows = _send_rows(sendings, held, counting.repeated_rows(every, unique), names[1])
    second = counting.second_failures(
        failures,
        held,
        book.double_window_ms if book is not None else DOUBLE_WINDOW_MS,
        can_tell="about" in let_downs.columns.of or bool((failures["about"] != "").any()),
    )
    return Audit(
        rule_book=book.name if book is not None else "",
        rule_book_hash=book.hash if book is not None else "",
        window_days=options.window_ms // DAY_MS,
        zones={file: options.zone(file) for file in ("failures", "sends")},
        period=(_day(sendings.first_ms), _day(sendings.last_ms)),
        failures=failure_rows,
        sends=send_rows,
        held=counting.tally(held.filter("is_head")),
        held_full=counting.tally(held),
        unclassified_held=counting.tally(unclear.filter("is_head")),
        by_message=counting.lines(held, "message", "class"),
        by_day=days,
        step=step,
        by_days_since=counting.by_days_since(held),
        by_brand=counting.lines(held, "brand") if "brand" in sendings.columns.of else (),
        by_kind=counting.by_kind(failures, held, "kind"),
        by_cause=_if_told(let_downs, failures, held, "cause"),
        by_severity=_if_told(let_downs, failures, held, "severity"),
        unclassified=counting.lines(unclear, "message"),
        second=second,
        examples=counting.examples(held, let_downs.people),
        left_out=(
            *_left_out("failures", let_downs.left_out),
            *_left_out("sends", sendings.left_out),
        ),
        columns={"failures": let_downs.columns.of, "sends": sendings.columns.of},
        method=method_of(book, options, failures),
        warnings=warnings_of(failure_rows, send_rows, second),
    )


def _if_told(
    let_downs: LetDowns, failures: pl.DataFrame, held: pl.DataFrame, column: str
) -> tuple[KindLine, ...]:
    is_told = column in let_downs.columns.of or bool((failures[column] != "").any())
    return counting.by_kind(failures, held, column) if is_told else ()


def _failure_rows(let_downs: LetDowns, failures: pl.DataFrame, name: str) -> FailureRows:
    return FailureRows(
        name=name,
        failures=failures["failure_key"].n_unique(),
        customers=failures["customer"].n_unique(),
        resolved=int(failures["is_resolved"].sum()),
        rows=let_downs.rows,
        left_out=let_downs.left_out.count,
        no_failure=let_downs.no_failure,
        cannot_judge=let_downs.cannot_judge,
        holding=failures.height,
    )


def _send_rows(sendings: Sendings, held: pl.DataFrame, repeated: int, name: str) -> SendRows:
    counts = sendings.counts
    in_headline = held.filter("is_head")[ROW].n_unique()
    return SendRows(
        name=name,
        rows=sendings.rows,
        left_out=sendings.left_out.count,
        not_arrived=counts["not_arrived"],
        came_later=counts["came_later"],
        sent_and_arrived=counts["sent_and_arrived"],
        service=counts["service"],
        unclassified=counts["unclassified"],
        to_others=counts["nobody"],
        outside_holds=counts["outside"],
        repeated=repeated,
        held_longer=held[ROW].n_unique() - in_headline,
        held=in_headline,
    )


def _left_out(file: str, tray: Tray) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(
            file=file,
            reason=reason,
            says=REASONS[reason],
            rows=len(rows),
            first_rows=counting.first_of(rows),
        )
        for reason, rows in sorted(tray.rows.items())
    )


def _day(at_ms: int | None) -> str:
    return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, tz=UTC).date().isoformat()
