"""What reached the mail server: marketing by customer and hour, service mail, text messages."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct

from makegood.demo.kept import Mail, TextMessage, read_kept
from makegood.messages.commands import MessageClass

CARE = frozenset(
    {MessageClass.SERVICE, MessageClass.RECEIPT, MessageClass.SAFETY, MessageClass.LEGAL}
)


class Sent(Struct, frozen=True, kw_only=True):
    """One marketing mail that was handed over."""

    address: str
    sender: str
    at_ms: int


class Mailings(Struct, frozen=True, kw_only=True):
    """Everything the outside world took from Makegood and from marketing.

    Attributes:
        marketing: Mails of the marketing team.
        campaigns: Day of each campaign -> address it was sent from.
        service: Mails that always pass.
        offers_after: Promotional mails of Makegood itself, each for a case.
        texts: Text messages.
    """

    marketing: tuple[Sent, ...]
    campaigns: Mapping[date, str]
    service: int
    offers_after: int
    texts: int


def mailings(path: Path) -> Mailings:
    """Count the file of the outside world."""
    return count(kept for kept in read_kept(path) if isinstance(kept, Mail | TextMessage))


def count(taken: Iterable[Mail | TextMessage]) -> Mailings:
    """Sort what was taken by what it is for."""
    marketing: list[Sent] = []
    campaigns: dict[date, str] = {}
    service = offers_after = texts = 0
    for one in taken:
        if isinstance(one, TextMessage):
            texts += 1
        elif "x-campaign" in one.headers:
            campaigns[date.fromisoformat(one.headers["x-campaign"])] = one.sender
            marketing.append(_sent(one))
        elif one.headers.get("x-makegood-class", "") in CARE:
            service += 1
        elif one.headers.get("x-makegood-class", "") == MessageClass.PROMOTIONAL:
            offers_after += 1
    return Mailings(
        marketing=tuple(marketing),
        campaigns=campaigns,
        service=service,
        offers_after=offers_after,
        texts=texts,
    )


def _sent(mail: Mail) -> Sent:
    at_ms = int(mail.headers["x-campaign-sent-ms"])
    return Sent(address=mail.to, sender=mail.sender, at_ms=at_ms)
