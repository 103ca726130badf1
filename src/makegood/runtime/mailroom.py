"""The mailroom: a mail that came in becomes an event of the right customer, once.

First what is attached is kept, then the event, then the letter; each of them can be done again,
so whoever brings the mail (IMAP, SMTP) lets go of it only after `take` has answered. What nobody
waits for (automatic answers, what came back) becomes no event of its own: a bounce ends the order
that sent it, and an automatic answer is shown beside the conversation.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import Dropped, FailureRaised, GotInTouch
from makegood.messages.ids import (
    CaseId,
    CommandId,
    CustomerId,
    EventId,
    ProfileId,
    RepId,
    event_id,
)
from makegood.ports.clock import Clock
from makegood.ports.files import Files
from makegood.ports.letters import KeptFile, Letter
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.ports.store import Reading, Store
from makegood.ports.unfit import Unfit
from makegood.runtime.acts import PORTAL, Acts
from makegood.runtime.intake import Intake, text_ref
from makegood.runtime.raising import customer_meant
from makegood.runtime.requests import Requests
from makegood.runtime.told import Told
from makegood.runtime.triage import Triage, Wrote
from makegood.sources.mail.reading import read_mail
from makegood.sources.mail.shapes import InboundMail, Returned

SOURCE = "mail"
"""Where mails are set aside that nobody can file."""
OTHER = "other"
_LEFT_OUT = "What was attached stays in the mail itself: nothing here keeps files."
_LONGEST_WORDS = 4_000
_LONGEST_RECORD = 16_000
_DIGEST = 16
Became: TypeAlias = Literal["taken", "known", "passed over", "returned", "set aside"]


class Took(Struct, frozen=True, kw_only=True):
    """What became of a mail.

    Attributes:
        why: In a few words, without personal data.
        customer: Whose it is.
        thread: Its conversation, where it belongs to one.
    """

    became: Became
    why: str
    customer: CustomerId = CustomerId("")
    thread: str = ""


class Doors(Struct, frozen=True, kw_only=True):
    """Through which events come in.

    Attributes:
        triage: Says what a letter is about; None where nobody asks.
    """

    intake: Intake
    requests: Requests
    acts: Acts
    triage: Triage | None = None


class Addresses(Struct, frozen=True, kw_only=True):
    """Whose address a mail came to.

    Attributes:
        domains: Of the firm; who writes from there is one of its people.
        own: Addresses of the firm itself.
    """

    domains: frozenset[str]
    own: frozenset[str]
    whose: Callable[[Sequence[str]], tuple[RepId, str]]
    """(recipients) -> the rep whose own address it is, and the brand; each may be empty."""

    def are_of_the_firm(self, address: str) -> bool:
        """Whether an address is the firm's own, or at one of its domains."""
        return not address or address in self.own or address.rpartition("@")[2] in self.domains


class _Known(Struct, frozen=True, kw_only=True):
    """What a mail is found to belong to.

    Attributes:
        customer: By the sender's address, else by the conversation; None for somebody new.
        thread: The conversation.
        case: The case that the answered message was about.
    """

    customer: CustomerId | None
    thread: str
    case: CaseId = CaseId("")


