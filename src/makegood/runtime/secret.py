"""The deployment's secret: from the environment, or in a file beside an embedded database."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from makegood.messages.errors import InputError

_KEY_BYTES = 32
_SHORTEST_KEY = 32  # characters; a shorter secret can be guessed, and it signs every link


def read_key(given: str, database: str) -> bytes:
    """Take the secret from the environment, or from a file beside an embedded database."""
    if given:
        return _long_enough(given.encode(), "MAKEGOOD_KEY")
    if not database.startswith("sqlite:///"):
        raise InputError(f"Set MAKEGOOD_KEY to a secret of {_SHORTEST_KEY} characters or more.")
    path = Path(database.removeprefix("sqlite:///") + ".key")
    if not path.exists():
        _write_key(path)
    return _long_enough(path.read_bytes().strip(), str(path))


def known_key(database: str, environ: Mapping[str, str] = os.environ) -> bytes | None:
    """Give the secret that a database has, and draw none; None when there is none yet."""
    given = environ.get("MAKEGOOD_KEY", "")
    if given or not database.startswith("sqlite:///"):
        return _long_enough(given.encode(), "MAKEGOOD_KEY") if given else None
    path = Path(database.removeprefix("sqlite:///") + ".key")
    return _long_enough(path.read_bytes().strip(), str(path)) if path.exists() else None


def keep_key(database: str, secret: bytes) -> None:
    """Put a secret beside a database that has none.

    Raises:
        InputError: There is no place beside a server.
    """
    if not database.startswith("sqlite:///"):
        raise InputError(
            "Set MAKEGOOD_KEY to the secret of the backup, which `unzip -p FILE key` prints."
        )
    _write_key(Path(database.removeprefix("sqlite:///") + ".key"), secret)


def _long_enough(secret: bytes, where: str) -> bytes:
    """Give the part of a secret that is used; a short one, or a file cut off, signs nothing."""
    if len(secret) < _SHORTEST_KEY:
        raise InputError(
            f"{where} holds {len(secret)} characters; a secret has {_SHORTEST_KEY} or more, "
            "such as `openssl rand -hex 32` prints."
        )
    return secret[:64]


def _write_key(path: Path, secret: bytes = b"") -> None:
    """Keep a secret, or draw one; the file appears whole or not at all, the first one wins."""
    own_folder(path.parent)
    drawn = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret or secrets.token_hex(_KEY_BYTES).encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(drawn, path)
    except FileExistsError:
        pass  # another process was first, and both read its secret
    except OSError:  # a file system without links
        drawn.replace(path)
    finally:
        drawn.unlink(missing_ok=True)


def own_folder(folder: Path) -> None:
    """Make the folder of an embedded database; nobody else on the machine reads it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
