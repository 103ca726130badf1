"""One question or one failure from the command line: `gate` and `raise`."""

import secrets
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_json
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.messages.facts import FailureRaised
from makegood.messages.identifiers import normal
from makegood.messages.ids import RepId, event_id
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import Taken
from makegood.runtime.acts import DESK
from makegood.runtime.intake import body_digest, text_ref

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
    name = normal(identifier)
    message_id = f"raise/{secrets.token_hex(8)}"
    ref = text_ref(event_id(DESK, message_id)) if words else ""
    with opened(database) as makegood:
        body = FailureRaised(failure=failure, about=about, brand=brand, by=RepId(by), words=ref)
        arrival = Arrival(
            source=DESK,
            message_id=message_id,
            identifier=name,
            time_ms=makegood.clock.now_ms(),
            body=body,
            body_digest=body_digest(body),
            texts={ref: words} if words else {},
        )
        (answer,) = makegood.intake.take([arrival])
    taken = "raised and held" if answer.taken is Taken.NEW else answer.taken.value
    CONSOLE.print(f"{taken}: {answer.event}", highlight=False)
