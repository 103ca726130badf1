"""Ids: who, which event, which command. All are derived, none is drawn by chance."""

from hashlib import blake2b
from typing import NewType

ProfileId = NewType("ProfileId", str)
"""The keyed digest of one typed identifier ("user:42", "email:ana@example.org"); `p` + 32 hex."""
CustomerId = NewType("CustomerId", str)
"""The least `ProfileId` of all the profiles that are linked as one customer."""
EventId = NewType("EventId", str)
"""Digest of (source, message id); `e` + 32 hex."""
CaseId = NewType("CaseId", str)
"""The `EventId` of the failure that opened the case, with `k` in front."""
CommandId = NewType("CommandId", str)
"""Digest of (source, message id, plan step, ordinal); `m` + 32 hex. Never customer or amount."""
NoticeId = NewType("NoticeId", str)
"""Digest of what changed, of whom or which case, and of the cause; `n` + 32 hex."""
BookHash = NewType("BookHash", str)
"""First 16 hex digits of the SHA-256 of a rule book's canonical text."""
PlaceId = NewType("PlaceId", str)
"""A location of a brand, as its own systems call it: "grand-lakeside"."""
RepId = NewType("RepId", str)
"""A person of the firm: the sign-in name, for example "kathy"."""
AccountId = NewType("AccountId", str)
"""The firm's own name of an account, for example "meridian"; never the name of a person."""
AgreementId = NewType("AgreementId", str)
"""The firm's own number of an agreement, for example "A-77"."""


def _digest(prefix: str, joined: str) -> str:
    return prefix + blake2b(joined.encode(), digest_size=16).hexdigest()


def event_id(source: str, message_id: str) -> EventId:
    """Derive the id of an event from where it came from and what it was called there."""
    return EventId(_digest("e", f"{source}\x1f{message_id}"))


def case_id(opened_by: EventId) -> CaseId:
    """Derive the id of the case that a failure opens."""
    return CaseId("k" + opened_by)


def command_id(source: str, message_id: str, step: str, ordinal: int) -> CommandId:
    """Derive a command's id from its cause, so that merges and refolds re-send nothing.

    Args:
        source: Source of the event that caused the command, or that set its timer.
        message_id: That event's id at its source.
        step: The plan step, for example "no_car/apology".
        ordinal: Tells repeats of one step apart; 0 for the first.
    """
    return CommandId(_digest("m", f"{source}\x1f{message_id}\x1f{step}\x1f{ordinal}"))


def notice_id(kind: str, customer: str, case: str, scope: str, cause: str) -> NoticeId:
    """Derive the id of a notice from its cause, so that a retry or a refold says nothing twice.

    Args:
        kind: What changed.
        customer: Whose hold it is; empty for what concerns a case, whoever has it now.
        case: The case behind it.
        scope: What tells two notices of one kind and cause apart.
        cause: The event, or the firing of a timer.
    """
    return NoticeId(_digest("n", "\x1f".join((kind, customer, case, scope, cause))))


def profile_id(identifier: str, key: bytes) -> ProfileId:
    """Make the pseudonym of a typed identifier.

    Args:
        identifier: Normalised, for example "email:ana@example.org".
        key: The deployment's secret, at most 64 bytes; without it nobody can guess addresses.
    """
    return ProfileId("p" + blake2b(identifier.encode(), digest_size=16, key=key).hexdigest())
