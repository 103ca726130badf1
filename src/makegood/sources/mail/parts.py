"""The parts of a mail: its words, its page, what is attached; and what a mail server reports.

Source: RFC 2045 to 2049 (parts), RFC 2231 (names), RFC 3464 (reports), RFC 3463 (status codes),
RFC 5965 (feedback reports).
"""

import re
from collections.abc import Iterator
from email.message import Message
from hashlib import sha256

from msgspec import Struct

from makegood.sources.mail.heads import ids, plain
from makegood.sources.mail.shapes import Attached, Returned

MOST_ATTACHED = 50
MOST_TEXT = 200_000
_MOST_PARTS = 500
_DEEPEST = 20
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_UNSAFE = re.compile(r"[^\w.,+@=()\[\] -]")
_KIND = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
# What Python can read and no mail is written in; reading it takes hours for some megabytes.
_NO_CHARSETS = ("punycode", "idna", "escape", "undefined")


class Content(Struct, kw_only=True):
    """What a mail holds.

    Attributes:
        text: Its plain text.
        page: Its HTML, as it came.
        odd: What was wrong with it.
    """

    text: str = ""
    page: str = ""
    attached: list[Attached] = []
    odd: list[str] = []


def content_of(mail: Message) -> Content:
    """Read the parts; what is attached is neither opened nor unpacked."""
    found = Content()
    for part in _leaves(mail, found):
        kind = part.get_content_type()
        is_attached = part.get_content_disposition() == "attachment" or _name(part) != ""
        if kind in ("text/plain", "text/html") and not is_attached:
            _say(found, kind, text_of(part))
        elif kind == "message/delivery-status":
            continue
        elif len(found.attached) >= MOST_ATTACHED:
            found.odd.append(f"Only the first {MOST_ATTACHED} attachments are kept.")
            break
        else:
            found.attached.append(_attached(part, len(found.attached) + 1))
    found.odd = list(dict.fromkeys(found.odd))
    return found


def _say(found: Content, kind: str, said: str) -> None:
    if kind == "text/html":
        found.page = f"{found.page}\n{said}" if found.page else said
    else:
        found.text = f"{found.text}\n{said}" if found.text else said
    if len(found.text) > MOST_TEXT:
        found.text = found.text[:MOST_TEXT]
        found.odd.append("It is very long; only the beginning is shown.")


def _leaves(mail: Message, found: Content) -> Iterator[Message]:
    """Give the parts that hold something; a mail inside of the mail is one of them."""
    waiting: list[tuple[Message, int]] = [(mail, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        inner = part.get_payload()
        if seen > _MOST_PARTS or depth > _DEEPEST:
            found.odd.append("It has more parts, or deeper ones, than a mail of a person has.")
            return
        if isinstance(inner, list) and part.get_content_maintype() == "multipart":
            waiting += [(one, depth + 1) for one in reversed(inner) if isinstance(one, Message)]
        elif seen == 1 or not _is_empty(part):
            yield part


def _is_empty(part: Message) -> bool:
    inner = part.get_payload()
    return not inner and not _name(part)


def text_of(part: Message) -> str:
    """Give the words of a part, whatever its charset claims."""
    raw = _bytes(part)
    claimed = str(part.get_content_charset() or "utf-8")
    if any(one in claimed.replace("_", "-") for one in _NO_CHARSETS):
        claimed = "utf-8"
    for charset in (claimed, "utf-8"):
        try:
            return _clean(raw.decode(charset))
        except (LookupError, UnicodeError, ValueError):
            continue
    return _clean(raw.decode("cp1252", "replace"))


def _clean(text: str) -> str:
    safe = text.encode("utf-8", "replace").decode("utf-8")
    lines = safe.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\xa0", " ")
    return lines.replace("\u200b", "").replace("\ufeff", "")


def _bytes(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):  # a mail inside: kept as it came
        try:
            return b"\n".join(one.as_bytes() for one in inner if isinstance(one, Message))
        except (KeyError, ValueError, LookupError, AttributeError, RecursionError):
            return b""
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        raw = None
    return raw if isinstance(raw, bytes) else str(inner).encode("utf-8", "replace")


def _name(part: Message) -> str:
    try:
        return plain(str(part.get_filename() or ""))
    except (ValueError, LookupError, TypeError, UnicodeError):
        return "unnamed"


def _attached(part: Message, place: int) -> Attached:
    raw = _bytes(part)
    kind = part.get_content_type().casefold()
    cid = plain(str(part.get("Content-ID", ""))).strip("<> ")[:200]
    return Attached(
        name=safe_name(_name(part), place),
        kind=kind if _KIND.fullmatch(kind) else "application/octet-stream",
        content=raw,
        digest=sha256(raw).hexdigest(),
        cid=cid,
    )


def safe_name(name: str, place: int) -> str:
    """Give a name that is safe to save under: no path, nothing hidden, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = _UNSAFE.sub("_", last).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if dot and len(ending) <= 10:
        clean = f"{stem[:80].strip(' .')}.{ending}"
    return clean[:100] if clean.strip("_. ") else f"attached-{place}"


def is_complaint(mail: Message) -> bool:
    """Whether a mailbox provider reports that somebody called a mail of ours unwanted."""
    report = str(mail.get_param("report-type") or "").casefold()
    return mail.get_content_type() == "multipart/report" and report == "feedback-report"


def report_in(mail: Message) -> Returned | None:
    """Read a report of a mail server about a mail of ours; None when it is none."""
    kind = mail.get_content_type()
    if kind != "multipart/report" or str(mail.get_param("report-type")) != "delivery-status":
        return None
    about: list[str] = []
    status, is_final = "", True
    for part, inner in _reported(mail):
        if inner == "message/delivery-status":
            said = part.as_string() if not part.is_multipart() else _all_of(part)
            code = _STATUS.search(said)
            status = status or (code[1] if code else "")
            is_final = "action: failed" in said.casefold()
        else:
            about += _ids_in(part)
    return Returned(ids=tuple(dict.fromkeys(about)), status=status, is_final=is_final)


def _reported(mail: Message) -> Iterator[tuple[Message, str]]:
    inner = mail.get_payload()
    for part in inner[:10] if isinstance(inner, list) else ():
        if not isinstance(part, Message):
            continue
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/rfc822", "text/rfc822-headers"):
            yield part, kind


def _all_of(part: Message) -> str:
    inner = part.get_payload()
    if not isinstance(inner, list):
        return ""
    lines = (f"{k}: {v}" for one in inner if isinstance(one, Message) for k, v in one.items())
    return "\n".join(lines)


def _ids_in(part: Message) -> tuple[str, ...]:
    inner = part.get_payload()
    if isinstance(inner, list):
        return tuple(
            one for it in inner if isinstance(it, Message) for one in ids(it, "Message-ID")
        )
    return tuple(
        re.findall(r"(?im)^message-id:\s{0,20}(<[^<>\s]{3,250}>)", text_of(part)[:50_000])
    )
