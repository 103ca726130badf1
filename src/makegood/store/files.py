"""Attachments as files: one folder for each letter, each file named by its digest."""

import os
import re
import shutil
from hashlib import sha256
from pathlib import Path

from makegood.messages.errors import InputError

_NAME = re.compile(r"[0-9a-f]{16,64}")


class DiskFiles:
    """Files in a folder of the deployment's own; never run, and never served as they are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, letter: str, digest: str, content: bytes) -> None:
        path = self._path(letter, digest)
        if path.exists():
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        for folder in (path.parent, path.parent.parent, self._folder):  # each may be new
            _sync(folder)

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

    def get(self, letter: str, digest: str) -> bytes | None:
        return self._kept.get((letter, digest))

    def drop(self, letter: str) -> None:
        for key in [key for key in self._kept if key[0] == letter]:
            del self._kept[key]
