"""Mail: one plain-text message for each command, recognisable when it is repeated."""

import re
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from makegood.effects.smtp import Connections
from makegood.effects.words import PROMOTIONAL_MAIL, Rendered, Words
from makegood.messages.commands import HELD_CLASSES, Command, SendMessage
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body, Carried
from makegood.playbooks.terms import Brand
from makegood.ports.effect import Addressee

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")


class _Policy(EmailPolicy):
    """SMTP's policy, but folding a long subject with accents keeps its spaces.

    The standard folding loses the space between two encoded words on some Python versions.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != "subject" or str(value).isascii():
            return super().fold_binary(name, value)
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}".encode("ascii")


MAIL_POLICY = _Policy(linesep="\r\n")


class Mail:
    """Sends a message by SMTP."""

    name = "mail"

    def __init__(self, connections: Connections, words: Words) -> None:
        self._connections = connections
        self._words = words

    def reaches(self, to: Addressee) -> bool:
        """Whether an address is known."""
        return bool(to.person.email)

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Hand the mail over to the server; the outcome names its Message-ID."""
        order = command.order
        if not isinstance(order, SendMessage):
            raise EffectFailed("Mail carries messages only.", retry=False)
        brand = self._words.book_of(order).brands[order.brand]
        rendered = self._words.render(command, to.person, self.name)
        sender = sender_of(order, brand)
        recipient = checked_address(to.person.email)
        message = mail_of(command, rendered, Address(brand.name, addr_spec=sender), now_ms)
        message["To"] = recipient
        self._connections.deliver(sender, recipient, message.as_bytes(policy=MAIL_POLICY))
        return Carried(
            command=command.id,
            reference=message_id_of(command, sender),
            detail={"channel": self.name},
        )


def sender_of(order: SendMessage, brand: Brand) -> str:
    """Offers and service come from different addresses, as the large mailbox providers ask."""
    asks_for_more = order.message_class in HELD_CLASSES and not order.question
    return checked_address(brand.offers_sender if asks_for_more else brand.sender)


def message_id_of(command: Command, sender: str) -> str:
    """The same for every try of a command, so that a receiver knows the repeat."""
    return f"<{command.id}@{sender.rpartition('@')[2]}>"


def checked_address(address: str) -> str:
    """Give an address that can stand in an envelope and a header.

    Raises:
        EffectFailed: It cannot; no other try will help.
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        clean = f"{local}{at}{domain.encode('idna').decode('ascii')}"
        clean.encode("ascii")
    except UnicodeError:
        clean = ""
    if not _ADDRESS.fullmatch(clean):
        raise EffectFailed("The address cannot be used for mail.", retry=False)
    return clean


def mail_of(command: Command, rendered: Rendered, sender: Address, now_ms: int) -> EmailMessage:
    """Compose the mail without its recipient; the same command gives the same Message-ID."""
    order = command.order
    if not isinstance(order, SendMessage):
        raise EffectFailed("Mail carries messages only.", retry=False)
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = sender
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(now_ms // 1000, UTC))
    message["Message-ID"] = message_id_of(command, sender.addr_spec)
    message["X-Makegood-Class"] = order.message_class.value
    message["X-Makegood-Message"] = order.message
    if command.case:
        message["X-Makegood-Case"] = command.case
    if order.message_class in PROMOTIONAL_MAIL:
        message["List-Id"] = f"<offers.{_label(order.brand)}.{sender.domain}>"
        message["List-Unsubscribe"] = f"<{rendered.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    return message


def _label(brand: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", brand.lower()).strip("-")
