"""Rows of the kinds of mail that were seen, and of what people said they are."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from makegood.messages.commands import MessageClass


class MailKind(Struct, frozen=True, kw_only=True):
    """One kind of mail: what one template, or one rule of the book, has in common.

    Attributes:
        kind: Its name.
        brand: Whose mail it is; empty when nobody's.
        domain: Of the sender.
        subject: Of its mails, without what is meant for one person.
        example: The beginning of its text, likewise; empty until two people have had one.
        message_class: By a rule or by signals; None when nothing was certain.
        says: Why.
        decided: What a person said last; None when nobody did.
        mails: How many were seen.
        recipients: How many recipients they had.
        held: Recipients of mails that were passed on without a class, whom a hold would have
            spared.
        subject_marks: By which a like subject is known.
        sketch: By which a like text is known.
    """

    kind: str
    brand: str = ""
    domain: str = ""
    subject: str = ""
    example: str = ""
    message_class: MessageClass | None = None
    says: str = ""
    decided: MessageClass | None = None
    mails: int = 0
    recipients: int = 0
    held: int = 0
    first_ms: int = 0
    last_ms: int = 0
    subject_marks: tuple[int, ...] = ()
    sketch: tuple[int, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a person has to say what it is."""
        return self.message_class is None and self.decided is None


class MailDecision(Struct, frozen=True, kw_only=True):
    """What a person said a kind of mail is; each is added, and none is ever changed.

    Attributes:
        place: Counted from 1, over all kinds.
        kind: Which.
        message_class: What it is; None takes back what was said before.
        by: Who said so.
    """

    place: int
    kind: str
    message_class: MessageClass | None
    by: str
    at_ms: int


class MailKindReading(Protocol):
    """Kinds of mail, and what was said of them."""

    def mail_kinds(
        self,
        *,
        waiting_only: bool = False,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[MailKind, ...]:
        """Page through the kinds, the last seen first.

        Args:
            waiting_only: Leave out those that a rule, signals or a person classed.
            brands: Only of these; none for all. "" is mail of no known brand.
            after: (last_ms, kind) of the last one of the page before.
            limit: At most so many.
        """

    def mail_kind(self, kind: str) -> MailKind | None:
        """Give one kind."""

    def mail_kinds_waiting(self) -> int:
        """Count the kinds that wait for a person."""

    def mail_decisions(self, after: int, limit: int) -> tuple[MailDecision, ...]:
        """Page through what was said, in its order, after a place (0 for the first page)."""

    def last_mail_decision(self) -> int:
        """Give the place of the last thing that was said; 0 when nothing was."""

    def last_mail_decisions(self, kinds: Sequence[str]) -> Mapping[str, MailDecision]:
        """Give what was said last of each of some kinds; others are left out."""

    def mail_decisions_of(self, kind: str, limit: int) -> tuple[MailDecision, ...]:
        """Give what was said of a kind, the last first."""


class MailKindWriting(Protocol):
    """What was seen, and what is said."""

    def count_mail_kinds(self, rows: Sequence[MailKind]) -> None:
        """Add counts to kinds; one that is new is kept with what it says.

        Args:
            rows: Each with the counts to add; what else it says replaces what is known where it
                is not empty. What a person decided stays.
        """

    def put_mail_decision(self, row: MailDecision) -> bool:
        """Add what a person said, and let the kind say so.

        Returns:
            False when there is one of that place (nothing is changed then).
        """

    def forget_mail_kinds(self, once_before_ms: int, before_ms: int, most_once: int) -> int:
        """Forget kinds of which nobody said anything; give how many went.

        Args:
            once_before_ms: Those seen once, and not since.
            before_ms: Those not seen since.
            most_once: Keep about so many of those seen once, the latest.
        """
