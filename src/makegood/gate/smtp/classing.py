"""What a mail is: asked of whoever classes mails; no mail waits for the store here."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from makegood.core.mailings import MailClass
from makegood.messages.commands import MessageClass
from makegood.messages.ids import BookHash
from makegood.playbooks.outgoing_terms import OutgoingTerms


class Classifier(Protocol):
    """Says which class a mail has, and whose it is."""

    def classify(
        self, content: bytes, *, mail_from: str, recipients: Sequence[str], port: int, user: str
    ) -> MailClass:
        """Class a mail.

        Args:
            content: The whole message.
            mail_from: The envelope's sender; empty for a bounce.
            recipients: Its recipients here.
            port: On which port of the gate it came.
            user: Who signed in; empty for a listed network.
        """


class Ruling(Struct, frozen=True):
    """How mail is judged: each call answers from memory.

    Attributes:
        classify: Classes a mail that passes, and counts its kind.
        again: Classes a mail that was parked once more, and counts nothing.
        terms_of: What is done with the mail of a brand.
        book: The rule book that is active now.
        note_held: Hears how many a hold would have spared a mail that nobody could class.
        decided: What a person said that a kind of mail is; None when nobody did.
    """

    classify: Classifier
    again: Classifier
    terms_of: Callable[[str], OutgoingTerms]
    book: Callable[[], BookHash]
    note_held: Callable[[MailClass, int], None] = lambda _mail, _count: None
    decided: Callable[[str], MessageClass | None] = lambda _kind: None
