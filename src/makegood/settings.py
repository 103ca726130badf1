"""Everything a deployment decides, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from makegood.effects.webhook import Counterpart
from makegood.messages.errors import InputError

_KEY_BYTES = 32
_SHORTEST_KEY = 32  # characters; a shorter secret can be guessed, and it signs every link
Form = TypeVar("Form")


class SmsGateway(Struct, frozen=True, kw_only=True):
    """Any HTTP gateway that takes JSON and a bearer token.

    Attributes:
        url: Where it listens.
        token: Its bearer token.
        mapping: Its JSON with `$to`, `$from`, `$text` and `$id` where they belong.
        allow_private: The deployment itself runs it: private addresses and http are fine.
    """

    url: str
    token: str
    mapping: Mapping[str, str]
    allow_private: bool = False


class Settings(Struct, frozen=True, kw_only=True):
    """Everything a deployment decides.

    Attributes:
        database: sqlite:///path, postgresql://user@host/name, or memory: for a trial.
        key: Secret for pseudonyms, links and cookies; 16 to 64 bytes.
        book: Path of the rule book, or the name of one that ships, to begin with; it becomes
            active when it is named for the first time, and when its text changes until a person
            activates one. Empty keeps the active one; a new deployment begins with `FIRST_BOOK`.
        base_url: Where customers and reps reach this Makegood.
        smtp: smtp://host:port of the mail server; empty sends no mail.
        counterparts: Who is asked to carry out remedies; one called "sms" sends text messages.
        sms: A gateway for text messages, instead of a counterpart.
        threads: Deliveries at the same time.
        proxies: Servers of yours in front of this one, each of which appends the address it saw
            to X-Forwarded-For; 0 when clients connect to Makegood itself.
    """

    database: str
    key: bytes
    book: str = ""
    base_url: str = "http://localhost:8000"
    smtp: str = ""
    counterparts: tuple[Counterpart, ...] = ()
    sms: SmsGateway | None = None
    threads: int = 8
    proxies: int = 0


def read_settings(environ: Mapping[str, str] = os.environ, *, database: str = "") -> Settings:
    """Read the settings of the environment.

    Args:
        environ: The environment.
        database: Instead of MAKEGOOD_DATABASE; an embedded one brings its own secret.

    Raises:
        InputError: One is missing or cannot be read; it says which and what to write.
    """
    database = database or environ.get("MAKEGOOD_DATABASE", "sqlite:///makegood-data/makegood.db")
    return Settings(
        database=database,
        key=_key(environ.get("MAKEGOOD_KEY", ""), database),
        book=environ.get("MAKEGOOD_BOOK", ""),
        base_url=environ.get("MAKEGOOD_BASE_URL", "http://localhost:8000"),
        smtp=environ.get("MAKEGOOD_SMTP", ""),
        counterparts=_file(environ, "MAKEGOOD_COUNTERPARTS", tuple[Counterpart, ...]) or (),
        sms=_file(environ, "MAKEGOOD_SMS", SmsGateway),
        proxies=_count(environ, "MAKEGOOD_PROXIES"),
    )


def _count(environ: Mapping[str, str], name: str) -> int:
    given = environ.get(name, "0")
    if not (given.isascii() and given.isdigit() and len(given) < 3):
        raise InputError(f"{name} is {given[:20]!r}: write a small whole number.")
    return int(given)


def _file(environ: Mapping[str, str], name: str, form: type[Form]) -> Form | None:
    """Read a setting that is a JSON file; None when it is not set."""
    path = environ.get(name, "")
    if not path:
        return None
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=form)
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(f"{name}: {path}: {error}") from error


def _key(given: str, database: str) -> bytes:
    """Take the secret from the environment, or from a file beside an embedded database."""
    if given:
        return _long_enough(given.encode(), "MAKEGOOD_KEY")
    if not database.startswith("sqlite:///"):
        raise InputError(f"Set MAKEGOOD_KEY to a secret of {_SHORTEST_KEY} characters or more.")
    path = Path(database.removeprefix("sqlite:///") + ".key")
    if not path.exists():
        _write_key(path)
    return _long_enough(path.read_bytes().strip(), str(path))


def _long_enough(secret: bytes, where: str) -> bytes:
    """Give the part of a secret that is used; a short one, or a file cut off, signs nothing."""
    if len(secret) < _SHORTEST_KEY:
        raise InputError(
            f"{where} holds {len(secret)} characters; a secret has {_SHORTEST_KEY} or more, "
            "such as `openssl rand -hex 32` prints."
        )
    return secret[:64]


def _write_key(path: Path) -> None:
    """Draw a secret; the file appears whole or not at all, and the first process wins."""
    own_folder(path.parent)
    drawn = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(_KEY_BYTES).encode())
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
