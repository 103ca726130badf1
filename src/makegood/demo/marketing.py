"""The marketing team: it mails everyone at nine every day, and asks the gate at hand-over.

It is an outside tool with its own list and its own connections; all it knows of Makegood is the
question "may I send this?". The run takes an hour, and flights are cancelled during it: a list
screened at nine would be wrong by ten.
"""

import smtplib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from email.utils import format_datetime
from types import TracebackType

from msgspec import Struct

from makegood.core.holds import Answer, Question
from makegood.demo.flights import MINUTE_MS, local_ms
from makegood.demo.people import Person
from makegood.messages.commands import MessageClass
from makegood.playbooks.terms import Brand

AT_HOUR = 9  # by the clock of the brand
SLICES = 6  # the run of an hour in steps of ten minutes
SLICE_MS = 10 * MINUTE_MS
CONNECTIONS = 4  # as many as the mail server answers faster than one after the other

May = Callable[[str, Question], Answer]


class Campaign(Struct, frozen=True, kw_only=True):
    """One day's mail to everyone, from one brand."""

    day: date
    brand: Brand

    @property
    def begins_ms(self) -> int:
        return local_ms(self.day, AT_HOUR)


class Handed(Struct, frozen=True, kw_only=True):
    """What one slice of a campaign came to."""

    attempted: int
    passed: int


class MarketingTeam:
    """Sends campaigns over a few connections; use it as a context."""

    def __init__(self, port: int, may_send: May) -> None:
        self._port = port
        self._may_send = may_send

    def __enter__(self) -> "MarketingTeam":
        self._lines = [smtplib.SMTP("127.0.0.1", self._port) for _ in range(CONNECTIONS)]
        for line in self._lines:
            line.ehlo()
        self._pool = ThreadPoolExecutor(CONNECTIONS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()
        for line in self._lines:
            line.close()

    def mail(self, campaign: Campaign, people: Sequence[Person], now_ms: int) -> Handed:
        """Hand over what the gate lets pass."""
        shares = [people[start::CONNECTIONS] for start in range(CONNECTIONS)]
        handed = self._pool.map(
            lambda line, share: self._share(line, campaign, share, now_ms), self._lines, shares
        )
        return Handed(attempted=len(people), passed=sum(handed))

    def _share(
        self, line: smtplib.SMTP, campaign: Campaign, people: Sequence[Person], now_ms: int
    ) -> int:
        question = Question(brand=campaign.brand.id, message_class=MessageClass.PROMOTIONAL)
        passed = 0
        for person in people:
            content = mail_for(campaign, person, now_ms)
            if self._may_send(f"email:{person.email}", question).allowed:
                _hand_over(line, campaign.brand.offers_sender, person.email, content)
                passed += 1
        return passed


def slice_of(people: Sequence[Person], number: int) -> Sequence[Person]:
    """The part of the list that one step of the run reaches."""
    return people[number::SLICES]


def mail_for(campaign: Campaign, person: Person, now_ms: int) -> bytes:
    """Write one cheery mail, labelled as part of a demo."""
    brand = campaign.brand
    domain = brand.offers_sender.rpartition("@")[2]
    sent = format_datetime(datetime.fromtimestamp(now_ms // 1000, UTC))
    leave = f"https://{domain}/leave/{person.number}"
    return (
        f"From: {brand.name} <{brand.offers_sender}>\r\n"
        f"To: {person.email}\r\n"
        f"Subject: {brand.name}: where to next?\r\n"
        f"Date: {sent}\r\n"
        f"Message-ID: <{campaign.day}-{person.number}@{domain}>\r\n"
        f"X-Campaign: {campaign.day}\r\n"
        f"X-Campaign-Sent-Ms: {now_ms}\r\n"
        "X-Makegood-Class: promotional\r\n"
        f"List-Unsubscribe: <{leave}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "\r\n"
        "We hope your last flight was a delight. Fares from 59 dollars, this week only.\r\n"
        "\r\n"
        "(Synthetic mail of a demo, to a synthetic customer.)\r\n"
        f"No more offers: {leave}\r\n"
    ).encode()


def _hand_over(line: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> None:
    for answer in (line.mail(sender), line.rcpt(recipient), line.data(content)):
        code, said = answer
        if code != 250:
            raise smtplib.SMTPResponseException(code, said)
