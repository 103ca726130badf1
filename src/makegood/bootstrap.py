"""Join ports to adapters."""

import time
from collections.abc import Mapping
from pathlib import Path

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
from makegood.runtime.shelf import Shelf
from makegood.runtime.worker import Pace, Worker
from makegood.settings import Settings, own_folder
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore

FIRST_BOOK = "car-rental"


class SystemClock:
    """The server's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


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
