"""`makegood coverage`: what share of the sends we know of asked the gate or passed it."""

from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_json, print_table
from makegood.projections.coverage import DAYS, Coverage, coverage, day_words


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="coverage")(show_coverage)


def show_coverage(
    days: Annotated[int, typer.Option(min=1, max=366, help="Up to and with today.")] = DAYS,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Say what share of the sends that are known asked the gate, and name what is not connected.

    What nobody tells of is not in it.
    """
    with opened(database, takes_up=False) as makegood, makegood.store.reading() as reading:
        found = coverage(reading, makegood.clock.now_ms(), days=days)
    if output is Format.JSON:
        print_json(found.shown())
    else:
        _print(found)


def _print(found: Coverage) -> None:
    CONSOLE.print(found.headline, style="bold", markup=False, highlight=False)
    if not found.parts:
        return
    print_table(
        ("brand", "channel", "share", "own", "asked", "SMTP gate", "screened", "not asked"),
        (
            (
                part.brand or "-",
                part.channel,
                part.share_words,
                part.own,
                part.asked,
                part.smtp,
                part.screened,
                part.not_asked,
            )
            for part in found.parts
        ),
    )
    for one in found.loose:
        names = ", ".join(name for name, _ in one.campaigns[:3])
        campaigns = f", such as {names}" if names else ""
        CONSOLE.print(
            f"Not connected: {one.source} ({one.channel}{f', {one.brand}' if one.brand else ''}) "
            f"told of {one.told:,} sends{campaigns}; last on {day_words(one.last_day)}.",
            markup=False,
            highlight=False,
        )
