"""`makegood handbook`: a rule book as the page that front-line staff read."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from makegood.books.opening import laws_for, read_book, sources_for
from makegood.cli.output import CONSOLE
from makegood.messages.errors import InputError
from makegood.playbooks.load import check_book
from makegood.playbooks.mistakes import BookErrors


class Written(StrEnum):
    """Forms of a handbook."""

    HTML = "html"
    MARKDOWN = "md"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(handbook)


def handbook(
    book: Annotated[str, typer.Argument(help="A file, or the name of a shipped book.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it here; else it is printed.")
    ] = None,
    output: Annotated[Written, typer.Option("--format", help="html or md.")] = Written.HTML,
) -> None:
    """Make a handbook of a rule book: failures, what is owed and given, Plan B, words, limits."""
    from makegood.handbook.compose import handbook_of
    from makegood.handbook.markdown import markdown_of
    from makegood.handbook.page import page_of

    text, name = read_book(book)
    checked = check_book(text, name=name, laws=laws_for(book), sources=sources_for(book))
    if checked.book is None:
        raise BookErrors(checked.errors)
    made = handbook_of(checked.book)
    page = page_of(made) if output is Written.HTML else markdown_of(made)
    if out is None:
        typer.echo(page, nl=False)
        return
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error}.") from error
    CONSOLE.print(f"The handbook of {name} is in {out}.", highlight=False, soft_wrap=True)
