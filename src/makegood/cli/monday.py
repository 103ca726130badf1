"""Letters to management: `letter` prints the one about a week, and sends nothing."""

from pathlib import Path
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE
from makegood.messages.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(letter)


def letter(
    week: Annotated[
        str, typer.Option(help="ISO week, as 2026-W47; the last one that is over, unless said.")
    ] = "",
    name: Annotated[str, typer.Option(help="Which letter of the rule book's `monday:`.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="Write it there: .html, .json, or plain text.")
    ] = None,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
) -> None:
    """Print the letter about a week to management; nothing is sent or kept."""
    from makegood.runtime.monday import Mondays

    with opened(database) as makegood:
        mondays = Mondays(
            makegood.store, makegood.shelf.current, makegood.clock, makegood.settings.base_url
        )
        written = mondays.preview(week, name)
    if out is None:
        CONSOLE.print(written.text, highlight=False, markup=False, soft_wrap=True)
        return
    if out.suffix == ".json":
        import msgspec

        words = msgspec.json.encode(written.sheet).decode()
    else:
        words = written.html if out.suffix in (".html", ".htm") else written.text
    try:
        out.write_text(words, encoding="utf-8")
    except OSError as fault:
        raise InputError(f"{out} cannot be written: {fault.strerror}.") from None
