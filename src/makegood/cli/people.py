"""`user`: the people of the firm who sign in."""

import sys
from typing import Annotated

import typer
from rich.prompt import Prompt

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS

_user = typer.Typer(help="People of the firm who sign in.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_user, name="user")


@_user.command("sign-out")
def sign_out(
    name: Annotated[str, typer.Argument(help="Sign-in name.")],
) -> None:
    """End every sign-in of somebody, on every device; a new sign-in is not touched."""
    with opened() as makegood:
        from makegood.web.setup import prepare

        prepare()
        from makegood.web.accounts import sign_out_everywhere

        sign_out_everywhere(name, makegood.store)
    CONSOLE.print(f"{name} is signed out everywhere.", highlight=False)


def _password() -> str:
    if sys.stdin.isatty():
        return Prompt.ask("Password", password=True, console=ERRORS)
    return sys.stdin.readline().rstrip("\r\n")


@_user.command("create")
def create_user(
    name: Annotated[str, typer.Argument(help="Sign-in name, also in the roster.")],
    role: Annotated[
        str, typer.Option(help="rep, supervisor, or employee: anybody else of the firm.")
    ],
    called: Annotated[str, typer.Option(help="What customers read; else the name.")] = "",
    rules: Annotated[
        bool | None,
        typer.Option(
            "--rules/--no-rules", help="May change the rule book in the desk; else as before."
        ),
    ] = None,
    connections: Annotated[
        bool | None,
        typer.Option(
            "--connections/--no-connections",
            help="May change keys, webhooks and other connections in the desk; else as before.",
        ),
    ] = None,
) -> None:
    """Let somebody sign in, or bring their password and role up to date.

    The password is asked for, or read from the first line of standard input: what stands on a
    command line is seen by everybody on the machine.
    """
    secret = _password()
    with opened() as makegood:
        from makegood.web.setup import prepare

        prepare()
        from makegood.desk.access import CONNECTIONS, RULES
        from makegood.web.accounts import ensure_user

        full_name = called or name.capitalize()
        asked = {RULES: rules, CONNECTIONS: connections}
        ensure_user(
            name,
            secret,
            role,
            full_name,
            store=makegood.store,
            permissions={name: may for name, may in asked.items() if may is not None},
        )
    CONSOLE.print(f"{name} may sign in as {role}.", highlight=False)
