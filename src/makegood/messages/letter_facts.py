"""Facts about letters: a rep answered one, or took the answer back before it went out."""

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
    """

    rep: RepId
    letter: str
    thread: str
    words: TextRef
    brand: str
    case: CaseId = CaseId("")


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
