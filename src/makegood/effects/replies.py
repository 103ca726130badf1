"""Answers of reps to letters, as mail in the customer's own conversation."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from makegood.effects.mail import MAIL_POLICY, checked_address
from makegood.effects.smtp import Connections
from makegood.messages.commands import Command, MessageClass, SendReply
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body, Carried
from makegood.playbooks.book import RuleBook
from makegood.ports.effect import Addressee
from makegood.ports.letters import Letter

Looking = Callable[[SendReply], tuple[Letter | None, str, str]]
"""The letter that is answered, the words of the answer, and the name of who answers."""
_MOST_REFERENCES = 20
_ENCODED = "=?"  # begins an encoded word, which the library decodes: it may hold a line's end
_PLAIN_ID = re.compile(r"<[!-;=?-~]{3,250}>")


class Replies:
    """Sends answers by SMTP; the receiver knows a repeat by its Message-ID."""

    def __init__(
        self, connections: Connections | None, book_of: Callable[[], RuleBook], looking: Looking
    ) -> None:
        self._connections = connections
        self._book_of = book_of
        self._looking = looking

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:  # noqa: ARG002
        """Hand the answer over to the mail server."""
        order = command.order
        if not isinstance(order, SendReply):
            raise EffectFailed("Only answers to letters are sent here.", retry=False)
        if self._connections is None:
            raise EffectFailed("No mail server is set (MAKEGOOD_SMTP); set one and retry.")
        letter, words, name = self._looking(order)
        if letter is None or not words:
            raise EffectFailed("The letter that is answered was erased.", retry=False)
        brand = self._book_of().for_brand(order.brand).brands.get(order.brand)
        if brand is None:
            raise EffectFailed("The rule book knows no such brand any more.", retry=False)
        sender = checked_address(brand.sender)
        recipient = checked_address(letter.answer_to or letter.sender)
        message = reply_mail(command, letter, words, now_ms)
        message["From"] = Address(
            f"{name} ({brand.name})" if name else brand.name, addr_spec=sender
        )
        message["To"] = recipient
        message["Message-ID"] = reply_id(command.id, brand.sender)
        self._connections.deliver(sender, recipient, message.as_bytes(policy=MAIL_POLICY))
        own = reply_id(command.id, brand.sender)
        return Carried(command=command.id, reference=own, detail={"channel": "mail"})


def reply_id(command: str, sender: str) -> str:
    """Give the Message-ID of an answer: the same at every try."""
    return f"<{command}@{checked_address(sender).rpartition('@')[2]}>"


def reply_mail(command: Command, letter: Letter, words: str, now_ms: int) -> EmailMessage:
    """Compose an answer without its addresses."""
    order = command.order
    message = EmailMessage(policy=MAIL_POLICY)
    subject = letter.subject.replace(_ENCODED, "= ?") or "Your message"
    begins = subject[:3].casefold() in ("re:", "aw:")
    message["Subject"] = subject if begins else f"Re: {subject}"
    message["Date"] = format_datetime(datetime.fromtimestamp(now_ms // 1000, UTC))
    message["X-Makegood-Class"] = MessageClass.SERVICE.value
    if _is_plain(letter.message_id):
        before = (*filter(_is_plain, letter.references), letter.message_id)
        kept = before if len(before) <= _MOST_REFERENCES else (before[0], *before[-19:])
        message["In-Reply-To"] = letter.message_id
        message["References"] = " ".join(dict.fromkeys(kept))
    if isinstance(order, SendReply) and command.case:
        message["X-Makegood-Case"] = command.case
    message.set_content(words, cte="quoted-printable")
    return message


def _is_plain(message_id: str) -> bool:
    """Whether a Message-ID that somebody else made can stand in a field of ours as it is."""
    return _ENCODED not in message_id and _PLAIN_ID.fullmatch(message_id) is not None
