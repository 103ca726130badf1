"""The post: the mailroom with its files, its mailbox, and what erasures leave to be deleted."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Protocol

from msgspec.structs import replace

from makegood.effects.replies import Found, Replies
from makegood.effects.smtp import Connections
from makegood.messages.commands import Command, SendReply
from makegood.messages.errors import InputError
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import RuleBook
from makegood.ports.clock import Clock
from makegood.ports.files import Files
from makegood.ports.store import Store
from makegood.runtime.attaching import Attaching
from makegood.runtime.beside import Forever, threads_of
from makegood.runtime.direct_line import Lines
from makegood.runtime.letters_sent import looked_up
from makegood.runtime.mail_addresses import MailServer, addresses_of, is_ours
from makegood.runtime.mail_rounds import MailRounds
from makegood.runtime.mailroom import Doors, Mailroom
from makegood.runtime.raising import customer_meant
from makegood.runtime.reading_words import WordsRead
from makegood.runtime.triage import Triage
from makegood.runtime.triage_models import reader_of
from makegood.runtime.triage_night import TriageNight
from makegood.sources.imap import box_of
from makegood.store.files import DiskFiles, MemoryFiles

IN_MEMORY = "memory:"


class Sweepable(Protocol):
    """What forgets rows of which there are files."""

    def swept_by(self, sweep: Callable[[], object]) -> None:
        """Say what deletes the files afterwards."""


class Post:
    """Everything about mail that comes in.

    Attributes:
        files: What is attached.
        with_files: Whether it is kept as long as the store is.
        attaching: What reps attach to letters of ours.
        room: Takes mails.
        triage: Says what letters are about.
        words: Reads what customers wrote elsewhere.
        night: Trains the model of triage.
        rounds: Looks into the mailbox; None where the settings name none.
    """

    def __init__(
        self,
        store: Store,
        doors: Doors,
        book_of: Callable[[], RuleBook],
        lines: Lines,
        clock: Clock,
        settings: tuple[str, str, MailServer],
    ) -> None:
        """Join the parts.

        Args:
            settings: The folder of attachments, `memory:` for a store that is there, too, or
                empty, so that they stay in the mails; the mailbox, empty for none; and what
                the firm says of its mail server.
        """
        folder, imap, server = settings
        self._store = store
        self._intake = doors.intake
        self._clock = clock
        self._lines = lines
        self._book_of = book_of
        self.with_files = bool(folder)
        on_disk = folder not in ("", IN_MEMORY)
        self.files: Files = DiskFiles(Path(folder)) if on_disk else MemoryFiles()
        self.attaching = Attaching(store, self.files, clock, with_files=self.with_files)
        self.triage = Triage(store, doors.acts, doors.intake, book_of, clock, reader_of)
        self.words = WordsRead(store, self.triage, book_of, clock)
        self.night = TriageNight(store, book_of, clock)
        self.room = Mailroom(
            store,
            replace(doors, triage=self.triage),
            self.files,
            lambda reading: addresses_of(reading, lines, book_of(), server),
            clock,
            with_files=self.with_files,
        )
        self.rounds = MailRounds(store, self.room, box_of(imap), clock) if imap else None

    def is_ours(self, address: str) -> bool:
        """Whether a mail to an address is taken."""
        with self._store.reading() as reading:
            return is_ours(reading, self._lines, self._book_of(), address)

    def replies(self, connections: Connections | None) -> Replies:
        """Give what sends answers to letters."""
        return Replies(connections, self._book_of, self._looked_up)

    def _looked_up(self, command: Command, order: SendReply) -> Found:
        brand = self._book_of().for_brand(order.brand).brands.get(order.brand)
        sender = brand.sender if brand is not None else ""
        now_ms = self._clock.now_ms()
        return looked_up(self._store, self.attaching, command, sender, now_ms, self._whose)

    def _whose(self, address: str) -> CustomerId | None:
        return customer_meant(self._store, self._intake, f"email:{address}")

    def only_rounds(self) -> MailRounds:
        """Give the rounds through the mailbox.

        Raises:
            InputError: The settings name no mailbox.
        """
        if self.rounds is None:
            raise InputError("Name the mailbox: MAKEGOOD_IMAP=imaps://user:password@host/INBOX.")
        return self.rounds

    def sweep(self) -> None:
        """Delete what was attached and never sent, and the files of what was erased."""
        self.attaching.sweep(self._book_of().letters.unsent_ms)
        self.attaching.sweep_gone()

    def sweeps_after(self, *those: Sweepable) -> None:
        """Have files deleted after whatever forgets their rows."""
        for one in those:
            one.swept_by(self.sweep)

    def threads(
        self, stopped: Callable[[], bool], sleep: Callable[[float], object]
    ) -> list[Thread]:
        """Give what works beside the worker: reading words, training, and the mailbox if any."""
        rounds: dict[str, Forever] = {
            "words": self.words.run_forever,
            "night": self.night.run_forever,
        }
        if self.rounds is not None:
            rounds["mail"] = self.rounds.run_forever
        return threads_of(rounds, stopped, sleep)
