"""Events in and out: `ingest` a file, `export` the log, `erase` a person."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import msgspec
import typer
from rich.progress import Progress as Bar

from makegood.bootstrap import Makegood
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_facts, print_json
from makegood.messages.errors import InputError
from makegood.ports.acts import Act
from makegood.ports.rows import PersonRow
from makegood.runtime.noting import note

if TYPE_CHECKING:
    from makegood.runtime.importing import CountedRows
    from makegood.sources.files import Counted, Progress

PAGE = 1000  # events, or persons, read at once
Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
Output = Annotated[Format, typer.Option("--format", help="text or json.")]


class Mode(StrEnum):
    """What importing means."""

    LIVE = "live"
    HISTORY = "history"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ingest)
    app.command()(export)
    app.command()(erase)


def ingest(  # noqa: PLR0913 - each is one option of the command
    file: Annotated[Path, typer.Argument(help="JSON lines, CSV or Parquet.")],
    source: Annotated[str, typer.Option(help="Name of the source its events carry.")] = "import",
    mode: Annotated[Mode, typer.Option(help="history folds and sends nothing.")] = Mode.LIVE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read and count.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where unreadable rows go.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="column=field, repeated.")] = None,
    as_: Annotated[str, typer.Option("--as", help="A source of the rule book maps it.")] = "",
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """Bring a file of events into the log; every row is taken, known, in conflict or rejected."""
    if as_:
        if column or source != "import":
            raise InputError("--as maps the columns and names the source; leave the others out.")
        counted_rows = _ingest_rows(file, as_, mode, database, (dry_run, rejects))
        _print_counted(counted_rows, output)
        if counted_rows.rejected or counted_rows.conflict:
            raise typer.Exit(1)
        return
    # Here, because reading tables takes a third of a second to load and no server needs it.
    from makegood.sources.files import Options, import_file

    mapping = dict(_pair(one) for one in column or [])
    with opened(database) as makegood, Bar(console=ERRORS, transient=True) as bar:
        task = bar.add_task(file.name)

        def moved(progress: "Progress") -> None:
            bar.update(task, completed=progress.done, total=progress.total)

        options = Options(
            source=source,
            mapping=mapping,
            is_history=mode is Mode.HISTORY,
            is_dry_run=dry_run,
            rejects=rejects,
            progress=moved,
        )
        counted = import_file(file, makegood.intake.take, makegood.clock, options)
    _print_counted(counted, output)
    if counted.rejected or counted.conflict:
        raise typer.Exit(1)


def _ingest_rows(
    file: Path, name: str, mode: Mode, database: str, how: tuple[bool, Path | None]
) -> "CountedRows":
    """Take a table in by a source of the active rule book."""
    from makegood.runtime.importing import Importing, RowOptions

    is_dry_run, rejects = how
    with opened(database) as makegood, Bar(console=ERRORS, transient=True) as bar:
        task = bar.add_task(file.name)
        options = RowOptions(
            is_history=mode is Mode.HISTORY,
            is_dry_run=is_dry_run,
            rejects=rejects,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
        take = makegood.intake.take
        return Importing(makegood.store, makegood.receiving, take).file(file, name, options)


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.partition("=")
    if not equals or not column or not field:
        raise InputError(f"{text!r}: write --column name=field.")
    return column, field


def _print_counted(counted: "Counted | CountedRows", output: Format) -> None:
    if output is Format.JSON:
        print_json(counted)
    else:
        print_facts({name: getattr(counted, name) for name in counted.__struct_fields__})


def export(
    to: Annotated[Path, typer.Option("--output", "-o", help="File; - for standard output.")],
    without_personal: Annotated[
        bool, typer.Option("--without-personal", help="Leave names and addresses out.")
    ] = False,
    about: Annotated[
        str,
        typer.Option(
            help="Only this person, such as user:42: a ZIP of all that is kept of them, letters, "
            "attachments and mail that waits or was set aside too."
        ),
    ] = "",
    database: Database = "",
) -> None:
    """Write the log as JSON lines: one event a line, then one line for each person.

    With --about, all that is kept of one person, for whoever asks what you know of them.
    """
    if about:
        if without_personal or str(to) == "-":
            raise InputError("--about writes a file with personal data; name one.")
        _export_about(about, to, database)
        return
    with opened(database) as makegood:
        with makegood.store.writing() as writing:  # before the first line leaves
            after = {"personal": "no" if without_personal else "yes"}
            now_ms = makegood.clock.now_ms()
            note(writing, Act(what="log.exported", at_ms=now_ms, after=after))
        if str(to) == "-":
            _export(makegood, typer.get_binary_stream("stdout"), not without_personal)
            return
        with to.open("wb") as file:
            count = _export(makegood, file, not without_personal)
    ERRORS.print(f"{count:,} events in {to}.", highlight=False)


def _export_about(identifier: str, to: Path, database: str) -> None:
    from makegood.runtime.subject_access import SubjectAccess

    with opened(database) as makegood:
        files = makegood.post.files
        access = SubjectAccess(makegood.store, makegood.intake, files, makegood.clock)
        written = access.write(identifier, to)
    said = ", ".join(
        f"{getattr(written, name):,} {name}" for name in written.__struct_fields__[:-1]
    )
    ERRORS.print(f"{to}: {said}.", highlight=False)
    if written.missing:
        ERRORS.print(f"{written.missing:,} attachments are kept no more.", highlight=False)


def _export(makegood: Makegood, file: BinaryIO, personal: bool) -> int:
    """Write page by page, so that a long log fits in memory."""
    encoder = msgspec.json.Encoder()
    count, after = 0, 0
    profiles: set[str] = set()
    while True:
        with makegood.store.reading() as reading:
            page = reading.log(after, PAGE)
            fresh = [e.profile for _, e in page if e.profile not in profiles]
            known = dict.fromkeys(fresh)
            for _, event in page:
                known |= dict.fromkeys(getattr(event.body, "lookups", ()))
            persons = reading.persons(list(known)) if personal and known else {}
        for _, event in page:
            file.write(encoder.encode(event) + b"\n")
        for row in persons.values():
            if row.profile not in profiles:
                file.write(encoder.encode({"person": _person(row)}) + b"\n")
        profiles |= set(known)
        count += len(page)
        if not page:
            return count
        after = page[-1][0]


def _person(row: PersonRow) -> dict[str, str]:
    return {name: getattr(row, name) for name in PersonRow.__struct_fields__}


def erase(
    identifier: Annotated[str, typer.Argument(help="For example user:42")],
    database: Database = "",
) -> None:
    """Delete a person's names, addresses and words; log, counts and replay stay as they are.

    So go rejected records that name them, and their marks at Mailchimp and HubSpot.
    """
    with opened(database) as makegood:
        erased = makegood.erasing.person(identifier)
        CONSOLE.print(f"{erased.rows} rows of personal data deleted.", highlight=False)
        for place in makegood.marks.forget(erased.emails):
            says = f"{place} did not take their mark away now; the next comparison does."
            ERRORS.print(says, highlight=False)
