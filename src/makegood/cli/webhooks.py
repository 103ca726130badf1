"""`webhook`: endpoints outside that are told what changed."""

from typing import Annotated

import typer

from makegood.bootstrap import Makegood
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_json, print_table
from makegood.core.holds import iso
from makegood.messages.errors import InputError
from makegood.ports.notices import SinkHealth
from makegood.ports.webhooks import GONE, Delivery, Endpoint
from makegood.runtime.endpoints import Wanted, instant_of

_webhook = typer.Typer(
    help="Endpoints outside that are told about holds and cases.", no_args_is_help=True
)
_Id = Annotated[str, typer.Argument(help="As `webhook list` shows it.")]
_AS = Annotated[Format, typer.Option("--format", help="For people or for programs.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_webhook, name="webhook")


@_webhook.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Where it listens; https.")],
    kind: Annotated[
        list[str] | None, typer.Option(help="Such as hold.opened or hold.*; may be repeated.")
    ] = None,
    brand: Annotated[list[str] | None, typer.Option(help="May be repeated; else all.")] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Make an endpoint; it hears what changes from now on.

    Its secret is printed alone on standard output; `webhook secret` prints it again.
    """
    wanted = Wanted(kinds=kind or (), brands=brand or (), description=description)
    with opened() as makegood:
        row = makegood.endpoints.add(url, wanted, "command line")
        secret = makegood.endpoints.secrets(row.id).newest
    ERRORS.print(f"The endpoint {row.id} is told from now on. Its secret:", highlight=False)
    print(secret)


@_webhook.command("list")
def list_endpoints(format_: _AS = Format.TEXT) -> None:
    """Show the endpoints, and how each fares."""
    with opened() as makegood:
        found = makegood.endpoints.every()
    if format_ is Format.JSON:
        print_json([_facts(*one) for one in found])
        return
    columns = ("id", "url", "hears", "brands", "state", "waiting", "failed", "last error")
    rows = (
        (row.id, row.url, ", ".join(row.kinds) or "everything", ", ".join(row.brands) or "all",
         state_of(row, health), health.waiting, health.failed, health.error)
        for row, health in found
    )  # fmt: skip
    print_table(columns, rows, whole=("id",))


def state_of(row: Endpoint, health: SinkHealth) -> str:
    """Say in a few words how an endpoint fares."""
    if row.disabled == GONE:
        return f"off: it answered 410 at {iso(row.disabled_ms)}"
    if row.disabled:
        return f"off since {iso(row.disabled_ms)}, by {row.disabled}"
    return "failing" if health.failures else "on"


def _facts(row: Endpoint, health: SinkHealth) -> dict[str, object]:
    return {
        "id": row.id,
        "url": row.url,
        "kinds": list(row.kinds),
        "brands": list(row.brands),
        "description": row.description,
        "state": state_of(row, health),
        "waiting": health.waiting,
        "failed": health.failed,
        "error": health.error,
    }


@_webhook.command("secret")
def secret(endpoint: _Id) -> None:
    """Print the secret that signs, alone on standard output."""
    with opened() as makegood:
        found = makegood.endpoints.secrets(endpoint)
    if found.before:
        ERRORS.print(f"The one before signs too until {iso(found.before_until_ms)}.")
    print(found.newest)


@_webhook.command("rotate")
def rotate(endpoint: _Id) -> None:
    """Give an endpoint a new secret; the one before signs too for 24 hours."""
    with opened() as makegood:
        found = makegood.endpoints.rotate(endpoint)
    ERRORS.print(
        f"Both secrets sign until {iso(found.before_until_ms)}; from then on only this one:",
        highlight=False,
    )
    print(found.newest)


@_webhook.command("disable")
def disable(endpoint: _Id) -> None:
    """Switch an endpoint off: it hears nothing of what changes meanwhile."""
    with opened() as makegood:
        makegood.endpoints.disable(endpoint, "command line")
    CONSOLE.print(f"The endpoint {endpoint} is off.", highlight=False)


@_webhook.command("enable")
def enable(endpoint: _Id) -> None:
    """Switch an endpoint on again; it hears what changes from now on, and what waited."""
    with opened() as makegood:
        makegood.endpoints.enable(endpoint)
    CONSOLE.print(f"The endpoint {endpoint} is on.", highlight=False)


@_webhook.command("remove")
def remove(endpoint: _Id) -> None:
    """Remove an endpoint with its log and all that waits for it."""
    with opened() as makegood:
        makegood.endpoints.remove(endpoint)
    CONSOLE.print(f"The endpoint {endpoint} is removed.", highlight=False)


@_webhook.command("deliveries")
def deliveries(
    endpoint: _Id,
    notice: Annotated[str, typer.Option(help="Only of this notice, whole.")] = "",
    before: Annotated[int, typer.Option(help="Place of the last one of the page before.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    format_: _AS = Format.TEXT,
) -> None:
    """Show what was sent to an endpoint and what it answered, the newest first."""
    with opened() as makegood:
        _must_be(makegood, endpoint)
        with makegood.store.reading() as reading:
            rows = reading.deliveries(endpoint, before, limit, notice)
    if format_ is Format.JSON:
        print_json(rows)
        return
    columns = ("place", "at", "notice", "kind", "try", "status", "ms", "error")
    print_table(columns, (_line(row) for row in rows), whole=("at", "notice"))


def _line(row: Delivery) -> tuple[object, ...]:
    return (row.place, iso(row.at_ms), row.notice, row.kind.value, row.attempt,
            row.status or "none", row.took_ms, row.error)  # fmt: skip


def _must_be(makegood: Makegood, endpoint: str) -> None:
    if makegood.endpoints.find(endpoint) is None:
        raise InputError(f"There is no endpoint {endpoint!r}; `webhook list` shows them.")


@_webhook.command("replay")
def replay(
    endpoint: _Id,
    notice: Annotated[
        list[str] | None, typer.Option(help="Send this one again; may be repeated.")
    ] = None,
    failed_since: Annotated[
        str, typer.Option(help="Send all again that failed and were noticed from this instant.")
    ] = "",
) -> None:
    """Send notices again; the receiver knows a repeat by its webhook-id."""
    if bool(notice) == bool(failed_since):
        raise InputError("Name notices by --notice, or an instant by --failed-since.")
    since_ms = instant_of(failed_since) if failed_since else 0
    with opened() as makegood:
        again = makegood.endpoints.replay(endpoint, notice or (), since_ms)
    CONSOLE.print(f"{again} will be sent again.", highlight=False)
