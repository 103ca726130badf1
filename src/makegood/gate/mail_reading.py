"""Read of a mail what its class follows from: headers first, then the beginning of its text.

This stands in the way of every mail that passes, so it reads no more than it needs and never
fails: what cannot be read is not there.
"""

import html
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from quopri import decodestring

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.mailings import MailFacts
from makegood.core.skeletons import Skeleton, skeleton_of
from makegood.gate.mail_headers import Field, addresses_in, part_of, raw_fields
from makegood.gate.mail_lines import Lines
from makegood.playbooks.outgoing_terms import words_of

MOST_TEXT = 16 * 1024  # characters, some 2,500 words: what a mail is for stands before them
_FIRST_LOOK = 8 * 1024  # bytes that hold the plain part of most mails
_MOST_RAW = 160 * 1024  # bytes of a mail that hold so much text, also as base64 and as two parts
_MOST_HEADERS = 256 * 1024  # a thousand recipients in To, and what stands after them
_MOST_FIELDS = 200
_MOST_NAMES = 50  # recipients of one envelope whose names are looked for
_MOST_VALUE = 1000  # characters of a header; none that says what a mail is for is longer
_FEW_WORDS = 12  # a text part that only says "see this in your browser"
_SHORT = 60  # words; a text part no longer may be such a sentence too, for all that stands in the
_LONGER = 2  # other part, when that is so many times as long
_PERSONAL = frozenset(
    {"to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to", "received"}
)
_CAMPAIGN = (
    "x-campaign-id", "x-campaign", "x-campaignid", "x-mc-campaign", "x-mailgun-tag",
    "x-mj-campaign", "x-sg-campaign", "x-hubspot-campaign", "feedback-id", "x-newsletter",
)  # fmt: skip
_SILENT = ("style", "script", "title")
_TAG = re.compile(r"<[^<>]*>")
_ANGLED = re.compile(r"<\s*([^<>\s]+@[^<>\s@]+)\s*>\s*$")
_BETWEEN = re.compile(rb"\r?\n\r?\n")
_CONTENT = frozenset({"content-type", "content-transfer-encoding", "content-disposition"})
_PLAIN_TYPE = re.compile(
    r"text/(plain|html)(?:; ?charset=(?:([A-Za-z0-9_-]+)|\"([A-Za-z0-9_-]+)\"))?", re.IGNORECASE
)
_AS_IT_STANDS = frozenset({"", "7bit", "8bit", "binary"})
_parser = BytesParser()


class Envelope(Struct, frozen=True, kw_only=True):
    """How a mail came in."""

    mail_from: str = ""
    recipients: Sequence[str] = ()
    port: int = 0
    user: str = ""


class Headers(Struct, frozen=True, kw_only=True, eq=False):
    """The headers of a mail, read once.

    Attributes:
        facts: What they and the envelope say.
        content: Those that say how the body is written.
        begins: Where the body begins; after the end where there is none.
        said: To and Cc as readers see them.
    """

    facts: MailFacts
    content: Sequence[Field]
    begins: int
    said: tuple[str, ...]


def read_headers(content: bytes, envelope: Envelope) -> Headers:
    """Read what the headers and the envelope say."""
    head = content[:_MOST_HEADERS]
    end = _BETWEEN.search(head)
    begins = end.end() if end else len(content)
    written = [(name.lower(), value) for name, value in raw_fields(head[:begins])]
    fields = _fields(written[:_MOST_FIELDS])
    sender = _sender(written[:_MOST_FIELDS]) or envelope.mail_from.lower()
    facts = MailFacts(
        sender=sender,
        domain=sender.rpartition("@")[2],
        mail_from=envelope.mail_from.lower(),
        subject=fields.get("subject", ""),
        headers={name: value for name, value in fields.items() if name not in _PERSONAL},
        list_unsubscribe="list-unsubscribe" in fields,
        list_id=fields.get("list-id", ""),
        precedence=fields.get("precedence", "").strip().lower(),
        auto_submitted=fields.get("auto-submitted", "").strip().lower(),
        campaign=next((fields[name] for name in _CAMPAIGN if name in fields), ""),
        port=envelope.port,
        user=envelope.user,
        recipients=len(envelope.recipients),
    )
    said = tuple(fields[name] for name in ("to", "cc") if name in fields)
    content_fields = [(small, value) for small, value in written if small in _CONTENT]
    return Headers(facts=facts, content=content_fields, begins=begins, said=said)


def read_text(
    headers: Headers, content: bytes, envelope: Envelope, lines: Lines
) -> tuple[MailFacts, Skeleton]:
    """Add the text to what is known of a mail, and give what its template leaves behind."""
    facts = headers.facts
    told = ""
    with suppress(RecursionError):  # parts in parts in parts
        told = _text(headers, content)
    (subject, subject_words), (text, words) = lines.apart(facts.subject), lines.apart(told)
    skeleton = skeleton_of(subject, text, _names(headers.said, envelope))
    whole = replace(facts, fingerprint=skeleton.digest, subject_words=subject_words, words=words)
    return whole, skeleton


