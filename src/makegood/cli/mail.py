"""What a mail is: `classify` tries one, `mail-kinds` shows what came and says what it is."""

from pathlib import Path
from typing import Annotated

import typer

from makegood.books.opening import read_book
from makegood.bootstrap import SystemClock
from makegood.cli.activating import By, who
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_facts, print_json, print_table
from makegood.core.mailings import MailClass
from makegood.engines import open_store
from makegood.gate.mail_kinds import MailKinds
from makegood.gate.mail_reading import Envelope
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.messages.errors import InputError
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.projections.mail_kinds import KindShown, kinds_shown

PAGE = 200
UNKNOWN = "unknown"
Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
Output = Annotated[Format, typer.Option("--format", help="text or json.")]
_KINDS = typer.Typer(help="The kinds of mail that came through the SMTP gate.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(classify)
    app.add_typer(_KINDS, name="mail-kinds")


def classify(  # noqa: PLR0913 - each is one option of the command
    file: Annotated[Path, typer.Argument(help="A mail as a file, such as offer.eml.")],
    book: Annotated[
        str, typer.Option(help="A rule book's file or name, instead of the active one.")
    ] = "",
    sender: Annotated[str, typer.Option("--from", help="Sender of the envelope.")] = "",
    to: Annotated[list[str] | None, typer.Option(help="Recipient, repeated.")] = None,
    port: Annotated[int, typer.Option(help="On which it came in.")] = 0,
    user: Annotated[str, typer.Option(help="Who signed in to send it.")] = "",
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """Say what a mail is, whose, and why; nothing is sent, counted or written down."""
    content = _content(file)
    envelope = Envelope(mail_from=sender, recipients=tuple(to or ()), port=port, user=user)
    if book:
        text, name = read_book(book)
        checked = load_book(text, name=name)
        library = Library(active=checked.hash, books={checked.hash: checked})
        knows = MailKinds(open_store("memory:"), lambda: library, SystemClock())
        _tell(knows.peek(content, envelope), library, output)
        return
    with opened(database) as makegood:
        _tell(makegood.mail_kinds.peek(content, envelope), makegood.library, output)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}.") from error


def _tell(found: MailClass, library: Library, output: Format) -> None:
    if output is Format.JSON:
        print_json(found)
        return
    book = library.now()
    terms = book.outgoing_of(found.brand)
    brand = book.brands.get(found.brand)
    if found.message_class is None:
        then = "it is passed on" if terms.unclassified == "pass" else "it waits for a person"
    elif found.message_class in HELD_CLASSES:
        then = "a hold stops it"
    else:
        then = "no hold stops it"
    print_facts(
        {
            "class": f"{found.message_class.value if found.message_class else UNKNOWN}: {then}",
            "brand": brand.name if brand else "nobody's sender is known",
            "by": found.by,
            "why": found.says,
            "kind": found.kind,
        }
    )


@_KINDS.command(name="list")
def list_kinds(
    everything: Annotated[bool, typer.Option("--all", help="Also those with a class.")] = False,
    brand: Annotated[str, typer.Option(help="Only of this brand.")] = "",
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """List the kinds of mail that nobody could class, the last seen first."""
    brands = (brand,) if brand else ()
    with opened(database) as makegood, makegood.store.reading() as reading:
        if brand and brand not in makegood.book.brands:
            raise InputError(f"`{brand}` is not a brand.")
        rows = reading.mail_kinds(waiting_only=not everything, brands=brands, limit=PAGE)
        shown = list(kinds_shown(reading, rows))
        while len(rows) == PAGE:
            place = (rows[-1].last_ms, rows[-1].kind)
            rows = reading.mail_kinds(
                waiting_only=not everything, brands=brands, after=place, limit=PAGE
            )
            shown += kinds_shown(reading, rows)
    if output is Format.JSON:
        print_json(shown)
    else:
        columns = ("kind", "class", "mails", "held", "subject", "why")
        print_table(columns, map(_line, shown), whole=("kind",))


def _line(one: KindShown) -> tuple[object, ...]:
    found = one.message_class.value if one.message_class else UNKNOWN
    return one.kind, found, one.mails, one.held, one.subject or "(one recipient)", one.why


@_KINDS.command(name="set")
def set_kind(
    kind: Annotated[str, typer.Argument(help="As `list` names it.")],
    message_class: Annotated[
        str, typer.Argument(help="promotional, survey, mixed, service, ... or unknown.")
    ],
    by: By = "",
    database: Database = "",
) -> None:
    """Say what such mails are, from the next one on; `unknown` takes it back."""
    known = [one.value for one in MessageClass]
    if message_class not in (*known, UNKNOWN):
        raise InputError(f"`{message_class}` is no class: say {', '.join(known)} or {UNKNOWN}.")
    said = None if message_class == UNKNOWN else MessageClass(message_class)
    with opened(database) as makegood:
        row = makegood.mail_kinds.decide(kind, said, who(by))
    if row is None:
        raise InputError(f"There is no kind `{kind}`; `makegood mail-kinds list` has them.")
    CONSOLE.print(f"from the next one on: {message_class}", highlight=False)
