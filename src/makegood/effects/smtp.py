"""SMTP connections that are reused, reopened when stale, and never used by two threads at once."""

import re
import smtplib
import ssl
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum
from threading import Lock
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct

from makegood.messages.errors import EffectFailed, InputError

_OK = 250
_GO_ON = 354
_DOT = re.compile(rb"^\.", re.MULTILINE)
_CLOSING = 421
_PERMANENT = 500
_KEPT_OPEN = 8  # idle connections kept; as many as a worker delivers mail at once


class Server(Struct, frozen=True, kw_only=True):
    """A mail server.

    Attributes:
        starttls: Refuse to speak without TLS after the greeting.
        tls: TLS from the first byte (smtps).
        timeout_s: Longest wait for one answer.
    """

    host: str
    port: int
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    timeout_s: float = 20.0


def server_of(url: str) -> Server:
    """Read smtp://user:password@host:port?starttls=1 or smtps://...

    Raises:
        InputError: The address is not of this form.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise InputError("Write a mail server as smtp://user:password@host:port?starttls=1.")
    tls = parts.scheme == "smtps"
    return Server(
        host=parts.hostname,
        port=parts.port or (465 if tls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parse_qs(parts.query).get("starttls", ["0"])[-1] == "1",
        tls=tls,
    )


class _Stage(Enum):
    """How far one delivery came; only a failure in `ANSWER` leaves doubt."""

    ENVELOPE = "before the message was handed over"
    ANSWER = "after the message was handed over; it may have arrived"


class Connections:
    """Delivers single messages over a few connections to one server."""

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context or ssl.create_default_context()
        self._idle: deque[smtplib.SMTP] = deque()
        self._lock = Lock()

    def deliver(self, sender: str, recipient: str, message: bytes | Iterable[bytes]) -> str:
        """Hand one message over, whole or piece by piece; give the server's last words.

        A piece begins at the beginning of a line or has a dot at the beginning of none.

        Raises:
            EffectFailed: 4xx and broken connections may be tried again, 5xx may not. A connection
                that breaks after the message was sent is tried again with the same Message-ID.
        """
        connection = self._ready(sender)
        try:
            said = _hand_over(connection, recipient, message)
        except EffectFailed:
            connection.close()
            raise
        self._give_back(connection)
        return said

    def _ready(self, sender: str) -> smtplib.SMTP:
        """Begin an envelope; a kept connection that the server closed meanwhile is replaced."""
        kept = self._take()
        if kept is not None:
            try:
                code, _ = kept.mail(sender)
            except (smtplib.SMTPException, OSError):
                code = _CLOSING
            if code == _OK:
                return kept
            kept.close()
        connection = self._open()
        try:
            _expect_ok(connection.mail(sender))
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            raise EffectFailed(f"The connection broke at once: {error}.") from error
        except EffectFailed:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Say goodbye on every idle connection."""
        while (connection := self._take()) is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _take(self) -> smtplib.SMTP | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: smtplib.SMTP) -> None:
        with self._lock:
            if len(self._idle) < _KEPT_OPEN:
                self._idle.append(connection)
                return
        connection.close()

    def _open(self) -> smtplib.SMTP:
        server = self._server
        try:
            connection = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise EffectFailed(f"The mail server cannot be reached: {error}.") from error
        try:
            if server.starttls:
                connection.starttls(context=self._context)
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            # Wrong credentials or a bad certificate are mended on our side: worth another try.
            raise EffectFailed(f"The mail server refused the session: {error}.") from error
        return connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.tls:
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_s, context=self._context
            )
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)


def _hand_over(connection: smtplib.SMTP, recipient: str, message: bytes | Iterable[bytes]) -> str:
    stage = _Stage.ENVELOPE
    try:
        _expect_ok(connection.rcpt(recipient))
        stage = _Stage.ANSWER
        if isinstance(message, bytes):
            code, said = connection.data(message)
        else:
            code, said = _data(connection, message)
        _expect_ok((code, said))
    except smtplib.SMTPResponseException as error:  # DATA itself refused: nothing was sent
        raise _refused(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise EffectFailed(f"The connection broke {stage.value}: {error}.") from error
    return said.decode("ascii", "replace")


def _data(connection: smtplib.SMTP, pieces: Iterable[bytes]) -> tuple[int, bytes]:
    """Send a message as its pieces come; a connection that is closed in between sent nothing."""
    code, said = connection.docmd("DATA")
    if code != _GO_ON:
        raise smtplib.SMTPDataError(code, said)
    ends = b""
    for piece in pieces:
        connection.send(_DOT.sub(b"..", piece))
        ends = (ends + piece)[-2:]
    connection.send((b"" if ends == b"\r\n" else b"\r\n") + b".\r\n")
    return connection.getreply()


def _expect_ok(answer: tuple[int, bytes]) -> None:
    code, said = answer
    if code // 10 != _OK // 10:
        raise _refused(code, said)


def _refused(code: int, said: bytes | str) -> EffectFailed:
    words = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    return EffectFailed(f"The mail server said {code} {words[:200]}", retry=not code >= _PERMANENT)
