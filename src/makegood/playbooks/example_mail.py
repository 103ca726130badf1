"""A mail in an example of a book: what another tool would send, and which class it should have."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.messages.commands import MessageClass
from makegood.playbooks.header import MAIL
from makegood.playbooks.nodes import Scalar
from makegood.playbooks.reading import Section

UNKNOWN = "unknown"
"""What an example says of a mail that should have no class."""
CLASSES = (*(one.value for one in MessageClass), UNKNOWN)


class GivenMail(Struct, frozen=True, kw_only=True):
    """One mail.

    Attributes:
        sender: Address in From.
        subject: Of it.
        text: Of it.
        headers: Further headers, by name in small letters.
        user: Who signs in to send it.
        port: On which it comes in.
    """

    sender: str
    subject: str = ""
    text: str = ""
    headers: Mapping[str, str] = {}
    user: str = ""
    port: int = 0


def read_mail(section: Section) -> GivenMail | None:
    """Read the mail of an example; None when it has none."""
    mail = section.section("mail", "given mail")
    if mail is None:
        return None
    sender = mail.text("from")
    if sender and not MAIL.fullmatch(sender):
        mail.error("from", f"`{sender}` is not an e-mail address.", "Write name@example.org.")
    made = GivenMail(
        sender=sender.lower(),
        subject=mail.text("subject", default=""),
        text=mail.text("text", default=""),
        headers=dict(_headers(mail)),
        user=mail.text("user", default=""),
        port=mail.whole("port", default=0, most=65535),
    )
    mail.done()
    return made


def _headers(mail: Section) -> list[tuple[str, str]]:
    found = []
    for entry in mail.named("headers", "header"):
        if isinstance(entry.value, Scalar):
            found.append((entry.key.lower(), entry.value.written))
        else:
            mail.report.error(entry.value.place, f"`{entry.key}` should be a text.")
    return found
