"""A rep answers a letter or writes first, or undoes it: the fact, and the letter as shown."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.core.decide import Asker
from makegood.effects.replies import reply_id
from makegood.messages.errors import Refused
from makegood.messages.facts import ConversationBegun, Replied, ReplyTakenBack
from makegood.messages.ids import (
    CaseId,
    CommandId,
    CustomerId,
    EventId,
    ProfileId,
    command_id,
    event_id,
)
from makegood.playbooks.book import RuleBook
from makegood.ports.attached import Attached
from makegood.ports.clock import Clock
from makegood.ports.letters import Letter
from makegood.ports.rows import OutboxStatus
from makegood.ports.store import Store
from makegood.runtime.acts import DESK, Acts
from makegood.runtime.attaching import Attaching, Draft
from makegood.runtime.intake import text_ref
from makegood.runtime.letter_rows import mark_of
from makegood.runtime.letters_sent import Sent, show

NEW = "new"
"""Stands for the conversation of a draft that begins one."""
_NO_ADDRESS = "This letter names no address to which it can be answered."
_TAKEN_BACK = "What this form sent was taken back. Its words are below: send them once more."


class Answer(Struct, frozen=True, kw_only=True):
    """What somebody answers.

    Attributes:
        letter: The letter that is answered.
        brand: For which brand.
        files: What is attached, by the names it is kept under.
    """

    letter: Letter
    text: str
    brand: str
    files: tuple[str, ...] = ()


class First(Struct, frozen=True, kw_only=True):
    """What somebody writes who begins a conversation.

    Attributes:
        profile: To whom, of those who are linked: whose the address is; the one the case began
            with, where there is one.
        draft: With whom the draft is kept; empty for the same.
        to: The address.
        brand: For which brand.
        case: The case it is about, when it is about one.
        files: What is attached, by the names it is kept under.
    """

    profile: ProfileId
    to: str
    subject: str
    text: str
    brand: str
    case: CaseId = CaseId("")
    files: tuple[str, ...] = ()
    draft: ProfileId = ProfileId("")


class LetterAnswers:
    """Writes down what reps write to customers, and takes it back."""

    def __init__(self, store: Store, acts: Acts, clock: Clock, attaching: Attaching) -> None:
        self._store = store
        self._acts = acts
        self._clock = clock
        self._attaching = attaching

    def reply(
        self, answer: Answer, asker: Asker, book: RuleBook, message_id: str
    ) -> EventId | Refused:
        """Answer a letter: it goes out when the book's time to undo it is over."""
        letter = answer.letter
        if not (letter.answer_to or letter.sender):
            return Refused(code="no_address", why=_NO_ADDRESS)
        event = event_id(DESK, message_id)
        draft = Draft(profile=letter.profile, rep=asker.rep, thread=letter.thread)
        rows = self._enclosed(draft, answer.files, answer.brand, book, event)
        if isinstance(rows, Refused):
            return rows
        texts = _texts(event, {"words": answer.text})
        body = Replied(
            rep=asker.rep,
            letter=letter.letter,
            thread=letter.thread,
            words=_ref(event, "words", texts),
            brand=answer.brand,
            files=tuple(one.file for one in rows),
        )
        whose = CustomerId(letter.profile)  # theirs, also when they are parted from others
        acted = self._acts.act(whose, body, asker, message_id=message_id, texts=texts)
        if isinstance(acted, Refused):
            return acted
        if acted.repeated and self._is_taken_back(_command(message_id)):
            return Refused(code="taken_back", why=_TAKEN_BACK)
        self._show(
            Sent(
                command=_command(message_id),
                event=event,
                profile=letter.profile,
                sender=_sender(answer.brand, book),
                to=letter.answer_to or letter.sender,
                brand=answer.brand,
                rep=asker.rep,
                subject=letter.subject,
                text=answer.text.strip(),
                words=body.words,
                thread=letter.thread,
                files=rows,
            )
        )
        return acted.event

    def begin(
        self, first: First, asker: Asker, book: RuleBook, message_id: str
    ) -> EventId | Refused:
        """Write to a customer who did not: it goes out like an answer, and can be undone.

        What the customer answers finds the conversation by the Message-ID.
        """
        event = event_id(DESK, message_id)
        if first.brand not in book.for_brand(first.brand).brands:
            return Refused(code="no_such_brand", why="Say for which brand you write.")
        draft = Draft(profile=first.draft or first.profile, rep=asker.rep, thread=NEW)
        rows = self._enclosed(draft, first.files, first.brand, book, event)
        if isinstance(rows, Refused):
            return rows
        thread = mark_of(reply_id(_command(message_id), _sender(first.brand, book)))
        said = {"words": first.text, "subject": first.subject, "to": first.to}
        texts = _texts(event, said)
        body = ConversationBegun(
            rep=asker.rep,
            thread=thread,
            to=_ref(event, "to", texts),
            subject=_ref(event, "subject", texts),
            words=_ref(event, "words", texts),
            brand=first.brand,
            case=first.case,
            files=tuple(one.file for one in rows),
        )
        whose = CustomerId(first.profile)
        acted = self._acts.act(whose, body, asker, message_id=message_id, texts=texts)
        if isinstance(acted, Refused):
            return acted
        if acted.repeated and self._is_taken_back(_command(message_id)):
            return Refused(code="taken_back", why=_TAKEN_BACK)
        self._show(
            Sent(
                command=_command(message_id),
                event=event,
                profile=first.profile,
                sender=_sender(first.brand, book),
                to=first.to,
                brand=first.brand,
                rep=asker.rep,
                subject=first.subject.strip(),
                text=first.text.strip(),
                words=body.words,
                files=rows,
            )
        )
        return acted.event

    def _enclosed(
        self, draft: Draft, files: Sequence[str], brand: str, book: RuleBook, event: EventId
    ) -> tuple[Attached, ...] | Refused:
        if not files:
            return ()
        return self._attaching.enclosed(draft, files, book.for_brand(brand).letters, event)

    def _show(self, sent: Sent) -> None:
        """Keep it among the letters, so that what the customer answers finds it."""
        show(self._store, self._attaching, sent, self._clock.now_ms())

    def _is_taken_back(self, command: CommandId) -> bool:
        """Whether a form comes from a page of before its letter was undone."""
        with self._store.reading() as reading:
            rows = reading.commands([command])
        return any(row.status is OutboxStatus.WITHDRAWN for row in rows)

    def take_back(
        self, customer: CustomerId, said: EventId, asker: Asker, message_id: str
    ) -> Refused | None:
        """Undo an answer that has not gone out; give why not."""
        body = ReplyTakenBack(said=said, by=asker.rep)
        acted = self._acts.act(customer, body, asker, message_id=message_id)
        return acted if isinstance(acted, Refused) else None


def _texts(event: EventId, said: Mapping[str, str]) -> dict[str, str]:
    """Give the words of a letter of ours by their refs, without what is empty."""
    return {text_ref(event, name): it.strip() for name, it in said.items() if it.strip()}


def _ref(event: EventId, name: str, texts: Mapping[str, str]) -> str:
    ref = text_ref(event, name)
    return ref if ref in texts else ""


def _command(message_id: str) -> CommandId:
    return command_id(DESK, message_id, f"reply/{event_id(DESK, message_id)}", 0)


def _sender(brand: str, book: RuleBook) -> str:
    return book.for_brand(brand).brands[brand].sender
