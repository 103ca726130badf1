"""The `makegood` command: one module for each group of commands."""

import sys

import typer

from makegood.cli import (
    activating,
    asking,
    audit,
    data,
    handbook,
    people,
    playing,
    replaying,
    rules,
    serving,
)
from makegood.cli.output import ERRORS
from makegood.messages.errors import MakegoodError

app = typer.Typer(
    name="makegood",
    help="Make a bad day end well for a company's customers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _group in (
    playing,
    audit,
    rules,
    handbook,
    activating,
    serving,
    people,
    data,
    replaying,
    asking,
):
    _group.register(app)


def main() -> None:
    """Run the command; an expected mistake is one clear message and exit code 2."""
    try:
        app()
    except MakegoodError as error:
        ERRORS.print("[bold red]Not done.[/]", end=" ")
        ERRORS.print(str(error), highlight=False, markup=False, soft_wrap=True)
        sys.exit(2)
