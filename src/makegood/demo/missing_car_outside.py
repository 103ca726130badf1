"""The world around the missing car: the firm's other systems, and two mailboxes of one customer.

The second mailbox belongs to the same day without Makegood: nobody asks the gate for it.
"""

import smtplib
from base64 import b64encode
from contextlib import ExitStack
from email.message import EmailMessage
from secrets import token_bytes
from threading import Thread
from types import TracebackType

import msgspec
from msgspec import Struct

from makegood.core.holds import Answer, Question
from makegood.demo.car import CheeryMail
from makegood.demo.counterparts import Counterparts, Request, http_server
from makegood.demo.kept import Kept
from makegood.demo.mailbox import Mailbox
from makegood.effects.webhook import Counterpart
from makegood.gate.service import Gate
from makegood.ports.clock import Clock

PROVIDERS = ("payments", "rides", "drivers", "fleet")
ARRIVES_IN_MINUTES = 14  # assumed: how far away the driver is
_ASK = "offer.confirm"


class Stopped(Struct, frozen=True, kw_only=True):
    """A mail that was not sent because the gate said no."""

    mail: CheeryMail
    at_ms: int
    answer: Answer


class RentalSystems(Counterparts):
    """Payments, rides and drivers: they say yes, and do each thing once."""

    def __init__(self, secret: str) -> None:
        super().__init__(secret, 0, self._note)
        self._done: dict[str, bytes] = {}

    def _note(self, kept: Kept) -> None:
        """Nothing is kept here: Makegood's own log tells what was done."""

    def answer(self, provider: str, id_: str, body: bytes) -> bytes:
        key = f"{provider} {id_}"
        if key not in self._done:
            asked = msgspec.json.decode(body, type=Request)
            self._done[key] = msgspec.json.encode(_answer(asked, id_))
        return self._done[key]


def _answer(asked: Request, id_: str) -> dict[str, object]:
    if asked.type == _ASK:
        return {"confirmed": True, "detail": {"minutes": ARRIVES_IN_MINUTES}}
    cents = asked.data.get("amount_cents", 0)
    return {"reference": f"SYN-{id_[1:9]}", "paid_cents": cents}


class Surroundings:
    """The systems and the mailboxes, all on this machine; use it in a `with` statement.

    Attributes:
        mailbox: What she receives.
        mailbox_without: What she would have received without Makegood.
    """

    def __init__(self, clock: Clock) -> None:
        self.mailbox = Mailbox(clock.now_ms)
        self.mailbox_without = Mailbox(clock.now_ms)
        self._secret = "whsec_" + b64encode(token_bytes(32)).decode()
        self._http = http_server(RentalSystems(self._secret))
        self._closing = ExitStack()

    def __enter__(self) -> "Surroundings":
        for box in (self.mailbox, self.mailbox_without):
            self._closing.enter_context(box)
        thread = Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self._closing.callback(thread.join)
        self._closing.callback(self._http.server_close)
        self._closing.callback(self._http.shutdown)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    @property
    def smtp(self) -> str:
        return f"smtp://127.0.0.1:{self.mailbox.port}"

    @property
    def counterparts(self) -> tuple[Counterpart, ...]:
        port = self._http.server_address[1]
        return tuple(
            Counterpart(
                name=name,
                url=f"http://127.0.0.1:{port}/{name}",
                secret=self._secret,
                allow_private=True,
            )
            for name in PROVIDERS
        )

    def empty(self) -> None:
        self.mailbox.empty()
        self.mailbox_without.empty()


def send_through(
    gate: Gate, box: Mailbox, mail: CheeryMail, brand: str, at_ms: int
) -> Stopped | None:
    """Let the booking system ask first, as every sender should, and send when it may."""
    question = Question(brand=brand, message_class=mail.message_class)
    answer = gate.ask(f"email:{mail.to}", question)
    if not answer.allowed:
        return Stopped(mail=mail, at_ms=at_ms, answer=answer)
    send(box, mail)
    return None


def send(box: Mailbox, mail: CheeryMail) -> None:
    """Hand a mail of the booking system to a mail server."""
    message = EmailMessage()
    for name, value in mail.headers().items():
        message[name] = value
    message.set_content(mail.text)
    with smtplib.SMTP("127.0.0.1", box.port) as server:
        server.send_message(message)
