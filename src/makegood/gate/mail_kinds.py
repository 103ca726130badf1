"""Which class a passing mail has, and which kinds of mail there are.

Every process keeps the kinds in memory and answers from there: no mail waits for the store.
`tend` writes the counts down and learns what people said elsewhere; whoever runs a gate calls it
every two seconds, off the way of the mail, and once at the end.
"""

from collections.abc import Callable, Sequence
from threading import Lock

from msgspec.structs import replace

from makegood.core.mailings import (
    RULED,
    KnownKind,
    MailClass,
    by_rules,
    signals_of,
    without_rule,
)
from makegood.core.signals import MANY
from makegood.gate.kinds_seen import KindsSeen, Seen
from makegood.gate.mail_lines import Lines
from makegood.gate.mail_reading import Envelope, read_headers, read_text
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError
from makegood.playbooks.book import Library
from makegood.ports.acts import Act, Note, unnoted
from makegood.ports.clock import Clock
from makegood.ports.mail_kinds import MailDecision, MailKind
from makegood.ports.store import Reading, Store

TEND_SECONDS = 2.0
"""How often a running gate tends its kinds, so that a decision counts everywhere within 5 s."""
_PAGE = 200
_MOST_PAGES = 20
_OVERLAP_MS = 60_000  # clocks of processes, and transactions that ended late
_DAY_MS = 86_400_000
_ONCE_MS = 14 * _DAY_MS  # one letter to one person is no template
_MOST_ONCE = 20_000  # kinds seen once; beyond it the oldest go sooner
_GONE_MS = 400 * _DAY_MS  # a mailing of every year is known again
_FORGET_EVERY_MS = 3_600_000


