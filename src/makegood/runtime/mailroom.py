"""The mailroom: a mail that came in becomes an event of the right customer, once.

First what is attached is kept, then the event, then the letter; each of them can be done again,
so whoever brings the mail (IMAP, SMTP) lets go of it only after `take` has answered. What nobody
waits for (automatic answers, what came back) becomes no event of its own: a bounce ends the order
that sent it, and an automatic answer is shown beside the conversation.
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.messages.body import TextRef
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import FailureRaised, GotInTouch
from makegood.messages.ids import (
    CaseId,
    CommandId,
    CustomerId,
    ProfileId,
    event_id,
)
from makegood.ports.clock import Clock
from makegood.ports.files import Files
from makegood.ports.letters import Letter
from makegood.ports.store import Reading, Store
from makegood.runtime.acts import PORTAL, Acts
from makegood.runtime.holding import held
from makegood.runtime.intake import Intake, patiently, text_ref
from makegood.runtime.letter_rows import (
    erased_names,
    letter_row,
    mark_of,
    mark_of_mail,
    named_by_mail,
    profile_written_to,
    said_in,
    thread_of,
    words_of,
)
from makegood.runtime.mail_addresses import Addresses
from makegood.runtime.mail_aside import SOURCE, Aside, Took
from makegood.runtime.mail_returned import take_back
from makegood.runtime.raising import customer_meant
from makegood.runtime.requests import Requests
from makegood.runtime.triage import Triage, Wrote
from makegood.sources.mail.reading import read_mail
from makegood.sources.mail.shapes import InboundMail

_COMPLAINT = (
    "A mailbox provider reports that somebody called a mail of ours unwanted; look what it was, "
    "and whether they still want mail."
)
_UNPROVEN = (
    "It says to be from the firm itself, and your mail server found that it is not: somebody may "
    "have made its sender up."
)
_SAME_ID = (
    "A mail with the same Message-ID was erased with the person it was of, and this one says "
    "something else: look whether it is the erased one, changed on its way."
)
OTHER = "other"
_LEFT_OUT = "What was attached stays in the mail itself: nothing here keeps files."


class Doors(Struct, frozen=True, kw_only=True):
    """Through which events come in.

    Attributes:
        triage: Says what a letter is about; None where nobody asks.
    """

    intake: Intake
    requests: Requests
    acts: Acts
    triage: Triage | None = None


class _Known(Struct, frozen=True, kw_only=True):
    """What a mail is found to belong to.

    Attributes:
        customer: By the sender's address, else by the conversation; None for somebody new.
        profile: Whose address wrote it, among those who are linked: it stays theirs.
        thread: The conversation.
        case: The case that the answered message was about.
    """

    customer: CustomerId | None
    profile: ProfileId
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
        self._aside = Aside(store, doors.intake.profile, clock, files if with_files else None)

    def take(self, raw: bytes, note: str = "") -> Took:
        """Take a mail as it came in; what it says is durable when this returns.

        Args:
            raw: The mail.
            note: What is known to be wrong with it.
        """
        with self._store.reading() as reading:
            addresses = self._addresses(reading)
        try:
            mail = read_mail(raw, addresses.mail_server)
        except InputError as error:
            return self.set_aside(raw, str(error))
        if mail.attachments and not self._with_files:
            mail = replace(mail, attachments=(), odd=(*mail.odd, _LEFT_OUT))
        mail = replace(mail, odd=(*mail.odd, note)) if note else mail
        with self._store.reading() as reading:
            kept = reading.letter(mail.key)
            if kept is not None:
                return _known_already(reading, kept)
        if mail.kind == "loop" and addresses.are_of_the_firm(mail.sender):
            return Took(became="passed over", why="It is a mail of our own, gone in a circle.")
        if mail.returned is not None:
            return take_back(self._store, self._intake, self._clock, mail.returned)
        if why := self._cannot_file(mail, addresses):
            return self.set_aside(raw, why)
        itself, another = self._erased(mail)
        if itself:
            return self._came_again(mail)
        if another:
            return self.set_aside(raw, _SAME_ID)
        try:
            return self._filed(mail, addresses)
        except InputError as error:
            return self.set_aside(raw, str(error))

    def _cannot_file(self, mail: InboundMail, addresses: Addresses) -> str:
        """Say why a person has to look at a mail; empty when it can be filed."""
        if mail.kind == "complaint":
            return _COMPLAINT
        if mail.is_unproven and addresses.are_of_the_firm(mail.sender):
            return _UNPROVEN
        if mail.kind == "loop":  # another firm may work with Makegood, too
            return "It is marked as a Makegood's own, or went through too many servers."
        if not mail.sender:
            return "It does not say from whom it is."
        if mail.sender in addresses.own and not (mail.original and mail.original.sender):
            return "It is from an address of the firm itself."
        return ""

    def file(self, raw: bytes, customer: CustomerId, answer_to: str = "") -> Took:
        """File a mail that was set aside with a customer whom a person named.

        Args:
            raw: The mail.
            customer: Whose it is.
            answer_to: The customer's own address, where the person named them by it: what the
                mail says of its sender is why it was set aside.

        Raises:
            InputError: It cannot be read, or stands with somebody already.
        """
        mail = read_mail(raw)
        with self._store.reading() as reading:
            addresses = self._addresses(reading)
            if reading.letter(mail.key) is not None:
                raise InputError("It stands with a customer already; take it again to see whose.")
        if self._erased(mail)[0]:
            return self._came_again(mail)
        left_out = () if self._with_files or not mail.attachments else (_LEFT_OUT,)
        files = mail.attachments if self._with_files else ()
        odd = (*mail.odd, *left_out, "A person filed it: nobody was known by its sender.")
        to = answer_to or mail.answer_to
        plain = replace(
            mail, kind="letter", original=None, attachments=files, odd=odd, answer_to=to
        )
        known = _Known(customer=customer, profile=ProfileId(customer), thread=thread_of(mail))
        return self._filed(plain, addresses, known)

    def _filed(self, mail: InboundMail, addresses: Addresses, known: _Known | None = None) -> Took:
        by_staff = mail.sender.rpartition("@")[2] in addresses.domains
        original = mail.original if mail.original is not None and mail.original.sender else None
        writer = original.sender if original is not None and by_staff else mail.sender
        known = known or self._known(mail, writer)
        rep, brand = addresses.whose(mail.recipients)
        if not mail.is_answered:
            return self._beside(mail, known, brand)
        for one in mail.attachments:
            self._files.put(mail.key, one.digest, one.content)
        message_id = f"{SOURCE}/{mail.key}"
        event = event_id(PORTAL, message_id)
        ref = text_ref(event, "words")
        texts = {ref: words_of(mail, writer)}
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
            raise InputError(done.why)
        if not self._has_words(ref):
            return self._came_again(mail)
        profile = known.profile if known.customer is not None else ProfileId(done)
        if original is not None and by_staff:
            self._raised(CustomerId(profile), brand, message_id, ref)
            mail = replace(mail, sender=writer, name=original.name, answer_to=writer)
        if self._triage is not None:
            wrote = Wrote(
                letter=mail.key,
                customer=CustomerId(profile),
                brand=brand,
                text="\n\n".join(part for part in (mail.subject, said_in(mail)) if part),
                words=ref,
                raise_it=original is None or not by_staff,
            )
            self._triage.look(wrote)
        row = letter_row(mail, known.thread, profile, self._clock.now_ms(), event, brand)
        if not self._keep(row, ref):
            return self._came_again(mail)
        return Took(became="taken", why="Somebody answers it.", customer=done, thread=known.thread)

    def _asked(
        self, name: str, known: _Known, body: GotInTouch, message_id: str, texts: dict[str, str]
    ) -> CustomerId | Refused:
        if known.customer is not None:
            # Filed with whose address wrote it; among the linked that is one customer.
            done = self._requests.act(
                CustomerId(known.profile), body, Asker(), message_id=message_id, texts=texts
            )
            return done if isinstance(done, Refused) else known.customer
        found = self._requests.ask(name, body, Asker(), message_id=message_id, texts=texts)
        return found if isinstance(found, Refused) else found[0]

    def _raised(self, writer: CustomerId, brand: str, message_id: str, words: TextRef) -> None:
        """A letter that one of the firm sent on opens a case: nobody else may ever see it.

        Its words are the letter's own, so that an erasure in between leaves none of them.
        """
        body = FailureRaised(failure=OTHER, brand=brand, words=words)
        self._acts.act(writer, body, Asker(), message_id=f"{message_id}/raised")

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
            profile = before.profile if before is not None else profile_written_to(sent)
            own = reading.customers_of([profile]).get(profile) if profile else None
        thread = before.thread if before is not None else thread_of(mail)
        customer = by_address or own
        if by_address is not None and own != by_address:
            theirs = self._writer(by_address, writer)
            thread = thread_of(mail) if own else thread
            return _Known(customer=by_address, profile=theirs, thread=thread)
        theirs = self._writer(customer, writer, profile) if customer else profile
        case = next((row.command.case for row in reversed(sent) if row.command.case), CaseId(""))
        return _Known(customer=customer, profile=theirs, thread=thread, case=case)

    def _writer(
        self,
        customer: CustomerId,
        address: str,
        answered: ProfileId = ProfileId(""),  # noqa: B008 - a plain text
    ) -> ProfileId:
        """Find who of the linked has an address: parted, that one keeps the letter.

        Args:
            answered: Who was written to before, for an address that none of them has.
        """
        name = self._intake.profile(f"email:{address}")
        with self._store.reading() as reading:
            own = reading.profiles_of([customer]).get(customer, ())
            finds = reading.lookups_of(own)
        if name in own:
            return name
        theirs = [one for one in own if name in finds.get(one, ())]
        return min(theirs, default=answered or ProfileId(customer))

    def _beside(self, mail: InboundMail, known: _Known, brand: str) -> Took:
        """Keep what a machine wrote, where it belongs to a customer; nobody waits for it."""
        if known.customer is None:
            return Took(became="passed over", why="A machine wrote it, and nobody is known by it.")
        now_ms = self._clock.now_ms()
        self._keep(letter_row(mail, known.thread, known.profile, now_ms, brand=brand))
        return Took(became="passed over", why="A machine wrote it.", customer=known.customer)

    def _keep(self, row: Letter, ref: str = "") -> bool:
        """Keep a letter; not of somebody who was erased since their words came in."""
        return patiently(lambda: self._put(row, ref))

    def _put(self, row: Letter, ref: str) -> bool:
        with self._store.writing() as writing:
            held(writing, row.profile)  # an erasure is before us, or finds what we keep
            if ref and not writing.texts([ref]):
                return False
            if writing.put_letter(row) and row.event:
                named_by_mail(writing, self._intake.profile(f"email:{row.sender}"), row)
        return True

    def _has_words(self, ref: str) -> bool:
        """Whether the words of an event are kept: of one that was erased they are gone."""
        with self._store.reading() as reading:
            return bool(reading.texts([ref]))

    def _erased(self, mail: InboundMail) -> tuple[bool, bool]:
        """Whether this very mail was erased with its person, or another of its Message-ID."""
        itself, named = erased_names(mail.key, mark_of_mail(mail))
        found = self._aside.erased([itself, named])
        return itself in found, named in found

    def _came_again(self, mail: InboundMail) -> Took:
        """Say that a mail of somebody erased came again; nothing of it is kept."""
        self._files.drop(mail.key)
        return self._aside.say_erased(mail.key)

    def set_aside(self, raw: bytes, why: str) -> Took:
        """Keep a mail that nobody can file, with the reason, for a person to see."""
        return self._aside.put(raw, why)


def _known_already(reading: Reading, kept: Letter) -> Took:
    """Say what became of a mail when it came first; customers may have been linked since."""
    found = reading.customers_of([kept.profile]).get(kept.profile, CustomerId(kept.profile))
    if kept.kind == "automatic":
        return Took(became="passed over", why="A machine wrote it.", customer=found)
    return Took(became="known", why="It came before.", customer=found, thread=kept.thread)
