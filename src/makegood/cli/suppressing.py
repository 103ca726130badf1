"""`suppressions`: who is held now, as a file for tools that fetch one."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Annotated

import typer

from makegood.bootstrap import Makegood
from makegood.cli.opening import opened
from makegood.cli.output import ERRORS
from makegood.core.holds import Question, iso
from makegood.gate.suppressions import Suppressed, digests_of, page_of_held
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.projections.alike import check_known

PAGE = 1_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(suppressions)


def suppressions(
    output: Annotated[Path, typer.Option("-o", "--output", help="A CSV file.")],
    brand: Annotated[str, typer.Option(help="Who wants to send; else any brand.")] = "",
    message_class: Annotated[
        MessageClass, typer.Option("--class", help="What for; some are never held.")
    ] = MessageClass.PROMOTIONAL,
    hashed: Annotated[
        bool, typer.Option("--hashed", help="SHA-256 of e-mail addresses instead of names.")
    ] = False,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
) -> None:
    """Write who is held now to a file, whole or not at all.

    The file is as old as the instant in each of its lines; it is synced, and no promise.
    """
    question = Question(brand=brand, message_class=message_class)
    with opened(database) as makegood:
        check_known("brand", brand, makegood.library.now(brand).brands)
        began_ms = makegood.clock.now_ms()
        lines = write_list(output, _held(makegood, question), iso(began_ms), hashed=hashed)
        took_ms = makegood.clock.now_ms() - began_ms
    ERRORS.print(
        f"{lines} lines as of {iso(began_ms)}, written in {took_ms / 1000:.1f} s: {output}",
        highlight=False,
    )


def _held(makegood: Makegood, question: Question) -> Iterator[Suppressed]:
    """Read page by page, each by the time it is read at; nobody is locked out meanwhile."""
    after = ""
    while question.message_class in HELD_CLASSES:
        with makegood.store.reading() as reading:
            now_ms = makegood.clock.now_ms()
            page = page_of_held(reading, makegood.library, question, (after, PAGE), now_ms)
        yield from page.entries
        after = page.after
        if not page.more:
            return


def write_list(output: Path, held: Iterator[Suppressed], as_of: str, *, hashed: bool) -> int:
    """Write the list beside its place and rename it there; who reads finds a whole file.

    Args:
        output: Its place.
        held: Who is held.
        as_of: When the list was begun.
        hashed: Digests of e-mail addresses, and no names.

    Returns:
        How many lines have a name.
    """
    beside = f".{output.name}."
    with NamedTemporaryFile("w", dir=output.parent, prefix=beside, delete=False) as file:
        try:
            count = _write_lines(file, held, as_of, hashed=hashed)
            if output.exists():  # whoever could fetch the last one can fetch this one
                Path(file.name).chmod(output.stat().st_mode & 0o777)
            Path(file.name).replace(output)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return count


def _write_lines(file: IO[str], held: Iterator[Suppressed], as_of: str, *, hashed: bool) -> int:
    count = 0
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("email_sha256" if hashed else "identifier", "reason", "as_of"))
    for one in held:
        names = digests_of(one.identifiers) if hashed else one.identifiers
        writer.writerows((name, one.reason, as_of) for name in names)
        count += len(names)
    file.flush()
    os.fsync(file.fileno())
    return count
