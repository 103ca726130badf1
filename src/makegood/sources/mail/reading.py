"""Read a mail as it came in: bytes in, a frozen value out; no mail, however it is made, fails.

Nothing of a mail is believed but that somebody has to look at it: a sender can be made up, a name
of a file can be a path, a date can be in another century, and a picture can be anything.
"""

import re
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from hashlib import blake2b

from makegood.messages.errors import InputError
from makegood.sources.mail import heads
from makegood.sources.mail.pages import Page, clean
from makegood.sources.mail.parts import Content, content_of, is_complaint, report_in
from makegood.sources.mail.quotes import Split, split
from makegood.sources.mail.shapes import InboundMail, Kind, Returned

MOST_BYTES = 30_000_000
_LONGEST_FIELD = 8_192
_LONGEST_HEAD = 256_000
_MOST_BOUNDARIES = 20_000  # lines that begin like one; a mail with 50 attachments has some hundred
_MOST_LOOKS = 20_000_000  # the parser looks at each line once for each level
_SUBJECT = 500
_BOUNDARY = re.compile(rb"(?i)boundary\*?[0-9]?\*?[ \t]*=")
_DASHES = re.compile(rb"(?:^|[\r\n])--")
_CONTENT_TYPE = re.compile(rb"(?im)^content-type:[^\n]*(?:\n[ \t][^\n]*)*\n?")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_CONTENT_FIELD = re.compile(
    rb"(?im)^(content-[a-z-]{1,40}:[^\n]{0,8192})[^\n]*((?:\n[ \t][^\n]*)*)"
)


def read_mail(raw: bytes, trusted: str = "") -> InboundMail:
    """Read a mail.

    Args:
        raw: The mail, whole, as it came in.
        trusted: What the firm's mail server calls itself, where it says whom a mail is from.

    Returns:
        What counts of it; what is wrong with it stands in `odd`.

    Raises:
        InputError: It is larger than any mail server takes, or there is nothing.
    """
    if not raw.strip():
        raise InputError("There is nothing in this mail.")
    if len(raw) > MOST_BYTES:
        raise InputError(f"A mail may have {MOST_BYTES // 1_000_000} MB.")
    odd: list[str] = []
    mail = _parsed(raw, odd)
    content = content_of(mail)
    page = clean(content.page) if content.page else Page(html="", words="")
    parts = split(content.text if content.text.strip() else page.words)
    returned = _returned(mail, content)
    kind = _kind(mail, returned, parts)
    senders = heads.addresses(mail, "From") or heads.addresses(mail, "Sender")
    name, sender = senders[0] if senders else ("", "")
    answer_to = next((one for _, one in heads.addresses(mail, "Reply-To")), sender)
    own = next(iter(heads.ids(mail, "Message-ID")), "")
    if not sender:
        odd.append("It does not say from whom it is.")
    if len(senders) > 1:
        odd.append("It names several senders; the first one counts.")
    return InboundMail(
        key=_key(mail, own, sender, content),
        id=own,
        references=heads.ids(mail, "References", "In-Reply-To"),
        sender=sender,
        name=name,
        answer_to=answer_to,
        recipients=heads.recipients(mail),
        subject=heads.field(mail, "Subject")[:_SUBJECT],
        sent_ms=heads.sent_ms(mail),
        text=parts.new,
        quoted=parts.quoted,
        page=page.html,
        blocked=page.blocked,
        kind=kind,
        original=parts.original,
        returned=returned,
        attachments=tuple(content.attached),
        odd=(*odd, *content.odd),
        is_unproven=heads.is_unproven(mail, sender, trusted),
    )


def _parsed(raw: bytes, odd: list[str]) -> Message:
    """Parse; what is too deep for a parser that calls itself is read without its parts."""
    head, gap, body = _halves(raw)
    short = _short(head)
    if len(short) < len(head):
        odd.append("Its fields are longer than any mail program writes; they were cut.")
    if _is_endless(head, body):
        odd.append("It has more parts, or deeper ones, than a mail of a person has.")
        return message_from_bytes(
            _without_kind(short) + gap + body[:_LONGEST_HEAD], policy=compat32
        )
    body = _CONTENT_FIELD.sub(lambda found: found[1] + found[2][:_LONGEST_FIELD], body)
    try:
        return message_from_bytes(short + gap + body, policy=compat32)
    except RecursionError:
        odd.append("Its parts stand deeper inside each other than can be read.")
        return message_from_bytes(short + gap, policy=compat32)


def _is_endless(head: bytes, body: bytes) -> bool:
    """Whether the parser would need gigabytes for the parts of it, or hours for their depth."""
    depths = sum(len(_BOUNDARY.findall(one)) for one in (head, body))
    lines = body.count(b"\n") + body.count(b"\r")
    return depths * lines > _MOST_LOOKS or len(_DASHES.findall(body)) > _MOST_BOUNDARIES


def _without_kind(head: bytes) -> bytes:
    """Leave out that it has parts: what it begins with is then read as plain words."""
    return _CONTENT_TYPE.sub(b"", head)


def _halves(raw: bytes) -> tuple[bytes, bytes, bytes]:
    found = _END_OF_HEAD.search(raw)
    if found is None:
        return raw, b"", b""
    return raw[: found.start()], found[0], raw[found.end() :]


def _short(head: bytes) -> bytes:
    """Cut fields that are too long, and a head that is."""
    fields: list[list[bytes]] = []
    for line in head[:_LONGEST_HEAD].split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            if sum(len(one) for one in fields[-1][:1]) < _LONGEST_FIELD and len(fields[-1]) < 200:
                fields[-1].append(line[:_LONGEST_FIELD])
        else:
            fields.append([line[:_LONGEST_FIELD]])
    return b"\n".join(line for lines in fields for line in lines)


def _returned(mail: Message, content: Content) -> Returned | None:
    """Read what came back: a report of the standard's form, or of a server that knows none."""
    if (report := report_in(mail)) is not None:
        return report
    if is_complaint(mail) or not heads.is_from_a_daemon(mail):
        return None
    named = re.findall(r"(?im)^message-id:[ \t]{0,9}(<[^<>\s]{3,250}>)", content.text[:50_000])
    return Returned(ids=tuple(dict.fromkeys(named))) if named else None


def _kind(mail: Message, returned: Returned | None, parts: Split) -> Kind:
    if is_complaint(mail):
        return "complaint"
    if returned is not None:
        return "bounce"
    if heads.is_loop(mail):
        return "loop"
    if heads.is_automatic(mail) or heads.is_from_a_daemon(mail):
        return "automatic"
    return "forwarded" if parts.original is not None else "letter"


def _key(mail: Message, own: str, sender: str, content: Content) -> str:
    """Name the mail by what it is: another text under a Message-ID that came before is new.

    How its lines end says nothing: a mail handed on by a pipe ends them otherwise than by IMAP.
    """
    digest = blake2b(digest_size=16)
    fields = (" ".join(str(mail.get(name, "")).split()) for name in ("Date", "Subject"))
    said = (own, sender, *fields, content.text.strip(), content.page.strip())
    attached = (it.content.replace(b"\r\n", b"\n").strip() for it in content.attached)
    for raw in (*(one.encode("utf-8", "replace") for one in said), *attached):
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()
