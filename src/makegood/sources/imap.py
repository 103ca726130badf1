"""Fetch mail by IMAP: by number, oldest first; nothing is changed but the mark of having seen it.

Source: RFC 9051 (numbers and UIDVALIDITY). The library speaks the protocol; the mails themselves
are taken as bytes, because a parser of somebody else's would stop at the first hostile one.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailBoxStartTls,
    MailBoxUnencrypted,
)
from msgspec import Struct

from makegood.messages.errors import InputError, MakegoodError
from makegood.sources.mail.reading import MOST_BYTES

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIMEOUT_S = 30.0
_MOST_LITERAL = MOST_BYTES + 1_000_000  # whatever a server says before about the size of a mail
_FAULTS = (ImapToolsError, imaplib.IMAP4.error, OSError, UnicodeError)


class MailAway(MakegoodError):
    """The mailbox cannot be reached, or refuses; nothing was lost, the next round begins there."""


class Box(Struct, frozen=True, kw_only=True):
    """A mailbox.

    Attributes:
        tls: `tls` from the first byte, `starttls` after the greeting, or `none`.
    """

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    tls: str = "tls"

    @property
    def name(self) -> str:
        """What it is called where its password must not stand."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


class Fetched(Struct, frozen=True, kw_only=True):
    """A mail of a mailbox.

    Attributes:
        raw: The mail, whole; of one that is too large only its fields.
    """

    uid: int
    raw: bytes
    is_whole: bool = True


def box_of(url: str) -> Box:
    """Read imaps://user:password@host:port/folder, or imap://...?starttls=1.

    Raises:
        InputError: The address is not of this form.
    """
    try:
        parts = urlsplit(url)
        given = parts.port
    except ValueError:  # its message has the address in it, and that a password
        raise InputError(
            "The host or port of the mailbox (MAKEGOOD_IMAP) is none: write "
            "imaps://user:password@host:993/INBOX, with a port of 1 to 65535."
        ) from None
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise InputError("Write a mailbox as imaps://user:password@host/INBOX.")
    starts = parse_qs(parts.query).get("starttls", ["0"])[-1] == "1"
    tls = "tls" if parts.scheme == "imaps" else "starttls" if starts else "none"
    return Box(
        host=parts.hostname,
        port=given or (993 if tls == "tls" else 143),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        tls=tls,
    )


class OpenBox:
    """A mailbox that is signed in to."""

    def __init__(self, box: BaseMailBox, folder: str) -> None:
        self._box = box
        self._folder = folder

    def numbers(self) -> tuple[int, int]:
        """Give its UIDVALIDITY, with another one of which every number means another mail.

        Returns:
            It, and the number that the next mail gets.

        Raises:
            MailAway: The connection broke.
        """
        try:
            found = self._box.folder.status(self._folder, ["UIDVALIDITY", "UIDNEXT"])
            return int(found["UIDVALIDITY"]), int(found["UIDNEXT"])
        except (*_FAULTS, KeyError, ValueError) as fault:
            raise MailAway(f"Fetching mail stopped: {type(fault).__name__}.") from fault

    def after(self, uid: int, since: date | None = None) -> Iterator[Fetched]:
        """Give the mails with higher numbers, the lowest first.

        Args:
            uid: The number.
            since: Only what came on this day or later; None for all.

        Raises:
            MailAway: The connection broke; what was given before it is whole.
        """
        wanted = f"UID {uid + 1}:*"
        if since is not None:
            wanted += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        try:
            numbers = sorted(int(one) for one in self._box.uids(wanted))
            for number in numbers:
                if number > uid:  # a server gives the last one for an empty range
                    yield from self._fetched(number)
        except _FAULTS as fault:
            raise MailAway(f"Fetching mail stopped: {type(fault).__name__}.") from fault

    def _fetched(self, uid: int) -> Iterator[Fetched]:
        found = _SIZE.search(self._answer(uid, "(RFC822.SIZE)"))
        if found is None:
            return  # it was deleted meanwhile
        is_whole = int(found[1]) <= MOST_BYTES
        raw = self._answer(uid, "(BODY.PEEK[])" if is_whole else "(BODY.PEEK[HEADER])", whole=True)
        if raw:
            yield Fetched(uid=uid, raw=raw, is_whole=is_whole)

    def _answer(self, uid: int, what: str, *, whole: bool = False) -> bytes:
        status, parts = self._box.client.uid("FETCH", str(uid), what)
        if status != "OK":
            raise imaplib.IMAP4.error(f"FETCH: {status}")
        found = [one[1] if whole else one[0] for one in parts if isinstance(one, tuple)]
        plain = [one for one in parts if isinstance(one, bytes)]
        return b"".join(found if whole else (*found, *plain))

    def seen(self, uid: int) -> None:
        """Mark a mail as seen, for whoever looks into the mailbox.

        Raises:
            MailAway: The connection broke.
        """
        try:
            self._box.flag(str(uid), "\\Seen", value=True)
        except _FAULTS as fault:
            raise MailAway(f"Marking mail stopped: {type(fault).__name__}.") from fault


@contextmanager
def opened_box(box: Box, context: ssl.SSLContext | None = None) -> Iterator[OpenBox]:
    """Sign in to a mailbox.

    Raises:
        MailAway: It cannot be reached, or refuses.
    """
    try:
        found = _connected(box, context or ssl.create_default_context())
    except _FAULTS as fault:
        raise MailAway(f"{box.name} cannot be reached: {type(fault).__name__}.") from fault
    _bound(found.client)
    try:
        try:
            found.login(box.user, box.password, initial_folder=box.folder)
        except _FAULTS as fault:
            raise MailAway(f"{box.name} refused: {type(fault).__name__}.") from fault
        yield OpenBox(found, box.folder)
    finally:
        try:
            found.logout()
        except _FAULTS:
            with suppress(OSError):  # it is closed already
                found.client.shutdown()


def _bound(client: imaplib.IMAP4) -> None:
    """Let no server fill the memory: it says how much comes, and the library takes all of it."""
    read = client.read

    def bounded(size: int) -> bytes:
        if size > _MOST_LITERAL:
            raise imaplib.IMAP4.abort("more than any mail has")
        return read(size)

    setattr(client, "read", bounded)  # noqa: B010 - the checker takes no method for another


def _connected(box: Box, context: ssl.SSLContext) -> BaseMailBox:
    if box.tls == "tls":
        return MailBox(box.host, box.port, timeout=_TIMEOUT_S, ssl_context=context)
    if box.tls == "starttls":
        return MailBoxStartTls(box.host, box.port, timeout=_TIMEOUT_S, ssl_context=context)
    return MailBoxUnencrypted(box.host, box.port, timeout=_TIMEOUT_S)
