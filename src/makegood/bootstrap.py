"""Join ports to adapters."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

from makegood.books.opening import read_book
from makegood.core.holds import Answer
from makegood.effects.asking_places import AskingPlaces, Places
from makegood.effects.availability_http import SECONDS as AVAILABILITY_SECONDS
from makegood.effects.availability_http import AvailabilityHttp
from makegood.effects.campaign_tools import placed_of
from makegood.effects.channels import Channel, Channels
from makegood.effects.confirm import Confirmation
from makegood.effects.finding import Finding
from makegood.effects.fulfil import Fulfilment
from makegood.effects.hooks import Home
from makegood.effects.links import Links
from makegood.effects.mail import Mail
from makegood.effects.outside import Outside
from makegood.effects.sms import HttpGateway, Sms, WebhookGateway
from makegood.effects.smtp import Connections, server_of
from makegood.effects.webhook import Counterpart, Webhooks
from makegood.effects.within_firm import WithinFirm
from makegood.effects.words import Words
from makegood.effects.zendesk_joined import HelpDesk
from makegood.engines import open_store
from makegood.gate.held import found_by, held_now
from makegood.gate.mail_kinds import MailKinds
from makegood.gate.service import Gate
from makegood.gate.tickets import issue_ticket
from makegood.messages.commands import Command, SendMessage
from makegood.messages.errors import InputError
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.availability import Availability
from makegood.ports.clock import Clock
from makegood.ports.effect import Addressee
from makegood.ports.notices import Sink
from makegood.ports.places import PlaceRow
from makegood.ports.rows import PersonRow
from makegood.ports.store import Reading, Store
from makegood.replay.trials import Trials
from makegood.runtime.accounts import Accounts
from makegood.runtime.acts import Acts
from makegood.runtime.asking_owners import OwnersAsked
from makegood.runtime.beside import Forever, running, threads_of
from makegood.runtime.delivery import Deliverer, question_of
from makegood.runtime.direct_line import Lines
from makegood.runtime.endpoints import Endpoints
from makegood.runtime.erasing import Erasing
from makegood.runtime.hellos import Hellos, run_forever
from makegood.runtime.intake import Intake
from makegood.runtime.joining import Joining
from makegood.runtime.leaving import Leavings
from makegood.runtime.link_runs import LinkRuns
from makegood.runtime.mail_addresses import MailServer
from makegood.runtime.mailroom import Doors
from makegood.runtime.marks import Asked, Truth
from makegood.runtime.marks_rounds import Rounds
from makegood.runtime.monday_rounds import told_by_clock
from makegood.runtime.noting import note
from makegood.runtime.places import all_places
from makegood.runtime.post import IN_MEMORY, Post
from makegood.runtime.public_voice import PublicVoice
from makegood.runtime.raising import Raising
from makegood.runtime.receiving import Receiving
from makegood.runtime.requests import Requests
from makegood.runtime.restoring import must_be_settled
from makegood.runtime.rooms import Rooms
from makegood.runtime.roster import Roster
from makegood.runtime.sends import Coverage
from makegood.runtime.shelf import Shelf
from makegood.runtime.standing_in import StandIns
from makegood.runtime.telling import Teller
from makegood.runtime.voice_parts import Parts as VoiceParts
from makegood.runtime.walks import Walks
from makegood.runtime.worker import Pace, Worker
from makegood.settings import AvailabilitySource, Settings
from makegood.sources.availability_file import AvailabilityFile
from makegood.sources.signatures import check_secret

FIRST_BOOK = "car-rental"


class SystemClock:
    """The server's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


def availability_of(sources: Sequence[AvailabilitySource]) -> tuple[Availability, ...]:
    """Join everybody who knows which places have room.

    Raises:
        InputError: One of them is neither a file nor an address, or cannot be used.
    """
    found: list[Availability] = []
    for one in sources:
        if bool(one.file) == bool(one.url):
            raise InputError(f"The availability {one.name!r} is a `file` or a `url`.")
        if one.file:
            found.append(AvailabilityFile(one.name, Path(one.file)))
            continue
        asked = Counterpart(
            name=one.name, url=one.url, secret=one.secret, allow_private=one.allow_private
        )
        webhooks = Webhooks({one.name: asked}, answer_seconds=AVAILABILITY_SECONDS)
        found.append(AvailabilityHttp(asked, webhooks))
    return tuple(found)


