"""Read a mail the plain way: all of it by the standard library, every word anew, nothing kept.

What stands in the way of every mail is written for speed. This is what it has to say, too.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses

from makegood.core.mailings import MailFacts
from makegood.core.skeletons import Skeleton, skeleton_of
from makegood.gate import mail_reading
from makegood.gate.mail_reading import Envelope

_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d[\d.,:/-]*|[%#]")
_NUMBERS = re.compile(r"(?<!\S)\d\S*")


def read(content: bytes, envelope: Envelope) -> tuple[MailFacts, Skeleton]:
    """Give what the gate knows of a mail when it has read all of it."""
    end = re.search(rb"\r?\n\r?\n", content[: mail_reading._MOST_HEADERS])
    begins = end.end() if end else len(content)
    message = BytesHeaderParser().parsebytes(content[: mail_reading._MOST_HEADERS][:begins])
    fields = dict(_fields(message))
    sender = _sender(message) or envelope.mail_from.lower()
    subject, text = words_of(fields.get("subject", "")), words_of(_text(message, content, begins))
    said = tuple(fields[name] for name in ("to", "cc") if name in fields)
    skeleton = skeleton_of(subject, text, _names(said, envelope))
    return MailFacts(
        sender=sender,
        domain=sender.rpartition("@")[2],
        mail_from=envelope.mail_from.lower(),
        subject=fields.get("subject", ""),
        headers={
            name: value for name, value in fields.items() if name not in mail_reading._PERSONAL
        },
        list_unsubscribe="list-unsubscribe" in fields,
        list_id=fields.get("list-id", ""),
        precedence=fields.get("precedence", "").strip().lower(),
        auto_submitted=fields.get("auto-submitted", "").strip().lower(),
        campaign=next((fields[one] for one in mail_reading._CAMPAIGN if one in fields), ""),
        port=envelope.port,
        user=envelope.user,
        recipients=len(envelope.recipients),
        fingerprint=skeleton.digest,
        subject_words=as_words(subject),
        words=as_words(text),
    ), skeleton


def words_of(text: str) -> list[str]:
    return _WORDS.findall(unicodedata.normalize("NFKC", text).replace("\xad", ""))


def as_words(words: Sequence[str]) -> str:
    return _NUMBERS.sub("#", " ".join(words).casefold().replace("\u2019", "'"))


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for name, raw in list(message.raw_items())[: mail_reading._MOST_FIELDS]:
        if name.lower() not in seen:
            seen.add(name.lower())
            yield name.lower(), mail_reading._readable(str(raw))


def _sender(message: Message) -> str:
    for name, raw in list(message.raw_items())[: mail_reading._MOST_FIELDS]:
        if name.lower() == "from":
            value = mail_reading._line(str(raw))
            angled = mail_reading._ANGLED.search(value)
            found = angled[1] if angled else _addresses((value,))[0][1]
            return found.lower() if "@" in found else ""
    return ""


def _addresses(lines: Sequence[str]) -> list[tuple[str, str]]:
    with suppress(RecursionError):
        return getaddresses(lines) or [("", "")]
    return [("", "")]


def _names(said: Sequence[str], envelope: Envelope) -> frozenset[str]:
    found = [f"{name} {address.partition('@')[0]}" for name, address in _addresses(said)]
    found += [one.partition("@")[0] for one in envelope.recipients[: mail_reading._MOST_NAMES]]
    words = (word.casefold() for one in found for word in words_of(one.replace("_", " ")))
    return frozenset(word for word in words if len(word) > 1)


def _text(message: Message, content: bytes, begins: int) -> str:
    most, short = mail_reading.MOST_TEXT, mail_reading._SHORT
    if message.get_content_maintype() != "multipart":
        body = content[begins : begins + mail_reading._MOST_RAW]
        message.set_payload(body.decode("ascii", "surrogateescape"))
        return mail_reading._of_one(message)[:most]
    parser = BytesParser()
    first = parser.parsebytes(content[: mail_reading._FIRST_LOOK])
    plain = mail_reading._first(first, "plain")
    if len(plain.split(None, short)) > short:
        return plain[:most]
    whole = parser.parsebytes(content[: begins + mail_reading._MOST_RAW])
    plain = mail_reading._first(whole, "plain")
    rich = mail_reading._without_tags(mail_reading._first(whole, "html"))
    return (rich if mail_reading._says_more(rich, plain) else plain)[:most]
