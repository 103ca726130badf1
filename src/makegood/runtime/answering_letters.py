"""A rep answers a letter, or undoes it: the fact, and the letter as the conversation shows it."""

from msgspec import Struct

from makegood.core.decide import Asker
from makegood.effects.replies import reply_id
from makegood.messages.errors import Refused
from makegood.messages.facts import Replied, ReplyTakenBack
from makegood.messages.ids import CustomerId, EventId, command_id, event_id
from makegood.playbooks.book import RuleBook
from makegood.ports.clock import Clock
from makegood.ports.letters import Letter
from makegood.ports.store import Store
from makegood.runtime.acts import DESK, Acts
from makegood.runtime.intake import text_ref
from makegood.runtime.letter_rows import mark_of

_NO_ADDRESS = "This letter names no address to which it can be answered."


class Answer(Struct, frozen=True, kw_only=True):
    """What somebody answers.

    Attributes:
        letter: The letter that is answered.
        brand: For which brand.
    """

    letter: Letter
    text: str
    brand: str


class LetterAnswers:
    """Writes answers down and takes them back."""

    def __init__(self, store: Store, acts: Acts, clock: Clock) -> None:
        self._store = store
        self._acts = acts
        self._clock = clock

    def reply(
        self, answer: Answer, asker: Asker, book: RuleBook, message_id: str
    ) -> EventId | Refused:
        """Answer a letter: it goes out when the book's time to undo it is over."""
        if not (answer.letter.answer_to or answer.letter.sender):
            return Refused(code="no_address", why=_NO_ADDRESS)
        ref = text_ref(event_id(DESK, message_id), "words")
        words = answer.text.strip()
        body = Replied(
            rep=asker.rep,
            letter=answer.letter.letter,
            thread=answer.letter.thread,
            words=ref if words else "",
            brand=answer.brand,
        )
        whose = CustomerId(answer.letter.profile)  # theirs, also when they are parted from others
        acted = self._acts.act(
            whose, body, asker, message_id=message_id, texts={ref: words} if words else {}
        )
        if isinstance(acted, Refused):
            return acted
        self._show(answer, asker, book, message_id)
        return acted.event

    def _show(self, answer: Answer, asker: Asker, book: RuleBook, message_id: str) -> None:
        """Keep the answer among the letters, so that what the customer answers finds it."""
        event = event_id(DESK, message_id)
        command = command_id(DESK, message_id, f"reply/{event}", 0)
        own = reply_id(command, book.for_brand(answer.brand).brands[answer.brand].sender)
        row = Letter(
            letter=mark_of(own),
            profile=answer.letter.profile,
            thread=answer.letter.thread,
            mark=mark_of(own),
            message_id=own,
            at_ms=self._clock.now_ms(),
            kind="answer",
            sender=answer.letter.answer_to or answer.letter.sender,
            event=event,
            brand=answer.brand,
            subject=answer.letter.subject,
            text=answer.text.strip(),
            rep=asker.rep,
            command=command,
        )
        with self._store.writing() as writing:
            writing.put_letter(row)

    def take_back(
        self, customer: CustomerId, said: EventId, asker: Asker, message_id: str
    ) -> Refused | None:
        """Undo an answer that has not gone out; give why not."""
        body = ReplyTakenBack(said=said, by=asker.rep)
        acted = self._acts.act(customer, body, asker, message_id=message_id)
        return acted if isinstance(acted, Refused) else None
