"""The file of a backup: a ZIP of tables and accounts, with a manifest that counts and seals them.

It is the same for every engine, so that what was written from SQLite fills PostgreSQL. It is not
encrypted and holds personal data; the deployment's secret is in it only when somebody asks.
"""

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.ports.archive import UNSETTLED, Archivable, Cells
from makegood.ports.files import Files
from makegood.runtime.archive_files import ATTACHMENTS, write_files

FORMAT: Final = 1
_MANIFEST = "manifest.json"
_ACCOUNTS = "accounts.json"
_KEY = "key"
_META = "meta"
_ROWS = 500
_LENGTH = 4
_ENCODER = msgspec.msgpack.Encoder()
_ROWS_OF = msgspec.msgpack.Decoder(list[list[Any]])


class Sum(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one part of an archive holds.

    Attributes:
        size: Of attachments: their bytes.
        damaged: Of attachments: so many were not what they had been when they came in.
    """

    rows: int
    sha256: str
    size: int = 0
    damaged: int = 0


class Manifest(Struct, frozen=True, kw_only=True):
    """What an archive is.

    Attributes:
        format: Of this file.
        version: Of the Makegood that wrote it.
        schema: Steps of the tables.
        engine: Where the rows came from.
        at_ms: When it was begun.
        key: Fingerprint of the deployment's secret.
        with_key: The secret itself is inside.
        parts: Rows and checksum of each part.
    """

    format: int
    version: str
    schema: int
    engine: str
    at_ms: int
    key: str
    with_key: bool
    parts: Mapping[str, Sum]


def fingerprint(key: bytes) -> str:
    """Tell secrets apart without telling them."""
    return sha256(b"makegood backup of " + key).hexdigest()[:16]


class Written(Struct, frozen=True, kw_only=True):
    """What is put into an archive beside the tables.

    Attributes:
        accounts: The people who sign in, as JSON.
        key: The deployment's secret.
        with_key: Put it into the file.
        files: What is attached to letters; None where nothing is kept.
    """

    version: str
    at_ms: int
    accounts: bytes
    key: bytes
    with_key: bool = False
    files: Files | None = None


def write_archive(path: Path, source: Archivable, written: Written) -> Manifest:
    """Write everything to a file that appears whole or not at all.

    Raises:
        InputError: There is a file of this name already, or it cannot be written.
    """
    must_be_free(path)
    try:
        return _written(path, source, written)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def must_be_free(path: Path) -> None:
    """Make sure that a backup may be written there.

    Raises:
        InputError: There is something already, or no folder to write it into.
    """
    if path.exists():
        raise InputError(f"{path} is there already; a backup never writes over another.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent}; make it first.")


def _written(path: Path, source: Archivable, written: Written) -> Manifest:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)  # it is personal
    try:
        with os.fdopen(descriptor, "w+b") as file:
            manifest = _write(file, source, written)
            file.flush()
            os.fsync(file.fileno())
        verify(part)
        part.rename(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            part.unlink()
        raise
    return manifest


def _write(file: IO[bytes], source: Archivable, written: Written) -> Manifest:
    parts: dict[str, Sum] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with source.dump() as dump:
            schema = dump.version
            for table in sorted(dump.columns()):
                parts[_name(table)] = _write_rows(archive, _name(table), dump.rows(table))
        archive.writestr(_ACCOUNTS, written.accounts)
        parts[_ACCOUNTS] = Sum(rows=1, sha256=sha256(written.accounts).hexdigest())
        if written.with_key:
            archive.writestr(_KEY, written.key)
            parts[_KEY] = Sum(rows=1, sha256=sha256(written.key).hexdigest())
        if written.files is not None:
            copied = write_files(archive, written.files)
            parts[ATTACHMENTS] = Sum(
                rows=copied.files, sha256=copied.sha256, size=copied.size, damaged=copied.damaged
            )
        manifest = Manifest(
            format=FORMAT,
            version=written.version,
            schema=schema,
            engine=source.engine,
            at_ms=written.at_ms,
            key=fingerprint(written.key),
            with_key=written.with_key,
            parts=parts,
        )
        archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _write_rows(archive: zipfile.ZipFile, name: str, rows: Iterator[Cells]) -> Sum:
    """Write rows in chunks of their length and themselves."""
    count, digest = 0, sha256()
    chunk: list[Cells] = []
    with archive.open(name, "w", force_zip64=True) as part:

        def flush() -> None:
            packed = _ENCODER.encode([list(row) for row in chunk])
            for piece in (len(packed).to_bytes(_LENGTH, "big"), packed):
                part.write(piece)
                digest.update(piece)
            chunk.clear()

        for row in rows:
            chunk.append(row)
            count += 1
            if len(chunk) == _ROWS:
                flush()
        if chunk:
            flush()
    return Sum(rows=count, sha256=digest.hexdigest())


def verify(path: Path) -> Manifest:
    """Read all of an archive and compare it with its manifest.

    Raises:
        InputError: It is no archive, or something in it is not what was written.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive)
        if set(archive.namelist()) != {_MANIFEST, *manifest.parts}:
            raise InputError(f"{path}: parts are missing, or there are others.")
        for name, told in manifest.parts.items():
            digest = sha256()
            try:
                with archive.open(name) as part:
                    while piece := part.read(1 << 20):
                        digest.update(piece)
            except (zipfile.BadZipFile, OSError, EOFError, zlib.error) as error:
                raise InputError(f"{path}: {name} cannot be read: {error}.") from None
            if digest.hexdigest() != told.sha256:
                raise InputError(f"{path}: {name} is not what was written.")
    return manifest


