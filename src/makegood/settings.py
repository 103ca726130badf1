"""Everything a deployment decides, read once from the environment."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from makegood.effects import hubspot, mailchimp
from makegood.effects.hubspot import HubspotSettings
from makegood.effects.mailchimp import MailchimpSettings
from makegood.effects.webhook import Counterpart
from makegood.effects.zendesk import ZendeskSettings
from makegood.messages.errors import InputError
from makegood.ports.allowance import Allowance

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


class SourceSecrets(Struct, frozen=True, kw_only=True):
    """How a source of the rule book proves itself.

    Attributes:
        secrets: Shared with it; one that fits is enough, so that they can be changed.
    """

    secrets: tuple[str, ...]


class AvailabilitySource(Struct, frozen=True, kw_only=True):
    """Somebody who knows which places have room.

    Attributes:
        name: What the desk calls it.
        file: A CSV or Parquet file that a property system drops; or
        url: where it is asked, by a signed message.
        secret: whsec_ and base64 of 24 to 64 bytes, for a `url`.
        allow_private: The deployment itself runs it: private addresses and http are fine.
    """

    name: str
    file: str = ""
    url: str = ""
    secret: str = ""
    allow_private: bool = False


class Limits(Struct, frozen=True, kw_only=True):
    """How fast who may ask one server process; 0 a second is no limit.

    Attributes:
        keys: One key, on the paths that take events and answer the gate.
        api: One key, on every other path of the interface: each answer takes a thread.
        addresses: One address, where no key is asked for: pages, sign-in, callbacks.
    """

    keys: Allowance = Allowance(per_second=5_000, burst=10_000)
    api: Allowance = Allowance(per_second=100, burst=200)
    addresses: Allowance = Allowance(per_second=50, burst=200)


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
        sources: Secrets of the book's webhooks, by the name of the source.
        zendesk: The help desk that cases are written back to, and whose sidebar shows them.
        threads: Deliveries at the same time.
        mailchimp: Audiences in which who is held carries a tag.
        hubspot: Contact properties that are true of who is held.
        origins: Web origins whose pages may send events with a key that may do nothing else, such
            as https://www.example.org; none by default, "*" for any.
        proxies: Servers of yours in front of this one, each of which appends the address it saw
            to X-Forwarded-For; 0 when clients connect to Makegood itself.
        private_webhooks: Webhook endpoints may be on private addresses, and http; for a firm that
            trusts everybody who may make one.
        limits: How fast who may ask.
        log: What a line of the log looks like.
        availability: Who knows which places have room.
        freemail: Domains at which everybody may have a mailbox, beside the packaged list.
        mail_server: What your mail server calls itself in Authentication-Results (its
            authserv-id); only what it says there of a sender counts. Empty for none.
        imap: imaps://user:password@host/folder of the mailbox customers write to; empty for none.
        attachments: Folder in which what is attached to letters is kept; beside an embedded
            database where none is named.
    """

    database: str
    key: bytes
    book: str = ""
    base_url: str = "http://localhost:8000"
    smtp: str = ""
    counterparts: tuple[Counterpart, ...] = ()
    sms: SmsGateway | None = None
    mailchimp: MailchimpSettings | None = None
    hubspot: HubspotSettings | None = None
    sources: Mapping[str, SourceSecrets] = {}
    zendesk: ZendeskSettings | None = None
    threads: int = 8
    proxies: int = 0
    private_webhooks: bool = False
    origins: tuple[str, ...] = ()
    limits: Limits = Limits()
    log: Literal["text", "json"] = "text"
    availability: tuple[AvailabilitySource, ...] = ()
    imap: str = ""
    mail_server: str = ""
    freemail: frozenset[str] = frozenset()
    attachments: str = ""


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
        mailchimp=_file(environ, mailchimp.SETTING, MailchimpSettings),
        hubspot=_file(environ, hubspot.SETTING, HubspotSettings),
        zendesk=_file(environ, "MAKEGOOD_ZENDESK", ZendeskSettings),
        sources=_file(environ, "MAKEGOOD_SOURCES", dict[str, SourceSecrets]) or {},
        proxies=_count(environ, "MAKEGOOD_PROXIES"),
        private_webhooks=environ.get("MAKEGOOD_PRIVATE_WEBHOOKS", "") == "1",
        origins=_origins(environ.get("MAKEGOOD_ORIGINS", "")),
        limits=Limits(
            keys=_pace(environ, "MAKEGOOD_LIMIT_KEYS", Limits().keys),
            api=_pace(environ, "MAKEGOOD_LIMIT_API", Limits().api),
            addresses=_pace(environ, "MAKEGOOD_LIMIT_ADDRESSES", Limits().addresses),
        ),
        log=_log(environ),
        availability=_file(environ, "MAKEGOOD_AVAILABILITY", tuple[AvailabilitySource, ...]) or (),
        imap=environ.get("MAKEGOOD_IMAP", ""),
        freemail=frozenset(
            environ.get("MAKEGOOD_FREEMAIL", "").casefold().replace(",", " ").split()
        ),
        mail_server=environ.get("MAKEGOOD_MAIL_SERVER", "").strip(),
        attachments=environ.get("MAKEGOOD_ATTACHMENTS", "") or _beside(database),
    )


