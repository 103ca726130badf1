"""What is attached to letters: bytes that are kept, and neither opened nor run."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol


class Files(Protocol):
    """Keeps bytes by the letter they came with and their own digest.

    No two letters share any, so that erasing one takes nothing from another, and nobody can find
    out whether somebody else was sent the same.
    """

    def put(self, letter: str, digest: str, content: bytes) -> None:
        """Keep bytes durably; the same again changes nothing."""

    def get(self, letter: str, digest: str) -> bytes | None:
        """Give them; None when they are not kept, or are not what they were."""

    def names(self) -> Iterator[tuple[str, str]]:
        """Name all that is kept, by letter and digest; what is put meanwhile may be missing."""

    def opened(self, letter: str, digest: str) -> BinaryIO | None:
        """Open bytes to be read piece by piece, as they are; None when they are not kept."""

    def put_pieces(self, letter: str, digest: str, pieces: Iterable[bytes]) -> bool:
        """Keep bytes that come piece by piece; False, and nothing kept, if they are others."""

    def drop(self, letter: str) -> None:
        """Delete all that came with a letter."""
