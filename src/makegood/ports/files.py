"""What is attached to letters: bytes that are kept, and neither opened nor run."""

from typing import Protocol


class Files(Protocol):
    """Keeps bytes by the letter they came with and their own digest.

    No two letters share any, so that erasing one takes nothing from another, and nobody can find
    out whether somebody else was sent the same.
    """

    def put(self, letter: str, digest: str, content: bytes) -> None:
        """Keep bytes durably; the same again changes nothing."""

    def get(self, letter: str, digest: str) -> bytes | None:
        """Give them; None when they are not kept, or are not what they were."""

    def drop(self, letter: str) -> None:
        """Delete all that came with a letter."""
