"""`makegood screen`: a list, parted into those who may be written to and the others."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_facts, print_json
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError

if TYPE_CHECKING:
    from makegood.gate.screening.run import Screened, Wanted

_TYPED = "identifier"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(screen)


def screen(  # noqa: PLR0913 - each is one option of the command
    audience: Annotated[Path, typer.Argument(help="The list: CSV or Parquet.")],
    sendable: Annotated[
        Path, typer.Option("--out", "--output", "-o", help="Who may be written to.")
    ],
    message_class: Annotated[MessageClass, typer.Option("--class")] = MessageClass.PROMOTIONAL,
    brand: Annotated[str, typer.Option(help="Who wants to speak.")] = "",
    channel: Annotated[str, typer.Option(help="mail or sms.")] = "mail",
    held: Annotated[Path | None, typer.Option(help="The others, each with its reason.")] = None,
    column: Annotated[
        str,
        typer.Option(
            help="kind=column, as in email=Address; identifier=column for whole identifiers."
        ),
    ] = "",
    identifier: Annotated[
        str, typer.Option(help="What the column holds: email, phone, user, loyalty:<brand>.")
    ] = "",
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Part a list by the gate's answers of this moment; exit 1 when rows name nobody.

    A list gets old: what happens after the moment it prints is not in it.
    """
    # Here, because reading tables takes a third of a second to load and no server needs it.
    from makegood.gate.screening.run import Screening, Wanted

    name, kind = _column(column, identifier)
    wanted = Wanted(
        source=audience,
        sendable=sendable,
        held=held,
        question=Question(brand=brand, message_class=message_class, channel=channel),
        column=name,
        kind=kind,
    )
    with opened(database) as makegood:
        settings, shelf = makegood.settings, makegood.shelf
        screening = Screening(makegood.store, shelf.current, makegood.clock, settings.key)
        told = screening.screen(wanted)
        makegood.coverage.count(
            brand, channel, "screened", told.sendable, message_class=message_class.value
        )
        makegood.coverage.count(
            brand, channel, "held", told.held, message_class=message_class.value
        )
        is_known = not brand or brand in makegood.book.brands
    _print(told, wanted, output, is_known=is_known)
    if told.unreadable:
        raise typer.Exit(1)


def _column(column: str, identifier: str) -> tuple[str, str | None]:
    """Say which column, and what it holds; None for what its name usually means."""
    from makegood.gate.screening.spelling import kind_of

    if not column:
        return "", kind_of(identifier) if identifier else None
    kind, equals, name = column.partition("=")
    if not equals or not kind or not name:
        raise InputError(f"{column!r}: write --column email=<column>.")
    return name, "" if kind == _TYPED else kind_of(kind)


def _print(told: "Screened", wanted: "Wanted", output: Format, *, is_known: bool) -> None:
    if output is Format.JSON:
        print_json(told)
        return
    held = f" in {wanted.held}" if wanted.held is not None else ""
    CONSOLE.print(f"Screened at {told.as_of}; what happened since is not in it.", highlight=False)
    if not is_known:
        says = f"No brand {told.brand!r} is in the rule book: every hold counts."
        CONSOLE.print(says, highlight=False, markup=False)
    facts: dict[str, object] = {
        "rows": f"{told.rows:,}",
        "may be written to": f"{told.sendable:,} in {wanted.sendable}",
        "held": f"{told.held:,}{held}",
        **{f"  {reason}": f"{count:,}" for reason, count in told.reasons.items()},
        "read as": f"{told.kind or 'identifiers'}, column {told.column}",
    }
    if told.unreadable:
        facts["name nobody"] = f"{told.unreadable:,}"
    print_facts(facts)
