"""A campaign tool that sends through the SMTP gate, and the mail server behind it.

The tool sends each mail until it is told yes, as such tools do; every mail is for one customer and
has a Message-ID of its own. What the mail server has is compared byte by byte with what was sent.
"""

import email
import hashlib
import importlib.util
import re
import smtplib
from email.policy import default

from tests.fire.evidence import Delivered, Mailed
from tests.fire.parts import GUEST, SILENT, Customer, Notes, Part, World
from tests.fire.receivers import Journal, now_ms, user_of
from tests.integration.mail_server import Box

IS_THERE = importlib.util.find_spec("makegood.gate.smtp") is not None
"""Whether this Makegood has an SMTP gate to set on fire."""
MESSAGE_ID = re.compile(rb"^Message-ID: <([^@>]+)@", re.MULTILINE)
PROMOTIONAL, SERVICE = "promotional", "service"
ANSWER_S = 30.0  # as long as an SMTP client waits here; longer than any spell
OFFER = "Join our club, and drive the next car for half the price!\r\n"
RECEIPT = "Your invoice is attached. Reservation {number}, paid in full.\r\n"


def digest(content: bytes) -> str:
    """Tell two mails apart; how the end of the last line is written does not count."""
    return hashlib.sha256(content.rstrip(b"\r\n")).hexdigest()


class Relayed(Box):
    """The mail server behind the gate: it notes every mail before it says yes."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        session.begun_ms = now_ms()
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = await super().handle_DATA(server, session, envelope)
        self.mails.clear()
        content = envelope.original_content or envelope.content
        mail = email.message_from_bytes(content, policy=default)
        for recipient in envelope.rcpt_tos:
            self._journal.note(
                Delivered(
                    command=mail["Message-ID"].strip(" \r\n<>").partition("@")[0],
                    line="relay",
                    kind=digest(content),
                    user=user_of(recipient),
                    begun_ms=session.begun_ms,
                    taken_ms=now_ms(),
                    message_class=str(mail["X-Fire-Class"]),
                )
            )
        return said


class Mailer(Part):
    """Sends offers and receipts, one customer at a time, on a connection that it keeps."""

    def __init__(self, name: str, world: World, notes: Notes, seed: int, port: int) -> None:
        super().__init__(name, world, notes, seed)
        self._port = port
        self._number = 0
        self._smtp: smtplib.SMTP | None = None
        self._pending: tuple[str, str, str, bytes, int] | None = None

    def act(self) -> None:
        if self._pending is None:
            self._pending = self._written()
        if self._pending is None:
            return
        message_id, user, message_class, content, first_ms = self._pending
        try:
            self._hand_over(user, content)
        except smtplib.SMTPResponseException as refused:
            self._refused(message_id, refused.smtp_code)
            return
        except smtplib.SMTPRecipientsRefused as refused:
            self._refused(message_id, *(code for code, _ in refused.recipients.values()))
            return
        except (smtplib.SMTPException, OSError):
            self._forget()
            raise OSError("the answer was lost") from None
        self.notes.mailed.append(
            Mailed(message_id, user, message_class, digest(content), first_ms, now_ms())
        )
        self._pending = None

    def _hand_over(self, user: str, content: bytes) -> None:
        if self._smtp is None:
            self._smtp = smtplib.SMTP("127.0.0.1", self._port, timeout=ANSWER_S)
        self._smtp.sendmail("club@news.cars.northwind.example.com",
                            [f"{user}@customers.example"], content)  # fmt: skip

    def _refused(self, message_id: str, *codes: int) -> None:
        """Come back later; nothing is refused for good here."""
        self._forget()
        assert max(codes) < 500, f"{message_id} was refused for good: {codes}"
        self.notes.refused += 1

    def _forget(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _written(self) -> tuple[str, str, str, bytes, int] | None:
        customer = self._chosen()
        if customer is None:
            return None
        self._number += 1
        message_id = f"campaign-{self._number}"
        sells = self.rng.random() < 0.7
        bulk = "List-Unsubscribe: <https://cars.northwind.example.com/u>\r\nPrecedence: bulk\r\n"
        subject = "Something for you" if sells else "Your invoice"
        content = (
            f"From: Northwind Cars <club@news.cars.northwind.example.com>\r\n"
            f"To: {customer.email}\r\nSubject: {subject}\r\n"
            f"Message-ID: <{message_id}@news.cars.northwind.example.com>\r\n"
            f"X-Fire-Class: {PROMOTIONAL if sells else SERVICE}\r\n{bulk if sells else ''}\r\n"
            f"{OFFER if sells else RECEIPT.format(number=self._number)}"
        )
        wanted = PROMOTIONAL if sells else SERVICE
        return message_id, customer.user, wanted, content.encode(), now_ms()

    def _chosen(self) -> Customer | None:
        """Choose somebody whose mail address the gate has been told, and been told yes to."""
        known = self.notes.identified
        whoever = [one for one in self.world.customers
                   if one.user in known and one.kind not in (SILENT, GUEST)]  # fmt: skip
        return self.rng.choice(whoever) if whoever else None


def parked_in(contents: list[bytes]) -> set[str]:
    """Name the mails whose bytes the gate keeps."""
    return {found[1].decode() for one in contents if (found := MESSAGE_ID.search(one))}