def load_archive(
    path: Path, manifest: Manifest, target: Archivable, *, unsettled: bool = False
) -> None:
    """Fill an empty database from a verified archive, in one transaction.

    Args:
        path: The archive.
        manifest: What `verify` gave.
        target: Where it goes.
        unsettled: There is more to do before anything may be sent from it: until
            `settle_restore`, nothing that sends opens it.

    Raises:
        InputError: There is something in the database.
        NewerDatabase: A newer Makegood wrote the archive.
    """
    if not target.is_empty():
        raise InputError("The database is not empty; restore into a new one.")
    with _opened(path) as archive:
        tables = sorted(name for name in manifest.parts if name.startswith("tables/"))
        mark = ((UNSETTLED, str(manifest.at_ms)),) if unsettled else ()
        target.load(
            manifest.schema,
            (
                (table, _marked(rows, mark) if table == _META else rows)
                for table, rows in ((_table(name), _rows(archive, name)) for name in tables)
            ),
        )


def _marked(rows: Iterator[Cells], mark: Iterable[Cells]) -> Iterator[Cells]:
    """Leave out the mark of a restore that had not ended when the backup was taken."""
    return chain((row for row in rows if row[0] != UNSETTLED), mark)


def accounts_in(path: Path) -> bytes:
    """Give the people who sign in."""
    with _opened(path) as archive:
        return archive.read(_ACCOUNTS)


def key_in(path: Path) -> bytes:
    """Give the secret of an archive that has it."""
    with _opened(path) as archive:
        return archive.read(_KEY)


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[Cells]:
    with archive.open(name) as part:
        while head := part.read(_LENGTH):
            yield from _ROWS_OF.decode(part.read(int.from_bytes(head, "big")))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is no backup of Makegood: {error}.") from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        manifest = msgspec.json.decode(archive.read(_MANIFEST), type=Manifest)
    except (KeyError, msgspec.MsgspecError, zipfile.BadZipFile) as error:
        raise InputError(f"{archive.filename} is no backup of Makegood: {error}.") from None
    if manifest.format != FORMAT:
        raise InputError(
            f"{archive.filename} has format {manifest.format}, and this Makegood reads {FORMAT}: "
            f"restore it with Makegood {manifest.version}."
        )
    return manifest


def _name(table: str) -> str:
    return f"tables/{table}"


def _table(name: str) -> str:
    return name.removeprefix("tables/")


def _sync_folder(folder: Path) -> None:
    """Let the name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