def _domains(given: str) -> frozenset[str]:
    """Read domains with commas or blanks between them."""
    return frozenset(given.casefold().replace(",", " ").split())


def attachments_folder(database: str) -> str:
    """Say where what is attached to letters is kept; empty where nothing is."""
    return os.environ.get("MAKEGOOD_ATTACHMENTS", "") or _beside(database)


def _beside(database: str) -> str:
    """Give the folder beside an embedded database; a server has none."""
    path = database.removeprefix("sqlite:///")
    return f"{path}.attachments" if path != database else ""


def _origins(given: str) -> tuple[str, ...]:
    """Read web origins with commas or blanks between them.

    Raises:
        InputError: One is more or less than scheme, host and port.
    """
    found = tuple(one.rstrip("/").casefold() for one in given.replace(",", " ").split())
    for one in found:
        parts = urlsplit(one)
        is_origin = parts.scheme in ("http", "https") and one == f"{parts.scheme}://{parts.netloc}"
        if one != "*" and not (is_origin and parts.netloc):
            raise InputError(
                f"MAKEGOOD_ORIGINS: {one[:60]!r} is no origin: write https://www.example.org."
            )
    return found


def _count(environ: Mapping[str, str], name: str) -> int:
    given = environ.get(name, "0")
    if not (given.isascii() and given.isdigit() and len(given) < 3):
        raise InputError(f"{name} is {given[:20]!r}: write a small whole number.")
    return int(given)


def _pace(environ: Mapping[str, str], name: str, otherwise: Allowance) -> Allowance:
    """Read a pace: requests a second, or that and the burst, such as 100/200."""
    given = environ.get(name, "").strip()
    if not given:
        return otherwise
    found = re.fullmatch(r"(\d{1,7}(?:\.\d{1,3})?)(?:/(\d{1,7}))?", given)
    if found is None:
        raise InputError(
            f"{name} is {given[:20]!r}: write requests a second and how many at once, such as "
            "100/200, or 0 for no limit."
        )
    per_second = float(found[1])
    return Allowance(per_second=per_second, burst=max(float(found[2] or per_second), 1.0))


def _log(environ: Mapping[str, str]) -> Literal["text", "json"]:
    match environ.get("MAKEGOOD_LOG", "text"):
        case "text":
            return "text"
        case "json":
            return "json"
        case given:
            raise InputError(f"MAKEGOOD_LOG is {given[:20]!r}: write text or json.")


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


def named_database(given: str, environ: Mapping[str, str] = os.environ) -> str:
    """Give the database that is named, and no other: what is restored goes where somebody said.

    Raises:
        InputError: None is.
    """
    address = given or environ.get("MAKEGOOD_DATABASE", "")
    if not address:
        raise InputError("Say where to: --database sqlite:///new.db, or postgresql://...")
    return address


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
