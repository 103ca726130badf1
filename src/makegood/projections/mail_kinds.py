"""The kinds of mail as people and programs see them: what they are, who said so, and how many."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from makegood.core.mailings import RULED
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.ports.mail_kinds import MailKind
from makegood.ports.store import Reading


class KindShown(Struct, frozen=True, kw_only=True):
    """One kind of mail.

    Attributes:
        kind: Its name.
        brand: Whose; empty when nobody's.
        domain: Of the sender.
        subject: Without what is meant for one person.
        example: The beginning of the text, likewise.
        message_class: What it is; None when nobody knows.
        by: Who or what says so.
        rule: Of the book, for `rule`.
        why: In a sentence, where no person said so.
        mails: How many.
        recipients: They had.
        held: Of these, whom a hold would have spared it.
        said_by: Who said last what it is, or took it back.
        said_ms: When; 0 for never.
    """

    kind: str
    brand: str
    domain: str
    subject: str
    example: str
    message_class: MessageClass | None
    by: Literal["rule", "person", "signals", "none"]
    rule: str
    why: str
    mails: int
    recipients: int
    held: int
    first_ms: int
    last_ms: int
    said_by: str
    said_ms: int

    @property
    def is_held(self) -> bool:
        """Whether a hold stops such mails."""
        return self.message_class in HELD_CLASSES


def kinds_shown(reading: Reading, rows: Sequence[MailKind]) -> tuple[KindShown, ...]:
    """Put what was said of kinds beside them, with one query for all."""
    said = reading.last_mail_decisions([row.kind for row in rows])
    found = []
    for row in rows:
        last = said.get(row.kind)
        found.append(
            KindShown(
                kind=row.kind,
                brand=row.brand,
                domain=row.domain,
                subject=row.subject,
                example=row.example,
                message_class=row.decided or row.message_class,
                by=_by(row),
                rule=row.kind.rpartition(":")[2] if row.kind.startswith(RULED) else "",
                why=row.says,
                mails=row.mails,
                recipients=row.recipients,
                held=row.held,
                first_ms=row.first_ms,
                last_ms=row.last_ms,
                said_by=last.by if last else "",
                said_ms=last.at_ms if last else 0,
            )
        )
    return tuple(found)


def _by(row: MailKind) -> Literal["rule", "person", "signals", "none"]:
    if row.kind.startswith(RULED):
        return "rule"
    if row.decided is not None:
        return "person"
    return "none" if row.message_class is None else "signals"
