"""Counts sends: those that asked the gate or passed it, and those that events told of.

A question is answered from memory and costs no write: what was counted is written every few
seconds. A process that is killed loses the counts of its last seconds, and nothing else.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Event as Signal
from threading import Lock, Thread

from makegood.core.holds import Answer, Question
from makegood.messages.events import Event
from makegood.messages.facts import Touchpoint
from makegood.playbooks.book import RuleBook
from makegood.playbooks.sending import SendRule
from makegood.ports.clock import Clock
from makegood.ports.sends import Sends, Way
from makegood.ports.store import Store
from makegood.sources.limits import writable

FLUSH_SECONDS = 5.0
DAY_MS = 86_400_000
MOST_KINDS = 1_000  # kinds of sends between two writes; a caller makes up brands and channels
MOST_CHANNELS = 50  # told apart by one process; a row for each is kept for every day
_USUAL = ("mail", "sms", "push", "phone")
_LONGEST = 80
_OTHER = "other"
_LOG = logging.getLogger("makegood.coverage")


class Coverage:
    """Counts in memory and writes in batches; may be told from any thread."""

    def __init__(self, store: Store, clock: Clock, book_of: Callable[[], RuleBook]) -> None:
        """Join the parts.

        Args:
            store: Where the counts are kept.
            clock: Says which day it is.
            book_of: Gives the active book, which knows the brands.
        """
        self._store = store
        self._clock = clock
        self._book_of = book_of
        self._channels = {*_USUAL, _OTHER}
        self._counted: Counter[tuple[int, str, str, Way, str]] = Counter()
        self._lock = Lock()
        self._writing = Lock()
        self._stopped = Signal()
        self._writer: Thread | None = None

    def count(
        self, brand: str, channel: str, way: Way, n: int = 1, *, message_class: str = ""
    ) -> None:
        """Count sends of today; writes nothing yet.

        Args:
            brand: Who spoke; one the rule book does not know is kept as none.
            channel: mail, sms and so on.
            way: How it is known.
            n: How many.
            message_class: What they were for, where that is known.
        """
        if n <= 0:
            return
        key = (self._clock.now_ms() // DAY_MS, brand, channel, way, message_class)
        with self._lock:
            if key not in self._counted and len(self._counted) >= MOST_KINDS:
                key = (key[0], "", _OTHER, way, message_class)
            self._counted[key] += n
            if self._writer is None and not self._stopped.is_set():
                self._writer = Thread(target=self._write_forever, name="coverage", daemon=True)
                self._writer.start()

    def told(self, answer: Answer, question: Question, channel: str = "") -> Answer:
        """Give an answer of the gate as it is; what it stopped is counted."""
        if not answer.allowed:
            kind = question.message_class.value
            self.count(question.brand, channel or question.channel, "held", message_class=kind)
        return answer

    def flush(self) -> None:
        """Write what was counted; what cannot be written stays for the next time."""
        with self._writing:
            with self._lock:
                counted, self._counted = self._counted, Counter()
            if not counted:
                return
            try:
                sends = self._sends(counted)
                with self._store.writing() as writing:
                    writing.add_sends(sends)
            except BaseException:
                with self._lock:
                    self._counted.update(counted)
                raise

    def close(self) -> None:
        """Write the rest and count no more."""
        self._stopped.set()
        if self._writer is not None:
            self._writer.join()
        self._flush_surely()

    def _sends(self, counted: Mapping[tuple[int, str, str, Way, str], int]) -> list[Sends]:
        book = self._book_of()
        return [
            Sends(
                day=day,
                brand=_brand(brand, book),
                channel=self._channel(channel),
                way=way,
                message_class=message_class,
                count=count,
            )
            for (day, brand, channel, way, message_class), count in counted.items()
        ]

    def _channel(self, given: str) -> str:
        """Keep a channel apart from others, unless somebody makes up one after the other."""
        channel = _channel(given)
        if channel not in self._channels and len(self._channels) >= MOST_CHANNELS:
            return _OTHER
        self._channels.add(channel)
        return channel

    def _write_forever(self) -> None:
        while not self._stopped.wait(FLUSH_SECONDS):
            self._flush_surely()

    def _flush_surely(self) -> None:
        try:
            self.flush()
        except Exception as fault:  # counting stops nothing
            _LOG.error("sends are not written yet: %s", type(fault).__name__)


def _brand(given: str, book: RuleBook) -> str:
    """Keep a brand of the book; a firm with one brand need not name it."""
    if given in book.brands:
        return given
    return next(iter(book.brands)) if not given and len(book.brands) == 1 else ""


def _channel(given: str) -> str:
    """Keep a channel's name; what is no name is another channel."""
    plain = given.strip().casefold()
    fits = 0 < len(plain) <= 20 and plain.isascii() and plain.replace("_", "").isalnum()
    return plain if fits else _OTHER


def told_sends(events: Sequence[Event], book: RuleBook) -> tuple[Sends, ...]:
    """Give the sends that events tell of, by the rules of the book."""
    found: list[Sends] = []
    for event in events:
        body = event.body
        if isinstance(body, Touchpoint) and (rule := book.sends.get(body.name)) is not None:
            found.append(_told(event, body, rule, book))
    return tuple(found)


def _told(event: Event, body: Touchpoint, rule: SendRule, book: RuleBook) -> Sends:
    brand = rule.brand or str(body.properties.get(rule.brand_from, ""))
    campaign = body.properties.get(rule.campaign_from, "")
    return Sends(
        day=event.time_ms // DAY_MS,
        brand=_brand(brand, book),
        channel=rule.channel,
        way="reported",
        source=event.source[:_LONGEST],
        event=body.name[:_LONGEST],
        campaign=writable(campaign, _LONGEST) if isinstance(campaign, str) else "",
        count=1,
    )
