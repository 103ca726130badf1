"""`key` and `user`: who may speak to a deployment, programs and people."""

import sys
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.prompt import Prompt

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, print_table
from makegood.messages.errors import InputError

_SHORTEST_DIGEST = 8

_key = typer.Typer(help="Keys of programs that send events or ask the gate.", no_args_is_help=True)
_user = typer.Typer(help="People of the firm who sign in.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_key, name="key")
    app.add_typer(_user, name="user")


@_key.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Also the source name of the events it sends.")],
    scope: Annotated[list[str], typer.Option(help="ingest, gate or cases; may be repeated.")],
    strict: Annotated[
        bool, typer.Option(help="A batch with a bad item is refused whole.")
    ] = False,
) -> None:
    """Make a key. It is printed once, alone on standard output; only its digest is kept."""
    from makegood.api.keys import mint

    with opened() as makegood:
        text, row = mint(name, tuple(scope), makegood.clock.now_ms(), strict=strict)
        with makegood.store.writing() as writing:
            writing.put_key(row)
    ERRORS.print(f"A key for {row.name} ({', '.join(row.scopes)}); it is shown only now:")
    print(text)


@_key.command("list")
def list_keys() -> None:
    """Show the keys, never their text."""
    with opened() as makegood, makegood.store.reading() as reading:
        rows = reading.keys()
    print_table(
        ("name", "scopes", "digest begins", "state"),
        (
            (row.name, ", ".join(row.scopes), row.sha256.hex()[:8],
             "revoked" if row.revoked_ms else "valid")
            for row in rows
        ),
    )  # fmt: skip


@_key.command("revoke")
def revoke_key(
    digest: Annotated[str, typer.Argument(help="How its digest begins, as `key list` shows it.")],
) -> None:
    """Revoke a key; every process refuses it within 5 seconds."""
    wanted = digest.strip().casefold()
    with opened() as makegood, makegood.store.writing() as writing:
        known = writing.keys()
        found = [row for row in known if row.sha256.hex().startswith(wanted)]
        if len(wanted) < _SHORTEST_DIGEST or len(found) != 1:
            raise InputError(
                f"{len(found)} keys have a digest that begins so; write the {_SHORTEST_DIGEST} "
                "signs or more that `makegood key list` shows."
            )
        (row,) = found
        if not row.revoked_ms:
            writing.put_key(replace(row, revoked_ms=makegood.clock.now_ms()))
    CONSOLE.print(f"The key {row.name} is revoked.", highlight=False)


def _password() -> str:
    if sys.stdin.isatty():
        return Prompt.ask("Password", password=True, console=ERRORS)
    return sys.stdin.readline().rstrip("\r\n")


@_user.command("create")
def create_user(
    name: Annotated[str, typer.Argument(help="Sign-in name, also in the roster.")],
    role: Annotated[str, typer.Option(help="rep or supervisor.")],
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
