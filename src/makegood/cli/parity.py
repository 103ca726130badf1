"""`makegood parity`: does everybody get the same service? Read-only; nobody is named."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress as Bar

from makegood.books.opening import read_book
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_json, print_table
from makegood.messages.errors import InputError
from makegood.playbooks.load import load_book
from makegood.playbooks.spans import DAY_MS, day_ms

if TYPE_CHECKING:
    from makegood.analytics.parity.figures import Parity
    from makegood.playbooks.book import Library
    from makegood.replay.parity import Log, Terms


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(parity)


def parity(  # noqa: PLR0913 - each is one option of the command
    by: Annotated[
        str,
        typer.Option(help="tier, voice, value, language, country, brand or customer.<fact>."),
    ] = "tier",
    log: Annotated[
        Path | None, typer.Option(help="What `makegood export` wrote; else the own log.")
    ] = None,
    rule_book: Annotated[
        str, typer.Option(help="Judges an exported log: a file, or one that ships.")
    ] = "",
    since: Annotated[str, typer.Option(help="First day, as in 2026-01-01.")] = "",
    at_least: Annotated[
        int, typer.Option(min=5, max=100_000, help="Below this on either side: too few to tell.")
    ] = 30,
    leave_out_days: Annotated[
        int,
        typer.Option(min=0, max=365, help="Cases of the last days had no time to be answered."),
    ] = 7,
    page: Annotated[
        Path | None,
        typer.Option("--out", "--output", "-o", help="Write the report here, as HTML."),
    ] = None,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Compare answers, speed and amounts over groups of customers, with intervals.

    The same failure is compared with the same failure. It never prints a person.
    """
    from makegood.replay.parity import Terms

    since_ms = _since(since)
    terms = Terms(
        by=by,
        since_ms=since_ms,
        since=since,
        at_least=at_least,
        time_ms=leave_out_days * DAY_MS,
    )
    found = _found(terms, log, rule_book, database)
    if page is not None:
        _write(found, page)
    if output is Format.JSON:
        print_json(found)
    else:
        _print(found, page)


def _since(written: str) -> int:
    found = day_ms(written) if written else 0
    if found is None:
        today = datetime.fromtimestamp(0, UTC).date().isoformat()
        raise InputError(f"--since {written}: write a day as in {today}.")
    return found


def _found(terms: "Terms", log: Path | None, rule_book: str, database: str) -> "Parity":
    from makegood.replay.histories import ExportedLog, StoredLog
    from makegood.replay.trial import on_trial

    if log is not None:
        if not rule_book:
            raise InputError("Say which rule book judges this log: --rule-book airline.")
        text, called = read_book(rule_book)
        return _compared(ExportedLog(log), on_trial(load_book(text, name=called)), terms)
    if rule_book:
        raise InputError("The own log is judged by its own books; --rule-book is for --log.")
    with opened(database, takes_up=False) as makegood:
        return _compared(StoredLog(makegood.store), makegood.library, terms)


def _compared(log: "Log", library: "Library", terms: "Terms") -> "Parity":
    from makegood.replay.parity import parity as compare

    with Bar(console=ERRORS, transient=True) as bar:
        task = bar.add_task("customers", total=None)
        return compare(log, library, terms, lambda done: bar.update(task, completed=done))


def _write(found: "Parity", page: Path) -> None:
    from makegood.analytics.parity.page import page_of

    try:
        page.write_text(page_of(found), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{page} cannot be written: {error.strerror}.") from None


def _print(found: "Parity", page: Path | None) -> None:
    from makegood.analytics.parity.wording import difference_words, figure_words, headline

    CONSOLE.print(headline(found), style="bold", markup=False, highlight=False)
    for measure in found.measures:
        by_group = {one.group: one for one in measure.comparisons}
        CONSOLE.print(f"\n{measure.title}", markup=False, highlight=False)
        print_table(
            (found.by, "how many", "median" if measure.unit != "share" else "share",
             "against the others", "verdict"),
            (
                (
                    group.group,
                    f"{group.count:,}",
                    figure_words(measure, group),
                    difference_words(measure, one) if one is not None else "",
                    one.verdict if one is not None else "",
                )
                for group in measure.groups
                for one in (by_group.get(group.group),)
            ),
        )  # fmt: skip
    _print_left_out(found)
    if page is not None:
        CONSOLE.print(f"The report is in {page}.", markup=False, highlight=False)


def _print_left_out(found: "Parity") -> None:
    CONSOLE.print(
        f"\nLike with like: the same failure, as severe. {found.comparisons} comparisons, whose "
        f"intervals hold all at once. {found.too_new:,} cases had no time to be answered, "
        f"{found.imported:,} are imported history, {found.failed:,} customers could not be "
        "judged.",
        markup=False,
        highlight=False,
    )
