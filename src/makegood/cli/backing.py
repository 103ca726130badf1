"""`backup` and `restore`: everything of a deployment in one file, and back, on either engine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from makegood import __version__
from makegood.bootstrap import Makegood, SystemClock
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, print_facts
from makegood.core.holds import iso
from makegood.engines import open_archive
from makegood.messages.errors import InputError
from makegood.ports.acts import Act
from makegood.runtime.archive import (
    Manifest,
    Written,
    accounts_in,
    fingerprint,
    key_in,
    load_archive,
    must_be_free,
    verify,
    write_archive,
)
from makegood.runtime.archive_files import ATTACHMENTS, load_files
from makegood.runtime.noting import note
from makegood.runtime.restoring import Settled, note_restored, put_aside
from makegood.settings import attachments_folder, keep_key, known_key, named_database

Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    to: Annotated[Path, typer.Argument(help="A new file, or a folder for one with the time.")],
    with_key: Annotated[
        bool,
        typer.Option("--with-key", help="Put the deployment's secret into the file too."),
    ] = False,
    database: Database = "",
) -> None:
    """Write everything to one file, consistently, while the deployment goes on serving.

    The file is not encrypted and holds personal data; only you can read it. Without the secret
    (MAKEGOOD_KEY, or the .key file beside an SQLite database) it cannot be used: keep that
    elsewhere, or say --with-key and keep the file as you would keep the secret.
    """
    with opened(database, begins=False) as makegood:
        from makegood.web.instance import use
        from makegood.web.setup import prepare

        use(makegood)
        prepare()
        from makegood.web.archived import accounts

        now_ms = makegood.clock.now_ms()
        path = to / _name(now_ms) if to.is_dir() else to
        must_be_free(path)  # before an act says that it was made
        source = open_archive(makegood.settings.database)
        with makegood.store.writing() as writing:  # before it begins, so that it is in it
            after = {"key": "inside" if with_key else "not inside"}
            note(writing, Act(what="backup.made", at_ms=now_ms, after=after))
        written = Written(
            version=__version__,
            at_ms=now_ms,
            accounts=accounts(),
            key=makegood.settings.key,
            with_key=with_key,
            files=makegood.post.files if makegood.settings.attachments else None,
        )
        manifest = write_archive(path, source, written)
    _print(path, manifest)
    _say_attachments(manifest)


def _name(now_ms: int) -> str:
    moment = datetime.fromtimestamp(now_ms / 1000, tz=UTC)
    return f"makegood-{moment:%Y%m%dT%H%M%SZ}.backup"


def _say_attachments(manifest: Manifest) -> None:
    """Say what of the attachments is not in it, or not whole."""
    kept = manifest.parts.get(ATTACHMENTS)
    if kept is None:
        ERRORS.print(
            "Attachments of letters are not in it: MAKEGOOD_ATTACHMENTS names no folder here. If "
            "another process keeps them in one, set it for this command, too.",
            highlight=False,
        )
    elif kept.damaged:
        ERRORS.print(
            f"{kept.damaged:,} attachments are not what they were when they came in.",
            highlight=False,
        )


def _print(path: Path, manifest: Manifest) -> None:
    rows = {name.removeprefix("tables/"): one.rows for name, one in manifest.parts.items()}
    print_facts(
        {
            "file": path,
            "taken": iso(manifest.at_ms),
            "by Makegood": f"{manifest.version} on {manifest.engine}",
            "events": f"{rows['log']:,}",
            "customers": f"{rows['customer']:,}",
            "waiting and past commands": f"{rows['outbox']:,}",
            "attachments": _attached(manifest),
            "key": f"{manifest.key}, {'inside' if manifest.with_key else 'not inside'}",
        }
    )


def _attached(manifest: Manifest) -> str:
    kept = manifest.parts.get(ATTACHMENTS)
    return "not inside" if kept is None else f"{kept.rows:,}, {kept.size / 1e6:,.1f} MB"


def restore(
    file: Annotated[Path, typer.Argument(help="What `backup` wrote.")],
    as_it_was: Annotated[
        bool,
        typer.Option(
            "--as-it-was",
            help="The old deployment was stopped before the backup: nothing went out since.",
        ),
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only read and verify the file.")] = False,
    database: Database = "",
) -> None:
    """Fill a new, empty database from a backup, on the same engine or on another.

    Commands that were due by now may have gone out after the backup was taken. They are put before
    a person, under *Not delivered* in the desk, and nothing is sent a second time by itself. With
    --as-it-was they wait as they did.
    """
    manifest = verify(file)
    if check:
        _print(file, manifest)
        return
    # Not `read_settings`: beside a new SQLite file it would draw a secret of its own.
    address = named_database(database)
    target = open_archive(address)
    if not target.is_empty():
        raise InputError("The database is not empty; restore into a new one.")
    _folder_there(manifest, address)
    _settle_key(file, manifest, address)
    load_archive(file, manifest, target, unsettled=True)
    with opened(address, begins=False) as makegood:
        copied = load_files(file, makegood.post.files)
        people = _put_people(makegood, file)
        settled = None if as_it_was else _put_aside(makegood, manifest)
        note_restored(makegood.store, makegood.clock, manifest.at_ms, settled)
    _print(file, manifest)
    _say(manifest, settled, people)
    if copied.damaged:
        ERRORS.print(
            f"{copied.damaged:,} attachments were damaged before the backup, and are left out.",
            highlight=False,
        )


def _folder_there(manifest: Manifest, address: str) -> None:
    """Refuse, before anything is written, what would lose the attachments."""
    kept = manifest.parts.get(ATTACHMENTS)
    if kept is not None and kept.rows and not attachments_folder(address):
        raise InputError(
            f"The backup has {kept.rows:,} attachments of letters: say where they are to be kept, "
            "MAKEGOOD_ATTACHMENTS=/a/folder."
        )


def _settle_key(file: Path, manifest: Manifest, address: str) -> None:
    """Make sure of the secret before anything is written: without it nobody is found again."""
    known = known_key(address)
    if known is None and manifest.with_key:
        keep_key(address, key_in(file))
        return
    if known is None:
        raise InputError(
            f"The backup belongs to the secret {manifest.key}, which is not inside. Set "
            "MAKEGOOD_KEY to it, or put its .key file beside the new database."
        )
    if fingerprint(known) != manifest.key:
        raise InputError(
            f"The backup belongs to the secret {manifest.key}, and the one that is set is "
            f"{fingerprint(known)}: with that one no customer would be found again."
        )


def _put_people(makegood: Makegood, file: Path) -> int:
    from makegood.web.instance import use
    from makegood.web.setup import prepare

    use(makegood)
    prepare()
    from makegood.web.archived import put_accounts
    from makegood.web.sessions import end_sign_ins

    people = put_accounts(accounts_in(file))
    end_sign_ins()  # which of them had signed out since, nobody here knows
    return people


def _put_aside(makegood: Makegood, manifest: Manifest) -> Settled:
    return put_aside(makegood.store, makegood.intake, SystemClock(), manifest.at_ms)


def _say(manifest: Manifest, settled: Settled | None, people: int) -> None:
    CONSOLE.print(f"{people:,} people may sign in, and have to sign in anew.", highlight=False)
    if settled is not None:
        CONSOLE.print(
            f"{settled.aside:,} commands may have gone out since {iso(manifest.at_ms)}; they wait "
            "for a person under Not delivered.",
            highlight=False,
        )
        if settled.mails:
            CONSOLE.print(
                f"{settled.mails:,} recipients of parked mail may have got it since; nothing goes "
                "to them unless a person lets it go under Parked mail.",
                highlight=False,
            )
    ERRORS.print(
        f"What came in after {iso(manifest.at_ms)} is not here: let the sources send it again. "
        "What is here already is recognised.",
        highlight=False,
    )
