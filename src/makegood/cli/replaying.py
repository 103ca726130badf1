"""The log again: `replay` proves the stored states, or tries a changed rule book on last year."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress as Bar

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.cli.compared import print_comparison
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_facts, print_json
from makegood.messages.errors import InputError
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import load_book
from makegood.replay.again import replay as replay_log
from makegood.runtime.answer_rows import fill_answers
from makegood.runtime.filling import fill_measured

if TYPE_CHECKING:
    from makegood.replay.comparing import Comparison, Log

Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
Output = Annotated[Format, typer.Option("--format", help="text or json.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(replay)


def replay(  # noqa: PLR0913 - each is one option of the command
    rule_book: Annotated[
        str, typer.Option(help="Try this rule book instead: a file, or one that ships.")
    ] = "",
    against: Annotated[
        str, typer.Option(help="Compare with this one; else with the active book.")
    ] = "",
    log: Annotated[
        Path | None, typer.Option(help="What `makegood export` wrote; else the own log.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the comparison here, as HTML.")
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="After an upgrade: store what the new fold says.")
    ] = False,
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """Fold the whole log again and prove that every stored state is what the events say.

    With --adopt the differences are reported and then stored, and the figures of surveys learn
    what was answered before there were any; nothing is sent by it. Only to customers who were
    stuck does it send: what is owed, and what still helps, goes out at last.

    With --rule-book nothing is proved or written: both rule books judge the same events, and what
    would change is told.
    """
    if rule_book:
        if adopt:
            raise InputError("--adopt stores what a fold says; a rule book is only tried.")
        _print_tried(_try(rule_book, against, log, database), report, output)
        return
    if against or log or report:
        raise InputError("Say which rule book to try: --rule-book new.yaml.")
    with opened(database) as makegood:
        _prove(makegood, output, adopt=adopt)


def _try(rule_book: str, against: str, log: Path | None, database: str) -> "Comparison":
    from makegood.replay.histories import ExportedLog, StoredLog

    new, old = _book(rule_book), _book(against) if against else None
    if log is not None:
        if old is None:
            raise InputError("Say what to compare with: --against old.yaml.")
        return _compared(ExportedLog(log), old, new)
    with opened(database) as makegood:
        active = makegood.library.book(makegood.library.active)
        return _compared(StoredLog(makegood.store), old or active, new)


def _book(name: str) -> RuleBook:
    text, called = read_book(name)
    return load_book(text, name=called)


def _compared(log: "Log", old: RuleBook, new: RuleBook) -> "Comparison":
    from makegood.replay.comparing import compare

    with Bar(console=ERRORS, transient=True) as bar:
        task = bar.add_task("customers", total=None)
        return compare(log, old, new, lambda done: bar.update(task, completed=done))


def _print_tried(found: "Comparison", report: Path | None, output: Format) -> None:
    if report is not None:
        from makegood.replay.page import page_of

        try:
            report.write_text(page_of(found), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{report} cannot be written: {error.strerror}.") from None
    if output is Format.JSON:
        print_json(found)
    else:
        print_comparison(found)
        if report is not None:
            CONSOLE.print(f"The report is in {report}.", markup=False, highlight=False)


def _prove(makegood: Makegood, output: Format, *, adopt: bool) -> None:
    with Bar(console=ERRORS, transient=True) as bar:
        with makegood.store.reading() as reading:
            task = bar.add_task("replay", total=reading.counts()["customers"])
        result = replay_log(
            makegood.store,
            makegood.library,
            lambda done: bar.update(task, completed=done),
        )
        if adopt:
            with makegood.store.reading() as reading:
                stuck = reading.stuck(result.stuck) if result.stuck else {}
            for customer in (*(one.customer for one in result.differences), *stuck):
                makegood.intake.refold([customer])
            fill_answers(makegood.store)
            fill_measured(makegood.store)
    facts = {
        "customers": result.customers,
        "events": result.events,
        "stuck": result.stuck,
        "different": len(result.differences),
        "identical": result.is_identical,
    }
    if output is Format.JSON:
        print_json({**facts, "differences": result.differences})
    else:
        print_facts(facts)
        for one in result.differences[:20]:
            CONSOLE.print(f"{one.customer}: {', '.join(one.fields)}", highlight=False)
    if not result.is_identical and not adopt:
        raise typer.Exit(1)