class Mailroom:
    """Takes mails in, one at a time."""

    def __init__(
        self,
        store: Store,
        doors: Doors,
        files: Files,
        addresses: Callable[[Reading], Addresses],
        clock: Clock,
        *,
        with_files: bool,
    ) -> None:
        """Join the parts.

        Args:
            with_files: What is attached can be kept as long as the store keeps letters.
        """
        self._store = store
        self._with_files = with_files
        self._triage = doors.triage
        self._intake = doors.intake
        self._requests = doors.requests
        self._acts = doors.acts
        self._files = files
        self._addresses = addresses
        self._clock = clock

    def take(self, raw: bytes, note: str = "") -> Took:
        """Take a mail as it came in; what it says is durable when this returns.

        Args:
            raw: The mail.
            note: What is known to be wrong with it.
        """
        try:
            mail = read_mail(raw)
        except InputError as error:
            return self.set_aside(raw, str(error))
        if mail.attachments and not self._with_files:
            mail = replace(mail, attachments=(), odd=(*mail.odd, _LEFT_OUT))
        mail = replace(mail, odd=(*mail.odd, note)) if note else mail
        with self._store.reading() as reading:
            kept = reading.letter(mail.key)
            addresses = self._addresses(reading)
            if kept is not None:
                return _known_already(reading, kept)
        if mail.kind == "loop" and addresses.are_of_the_firm(mail.sender):
            return Took(became="passed over", why="It is a mail of our own, gone in a circle.")
        if mail.kind == "loop":  # another firm may work with Makegood, too
            return self.set_aside(
                raw, "It is marked as a Makegood's own, or went through too many servers."
            )
        if mail.returned is not None:
            return self._returned(mail.returned)
        if not mail.sender:
            return self.set_aside(raw, "It does not say from whom it is.")
        if mail.sender in addresses.own and not (mail.original and mail.original.sender):
            return self.set_aside(raw, "It is from an address of the firm itself.")
        try:
            return self._filed(mail, addresses)
        except InputError as error:
            return self.set_aside(raw, str(error))

    def _filed(self, mail: InboundMail, addresses: Addresses) -> Took:
        by_staff = mail.sender.rpartition("@")[2] in addresses.domains
        original = mail.original if mail.original is not None and mail.original.sender else None
        writer = original.sender if original is not None and by_staff else mail.sender
        known = self._known(mail, writer)
        rep, brand = addresses.whose(mail.recipients)
        if not mail.is_answered:
            return self._beside(mail, known, brand)
        for one in mail.attachments:
            self._files.put(mail.key, one.digest, one.content)
        message_id = f"{SOURCE}/{mail.key}"
        event = event_id(PORTAL, message_id)
        ref = text_ref(event, "words")
        texts = {ref: _words(mail, writer)}
        body: GotInTouch | FailureRaised
        body = GotInTouch(
            channel="mail",
            thread=known.thread,
            brand=brand,
            case=known.case,
            to=rep,
            words=ref,
        )
        try:
            done = self._asked(f"email:{writer}", known, body, message_id, texts)
        except InputError:
            self._files.drop(mail.key)  # no letter will name them, and no erasure find them
            raise
        if isinstance(done, Refused):
            self._files.drop(mail.key)
            return self._refused(mail, done)
        if original is not None and by_staff:
            self._raised(done, brand, message_id, texts[ref])
            mail = replace(mail, sender=writer, name=original.name, answer_to=writer)
        if self._triage is not None:
            text = "\n\n".join(part for part in (mail.subject, _said(mail)) if part)
            raised = original is not None and by_staff
            wrote = Wrote(
                letter=mail.key, customer=done, brand=brand, text=text, raise_it=not raised
            )
            self._triage.look(wrote)
        self._keep(_letter(mail, known.thread, done, self._clock.now_ms(), event, brand))
        return Took(became="taken", why="Somebody answers it.", customer=done, thread=known.thread)

    def _asked(
        self, name: str, known: _Known, body: GotInTouch, message_id: str, texts: dict[str, str]
    ) -> CustomerId | Refused:
        if known.customer is not None:
            done = self._requests.act(
                known.customer, body, Asker(), message_id=message_id, texts=texts
            )
            return done if isinstance(done, Refused) else known.customer
        found = self._requests.ask(name, body, Asker(), message_id=message_id, texts=texts)
        return found if isinstance(found, Refused) else found[0]

    def _raised(self, customer: CustomerId, brand: str, message_id: str, words: str) -> None:
        """A letter that one of the firm sent on opens a case: nobody else may ever see it."""
        named = f"{message_id}/raised"
        ref = text_ref(event_id(PORTAL, named), "words")
        body = FailureRaised(failure=OTHER, brand=brand, words=ref)
        self._acts.act(customer, body, Asker(), message_id=named, texts={ref: words})

    def _known(self, mail: InboundMail, writer: str) -> _Known:
        """Find the customer by the address, else by the conversation it answers.

        An address shared by several is told apart by the conversation; an answer from an address
        that nobody knows is filed with the conversation, and shown as what it is.
        """
        marks = [mark_of(one) for one in mail.references]
        ours = [CommandId(one[1:].partition("@")[0]) for one in mail.references]
        by_address = customer_meant(self._store, self._intake, f"email:{writer}")
        with self._store.reading() as reading:
            found = reading.letters_marked(marks)
            sent = reading.commands(ours) if ours else ()
            before = next((found[one] for one in reversed(marks) if one in found), None)
            profile = before.profile if before is not None else _profile_of(sent)
            own = reading.customers_of([profile]).get(profile) if profile else None
        thread = before.thread if before is not None else _thread_of(mail)
        customer = by_address or own
        if by_address is not None and own != by_address:
            return _Known(customer=by_address, thread=_thread_of(mail) if own else thread)
        case = next((row.command.case for row in reversed(sent) if row.command.case), CaseId(""))
        return _Known(customer=customer, thread=thread, case=case)

    def _returned(self, returned: Returned) -> Took:
        """A mail of ours came back: its order failed after all, and a person may have to call."""
        if not returned.is_final:
            return Took(became="passed over", why="A server is still trying.")
        ours = [CommandId(one[1:].partition("@")[0]) for one in returned.ids]
        now_ms = self._clock.now_ms()
        reason = f"The mail came back ({returned.status or 'no code given'})."
        with self._store.writing() as writing:
            rows = [row for row in writing.commands(ours) if row.status is OutboxStatus.DONE]
            told = [
                Told(
                    profile=row.command.profile,
                    body=Dropped(
                        command=row.command.id,
                        why="failed",
                        step=row.command.step,
                        reason=reason,
                    ),
                    message_id=f"{row.command.id}/returned",
                )
                for row in rows
            ]
            self._intake.record(writing, told, now_ms)
        if not rows:
            return Took(became="passed over", why="It came back, and is none of ours.")
        return Took(became="returned", why=reason)

    def _beside(self, mail: InboundMail, known: _Known, brand: str) -> Took:
        """Keep what a machine wrote, where it belongs to a customer; nobody waits for it."""
        if known.customer is None:
            return Took(became="passed over", why="A machine wrote it, and nobody is known by it.")
        now_ms = self._clock.now_ms()
        self._keep(_letter(mail, known.thread, known.customer, now_ms, brand=brand))
        return Took(became="passed over", why="A machine wrote it.", customer=known.customer)

    def _keep(self, row: Letter) -> None:
        with self._store.writing() as writing:
            writing.put_letter(row)

    def _refused(self, mail: InboundMail, why: Refused) -> Took:
        """Nobody could file it: it is set aside with its words, and never lost."""
        return self.set_aside(_words(mail, mail.sender).encode(), why.why)

    def set_aside(self, raw: bytes, why: str) -> Took:
        """Keep a mail that nobody can file, with the reason, for a person to see."""
        record = raw[:_LONGEST_RECORD].decode("utf-8", "replace").replace("\0", "")
        digest = blake2b(raw, digest_size=_DIGEST).hexdigest()
        row = Unfit(
            id=digest, source=SOURCE, at_ms=self._clock.now_ms(), reason=why, record=record
        )
        with self._store.writing() as writing:
            writing.put_unfit((row,))
        return Took(became="set aside", why=why)