class MailKinds:
    """Classes mails, counts their kinds, and knows what people said of them."""

    def __init__(
        self, store: Store, library_of: Callable[[], Library], clock: Clock, note: Note = unnoted
    ) -> None:
        """Join the parts.

        Args:
            library_of: Gives the rule books of this moment.
            note: Writes down who said what a kind of mail is, where people say it.
        """
        self._store = store
        self._library_of = library_of
        self._clock = clock
        self._note = note
        self._seen = KindsSeen()
        self._lines = Lines()
        self._turn = Lock()  # held for an instant: to look a kind up, to count it
        self._tending = Lock()  # one at a time writes down, and learns
        self._said = 0
        self._learnt_ms: int | None = None
        self._forgot_ms = 0

    def classify(
        self,
        content: bytes,
        *,
        mail_from: str = "",
        recipients: Sequence[str] = (),
        port: int = 0,
        user: str = "",
    ) -> MailClass:
        """Say which class a mail has, whose it is and why, and count its kind.

        Args:
            content: The mail as it came.
            mail_from: Sender of the envelope.
            recipients: Of the envelope.
            port: On which it came in.
            user: Who signed in to send it.
        """
        envelope = Envelope(mail_from=mail_from, recipients=recipients, port=port, user=user)
        return self._judge(content, envelope, counts=True)

    def peek(self, content: bytes, envelope: Envelope) -> MailClass:
        """Say what `classify` would, and count nothing."""
        return self._judge(content, envelope, counts=False)

    def _judge(self, content: bytes, envelope: Envelope, *, counts: bool) -> MailClass:
        if self._learnt_ms is None:
            self.learn()
        headers = read_headers(content, envelope)
        facts = headers.facts
        book = self._library_of().now()
        ruled = by_rules(facts, book)
        now_ms = self._clock.now_ms()
        if ruled.found is not None:
            if counts:
                with self._turn:
                    self._seen.count_ruled(ruled.found, facts.domain, facts.recipients, now_ms)
            return ruled.found
        facts, skeleton = read_text(headers, content, envelope, self._lines)
        signals = signals_of(facts, book, ruled)
        judged = without_rule(signals, facts, ruled, KnownKind())
        seen = Seen(
            skeleton=skeleton,
            fingerprint=facts.fingerprint,
            domain=facts.domain,
            judged=judged,
            recipients=envelope.recipients,
        )
        with self._turn:
            known = self._seen.count(seen, now_ms) if counts else self._seen.known(seen)
        if known.decided is None and known.recipients < MANY:
            return replace(judged, kind=known.id or judged.kind)
        found = without_rule(signals, facts, ruled, known)
        if counts:
            with self._turn:
                self._seen.judged(found)
        return found

    def decided(self, kind: str) -> MessageClass | None:
        """Give what a person said a kind of mail is; None when nobody did."""
        with self._turn:
            return self._seen.decided(kind)

    def note_held(self, found: MailClass, recipients: int) -> None:
        """Count recipients of a mail without a class whom a hold would have spared it."""
        with self._turn:
            self._seen.note_held(found.kind, recipients)

    def decide(self, kind: str, message_class: MessageClass | None, by: str) -> MailKind | None:
        """Write down what a person says a kind of mail is; None takes it back.

        Saying the same again writes nothing.

        It counts for the next mail of this process, and of every other within 5 seconds.

        Returns:
            The kind as it is then; None when there is no such kind, and nothing was written.

        Raises:
            InputError: A rule of the book says what such mails are.
        """
        if kind.startswith(RULED):
            rule = kind.rpartition(":")[2]
            raise InputError(f"The rule `{rule}` of the rule book says what these mails are.")
        while True:
            with self._store.writing() as writing:
                known = writing.mail_kind(kind)
                if known is None or known.decided is message_class:
                    return known  # said already: a repeat adds nothing
                row = MailDecision(
                    place=writing.last_mail_decision() + 1,
                    kind=kind,
                    message_class=message_class,
                    by=by,
                    at_ms=self._clock.now_ms(),
                )
                if writing.put_mail_decision(row):
                    self._note(writing, _said(row, known.decided))
                    break
        self.learn()
        with self._store.reading() as reading:
            return reading.mail_kind(kind)

    def tend(self) -> None:
        """Write down what was counted, and learn what was said elsewhere.

        What cannot be written is counted again the next time.
        """
        with self._tending:
            with self._turn:
                counted = self._seen.taken()
            try:
                self._write(counted)
            except BaseException:
                with self._turn:
                    self._seen.put_back(counted)
                raise
        self.learn()

    def _write(self, counted: Sequence[MailKind]) -> None:
        now_ms = self._clock.now_ms()
        forgets = now_ms - self._forgot_ms >= _FORGET_EVERY_MS
        if not counted and not forgets:
            return
        with self._store.writing() as writing:
            writing.count_mail_kinds(counted)
            if forgets:
                writing.forget_mail_kinds(now_ms - _ONCE_MS, now_ms - _GONE_MS, _MOST_ONCE)
                self._forgot_ms = now_ms

    def learn(self) -> None:
        """Read the kinds seen anywhere since the last time, and everything said since."""
        with self._tending:
            now_ms = self._clock.now_ms()
            with self._store.reading() as reading:
                kinds = _since(reading, (self._learnt_ms or 0) - _OVERLAP_MS)
                said = _said_after(reading, self._said)
            with self._turn:
                self._seen.learn(kinds, said)
            if said:
                self._said = said[-1].place
            self._learnt_ms = now_ms


def _said(row: MailDecision, before: MessageClass | None) -> Act:
    return Act(
        what="mail.classed",
        at_ms=row.at_ms,
        who=row.by,
        about=row.kind,
        before={"class": before.value} if before else {},
        after={"class": row.message_class.value} if row.message_class else {},
    )


def _since(reading: Reading, since_ms: int) -> list[MailKind]:
    """Read pages of kinds, the last seen first, until those that are known."""
    found: list[MailKind] = []
    after = None
    for _ in range(_MOST_PAGES):
        page = reading.mail_kinds(after=after, limit=_PAGE)
        found += page
        if len(page) < _PAGE or page[-1].last_ms < since_ms:
            break
        after = (page[-1].last_ms, page[-1].kind)
    return found


def _said_after(reading: Reading, place: int) -> list[MailDecision]:
    found: list[MailDecision] = []
    while page := reading.mail_decisions(place, _PAGE):
        found += page
        place = page[-1].place
        if len(page) < _PAGE:
            break
    return found
