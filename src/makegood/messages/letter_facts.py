"""Facts about letters: a rep answered one, wrote first, took it back, or noted something."""

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import CaseId, EventId, RepId


class Replied(FactBody, frozen=True, kw_only=True, tag="replied"):
    """A rep answered a letter; the answer goes out after a few seconds, in which they may undo it.

    Attributes:
        rep: Who.
        letter: The letter that is answered; its address and words are kept beside the log.
        thread: The conversation.
        words: The answer.
        brand: For whom the rep answers.
        case: The case it is about, when it is about one.
        files: What is attached, by the names it is kept under; they say nothing of it.
    """

    rep: RepId
    letter: str
    thread: str
    words: TextRef
    brand: str
    case: CaseId = CaseId("")
    files: tuple[str, ...] = ()


class ConversationBegun(FactBody, frozen=True, kw_only=True, tag="conversation_begun"):
    """A rep wrote to a customer who had not written; it goes out like an answer to a letter.

    Attributes:
        rep: Who.
        thread: The conversation that begins.
        to: The address, by reference.
        subject: By reference.
        words: What they wrote.
        brand: For whom the rep writes.
        case: The case it is about, when it is about one.
        files: What is attached, by the names it is kept under.
    """

    rep: RepId
    thread: str
    to: TextRef
    subject: TextRef
    words: TextRef
    brand: str
    case: CaseId = CaseId("")
    files: tuple[str, ...] = ()


class NotedOnCustomer(FactBody, frozen=True, kw_only=True, tag="noted_on_customer"):
    """A rep wrote an internal note where there is no case: on a customer, or on one letter.

    Attributes:
        words: The note.
        brand: Whose people read it; empty for everybody at the desk.
        letter: The letter or answer it is about; empty for the customer.
        by: Who wrote it.
    """

    words: TextRef
    brand: str = ""
    letter: str = ""
    by: RepId = RepId("")


class ReplyTakenBack(FactBody, frozen=True, kw_only=True, tag="reply_taken_back"):
    """A rep took an answer back before it went out; the customer waits again.

    Attributes:
        said: The event of the answer.
        by: Who took it back.
        brand: For whom the answer was.
    """

    said: EventId
    by: RepId = RepId("")
    brand: str = ""
