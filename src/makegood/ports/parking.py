"""Parked mail: what a hold stopped at the SMTP gate, kept until it may go or its time is over."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol

from msgspec import Struct

from makegood.messages.ids import BookHash, CustomerId, ProfileId

_FIELD = "\x00"


class ParkedStatus(StrEnum):
    """How a parked recipient stands; all but the first two are ends."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN = (ParkedStatus.WAITING, ParkedStatus.LEASED)


class ParkedMail(Struct, frozen=True, kw_only=True):
    """One message, stored once for all its parked recipients.

    Attributes:
        mail: Its id, of `mail_id`.
        sender: The envelope's sender; empty for a bounce.
        options: What MAIL said besides, such as SMTPUTF8 and BODY=8BITMIME, with blanks between.
        content: The bytes, exactly as they came.
        port: At which port of the gate it came.
        login: Who handed it over; empty for a listed network.
    """

    mail: str
    sender: str
    options: str
    content: bytes
    port: int = 0
    login: str = ""


class ParkedRow(Struct, frozen=True, kw_only=True):
    """One recipient of a parked message.

    Attributes:
        parked: Its id, of `parked_id`.
        mail: The message.
        recipient: The address; empty after the end.
        profile: Pseudonym of the address.
        brand: For whom the message speaks.
        message_class: What it is for; empty while nobody knows.
        classed_by: What found the class: a rule, signals, a person.
        rule: Which rule, or signals.
        kind: Which kind of message, where kinds are told apart.
        book: The rule book that it was last classed and judged by.
        reason: Why it waits.
        since_ms: Since when.
        expires_ms: When it is given up.
        next_ms: When the gate is asked again, or when the lease ends.
        attempts: How often it was handed over in vain.
        fence: Rises with each lease, each time it is parked again, and when a person releases it:
            whoever knew an older one has no say any more.
        settled_ms: When it ended; 0 before.
        error: Codes of what the mail server said last; its words often quote the address.
    """

    parked: str
    mail: str
    recipient: str
    profile: ProfileId
    brand: str
    message_class: str
    classed_by: str
    rule: str
    kind: str
    book: BookHash
    reason: str
    since_ms: int
    expires_ms: int
    next_ms: int
    attempts: int = 0
    fence: int = 0
    status: ParkedStatus = ParkedStatus.WAITING
    settled_ms: int = 0
    error: str = ""


def mail_id(sender: str, options: str, content: bytes) -> str:
    """Derive a message's id, so that the same one handed over again is not stored again."""
    digest = blake2b(f"{sender}{_FIELD}{options}{_FIELD}".encode(errors="surrogateescape"))
    digest.update(content)
    return f"w{digest.hexdigest()[:32]}"


def parked_id(mail: str, recipient: str) -> str:
    """Derive the id of one recipient of a message."""
    words = f"{mail}{_FIELD}{recipient}".encode(errors="surrogateescape")
    return f"w{blake2b(words, digest_size=16).hexdigest()}"


class ParkingReading(Protocol):
    """What waits."""

    def parked(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[ParkedRow, ...]:
        """Page through what waits, the longest waiting first.

        Args:
            brands: Only of these; empty for all.
            after: `since_ms` and id of the last one of the page before.
            limit: At most so many.
        """

    def parked_counts(self) -> Mapping[tuple[str, str], int]:
        """Count what waits by brand and reason."""

    def parked_row(self, parked: str) -> ParkedRow | None:
        """Give one, ended or not."""

    def parked_mails(self, mails: Sequence[str]) -> Mapping[str, ParkedMail]:
        """Give messages with their bytes; those of which nobody waits any more are left out."""


class ParkingWriting(Protocol):
    """What is parked, leased and ended."""

    def park(self, mails: Sequence[ParkedMail], rows: Sequence[ParkedRow]) -> Mapping[str, int]:
        """Keep messages and their recipients.

        One that waits already is left as it is, but for its fence: two count on it now, at one
        gate or at two, and neither may withdraw it. One that ended waits again.

        Returns:
            Ids of those that wait because of this call, with their fences.
        """

    def unpark(self, parked: Mapping[str, int], now_ms: int) -> int:
        """Withdraw recipients that wait as `park` said; say how many.

        One that was parked again, leased or released since, anywhere, stays as it is.
        """

    def claim_parked(self, now_ms: int, lease_ms: int, limit: int) -> tuple[ParkedRow, ...]:
        """Lease recipients that are due, the longest due first; each with a new fence."""

    def report_parked(self, rows: Sequence[ParkedRow]) -> int:
        """Write back leased rows as they are now: waiting again, or ended.

        One whose fence is no longer ours stays as it is. An end forgets the address, and a
        message of which no recipient waits any more its bytes.

        Returns:
            How many were written.
        """

    def release_parked(self, parked: str, by: str, now_ms: int) -> bool:
        """Let a person call one that waits a service message; it goes out at once.

        False when it does not wait, or is leased at this moment.
        """

    def wake_parked(self, customers: Sequence[CustomerId], now_ms: int) -> int:
        """Have the gate asked at once about all that waits for customers; say how many.

        Called where a hold lifts. What is leased at this moment is left: its turn comes again.
        """

    def erase_parked(self, customer: CustomerId) -> int:
        """Withdraw all that waits for a customer, by any of their addresses; say how many."""

    def forget_parked(self, before_ms: int, limit: int) -> int:
        """Delete recipients that ended before an instant; say how many."""
