"""`spend`: bring in from the firm's books what winning customers costs."""

from pathlib import Path
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_json
from makegood.messages.errors import InputError
from makegood.runtime.spend import COLUMNS, SpendRoom, read_books

_SPEND = typer.Typer(help="What winning customers costs, beside what making good costs.")
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_SPEND, name="spend")


@_SPEND.callback()
def spend() -> None:
    """What winning customers costs, beside what making good costs."""


@_SPEND.command("import")
def take(
    file: Annotated[Path, typer.Argument(help=f"A CSV file with {', '.join(COLUMNS)}.")],
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Take a table from the firm's books, all of it or nothing; told again, it counts once."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: it is not written in UTF-8.") from error
    with opened(database) as makegood:
        books = read_books(text, makegood.book.brands)
        for one in books.wrong[:_SHOWN]:
            where = f"{file}:{one.line}" if one.line else f"{file}"
            ERRORS.print(f"{where}: {one.why}", markup=False, highlight=False, soft_wrap=True)
        if books.wrong:
            raise InputError(f"{len(books.wrong)} lines are wrong; nothing was taken.")
        room = SpendRoom(makegood.store, lambda: makegood.book, makegood.clock)
        changed = room.take(books.rows, "cli")
    if output is Format.JSON:
        print_json({"rows": len(books.rows), "changed": changed})
    else:
        CONSOLE.print(f"{len(books.rows)} lines, {changed} new or otherwise.", highlight=False)
