"""`demo`, `story` and `audit`: see what Makegood does before connecting anything."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from makegood.cli.output import ERRORS, Format, print_json
from makegood.demo.storm import StormOptions, run_storm
from makegood.messages.errors import InputError

Output = Annotated[Format, typer.Option("--format", help="text or json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(demo)


def demo(  # noqa: PLR0913 - each is one option of the command
    customers: Annotated[int, typer.Option(help="How many synthetic customers.")] = 10_000,
    days: Annotated[str, typer.Option(help="2013-12-09..2013-12-11 instead of the storm.")] = "",
    seed: Annotated[int, typer.Option(help="Another seed, other customers.")] = 2013,
    shift: Annotated[bool, typer.Option(help="Move the days into the present.")] = True,
    folder: Annotated[Path | None, typer.Option(help="Where the run's files stay.")] = None,
    database: Annotated[str, typer.Option(help="postgresql://... instead of a file.")] = "",
    output: Output = Format.TEXT,
) -> None:
    """Play a real storm with synthetic customers, with and without Makegood; ends by itself."""
    options = StormOptions(
        customers=customers,
        seed=seed,
        days=_days(days) if days else None,
        shift=shift,
        folder=folder,
        database=database,
    )
    report = run_storm(options, ERRORS)
    if output is Format.JSON:
        print_json(report)
    else:
        report.show()


def _days(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        raise InputError(f"{text!r}: write days as 2013-12-09..2013-12-11.") from error
