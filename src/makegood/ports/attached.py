"""What reps attach to their letters: rows beside the files, from the upload until the erasure.

The row comes first and the file after it, so that what a crash left can be found and swept.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from makegood.messages.ids import EventId, ProfileId, RepId


class Attached(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Something a rep attached to a letter of theirs.

    Attributes:
        file: Names it; its bytes are kept under this name and their digest.
        profile: Whom it is for.
        rep: Who attached it.
        thread: The conversation in which it is being written.
        name: As it is called in the mail.
        kind: What the browser said it is; nobody believes it.
        size: In bytes.
        at_ms: When it was attached, or came back because its letter was undone.
        said: The event of the letter it went with; empty while that is a draft.
    """

    file: str
    profile: ProfileId
    rep: RepId
    thread: str
    name: str
    kind: str
    digest: str
    size: int
    at_ms: int
    said: EventId = EventId("")


class AttachedReading(Protocol):
    """Looking."""

    def attached(self, files: Sequence[str]) -> Mapping[str, Attached]:
        """Give some by their names."""

    def unsent_of(self, profiles: Sequence[ProfileId]) -> tuple[Attached, ...]:
        """Give what is attached to drafts for somebody, in the order in which it came."""

    def attached_of(self, profiles: Sequence[ProfileId]) -> tuple[Attached, ...]:
        """Give everything that was attached for somebody, sent or not."""

    def unsent_before(self, at_ms: int, limit: int) -> tuple[Attached, ...]:
        """Give what was attached before a time and never went out, oldest first."""


class AttachedWriting(AttachedReading, Protocol):
    """Writing."""

    def put_attached(self, row: Attached) -> None:
        """Keep one, instead of what was known of it."""

    def drop_attached(self, files: Sequence[str]) -> None:
        """Forget some, and remember that their files have to go."""

    def erase_attached(self, profiles: Sequence[ProfileId]) -> int:
        """Forget what was attached for some profiles, and remember that the files have to go."""
