"""`smtp-gate`: stand between a tool that sends mail and its mail server."""

import asyncio
import signal
import ssl
from contextlib import suppress
from pathlib import Path
from socket import gethostname
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import ERRORS
from makegood.effects.smtp import server_of
from makegood.gate.smtp.options import GateOptions, Limits, listen_on, networks
from makegood.gate.smtp.running import Parts, SmtpGate
from makegood.messages.errors import InputError
from makegood.settings import read_settings
from makegood.web.logs import begin_log

_MIB = 1024 * 1024


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("smtp-gate")(smtp_gate)


def smtp_gate(  # noqa: PLR0913 - each is one option of the command
    upstream: Annotated[
        str,
        typer.Option(
            envvar="MAKEGOOD_SMTP_UPSTREAM",
            help="The mail server: smtp://user:password@host:port?starttls=1 or smtps://...",
        ),
    ],
    listen: Annotated[str, typer.Option(help="Address and port.")] = "127.0.0.1:2525",
    brand: Annotated[str, typer.Option(help="Whose mail it is where nothing says so.")] = "",
    allow: Annotated[
        list[str] | None,
        typer.Option(help="A network that sends without a key; repeat it for several."),
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate for STARTTLS (PEM).")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key, if in another file.")] = None,
    insecure_auth: Annotated[
        bool, typer.Option("--insecure-auth", help="Take keys without TLS, too.")
    ] = False,
    size_mb: Annotated[int, typer.Option(help="Largest message.", min=1, max=500)] = 32,
    connections: Annotated[int, typer.Option(help="Clients at a time.", min=1)] = 50,
    name: Annotated[str, typer.Option(help="What it calls itself in SMTP.")] = "localhost",
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
) -> None:
    """Judge each recipient of each mail, pass on what may go, park what may not.

    Point the tool that sends at it instead of at its mail server. It runs beside `makegood serve`,
    on the same database. Whoever is in no listed network signs in with a key that has the scope
    `send`.
    """
    host, port = listen_on(listen)
    options = GateOptions(
        host=host,
        port=port,
        upstream=server_of(upstream),
        brand=brand,
        allow=networks(allow or (), host),
        tls=_tls(tls_cert, tls_key),
        insecure_auth=insecure_auth,
        name=_name(name),
        limits=Limits(
            connections=connections, upstream=connections + 2, size_bytes=size_mb * _MIB
        ),
    )
    begin_log(read_settings(database=database).log)
    with opened(database, takes_up=True) as makegood:
        # Here, because it loads what no other command needs.
        from makegood.web.mail_gate import parts_of

        if brand and brand not in makegood.book.brands:
            raise InputError(f"The rule book knows no brand {brand!r}.")
        where = (
            gethostname() if name == "localhost" else name
        )  # a container's own is new each time
        asyncio.run(_run(parts_of(makegood, f"{where}:{port}"), options))


async def _run(parts: Parts, options: GateOptions) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows ends by Ctrl+C alone
            loop.add_signal_handler(number, ended.set)
    gate = SmtpGate(parts, options)
    try:
        await gate.start()
    except OSError as error:
        where = f"{options.host}:{options.port}"
        raise InputError(f"Cannot listen on {where}: {error.strerror}.") from error
    ERRORS.print(
        f"SMTP gate on {options.host}:{gate.port} before "
        f"{options.upstream.host}:{options.upstream.port} (stop with Ctrl+C)",
        highlight=False,
    )
    try:
        await ended.wait()
    finally:
        await gate.stop()


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        if key is not None:
            raise InputError("A key alone is no certificate: add --tls-cert.")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # an SSLError is one
        raise InputError(f"The certificate cannot be used: {error}.") from error
    return context


def _name(name: str) -> str:
    if not name.isascii() or not name.isprintable() or any(sign in name for sign in " \t"):
        raise InputError(f"{name[:40]!r} is no name of a host.")
    return name
