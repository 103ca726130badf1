"""Join ports to adapters, and read the settings once."""

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from makegood.books.opening import read_book
from makegood.core.holds import Answer
from makegood.effects.channels import Channel, Channels
from makegood.effects.confirm import Confirmation
from makegood.effects.fulfil import Fulfilment
from makegood.effects.links import Links
from makegood.effects.mail import Mail
from makegood.effects.outside import Outside
from makegood.effects.sms import HttpGateway, Sms, WebhookGateway
from makegood.effects.smtp import Connections, server_of
from makegood.effects.webhook import Counterpart, Webhooks
from makegood.effects.words import Words
from makegood.gate.service import Gate
from makegood.gate.tickets import issue_ticket
from makegood.messages.commands import Command, SendMessage
from makegood.messages.errors import InputError
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.allowance import Allowance
from makegood.ports.archive import Archivable
from makegood.ports.clock import Clock
from makegood.ports.effect import Addressee
from makegood.ports.rows import PersonRow
from makegood.ports.store import Store
from makegood.replay.trials import Trials
from makegood.runtime.acts import Acts
from makegood.runtime.delivery import Deliverer, question_of
from makegood.runtime.intake import Intake
from makegood.runtime.raising import Raising
from makegood.runtime.requests import Requests
from makegood.runtime.secret import own_folder, read_key
from makegood.runtime.shelf import Shelf
from makegood.runtime.worker import Pace, Worker
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore

FIRST_BOOK = "car-rental"
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
        threads: Deliveries at the same time.
        proxies: Servers of yours in front of this one, each of which appends the address it saw
            to X-Forwarded-For; 0 when clients connect to Makegood itself.
        limits: How fast who may ask.
        log: What a line of the log looks like.
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
    limits: Limits = Limits()
    log: Literal["text", "json"] = "text"


