"""`demo`, `story` and `audit`: see what Makegood does before connecting anything."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from makegood.cli.output import CONSOLE, ERRORS, Format, print_json
from makegood.demo.storm import StormOptions, run_storm
from makegood.messages.errors import InputError

Output = Annotated[Format, typer.Option("--format", help="text or json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(demo)
    app.command()(story)


def demo(  # noqa: PLR0913 - each is one option of the command
    customers: Annotated[int, typer.Option(help="How many synthetic customers.")] = 10_000,
    days: Annotated[str, typer.Option(help="2013-12-09..2013-12-11 instead of the storm.")] = "",
    seed: Annotated[int, typer.Option(help="Another seed, other customers.")] = 2013,
    shift: Annotated[bool, typer.Option(help="Move the days into the present.")] = True,
    folder: Annotated[Path | None, typer.Option(help="Where the run's files stay.")] = None,
    database: Annotated[str, typer.Option(help="postgresql://... instead of a file.")] = "",
    serve: Annotated[bool, typer.Option("--serve", help="Open on the missing car.")] = False,
    host: Annotated[str, typer.Option(help="With --serve: where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="With --serve: the port.")] = 8000,
    storm: Annotated[bool, typer.Option(help="With --serve: also play the storm.")] = True,
    output: Output = Format.TEXT,
) -> None:
    """Play a real storm with synthetic customers, with and without Makegood; ends by itself.

    With --serve it opens on the missing car in the browser and plays the storm beside it.
    """
    options = StormOptions(
        customers=customers,
        seed=seed,
        days=_days(days) if days else None,
        shift=shift,
        folder=folder,
        database=database,
    )
    if serve:
        from makegood.demo.served import Served, serve_demo

        served = Served(host=host, port=port, storm=options if storm else None)
        serve_demo(served, ERRORS)
        return
    report = run_storm(options, ERRORS)
    if output is Format.JSON:
        print_json(report)
    else:
        report.show()


class Told(StrEnum):
    """Stories that can be told."""

    MISSING_CAR = "missing-car"


def story(
    name: Annotated[Told, typer.Argument(help="Which one.")] = Told.MISSING_CAR,  # noqa: ARG001 - there is one
    output: Output = Format.TEXT,
) -> None:
    """Tell one bad day, with and without Makegood, as a timeline; ends by itself in seconds."""
    from makegood.bootstrap import SystemClock
    from makegood.demo.story_missing_car import play_missing_car, this_afternoon
    from makegood.demo.story_show import show

    told = play_missing_car(this_afternoon(SystemClock().now_ms()))
    if output is Format.JSON:
        print_json(told)
    else:
        show(told, CONSOLE)


def _days(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        raise InputError(f"{text!r}: write days as 2013-12-09..2013-12-11.") from error
