"""`mail`: fetch what customers wrote, listen for it, or take it from files."""

import signal
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from ssl import Purpose, SSLContext, SSLError, create_default_context
from threading import Event
from typing import Annotated

import typer

from makegood.bootstrap import Makegood
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_json, print_table
from makegood.gate.smtp.options import listen_on
from makegood.messages.errors import InputError
from makegood.runtime.mail_aside import SOURCE, raw_of

Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
Output = Annotated[Format, typer.Option("--format", help="text or json.")]
_MOST = 200
_AT_ONCE, _EVERYTHING = 500, 1_000_000_000
_MAIL = typer.Typer(help="Mail that customers write: fetched, listened for, taken from files.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_MAIL, name="mail")


@_MAIL.command()
def fetch(
    everything: Annotated[
        bool,
        typer.Option(
            "--everything", help="Also what was there before the mailbox was first looked into."
        ),
    ] = False,
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """Take what is new in the mailbox that MAKEGOOD_IMAP names, once.

    `makegood serve` and `makegood work` do so all the time. The first look takes nothing: what is
    in the mailbox already is old, and each letter would wait for an answer.
    """
    with opened(database) as makegood:
        _keeps_files(makegood)
        most = _EVERYTHING if everything else _AT_ONCE
        _tell(makegood.post.only_rounds().run_once(most, everything=everything), output)


@_MAIL.command()
def take(
    files: Annotated[list[Path], typer.Argument(help="Mails as files, such as letter.eml.")],
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """Take mails from files; one that came before is taken once."""
    with opened(database) as makegood:
        _keeps_files(makegood)
        became: Counter[str] = Counter()
        for file in files:
            try:
                raw = file.read_bytes()
            except OSError as error:
                raise InputError(f"{file}: {error.strerror}.") from error
            took = makegood.post.room.take(raw)
            became[took.became] += 1
            if took.became == "set aside":
                ERRORS.print(f"{file}: {took.why}", highlight=False, markup=False)
        _tell(became, output)


@_MAIL.command()
def listen(
    listen: Annotated[str, typer.Option(help="Address and port.")] = "127.0.0.1:2526",
    certificate: Annotated[
        Path | None, typer.Option(help="A PEM file: STARTTLS is offered with it.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="Its key, where it is not in the same file.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Connections at once.")] = 100,
    most_of_one: Annotated[
        int, typer.Option(min=1, help="Connections at once from one address.")
    ] = 20,
    database: Database = "",
) -> None:
    """Listen by SMTP for mail to the addresses of brands and people; nothing is relayed.

    Let the firm's mail server hand over to it what comes for these addresses.
    """
    from makegood.sources.smtp_in import Caps, Doing, listener

    host, port = listen_on(listen)
    with opened(database) as makegood:
        _keeps_files(makegood)
        doing = Doing(is_ours=makegood.post.is_ours, take=makegood.post.room.take)
        caps = Caps(most=most, most_of_one=most_of_one)
        server = listener(doing, host, port, _tls(certificate, key), caps)
        try:
            server.start()
        except OSError as error:
            raise InputError(f"Cannot listen on {listen}: {error.strerror}.") from error
        ended = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(ValueError):  # not in the main thread of a test
                signal.signal(number, lambda *_: ended.set())
        ERRORS.print(f"Mail is taken on {host}:{port} (stop with Ctrl+C)", highlight=False)
        try:
            ended.wait()
        finally:
            server.stop()


def _tls(certificate: Path | None, key: Path | None) -> SSLContext | None:
    """Read a certificate for STARTTLS."""
    if certificate is None:
        if key is not None:
            raise InputError("A key needs its certificate: --certificate cert.pem.")
        return None
    context = create_default_context(Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, SSLError) as error:
        raise InputError(f"{certificate} and its key cannot be used: {error.strerror}.") from error
    return context


@_MAIL.command()
def aside(
    show: Annotated[str, typer.Argument(help="The id of one, to print it as it came.")] = "",
    database: Database = "",
) -> None:
    """List mails that nobody could file, newest first, with the reason; or show one."""
    with opened(database) as makegood, makegood.store.reading() as reading:
        if show:
            row = reading.unfit_row(show[:64])
            if row is None or row.source != SOURCE:
                raise InputError(f"Nothing is set aside under {show[:40]!r}.")
            raw = raw_of(row, makegood.post.files)
            if raw is None and not row.record:
                raise InputError(row.reason)
            typer.echo(raw if raw is not None else row.record, nl=raw is None)
            return
        rows = reading.unfit(SOURCE, limit=_MOST)
        count = reading.unfit_counts().get(SOURCE, 0)
    shown = ((one.id, moment(one.at_ms), one.reason) for one in rows)
    print_table(("id", "came", "why"), shown, whole=("id",))
    if count > len(rows):
        told = f"These are the newest {len(rows)} of {count:,}; the desk has all of them."
        ERRORS.print(told, highlight=False)


def moment(at_ms: int) -> str:
    """Write an instant, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def _keeps_files(makegood: Makegood) -> None:
    """Refuse to take what could not be kept."""
    settings = makegood.settings
    if not settings.attachments and settings.database != "memory:":
        raise InputError("Say where attachments are kept: MAKEGOOD_ATTACHMENTS=/a/folder.")


def _tell(became: Mapping[str, int], output: Format) -> None:
    if output is Format.JSON:
        print_json(dict(became))
        return
    said = ", ".join(f"{count} {what}" for what, count in sorted(became.items()))
    CONSOLE.print(said or "Nothing new.", highlight=False)
