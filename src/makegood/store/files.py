"""Attachments as files: one folder for each letter, each file named by its digest."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from makegood.messages.errors import InputError

_NAME = re.compile(r"[0-9a-f]{16,64}")


class DiskFiles:
    """Files in a folder of the deployment's own; never run, and never served as they are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, letter: str, digest: str, content: bytes) -> None:
        path = self._path(letter, digest)
        if not path.exists():
            self._written(path, [content], "")

    def put_pieces(self, letter: str, digest: str, pieces: Iterable[bytes]) -> bool:
        return self._written(self._path(letter, digest), pieces, digest)

    def _written(self, path: Path, pieces: Iterable[bytes], wanted: str) -> bool:
        """Write durably under a name that appears when all is there; `wanted` empty for any."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{token_hex(8)}")  # the same may come twice at once
        found = sha256()
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    found.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            if wanted not in ("", found.hexdigest()):
                return False
            draft.replace(path)
        finally:
            with suppress(OSError):  # nothing of it is left, unless it was moved to its name
                draft.unlink()
                path.parent.rmdir()
        for folder in (path.parent, path.parent.parent, self._folder):  # each may be new
            _sync(folder)
        return True

    def names(self) -> Iterator[tuple[str, str]]:
        for group in _inside(self._folder):
            for letter in _inside(group):
                for path in _inside(letter):
                    if _NAME.fullmatch(letter.name) and _NAME.fullmatch(path.name):
                        yield letter.name, path.name

    def opened(self, letter: str, digest: str) -> BinaryIO | None:
        try:
            return self._path(letter, digest).open("rb")
        except OSError:
            return None

    def get(self, letter: str, digest: str) -> bytes | None:
        try:
            content = self._path(letter, digest).read_bytes()
        except OSError:
            return None
        return content if sha256(content).hexdigest() == digest else None

    def drop(self, letter: str) -> None:
        shutil.rmtree(self._path(letter, "0" * 16).parent, ignore_errors=True)

    def _path(self, letter: str, digest: str) -> Path:
        if not (_NAME.fullmatch(letter) and _NAME.fullmatch(digest)):
            raise InputError("This is no name of a file that came with a letter.")
        return self._folder / letter[:2] / letter / digest


def _inside(folder: Path) -> list[Path]:
    """List what is in a folder; one that was deleted meanwhile holds nothing."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _sync(folder: Path) -> None:
    """Make a new name in a folder durable, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class MemoryFiles:
    """For a store that is in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def put(self, letter: str, digest: str, content: bytes) -> None:
        self._kept.setdefault((letter, digest), content)

    def put_pieces(self, letter: str, digest: str, pieces: Iterable[bytes]) -> bool:
        content = b"".join(pieces)
        if sha256(content).hexdigest() != digest:
            return False
        self.put(letter, digest, content)
        return True

    def names(self) -> Iterator[tuple[str, str]]:
        yield from sorted(self._kept)

    def opened(self, letter: str, digest: str) -> BinaryIO | None:
        content = self._kept.get((letter, digest))
        return BytesIO(content) if content is not None else None

    def get(self, letter: str, digest: str) -> bytes | None:
        return self._kept.get((letter, digest))

    def drop(self, letter: str) -> None:
        for key in [key for key in self._kept if key[0] == letter]:
            del self._kept[key]
