"""Read one mail as it came in: from whom, to whose address, in which conversation, what it says.

Only words are read: what is attached stays in the mail. Nothing of a mail is believed but that
somebody has to answer it; a sender can be made up, and so no answer of ours rests on it.
Source: RFC 5322 (fields), RFC 3834 (automatic answers).
"""

from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses
from hashlib import blake2b
from html.parser import HTMLParser

from msgspec import Struct

from makegood.messages.errors import InputError

MOST_BYTES = 1_000_000
MOST_WORDS = 4_000
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_AUTOMATIC = ("bulk", "list", "junk", "auto_reply")


class MailIn(Struct, frozen=True, kw_only=True):
    """What counts of a mail.

    Attributes:
        sender: Address.
        recipients: Addresses, as the mail server delivered it first.
        id: Digest of its Message-ID; of the whole mail where it has none.
        thread: Digest of the first mail of the conversation.
        words: Subject and text.
        automatic: A machine wrote it, and nobody waits for an answer.
    """

    sender: str
    recipients: tuple[str, ...]
    id: str
    thread: str
    words: str
    automatic: bool = False


def read_mail(raw: bytes) -> MailIn:
    """Read a mail.

    Raises:
        InputError: It is no mail, is too large, or says not from whom it is.
    """
    if len(raw) > MOST_BYTES:
        raise InputError(f"A mail may have {MOST_BYTES} bytes; send it without what is attached.")
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        senders = _addresses(mail, ("From",))
        recipients = _addresses(mail, _TO)
        own = str(mail.get("Message-ID", "")).strip()
        before = f"{mail.get('References', '')} {mail.get('In-Reply-To', '')}".split()
        words = _words(mail)
    except (MessageError, ValueError, LookupError, IndexError, AttributeError) as error:
        raise InputError("This is not a mail that can be read (RFC 5322).") from error
    if len(senders) != 1:
        raise InputError("The mail does not say from whom it is; one address in From: does.")
    named = _digest(own.encode("utf-8", "replace") if own else raw)
    return MailIn(
        sender=senders[0],
        recipients=recipients,
        id=named,
        thread=_digest(before[0].encode("utf-8", "replace")) if before else named,
        words=words,
        automatic=_is_automatic(mail),
    )


def _addresses(mail: EmailMessage, names: tuple[str, ...]) -> tuple[str, ...]:
    written = [str(value) for name in names for value in mail.get_all(name, [])]
    found = (address.strip().casefold() for _, address in getaddresses(written))
    return tuple(dict.fromkeys(one for one in found if "@" in one))


def _digest(value: bytes) -> str:
    """Name it without saying it: an id of a mail often has an address in it."""
    return blake2b(value, digest_size=16).hexdigest()


def _is_automatic(mail: EmailMessage) -> bool:
    submitted = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().casefold()
    precedence = str(mail.get("Precedence", "")).strip().casefold()
    listed = mail.get("List-Id") is not None
    return submitted != "no" or precedence in _AUTOMATIC or listed


def _words(mail: EmailMessage) -> str:
    subject = " ".join(str(mail.get("Subject", "")).split())
    body = mail.get_body(preferencelist=("plain", "html"))
    text = ""
    if body is not None:
        content = body.get_content()
        text = content if isinstance(content, str) else ""
        if body.get_content_subtype() == "html":
            text = _plain(text)
    count = sum(1 for _ in mail.iter_attachments()) if mail.is_multipart() else 0
    more = f"\n[{count} attached, in the mail itself]" if count else ""
    said = "\n\n".join(part for part in (subject, text.strip()) if part)
    return said[: MOST_WORDS - len(more)].replace("\0", "") + more


class _Text(HTMLParser):
    """Collects the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in ("script", "style", "head")
        if tag in ("p", "br", "div", "li", "tr"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "head")

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            self.found.append(data)


def _plain(page: str) -> str:
    parser = _Text()
    parser.feed(page)
    lines = (" ".join(line.split()) for line in "".join(parser.found).splitlines())
    return "\n".join(line for line in lines if line)
