"""Each recipient of a mail is judged when it is handed over, and never before.

Marketing fails closed and service never stops: what can be known without the store is known.
A class of service passes whatever the store says, so nobody is asked. A class that a hold stops
is not passed on while the store is away: its sender is told to try again, and loses nothing.
Source: ideas, 2 and 7.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from makegood.core.holds import Answer, Question
from makegood.core.mailings import MailClass
from makegood.gate.service import Gate
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal
from makegood.messages.ids import ProfileId
from makegood.playbooks.outgoing_terms import OutgoingTerms

UNCLASSIFIED = "unclassified"
_UNREADABLE = Answer(
    allowed=False, reason="cannot_judge", says="The gate cannot read this address."
)


class Verdict(Struct, frozen=True, kw_only=True):
    """What becomes of one recipient.

    Attributes:
        passes: It goes on to the mail server now.
        reason: Why: the gate's reason, the class that always passes, or "unclassified".
        says: The same in a sentence.
        profile: Pseudonym of the address; empty for what passes unasked.
    """

    recipient: str
    passes: bool
    reason: str
    says: str = ""
    profile: ProfileId = ProfileId("")


class Judge:
    """Asks the gate for each recipient."""

    def __init__(self, gate: Gate, profile_of: Callable[[str], ProfileId]) -> None:
        """Join the parts.

        Args:
            profile_of: Makes the pseudonym of a normalised identifier.
        """
        self._gate = gate
        self._profile_of = profile_of

    def verdicts(
        self, mail: MailClass, terms: OutgoingTerms, recipients: Sequence[str]
    ) -> tuple[Verdict, ...]:
        """Judge all recipients of one mail, each by what the store says at this moment.

        Raises:
            Exception: What the store raises when it is away; nothing is decided then.
        """
        free = passes_unasked(mail.message_class, terms)
        if free:
            return tuple(Verdict(recipient=one, passes=True, reason=free) for one in recipients)
        return tuple(self.verdict(mail.message_class, mail.brand, one) for one in recipients)

    def verdict(self, message_class: MessageClass | None, brand: str, recipient: str) -> Verdict:
        """Judge one recipient of a mail that does not pass unasked."""
        try:
            identifier = normal(f"email:{recipient}")
            profile = self._profile_of(identifier)
            if message_class is None:
                answer = Answer(allowed=False, reason="cannot_judge", says="")
            else:
                question = Question(brand=brand, message_class=message_class, channel="mail")
                answer = self._gate.ask(identifier, question)
        except InputError:
            profile, answer = ProfileId(""), _UNREADABLE
        reason = UNCLASSIFIED if message_class is None else answer.reason
        return Verdict(
            recipient=recipient,
            passes=answer.allowed,
            reason=reason,
            says=answer.says,
            profile=profile,
        )


def passes_unasked(message_class: MessageClass | None, terms: OutgoingTerms) -> str:
    """Say why a mail passes without a question; empty when each recipient has to be judged."""
    if message_class is None:
        return UNCLASSIFIED if terms.unclassified == "pass" else ""
    return "" if message_class in HELD_CLASSES else message_class.value