def _fields(written: Sequence[Field]) -> dict[str, str]:
    """Give headers, the first of each name, as a reader sees them."""
    found: dict[str, str] = {}
    for name, raw in written:
        if name not in found:
            found[name] = _readable(raw)
    return found


def _sender(written: Sequence[Field]) -> str:
    """Give the address in From; empty where there is none.

    Names are not decoded first: one with a comma would fall apart, and the brand be lost.
    """
    for name, raw in written:
        if name == "from":
            value = _line(raw)
            angled = _ANGLED.search(value)  # also behind a name that lacks its quotation marks
            found = angled[1] if angled else addresses_in((value,))[0][1]
            return found.lower() if "@" in found else ""
    return ""


def _line(raw: str) -> str:
    value = " ".join(raw[: 4 * _MOST_VALUE].split())
    if not value.isascii():
        value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return value


def _readable(raw: str) -> str:
    value = _line(raw)
    if "=?" in value:
        with suppress(
            ValueError, LookupError, MessageError
        ):  # a broken encoded word is read as it stands
            value = str(make_header(decode_header(value)))
    return value[:_MOST_VALUE]


def _names(said: Sequence[str], envelope: Envelope) -> frozenset[str]:
    found = [f"{name} {address.partition('@')[0]}" for name, address in addresses_in(said)]
    found += [one.partition("@")[0] for one in envelope.recipients[:_MOST_NAMES]]
    words = (word.casefold() for one in found for word in words_of(one.replace("_", " ")))
    return frozenset(word for word in words if len(word) > 1)


def _text(headers: Headers, content: bytes) -> str:
    said = dict(reversed(headers.content))  # of two the first counts
    body = content[headers.begins : headers.begins + _MOST_RAW]
    simple = _simple(said, body)
    if simple is not None:
        return simple[:MOST_TEXT]
    message = part_of(headers.content)
    if message.get_content_maintype() != "multipart":  # the body is one part, as it stands
        message.set_payload(body.decode("ascii", "surrogateescape"))
        return _of_one(message)[:MOST_TEXT]
    plain = _first(_parser.parsebytes(content[:_FIRST_LOOK]), "plain")
    if len(plain.split(None, _SHORT)) > _SHORT:
        return plain[:MOST_TEXT]
    message = _parser.parsebytes(content[: headers.begins + _MOST_RAW])
    plain, rich = _first(message, "plain"), _without_tags(_first(message, "html"))
    return (rich if _says_more(rich, plain) else plain)[:MOST_TEXT]


def _simple(said: Mapping[str, str], body: bytes) -> str | None:
    """Read a body of one part whose headers say no more than its type; None for any other."""
    kind = _PLAIN_TYPE.fullmatch(said.get("content-type", "text/plain"))
    written = said.get("content-transfer-encoding", "").lower()
    if kind is None or "content-disposition" in said:
        return None
    if written == "quoted-printable":
        body = decodestring(body)
    elif written not in _AS_IT_STANDS:
        return None
    text = _in_charset(body, (kind[2] or kind[3] or "utf-8").lower())
    return _without_tags(text) if kind[1].lower() == "html" else text


def _says_more(rich: str, plain: str) -> bool:
    """Whether the text part only stands for the other one, which readers see."""
    told, shown = len(plain.split(None, _SHORT)), len(rich.split())
    if told <= _FEW_WORDS:
        return bool(shown)
    return told <= _SHORT and shown > _LONGER * told


def _of_one(part: Message) -> str:
    """Give the text of a mail of one part; what is no text says nothing."""
    kind = part.get_content_type()
    if _is_attached(part) or not kind.startswith("text/"):
        return ""
    return _without_tags(_decoded(part)) if kind == "text/html" else _decoded(part)


def _first(message: Message, subtype: str) -> str:
    for part in message.walk():
        if part.get_content_type() == f"text/{subtype}" and not _is_attached(part):
            return _decoded(part)
    return ""


def _is_attached(part: Message) -> bool:
    return str(part.get("content-disposition", "")).lower().startswith("attachment")


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return _in_charset(payload, str(part.get_content_charset("utf-8")))


def _in_charset(written: bytes, charset: str) -> str:
    try:
        return written.decode(charset, "replace")
    except (LookupError, ValueError):
        return written.decode("latin-1")


def _without_tags(page: str) -> str:
    """Leave out tags, styles and scripts; a hostile page costs as much as any of its length."""
    for name in _SILENT:
        page = _without(page, f"<{name}", f"</{name}")
    return html.unescape(_TAG.sub(" ", page))


def _without(page: str, begins: str, ends: str) -> str:
    """Leave out every piece between two marks; one that never ends goes on to the end."""
    small = page.lower()
    if len(small) != len(page):  # a few capital letters have small forms of two characters
        page = small
    kept, at = [], 0
    while (start := small.find(begins, at)) >= 0:
        kept.append(page[at:start])
        at = small.find(ends, start)
        if at < 0:
            return " ".join(kept)
    return " ".join((*kept, page[at:]))
