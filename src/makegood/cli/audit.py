"""`makegood audit`: two exports in, one report out; read-only, no server, no network."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from makegood.messages.errors import InputError

if TYPE_CHECKING:
    from makegood.analytics.audit.dates import DayOrder
    from makegood.analytics.audit.figures import Audit
    from makegood.analytics.audit.options import Tray
    from makegood.playbooks.book import RuleBook

FILES = ("failures", "sends")


def register(app: typer.Typer) -> None:
    app.command()(audit)


def audit(  # noqa: PLR0913 - one parameter for each option
    failures: Annotated[Path, typer.Option(help="CSV of what went wrong, one row a failure.")],
    sends: Annotated[Path, typer.Option(help="CSV of what was sent, one row a message.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the report here, as HTML.")
    ] = None,
    rule_book: Annotated[
        Path | None, typer.Option(help="Rule book that says what holds, and how long.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="failures.at='Created on'; again for each. '-' for none."),
    ] = None,
    time_zone: Annotated[
        list[str] | None,
        typer.Option(help="Of dates without one: Europe/Berlin, or sends=America/New_York."),
    ] = None,
    day_first: Annotated[bool, typer.Option("--day-first", help="03/04 is 3 April.")] = False,
    month_first: Annotated[bool, typer.Option("--month-first", help="03/04 is 4 March.")] = False,
    window_days: Annotated[
        int, typer.Option(min=1, max=365, help="The headline counts no longer than this.")
    ] = 7,
    encoding: Annotated[str, typer.Option(help="Of a file that is not UTF-8: cp1252.")] = "",
    left_out: Annotated[
        Path | None, typer.Option(help="Write the rows that could not be used here, as CSV.")
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["text", "json"], typer.Option(help="What is printed.")
    ] = "text",
) -> None:
    """Find out whom marketing reached after you let them down, from two exports."""
    from makegood.analytics.audit.dates import DAY_MS
    from makegood.analytics.audit.headings import read_mapping
    from makegood.analytics.audit.options import Options
    from makegood.analytics.audit.run import audit_files

    options = Options(
        mapping=read_mapping(mapping or ()),
        zones=_zones(time_zone or []),
        day_order=_day_order(day_first=day_first, month_first=month_first),
        window_ms=window_days * DAY_MS,
        encoding=encoding,
    )
    figures, trays = audit_files(failures, sends, _book(rule_book), options)
    _write(figures, trays, output, left_out)
    if format == "json":
        typer.echo(msgspec.json.encode(figures).decode())
    else:
        _print(figures, output)


def _zones(texts: list[str]) -> dict[str, str]:
    zones: dict[str, str] = {}
    for text in texts:
        file, equals, zone = text.rpartition("=")
        if equals and file not in FILES:
            raise InputError(f"--time-zone {text}: write a zone, or failures=<zone>.")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(
                f"--time-zone {text}: there is no time zone {zone!r}; Europe/Berlin is one."
            ) from None
        zones.update({file: zone} if equals else dict.fromkeys(FILES, zone))
    return zones


def _day_order(*, day_first: bool, month_first: bool) -> "DayOrder":
    if day_first and month_first:
        raise InputError("Say --day-first or --month-first, not both.")
    return "day_first" if day_first else "month_first" if month_first else ""


def _book(path: Path | None) -> "RuleBook | None":
    from makegood.books.opening import read_book
    from makegood.playbooks.load import load_book

    if path is None:
        return None
    if not path.is_file():
        raise InputError(f"{path} is not a file.")
    return load_book(read_book(str(path))[0], name=path.name)


def _write(
    figures: "Audit", trays: "dict[str, Tray]", output: Path | None, left_out: Path | None
) -> None:
    from makegood.analytics.audit.page import page_of

    try:
        if output is not None:
            output.write_text(page_of(figures), encoding="utf-8")
        if left_out is not None:
            _write_left_out(trays, left_out)
    except OSError as error:
        raise InputError(f"{error.filename} cannot be written: {error.strerror}.") from None


def _write_left_out(trays: "dict[str, Tray]", path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "row", "reason"))
        for name, tray in trays.items():
            for reason, rows in tray.rows.items():
                writer.writerows((name, row, reason) for row in rows)


def _print(figures: "Audit", output: Path | None) -> None:
    console = Console()
    held, full = figures.held, figures.held_full
    console.print(
        f"{held.customers:,} of {figures.failures.customers:,} customers let down got marketing "
        "while a hold would have stood.",
        style="bold",
    )
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("marketing that reached them")
    table.add_column(f"within {figures.window_days} days", justify="right")
    table.add_column("at most", justify="right")
    table.add_row("messages", f"{held.messages:,}", f"{full.messages:,}")
    table.add_row("customers", f"{held.customers:,}", f"{full.customers:,}")
    second = figures.second
    if second.can_tell:
        between = (second.between.messages, second.between_full.messages)
        table.add_row("between two failures", *(f"{number:,}" for number in between))
    console.print(table)
    _print_rows(console, figures)
    for warning in figures.warnings:
        console.print(f"Look at this first: {warning}", style="yellow", markup=False)
    if output is not None:
        console.print(f"The report is in {output}.", markup=False)


def _print_rows(console: Console, figures: "Audit") -> None:
    failures, sends = figures.failures, figures.sends
    console.print(
        f"Read {failures.rows:,} failures ({failures.left_out:,} could not be used) and "
        f"{sends.rows:,} sends ({sends.left_out:,} could not be used, {sends.unclassified:,} of "
        "unknown purpose).",
        markup=False,
    )
