"""One question or one failure from the command line: `gate` and `raise`."""

import secrets
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_json
from makegood.core.decide import Asker
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import RepId

Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
Output = Annotated[Format, typer.Option("--format", help="text or json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(gate)
    app.command(name="raise")(raise_failure)


def gate(
    identifier: Annotated[str, typer.Argument(help="For example email:ana@example.org")],
    message_class: Annotated[MessageClass, typer.Option("--class")] = MessageClass.PROMOTIONAL,
    brand: Annotated[str, typer.Option(help="Who wants to speak.")] = "",
    channel: Annotated[str, typer.Option(help="mail or sms.")] = "mail",
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """Ask whether a message may go out; exit 0 for yes, 1 for no."""
    question = Question(brand=brand, message_class=message_class, channel=channel)
    with opened(database) as makegood:
        answer = makegood.gate.ask(identifier, question)
    if output is Format.JSON:
        print_json(answer)
    else:
        CONSOLE.print(f"{'yes' if answer.allowed else 'no'}: {answer.says}", highlight=False)
    if not answer.allowed:
        raise typer.Exit(1)


def raise_failure(  # noqa: PLR0913 - each is one option of the command
    identifier: Annotated[str, typer.Argument(help="For example user:42")],
    failure: Annotated[str, typer.Option(help="Failure kind of the rule book.")] = "other",
    about: Annotated[str, typer.Option(help="Booking, segment or order.")] = "",
    brand: Annotated[str, typer.Option(help="The brand that failed.")] = "",
    words: Annotated[str, typer.Option(help="What happened.")] = "",
    by: Annotated[str, typer.Option(help="Sign-in name of the person who raises it.")] = "",
    database: Database = "",
) -> None:
    """Raise a failure by hand: an ordinary event that holds marketing at once."""
    wanted = FailureRaised(failure=failure, about=about, brand=brand)
    asker = Asker(rep=RepId(by))
    message_id = f"raise/{secrets.token_hex(8)}"
    with opened(database) as makegood:
        raised = makegood.raising.raise_failure(
            identifier, wanted, asker, message_id=message_id, words=words
        )
    if isinstance(raised, Refused):
        raise InputError(raised.why)
    CONSOLE.print(f"raised, and marketing held: {raised.event}", highlight=False)
