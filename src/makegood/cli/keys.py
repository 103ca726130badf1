"""`key`: the programs that speak to a deployment."""

from typing import Annotated

import typer
from msgspec import Struct

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_json, print_table
from makegood.core.holds import iso

_key = typer.Typer(help="Keys of programs that send events or ask the gate.", no_args_is_help=True)
Digest = Annotated[str, typer.Argument(help="How its digest begins, as `key list` shows it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_key, name="key")


@_key.command("create")
def create_key(  # noqa: PLR0913 - each is one option of the command
    name: Annotated[str, typer.Argument(help="Also the source name of the events it sends.")],
    scope: Annotated[
        list[str], typer.Option(help="What it may do, as `key scopes` lists; may be repeated.")
    ],
    strict: Annotated[
        bool, typer.Option(help="A batch with a bad item is refused whole.")
    ] = False,
    brand: Annotated[
        list[str] | None, typer.Option(help="Only what is of this brand; may be repeated.")
    ] = None,
    days: Annotated[int, typer.Option(help="It ends after so many days; 0 for never.")] = 0,
    per_second: Annotated[
        float, typer.Option(help="Its own pace, requests a second; 0 for the deployment's.")
    ] = 0,
    burst: Annotated[float, typer.Option(help="How many at once; 0 for one second's.")] = 0,
) -> None:
    """Make a key. It is printed once, alone on standard output; only its digest is kept."""
    from makegood.runtime.keeping import Keys, Wish

    wish = Wish(
        name=name,
        scopes=tuple(scope),
        strict=strict,
        brands=tuple(brand or ()),
        days=days,
        per_second=per_second,
        burst=burst,
    )
    with opened() as makegood:
        text, row = Keys(makegood.store, makegood.clock).make(wish)
    ERRORS.print(f"A key for {row.name} ({', '.join(row.scopes)}); it is shown only now:")
    print(text)


@_key.command("scopes")
def list_scopes() -> None:
    """Show what a key may be allowed to do."""
    from makegood.runtime.keys import SCOPES

    print_table(("scope", "what it opens"), SCOPES.items(), whole=("scope",))


class _Shown(Struct, frozen=True, kw_only=True):
    """A key as programs read it."""

    name: str
    scopes: tuple[str, ...]
    digest: str
    state: str
    brands: tuple[str, ...]
    created: str
    ends: str
    last_used: str


@_key.command("list")
def list_keys(
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Show the keys, never their text; when each was last used is known to the minute or two."""
    from makegood.runtime.keeping import digest_of, state_of

    with opened() as makegood, makegood.store.reading() as reading:
        rows, uses, now_ms = reading.keys(), reading.key_uses(), makegood.clock.now_ms()
    shown = [
        _Shown(
            name=row.name,
            scopes=row.scopes,
            digest=digest_of(row),
            state=state_of(row, now_ms),
            brands=row.brands,
            created=_at(row.created_ms),
            ends=_at(row.ends_ms),
            last_used=_at(uses.get(row.sha256, 0)),
        )
        for row in rows
    ]
    if output is Format.JSON:
        print_json(shown)
        return
    print_table(
        ("name", "scopes", "digest begins", "state", "brands", "ends", "last used"),
        (
            (one.name, ", ".join(one.scopes), one.digest, one.state, ", ".join(one.brands),
             one.ends, one.last_used)
            for one in shown
        ),
        whole=("digest begins", "state"),
    )  # fmt: skip


def _at(at_ms: int) -> str:
    return iso(at_ms) if at_ms else ""


@_key.command("rotate")
def rotate_key(
    digest: Digest,
    hours: Annotated[int, typer.Option(help="How long the old secret stays valid.")] = 24,
) -> None:
    """Give a key a new secret under the same name; the old one stays valid for a while."""
    from makegood.runtime.keeping import Keys

    with opened() as makegood:
        text, row, old = Keys(makegood.store, makegood.clock).rotate(digest, hours)
    ERRORS.print(
        f"A new key for {row.name}; the old one is valid until {iso(old.ends_ms)}. It is shown "
        "only now:",
        highlight=False,
    )
    print(text)


@_key.command("revoke")
def revoke_key(digest: Digest) -> None:
    """Revoke a key; every process refuses it within 5 seconds."""
    from makegood.runtime.keeping import Keys

    with opened() as makegood:
        row = Keys(makegood.store, makegood.clock).revoke(digest)
    CONSOLE.print(f"The key {row.name} is revoked.", highlight=False)