class SystemClock:
    """The server's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


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
        key=read_key(environ.get("MAKEGOOD_KEY", ""), database),
        book=environ.get("MAKEGOOD_BOOK", ""),
        base_url=environ.get("MAKEGOOD_BASE_URL", "http://localhost:8000"),
        smtp=environ.get("MAKEGOOD_SMTP", ""),
        counterparts=_file(environ, "MAKEGOOD_COUNTERPARTS", tuple[Counterpart, ...]) or (),
        sms=_file(environ, "MAKEGOOD_SMS", SmsGateway),
        proxies=_count(environ, "MAKEGOOD_PROXIES"),
        limits=Limits(
            keys=_pace(environ, "MAKEGOOD_LIMIT_KEYS", Limits().keys),
            api=_pace(environ, "MAKEGOOD_LIMIT_API", Limits().api),
            addresses=_pace(environ, "MAKEGOOD_LIMIT_ADDRESSES", Limits().addresses),
        ),
        log=_log(environ),
    )


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


def open_store(database: str) -> Store:
    """Open the engine that an address names.

    Raises:
        InputError: No engine has such an address, or its driver is not installed.
    """
    if database.startswith("sqlite:///"):
        path = Path(database.removeprefix("sqlite:///"))
        own_folder(path.parent)
        return SqliteStore(path)
    if database.startswith(("postgresql://", "postgres://")):
        try:
            from makegood.store.postgres import PostgresStore
        except ImportError as error:
            raise InputError(
                "PostgreSQL needs its driver: pip install 'makegood[postgres]'."
            ) from error
        return PostgresStore(database)
    if database == "memory:":
        return MemoryStore()
    # Only its first word: the rest may hold a password.
    scheme = database.partition(":")[0][:20]
    raise InputError(f"{scheme!r} is no database: write sqlite:///path or postgresql://...")


def open_archive(database: str) -> Archivable:
    """Give the database that an address names, to write it out whole or to fill it.

    Raises:
        InputError: It is in memory, or no engine has such an address.
    """
    if database.startswith("sqlite:///"):
        from makegood.store.archive_sqlite import SqliteArchive

        return SqliteArchive(Path(database.removeprefix("sqlite:///")))
    if database.startswith(("postgresql://", "postgres://")):
        from makegood.store.archive_postgres import PostgresArchive

        return PostgresArchive(database)
    raise InputError("Only SQLite and PostgreSQL are backed up: sqlite:///path, postgresql://...")


class Makegood:
    """A running Makegood: everything joined.

    Attributes:
        settings: What it was opened with.
        store: Log, state, outbox and projections.
        clock: The one clock.
        shelf: The rule books.
        trials: What a changed rule book would have done.
        intake: Takes events in.
        acts: Decides what people ask for.
        raising: Raises failures by hand.
        requests: Answers what customers ask for.
        gate: May we send?
        worker: Fires timers and delivers.
        links: Signs the addresses that reach customers.
    """

    def __init__(self, settings: Settings, store: Store, clock: Clock, shelf: Shelf) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.shelf = shelf
        self.trials = Trials(store, clock, alone=not settings.database.startswith("postgres"))
        self.gate = Gate(store, shelf.current, clock, settings.key)
        self.intake = Intake(store, shelf.current, clock, settings.key)
        self.acts = Acts(store, self.intake, shelf.current, clock)
        self.raising = Raising(store, self.intake, self.acts, clock)
        self.requests = Requests(store, self.intake, self.acts, shelf.current, clock)
        self.links = Links(settings.key, settings.base_url, clock)
        self._webhooks = Webhooks({one.name: one for one in settings.counterparts})
        self._mail = Connections(server_of(settings.smtp)) if settings.smtp else None
        self._channels = Channels(self._ways())
        outside = Outside(
            messages=self._channels,
            confirmations=Confirmation(self._webhooks),
            fulfilment=Fulfilment(self._webhooks),
        )
        self.worker = Worker(
            store,
            self.intake,
            Deliverer(outside, self._may_send, clock),
            clock,
            pace=Pace(threads=settings.threads),
        )

    @property
    def library(self) -> Library:
        """The rule books of this moment."""
        return self.shelf.current()

    @property
    def book(self) -> RuleBook:
        """The active rule book."""
        library = self.library
        return library.book(library.active)

    def live_token(self, rep: RepId) -> str:
        """Sign a ticket for the live updates of a person who is signed in."""
        return issue_ticket(self.settings.key, rep, self.clock)

    def close(self) -> None:
        """End deliveries and give back every connection."""
        self.trials.close()
        self.worker.close()
        if self._mail is not None:
            self._mail.close()
        self._webhooks.close()
        self.store.close()

    def _ways(self) -> tuple[Channel, ...]:
        shelf = self.shelf
        words = Words(shelf.current, self.links, self._rep_name, latest=shelf.latest)
        ways: list[Channel] = []
        if self._mail is not None:
            ways.append(Mail(self._mail, words))
        sms = self.settings.sms
        if sms is not None:
            receiver = Counterpart(
                name="sms", url=sms.url, secret="", allow_private=sms.allow_private
            )
            ways.append(Sms(HttpGateway(self._webhooks, receiver, sms.mapping, sms.token), words))
        elif any(one.name == "sms" for one in self.settings.counterparts):
            ways.append(Sms(WebhookGateway(self._webhooks), words))
        return tuple(ways)

    def _rep_name(self, rep: str) -> str:
        with self.store.reading() as reading:
            names: Mapping[str, str] = {row.rep: row.name for row in reading.reps()}
        return names.get(rep, rep)

    def _may_send(self, command: Command, person: PersonRow) -> Answer:
        """Ask the gate about a message of ours, for the channel it is about to take."""
        order = command.order
        ways: tuple[str, ...] = ()
        if isinstance(order, SendMessage):
            ways = self._channels.ways(order, Addressee(person=person))
        question = question_of(command, ways[0] if ways else "mail")
        return self.gate.ask_customer(CustomerId(command.profile), question)


def open_makegood(
    settings: Settings,
    *,
    clock: Clock | None = None,
    store: Store | None = None,
    takes_up: bool = True,
    begins: bool = True,
) -> Makegood:
    """Open everything that a deployment's settings name.

    Args:
        settings: What the deployment decides.
        clock: The one clock; the system's when not given.
        store: An open store, else the one the settings name.
        takes_up: A rule book that the settings name anew becomes the active one.
        begins: A new deployment begins with a rule book.

    Raises:
        BookErrors: The rule book has mistakes.
        InputError: A setting is wrong.
    """
    store = store or open_store(settings.database)
    clock = clock or SystemClock()
    shelf = Shelf(store, clock, settings.book)
    with store.reading() as reading:
        is_new = reading.active_book() is None
    if (is_new and begins) or (settings.book and takes_up):
        text, name = read_book(settings.book or FIRST_BOOK)
        shelf.settle(text, name)
    return Makegood(settings, store, clock, shelf)
