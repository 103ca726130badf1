"""The fields of a mail: who, to whom, in which conversation, and whether a machine wrote it.

Source: RFC 5322 (fields), RFC 2047 (words), RFC 3834 (automatic answers), RFC 2919 (lists),
RFC 8601 (what a mail server found out about the sender).
"""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

MOST_IDS = 50
_MOST_HOPS = 40  # servers a mail went through; more is a circle
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_ID = re.compile(r"<[^<>\s]{3,250}>")
_ADDRESS = re.compile(r"(?<![^\s<>,;()])[^\s<>,;()@]{1,64}@[A-Za-z0-9.-]{1,190}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_BULK = {"bulk", "junk", "auto_reply"}
_SAYS_AUTO = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "Auto-Submitted")
_SUBJECTS = (
    "automatic reply:", "automatische antwort:", "abwesenheitsnotiz:", "respuesta automática:",
    "réponse automatique :", "out of office:", "out of office reply:", "autoreply:",
)  # fmt: skip
_OURS = "X-Makegood-Class"
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_QUOTED = re.compile(r'"[^"]{0,500}"')
_EQUALS = re.compile(r"\s{0,9}=\s{0,9}")
_DAEMONS = ("mailer-daemon@", "postmaster@")


def field(mail: Message, name: str) -> str:
    """Give a field in plain words, without anything that could break a line or a page."""
    written = mail.get(name)
    if written is None:
        return ""
    try:
        said = str(make_header(decode_header(written)))
    except (HeaderParseError, LookupError, ValueError, UnicodeError):
        said = str(written)
    return plain(said)


def plain(text: str) -> str:
    """Make one clean line of a text."""
    safe = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_CONTROL.sub(" ", safe).split())


def addresses(mail: Message, *names: str) -> tuple[tuple[str, str], ...]:
    """Give (name, address) of some fields; what is no address is left out."""
    written = [str(value) for name in names for value in mail.get_all(name, [])]
    found: dict[str, str] = {}
    try:
        pairs = getaddresses(written)
    except (RecursionError, IndexError, ValueError):  # comments inside of comments inside of ...
        pairs = [("", one) for one in _ADDRESS.findall(" ".join(written))]
    for name, address in pairs:
        clean = plain(address).casefold()
        if clean.count("@") == 1 and " " not in clean and len(clean) <= 254:
            found.setdefault(clean, _decoded(name))
    return tuple((name, address) for address, name in found.items())


def _decoded(name: str) -> str:
    try:
        return plain(str(make_header(decode_header(name))))[:200]
    except (HeaderParseError, LookupError, ValueError, UnicodeError):
        return plain(name)[:200]


def recipients(mail: Message) -> tuple[str, ...]:
    """Give to whose addresses it came, as the mail server delivered it first."""
    return tuple(address for _, address in addresses(mail, *_DELIVERED))


def ids(mail: Message, *names: str) -> tuple[str, ...]:
    """Give the Message-IDs of some fields, the last ones of very many."""
    written = " ".join(str(value) for name in names for value in mail.get_all(name, []))
    found = (_ID.findall(written)) if written else []
    return tuple(dict.fromkeys(found))[-MOST_IDS:]


def sent_ms(mail: Message) -> int:
    """Say when it was sent, as it says itself; 0 when it does not, or in no year of ours."""
    try:
        at = parsedate_to_datetime(str(mail.get("Date", "")))
        return max(0, int(at.timestamp() * 1000))
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0


def is_loop(mail: Message) -> bool:
    """Whether it is a mail of our own, or goes round in a circle."""
    return mail.get(_OURS) is not None or len(mail.get_all("Received", [])) > _MOST_HOPS


def is_automatic(mail: Message) -> bool:
    """Whether a machine wrote it, and nobody waits for an answer."""
    for name in _SAYS_AUTO:
        value = str(mail.get(name, "")).partition(";")[0].strip().casefold()
        if value and value != "no":
            return True
    if str(mail.get("Precedence", "")).strip().casefold() in _BULK:
        return True
    if field(mail, "Subject").casefold().startswith(_SUBJECTS):
        return True
    return _is_from_a_list(mail)


def _is_from_a_list(mail: Message) -> bool:
    """Whether a list sent it; a list of the firm's own (a group as its address) brings letters."""
    listed = str(mail.get("List-Id", "")).casefold()
    if not listed or mail.get("List-Unsubscribe") is None:
        return False
    domains = {address.rpartition("@")[2] for address in recipients(mail)}
    return not any(domain and domain in listed for domain in domains)


def is_unproven(mail: Message, sender: str, trusted: str) -> bool:
    """Whether the firm's own mail server found that a mail is not from where it says.

    Only the topmost field that bears the server's name counts: anybody can write one below it.

    Args:
        mail: The mail.
        sender: Address it says to be from.
        trusted: What the server calls itself (its authserv-id); empty for none.
    """
    found = _results(mail, trusted.casefold())
    if found is None:
        return False
    verdicts = [words[0] for words in found if words]
    dmarc = next((one for one in verdicts if one.startswith("dmarc=")), "dmarc=none")
    if "auth=pass" in verdicts or dmarc == "dmarc=pass":
        return False
    return dmarc != "dmarc=none" or not _is_aligned(found, sender.rpartition("@")[2])


def _results(mail: Message, trusted: str) -> list[list[str]] | None:
    """Give what a trusted server says it found: of each method its verdict, then properties."""
    for written in mail.get_all("Authentication-Results", []) if trusted else ():
        plain_words = _QUOTED.sub(" ", _COMMENT.sub(" ", str(written))).casefold()
        server, *found = _EQUALS.sub("=", plain_words).split(";")
        if server.split()[:1] == [trusted]:
            return [one.split() for one in found]
    return None


def _is_aligned(found: list[list[str]], domain: str) -> bool:
    """Whether a signature or the envelope of the sender's own domain was proven."""
    for verdict, *properties in filter(None, found):
        known = dict(one.split("=", 1) for one in properties if "=" in one)
        signed, envelope = known.get("header.d", ""), known.get("smtp.mailfrom", "")
        if verdict == "dkim=pass" and signed == domain:
            return True
        if verdict == "spf=pass" and envelope.rpartition("@")[2] == domain:
            return True
    return False


def is_from_a_daemon(mail: Message) -> bool:
    """Whether a mail server wrote it, not a person."""
    if str(mail.get("Return-Path", "")).strip() == "<>":
        return True
    return any(one.startswith(_DAEMONS) for _, one in addresses(mail, "From", "Sender"))
