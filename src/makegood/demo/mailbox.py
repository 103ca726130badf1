"""Ana's mailbox: a mail server on this machine that keeps what it takes and delivers nowhere."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Lock
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec import Struct


class Letter(Struct, frozen=True, kw_only=True):
    """One mail as it arrived.

    Attributes:
        at_ms: When, by the demo's clock.
        message_class: What Makegood says it is; empty for mail of other systems.
        names_way_out: It has a List-Unsubscribe header.
    """

    at_ms: int
    sender: str
    subject: str
    text: str
    message_class: str = ""
    names_way_out: bool = False


class Mailbox:
    """Takes mail for one customer; use it in a `with` statement."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._lock = Lock()
        self._letters: tuple[Letter, ...] = ()
        self._server = _OnAnyPort(self, hostname="127.0.0.1", port=0)

    def __enter__(self) -> "Mailbox":
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Everything that arrived, oldest first."""
        return self._letters

    def empty(self) -> None:
        with self._lock:
            self._letters = ()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - the name and form that aiosmtpd calls
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        letter = read_letter(raw, self._now_ms())
        with self._lock:
            self._letters = (*self._letters, letter)
        return "250 kept"


class _OnAnyPort(Controller):
    """Learns the port that the system chose before it says hello to itself."""

    def _trigger_server(self) -> None:
        server = self.server
        if server is not None:
            self.port = server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def read_letter(raw: bytes, at_ms: int) -> Letter:
    """Read a mail as a person sees it."""
    mail: EmailMessage = message_from_bytes(raw, policy=default)
    body = mail.get_body(("plain",))
    return Letter(
        at_ms=at_ms,
        sender=str(mail["From"] or ""),
        subject=str(mail["Subject"] or ""),
        text=str(body.get_content()).strip() if body is not None else "",
        message_class=str(mail["X-Makegood-Class"] or ""),
        names_way_out="List-Unsubscribe" in mail,
    )
