"""What reps write to customers, as mail: in their own conversation, or the first of one.

What is attached goes from its file to the mail server piece by piece, and is never read whole.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from secrets import token_bytes

from msgspec import Struct

from makegood.effects.mail import MAIL_POLICY, checked_address
from makegood.effects.smtp import Connections
from makegood.messages.commands import Command, MessageClass, SendReply
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body, Carried
from makegood.playbooks.book import RuleBook
from makegood.ports.effect import Addressee
from makegood.ports.letters import Letter


class Enclosed(Struct, frozen=True, kw_only=True):
    """Something attached.

    Attributes:
        pieces: Gives its bytes; None when they are not kept any more.
    """

    name: str
    kind: str
    pieces: Iterable[bytes] | None


class Found(Struct, frozen=True, kw_only=True):
    """What an order to send a letter of ours rests on.

    Attributes:
        letter: The letter that is answered, or says where the first one goes; None when erased.
        words: What the rep wrote.
        name: How the rep is called.
        why: Why it must not go out any more; empty when it may.
    """

    letter: Letter | None
    words: str
    name: str
    enclosed: tuple[Enclosed, ...] = ()
    why: str = ""


Looking = Callable[[Command, SendReply], Found]
_MOST_REFERENCES = 20
_LINE, _LINE_BYTES, _END = 76, 57, b"\r\n"  # of base64 in a mail
_MARK_BYTES = 48  # longer than chance meets, and one line
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
        found = self._looking(command, order)
        letter, words, name = found.letter, found.words, found.name
        if letter is None or not words:
            raise EffectFailed("The letter that is answered was erased.", retry=False)
        if found.why:
            raise EffectFailed(found.why, retry=False)
        if any(one.pieces is None for one in found.enclosed):
            raise EffectFailed("Something attached to it is not kept any more.", retry=False)
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
        self._connections.deliver(sender, recipient, written(message, found.enclosed))
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
    is_first = isinstance(order, SendReply) and not order.letter
    message["Subject"] = subject if begins or is_first else f"Re: {subject}"
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


def written(message: EmailMessage, enclosed: Sequence[Enclosed]) -> Iterable[bytes]:
    """Write a mail piece by piece, with what is attached to it.

    The mail is composed with a mark in the place of each attachment, so that its fields are the
    library's and its bytes are in no memory.
    """
    marks: list[bytes] = []
    for one in enclosed:
        mark = token_bytes(_MARK_BYTES)
        kind, _, sort = one.kind.partition("/")
        if kind in ("multipart", "message"):  # those are mails, and ours is one
            kind, sort = "application", "octet-stream"
        name = one.name.replace(_ENCODED, "= ?")
        message.add_attachment(mark, maintype=kind, subtype=sort, filename=name)
        marks.append(b64encode(mark))
    left = message.as_bytes(policy=MAIL_POLICY)
    for mark, one in zip(marks, enclosed, strict=True):
        before, _, left = left.partition(mark)
        yield before
        yield from _lines(one.pieces or ())
    yield left


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Write bytes as lines of base64, without the end of the last one."""
    left, is_begun = b"", False
    for piece in pieces:
        left += piece
        whole = len(left) // _LINE_BYTES * _LINE_BYTES
        if whole:
            yield (_END if is_begun else b"") + _in_lines(left[:whole])
            left, is_begun = left[whole:], True
    if left:
        yield (_END if is_begun else b"") + b64encode(left)


def _in_lines(content: bytes) -> bytes:
    packed = b64encode(content)
    ends = range(0, len(packed), _LINE)
    return _END.join(packed[at : at + _LINE] for at in ends)


def _is_plain(message_id: str) -> bool:
    """Whether a Message-ID that somebody else made can stand in a field of ours as it is."""
    return _ENCODED not in message_id and _PLAIN_ID.fullmatch(message_id) is not None
