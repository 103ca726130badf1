"""Attachments in a backup: one part of the archive, written and read piece by piece.

Each is its length, its names and its bytes. They are copied after the tables: a letter of the
tables has its files then, unless whoever it is of was erased in between.
"""

import os
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO, Final, Protocol

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.ports.files import Files

ATTACHMENTS: Final = "attachments"
_PIECE = 1 << 20
_LENGTH = 4
_MOST_HEAD = 1_000


class _Head(Struct, frozen=True, array_like=True):
    letter: str
    digest: str
    size: int


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""


class Copied(Struct, kw_only=True):
    """What was copied.

    Attributes:
        sha256: Of the whole part, in an archive.
        damaged: Files whose bytes were not what their names say; in a restore they are left out.
    """

    files: int = 0
    size: int = 0
    damaged: int = 0
    sha256: str = ""


def write_files(archive: zipfile.ZipFile, files: Files) -> Copied:
    """Write every attachment into an archive, as its last part but the manifest."""
    done, whole = Copied(), sha256()
    inside = zipfile.ZipInfo(ATTACHMENTS)
    inside.compress_type = zipfile.ZIP_STORED  # pictures and documents are packed already
    with archive.open(inside, "w", force_zip64=True) as part:
        for letter, digest in files.names():
            file = files.opened(letter, digest)
            if file is None:
                continue  # erased just now
            with file:
                _write_one(part, whole, _Head(letter, digest, _size(file)), file, done)
    done.sha256 = whole.hexdigest()
    return done


def _write_one(part: IO[bytes], whole: _Digest, head: _Head, file: BinaryIO, done: Copied) -> None:
    packed = msgspec.msgpack.encode(head)
    own, left = sha256(), head.size
    for piece in (len(packed).to_bytes(_LENGTH, "big"), packed):
        whole.update(piece)
        part.write(piece)
    while left:
        piece = file.read(min(_PIECE, left))
        if not piece:
            raise InputError("An attachment became shorter while it was copied; try again.")
        for digest in (whole, own):
            digest.update(piece)
        part.write(piece)
        left -= len(piece)
    done.files += 1
    done.size += head.size
    done.damaged += own.hexdigest() != head.digest


def load_files(path: Path, files: Files) -> Copied:
    """Put the attachments of a verified archive where they are kept; again, it changes nothing.

    Raises:
        InputError: The part is not of this form, or a file cannot be written.
    """
    done = Copied()
    with zipfile.ZipFile(path) as archive:
        if ATTACHMENTS not in archive.namelist():
            return done
        with archive.open(ATTACHMENTS) as part:
            try:
                while length := part.read(_LENGTH):
                    _load_one(part, int.from_bytes(length, "big"), files, done)
            except OSError as error:
                raise InputError(f"An attachment cannot be written: {error.strerror}.") from error
    return done


def _load_one(part: IO[bytes], length: int, files: Files, done: Copied) -> None:
    try:
        head = msgspec.msgpack.decode(part.read(min(length, _MOST_HEAD)), type=_Head)
    except msgspec.MsgspecError:
        raise InputError("The attachments of this backup are not of a form known here.") from None
    pieces = _pieces(part, head.size)
    is_whole = files.put_pieces(head.letter, head.digest, pieces)
    for _ in pieces:  # whatever was not taken
        pass
    done.files += is_whole
    done.size += head.size if is_whole else 0
    done.damaged += not is_whole


def _pieces(part: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0:
        piece = part.read(min(_PIECE, size))
        if not piece:
            raise InputError("The attachments of this backup end in the middle of one.")
        yield piece
        size -= len(piece)


def _size(file: BinaryIO) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size
