"""What goes to people of the firm: questions to owners, and letters to management."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from makegood.effects.asking_owners import AskingOwners
from makegood.effects.mail import MAIL_POLICY, checked_address
from makegood.effects.smtp import Connections
from makegood.messages.commands import Command, TellManagement
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body, Carried
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.effect import Addressee
from makegood.ports.monday import MondayLetter
from makegood.ports.store import Store


class WithinFirm:
    """Sends mail within the firm, of class service; none of it is about one customer."""

    def __init__(
        self,
        connections: Connections | None,
        library_of: Callable[[], Library],
        store: Store,
        base_url: str,
    ) -> None:
        self._owners = AskingOwners(connections, library_of, store, base_url)
        self._connections = connections
        self._library_of = library_of
        self._store = store

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Do it. Raises `EffectFailed`."""
        order = command.order
        if not isinstance(order, TellManagement):
            return self._owners.carry_out(command, to, now_ms)
        with self._store.reading() as reading:
            letter = reading.monday(order.letter)
        if letter is None or order.place >= len(letter.to):
            raise EffectFailed("This letter is no longer kept.", retry=False)
        if self._connections is None:
            raise EffectFailed("No mail server is named; set MAKEGOOD_SMTP.", retry=False)
        recipient = checked_address(letter.to[order.place])
        message, sender = letter_mail(command, letter, self._library_of().now(), now_ms)
        message["To"] = recipient
        self._connections.deliver(sender, recipient, message.as_bytes(policy=MAIL_POLICY))
        return Carried(command=command.id, reference=str(message["Message-ID"]))


def letter_mail(
    command: Command, letter: MondayLetter, book: RuleBook, now_ms: int
) -> tuple[EmailMessage, str]:
    """Compose the mail as the letter is kept; the same command gives the same Message-ID.

    Returns:
        The mail without its recipient, and who sends it.
    """
    spoken = [book.brands[one] for one in letter.brands if one in book.brands]
    brand = spoken[0] if spoken else next(iter(book.brands.values()))
    sender = checked_address(brand.sender)
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = Address(book.umbrella, addr_spec=sender)
    message["Subject"] = " ".join(letter.sheet.subject.split())
    message["Date"] = format_datetime(datetime.fromtimestamp(now_ms // 1000, UTC))
    message["Message-ID"] = f"<{command.id}@{sender.rpartition('@')[2]}>"
    message["X-Makegood-Class"] = "service"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.sheet.language
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message, sender
