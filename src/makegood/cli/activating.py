"""`makegood rules`: bring a rule book into use, take it back, and see who did and why."""

import getpass
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_json, print_table
from makegood.cli.rules import checked_book, print_checked
from makegood.core.holds import iso
from makegood.messages.errors import InputError
from makegood.playbooks.book import RuleBook

_rules = typer.Typer(help="Bring rule books into use.", no_args_is_help=True)
Because = Annotated[str, typer.Option(help="Why; it is kept.")]
By = Annotated[str, typer.Option(help="Who; else your sign-in name on this machine.")]
Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
_KINDS = {"setting": "by the settings", "activated": "activated", "rolled_back": "rolled back"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_rules, name="rules")


@_rules.command()
def activate(
    rule_book: Annotated[str, typer.Argument(help="A file, or one that ships.")],
    because: Because,
    by: By = "",
    database: Database = "",
) -> None:
    """Make a rule book the active one; a server that runs takes it up within seconds.

    A book that has a mistake, or whose own examples come out otherwise, is refused with exit
    code 1. Events that are in the log keep the book they were stamped with.
    """
    name, checked, mismatches = checked_book(rule_book)
    if checked.book is None or mismatches:
        print_checked(name, checked, mismatches)
        CONSOLE.print("Not activated.", style="bold red")
        raise typer.Exit(1)
    with opened(database, begins=False) as makegood:
        text, person, why = checked.book.text, who(by), _why(because)
        book = makegood.shelf.activate(text, name, by=person, because=why)
    _say(book)


@_rules.command()
def rollback(because: Because, by: By = "", database: Database = "") -> None:
    """Make the rule book that was active before this one the active one again.

    Once more goes to the one before that, until a book is activated.
    """
    with opened(database) as makegood:
        book = makegood.shelf.roll_back(by=who(by), because=_why(because))
    _say(book)


@_rules.command("list")
def list_activations(
    database: Database = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Show every rule book that became the active one, the newest first, with who and why."""
    with opened(database) as makegood, makegood.store.reading() as reading:
        rows, texts = reading.activations()[::-1], makegood.library.books
        names = {row.book: texts[row.book].name for row in rows}
    if output is Format.JSON:
        print_json(rows)
        return
    print_table(
        ("since", "book", "name", "how", "by", "because"),
        (
            (iso(row.at_ms) if row.at_ms else "", row.book[:8], names[row.book], _KINDS[row.kind],
             row.by, row.because)
            for row in rows
        ),
        whole=("since", "book"),
    )  # fmt: skip


def who(by: str) -> str:
    """Give who acts on the command line: the name that was given, else the one signed in."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise InputError("Say who you are: --by.") from None


def _why(because: str) -> str:
    if not because.strip():
        raise InputError("Say why: --because.")
    return because.strip()


def _say(book: RuleBook) -> None:
    CONSOLE.print(f"{book.name} ({book.hash}) is active.", highlight=False, markup=False)
