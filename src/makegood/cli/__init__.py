"""The `makegood` command: one module for each group of commands."""

import sys

import typer

from makegood.cli import asking, data, people, playing, rules, serving
from makegood.cli.output import ERRORS
from makegood.messages.errors import MakegoodError

app = typer.Typer(
    name="makegood",
    help="Make a bad day end well for a company's customers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _group in (playing, rules, serving, people, data, asking):
    _group.register(app)


def main() -> None:
    """Run the command; an expected mistake is one clear message and exit code 2."""
    try:
        app()
    except MakegoodError as error:
        ERRORS.print(f"[bold red]Not done.[/] {error}", highlight=False)
        sys.exit(2)
