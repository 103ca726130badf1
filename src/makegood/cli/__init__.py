"""The `makegood` command: one module for each group of commands."""

import sys
from collections.abc import Mapping
from functools import cache

import typer
from typer.models import CommandInfo, TyperInfo

from makegood.cli import rules
from makegood.cli.output import ERRORS
from makegood.messages.errors import MakegoodError

PANELS: Mapping[str, tuple[str, ...]] = {
    "See it work": ("demo", "story", "audit"),
    "The rule book": ("check", "schema", "handbook", "ask", "rules"),
    "Run it": ("serve", "work", "smtp-gate", "walk", "acts", "backup", "restore", "replay"),
    "Bring in, connect, let in": (
        "ingest", "link", "accounts", "agreements", "places", "raise", "zendesk", "sync",
        "webhook", "mail", "voice", "triage", "spend", "mail-kinds", "key", "user",
    ),
    "May we send?": ("gate", "screen", "suppressions", "classify", "coverage"),
    "Look at what happened": (
        "everyone", "parity", "letter", "reputations", "routing", "export", "erase",
    ),
}  # fmt: skip
"""Under which heading `makegood --help` lists each command."""
LIGHT = frozenset({"check", "ask", "schema"})
"""Commands of `rules`: they read files alone, and start without what a deployment needs."""


def _empty() -> typer.Typer:
    return typer.Typer(
        name="makegood",
        help="Make a bad day end well for a company's customers.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )


@cache
def _whole() -> typer.Typer:
    """Give the command with every group; those that open a deployment import all of it."""
    from makegood.cli import (
        accounts,
        activating,
        acts,
        asking,
        audit,
        backing,
        covering,
        data,
        everyone,
        handbook,
        keys,
        linking,
        mail,
        mailroom,
        monday,
        parity,
        people,
        places,
        playing,
        replaying,
        reputations,
        routing,
        screening,
        serving,
        smtp_gate,
        spending,
        suppressing,
        syncing,
        triage,
        voice,
        webhooks,
        zendesk,
    )

    app = _empty()
    for group in (
        playing,
        audit,
        rules,
        handbook,
        activating,
        serving,
        smtp_gate,
        syncing,
        keys,
        people,
        accounts,
        places,
        acts,
        data,
        linking,
        backing,
        replaying,
        routing,
        parity,
        asking,
        screening,
        covering,
        everyone,
        reputations,
        mail,
        mailroom,
        monday,
        voice,
        triage,
        spending,
        webhooks,
        suppressing,
        zendesk,
    ):
        group.register(app)
    return _in_panels(app)


def _in_panels(app: typer.Typer) -> typer.Typer:
    """List each command under its heading of `PANELS`."""
    panel_of = {name: panel for panel, names in PANELS.items() for name in names}
    every: list[CommandInfo | TyperInfo] = [*app.registered_commands, *app.registered_groups]
    for one in every:
        one.name = _name_of(one)
        one.rich_help_panel = panel_of.get(one.name, "Else")
    return app


def _name_of(one: CommandInfo | TyperInfo) -> str:
    if one.name:
        return one.name
    return one.callback.__name__.replace("_", "-") if one.callback is not None else ""


def __getattr__(name: str) -> typer.Typer:
    """Give `app`, the whole command, when it is asked for."""
    if name == "app":
        return _whole()
    raise AttributeError(name)


def main() -> None:
    """Run the command; an expected mistake is one clear message and exit code 2."""
    if LIGHT.isdisjoint(sys.argv[1:2]):
        app = _whole()
    else:
        app = _empty()
        rules.register(app)
    try:
        app()
    except MakegoodError as error:
        ERRORS.print("[bold red]Not done.[/]", end=" ")
        ERRORS.print(str(error), highlight=False, markup=False, soft_wrap=True)
        sys.exit(2)
    except Exception as fault:
        if not _is_outage(fault):
            raise
        # Its first line names the server or the file; what follows may quote a statement.
        said = str(fault).strip().partition("\n")[0]
        ERRORS.print("[bold red]Not done.[/]", end=" ")
        says = f"The database cannot be used now: {said}. Try again when it answers."
        ERRORS.print(says, highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)


def _is_outage(fault: Exception) -> bool:
    """Whether the disk or the server is away; drivers are loaded by whoever used one.

    Django tells a driver's fault as one of its own, with the driver's as the cause.
    """
    from makegood.store.outages import AWAY

    return isinstance(fault, AWAY) or isinstance(fault.__cause__, AWAY)