def _known_already(reading: Reading, kept: Letter) -> Took:
    """Say what became of a mail when it came first; customers may have been linked since."""
    found = reading.customers_of([kept.profile]).get(kept.profile, CustomerId(kept.profile))
    if kept.kind == "automatic":
        return Took(became="passed over", why="A machine wrote it.", customer=found)
    return Took(became="known", why="It came before.", customer=found, thread=kept.thread)


def mark_of(message_id: str) -> str:
    """Name a Message-ID without saying it: one often has an address in it."""
    return blake2b(message_id.encode("utf-8", "replace"), digest_size=_DIGEST).hexdigest()


def _thread_of(mail: InboundMail) -> str:
    """Name a conversation by its first mail; the one with the case's message by that message."""
    first = next(iter(mail.references), mail.id)
    return mark_of(first) if first else mail.key


def _profile_of(sent: Sequence[OutboxRow]) -> ProfileId:
    last = next((row.command.to or row.command.profile for row in reversed(sent)), None)
    return last or ProfileId("")


def _words(mail: InboundMail, writer: str) -> str:
    """Give what the log's side table keeps: the subject and what is new."""
    count = len(mail.attachments)
    parts = [mail.subject, _said(mail).strip(), f"[{count} attached]" if count else ""]
    return "\n\n".join(part for part in parts if part)[:_LONGEST_WORDS] or writer


def _said(mail: InboundMail) -> str:
    """Give what is new in a mail; of one that was sent on, what its writer wrote, too."""
    said = mail.text
    if mail.original is not None:
        note = f"{said}\n\n" if said else ""
        said = f"{note}{mail.original.text}" if mail.original.text else said
    return said


def _letter(
    mail: InboundMail,
    thread: str,
    customer: CustomerId,
    at_ms: int,
    event: EventId = EventId(""),  # noqa: B008 - a plain text
    brand: str = "",
) -> Letter:
    if mail.kind not in ("letter", "forwarded", "automatic"):
        raise InputError("Only what somebody wrote is a letter.")
    files = tuple(
        KeptFile(
            name=one.name, kind=one.kind, digest=one.digest, size=len(one.content), cid=one.cid
        )
        for one in (mail.attachments if event else ())
    )
    return Letter(
        letter=mail.key,
        profile=ProfileId(customer),
        thread=thread,
        mark=mark_of(mail.id) if mail.id else mail.key,
        message_id=mail.id,
        at_ms=at_ms,
        kind=mail.kind,
        sender=mail.sender,
        event=event,
        name=mail.name,
        answer_to=mail.answer_to,
        brand=brand,
        references=mail.references,
        subject=mail.subject,
        sent_ms=min(mail.sent_ms, at_ms),
        text=mail.text,
        quoted=mail.quoted,
        page=mail.page,
        blocked=mail.blocked,
        files=files,
        odd=mail.odd,
    )