class Makegood:
    """A running Makegood: everything joined.

    Attributes:
        settings: What it was opened with.
        store: Log, state, outbox and projections.
        clock: The one clock.
        shelf: The rule books.
        trials: What a changed rule book would have done.
        intake: Takes events in.
        receiving: Maps records of other systems by the book's sources.
        erasing: Forgets people.
        accounts: Keeps accounts, who belongs to them, and what was agreed.
        acts: Decides what people ask for.
        raising: Raises failures by hand.
        joining: Joins two customers, keeps them apart, takes them apart again.
        link_runs: Takes what a run over guest lists found.
        requests: Answers what customers ask for.
        rooms: Gives room in a book of business to who waited longest.
        stand_ins: Gives open cases that nobody looks after to who can.
        owners_asked: Asks who answers for a rule or a place.
        roster: Changes who looks after customers.
        walks: Ranks who goes elsewhere when not all can stay.
        leavings: Looks after the customers of who leaves.
        hellos: Makes hellos and thanks due.
        post: Takes mail in.
        lines: A mail address of one's own for each rep.
        gate: May we send?
        mail_kinds: Which class a mail has that another tool sends.
        coverage: Counts who asked.
        worker: Fires timers and delivers.
        endpoints: Webhook endpoints that are told what changed.
        teller: Tells the sinks what changed.
        marks: What campaign tools know of holds.
        help_desk: What a help desk is told, and asked.
        links: Signs the addresses that reach customers.
    """

    def __init__(self, settings: Settings, store: Store, clock: Clock, shelf: Shelf) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.shelf = shelf
        self.trials = Trials(store, clock, alone=not settings.database.startswith("postgres"))
        self.gate = Gate(store, shelf.current, clock, settings.key)
        self.mail_kinds = MailKinds(store, shelf.current, clock, note)
        self.coverage = Coverage(store, clock, lambda: self.book)
        self.intake = Intake(store, shelf.current, clock, settings.key)
        for name, source in settings.sources.items():
            for secret in source.secrets:
                check_secret(name, secret)
        self.receiving = Receiving(store, self.intake, shelf.current, clock)
        self.erasing = Erasing(store, self.intake.profile, self.receiving.sources, clock)
        self.accounts = Accounts(store, self.intake.profile, lambda: self.book, clock)
        self.acts = Acts(store, self.intake, shelf.current, clock)
        self.raising = Raising(store, self.intake, self.acts, clock)
        self.rooms = Rooms(store, self.intake, shelf.current, clock)
        self.stand_ins = StandIns(store, self.intake, shelf.current, clock)
        self.owners_asked = OwnersAsked(store, shelf.current, clock)
        self.roster = Roster(store, clock)
        self.joining = Joining(store, self.intake, clock)
        self.link_runs = LinkRuns(store, self.joining, clock)
        self.leavings = Leavings(store, self.intake, shelf.current, clock)
        self.hellos = Hellos(store, self.intake, shelf.current, clock)
        self.lines = Lines(settings.key)
        self.requests = Requests(store, self.intake, self.acts, shelf.current, clock)
        doors = Doors(intake=self.intake, requests=self.requests, acts=self.acts)
        folder = settings.attachments or (IN_MEMORY if settings.database == IN_MEMORY else "")
        self.post = Post(
            store,
            doors,
            lambda: self.book,
            self.lines,
            clock,
            (
                folder,
                settings.imap,
                MailServer(name=settings.mail_server, everybodys=settings.freemail),
            ),
        )
        self.post.sweeps_after(self.erasing, self.receiving)
        self.walks = Walks(store, self.intake, shelf.current, clock)
        self.links = Links(settings.key, settings.base_url, clock)
        self._webhooks = Webhooks({one.name: one for one in settings.counterparts})
        self._mail = Connections(server_of(settings.smtp)) if settings.smtp else None
        self._channels = Channels(self._ways(), self._sent)
        self._rooms = availability_of(settings.availability)
        self.worker = Worker(
            store,
            self.intake,
            Deliverer(self._outside(), self._may_send, clock),
            clock,
            pace=Pace(threads=settings.threads),
        )
        self.endpoints = Endpoints(
            store,
            self._webhooks,
            lambda: self.book,
            clock,
            Home(key=settings.key, base_url=settings.base_url, private=settings.private_webhooks),
        )
        self.marks = self._marks()
        self.help_desk = HelpDesk(
            settings.zendesk, store, clock, self._rep_name, settings.base_url
        )
        self.teller = Teller(store, self.sinks, self._held_now, clock, noted=self.endpoints.flush)

    @cached_property
    def voice(self) -> PublicVoice:
        """Hears what is said in public."""
        parts = VoiceParts(
            store=self.store,
            intake=self.intake,
            library_of=self.shelf.current,
            clock=self.clock,
            files=self.post.files,
        )
        secrets = {name: one.secrets for name, one in self.settings.sources.items()}
        return PublicVoice(parts, secrets, with_files=self.post.with_files)

    @property
    def library(self) -> Library:
        """The rule books of this moment."""
        return self.shelf.current()

    @property
    def book(self) -> RuleBook:
        """The active rule book."""
        library = self.library
        return library.book(library.active)

    def sinks(self) -> Mapping[str, Sink]:
        """Give everybody outside who is told what changed, by name, as of this moment."""
        return {**self.endpoints.sinks(), **self.marks.sinks, **self.help_desk.sinks}

    def work(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Deliver the outbox, and beside it tell the sinks and compare marks, until stopped."""
        self.post.sweep()
        rounds: dict[str, Forever] = {
            "tidy": self.receiving.tidy_forever,
            "teller": self.teller.run_forever,
            "rooms": self.rooms.fill_forever,
            "stand-ins": self.stand_ins.run_forever,
            "owners": self.owners_asked.run_forever,
            **told_by_clock(self.store, self.shelf.current, self.clock, self.settings.base_url),
            "in-touch": partial(run_forever, self.leavings, self.hellos),
        }
        if self.marks.placed:
            rounds["marks"] = self.marks.run_forever
        beside = threads_of(rounds, stopped, sleep)
        beside += self.post.threads(stopped, sleep) + self.voice.threads(stopped, sleep)
        with running(beside):
            self.worker.run_forever(stopped, sleep)

    def live_token(self, rep: RepId) -> str:
        """Sign a ticket for the live updates of a person who is signed in."""
        return issue_ticket(self.settings.key, rep, self.clock)

    def close(self) -> None:
        """End deliveries and give back every connection."""
        self.trials.close()
        self.worker.close()
        self.teller.close()
        self.marks.close()
        if self._mail is not None:
            self._mail.close()
        self._webhooks.close()
        for source in self._rooms:
            source.close()
        self.help_desk.close()
        self.coverage.close()
        self.store.close()

    def _outside(self) -> Outside:
        shelf, store = self.shelf, self.store
        return Outside(
            messages=self._channels,
            confirmations=Confirmation(self._webhooks),
            fulfilment=Fulfilment(self._webhooks),
            places=Places(
                Finding(lambda: all_places(store), self._rooms),
                AskingPlaces(self._mail, shelf.current, self.links, self._place),
            ),
            owners=WithinFirm(self._mail, shelf.current, store, self.settings.base_url),
            replies=self.post.replies(self._mail),
        )

    def _marks(self) -> Rounds:
        asked = Asked(
            is_held=self.gate.is_held,
            held_now=self._held_now,
            found_by=found_by,
            knows=lambda brand: brand in self.book.brands,
        )
        placed = placed_of(self.settings.mailchimp, self.settings.hubspot)
        truth = Truth(self.store, self.settings.key, asked)
        return Rounds(self.store, placed, truth, self.clock)

    def _place(self, place: str) -> PlaceRow | None:
        with self.store.reading() as reading:
            return reading.places_by_id([place]).get(place)

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

    def _sent(self, order: SendMessage, channel: str) -> None:
        self.coverage.count(order.brand, channel, "own", message_class=order.message_class.value)

    def _rep_name(self, rep: str) -> str:
        with self.store.reading() as reading:
            return next((row.name for row in reading.reps() if row.rep == rep), rep)

    def _held_now(
        self, reading: Reading, customers: Sequence[CustomerId]
    ) -> Mapping[CustomerId, tuple[str, ...]]:
        return held_now(reading, customers, self.shelf.current(), self.clock.now_ms())

    def _may_send(self, command: Command, person: PersonRow) -> Answer:
        """Ask the gate about a message of ours, for the channel it is about to take."""
        order = command.order
        ways: tuple[str, ...] = ()
        if isinstance(order, SendMessage):
            ways = self._channels.ways(order, Addressee(person=person))
        question = question_of(command, ways[0] if ways else "mail")
        answer = self.gate.ask_customer(CustomerId(command.profile), question)
        return self.coverage.told(answer, question)


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
        takes_up: It will serve or send: a rule book that the settings name anew becomes the
            active one, and what a cut-off restore left behind is refused.
        begins: A new deployment begins with a rule book.

    Raises:
        BookErrors: The rule book has mistakes.
        InputError: A setting is wrong.
    """
    clock = clock or SystemClock()
    wanted = (takes_up, begins)
    if store is not None:
        return _joined(settings, store, clock, wanted)
    store = open_store(settings.database)
    try:
        return _joined(settings, store, clock, wanted)
    except BaseException:
        store.close()  # nobody else knows of it
        raise


def _joined(settings: Settings, store: Store, clock: Clock, wanted: tuple[bool, bool]) -> Makegood:
    takes_up, begins = wanted
    if takes_up:
        must_be_settled(store)
    shelf = Shelf(store, clock, settings.book)
    with store.reading() as reading:
        is_new = reading.active_book() is None
    if (is_new and begins) or (settings.book and takes_up):
        text, name = read_book(settings.book or FIRST_BOOK)
        shelf.settle(text, name)
    return Makegood(settings, store, clock, shelf)
