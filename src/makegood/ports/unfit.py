"""Records of other systems that became no event: kept with the reason, for a person to see."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct


class Unfit(Struct, frozen=True, gc=False, kw_only=True):
    """A record that could not be taken, or not wholly.

    Attributes:
        id: Digest of source, record and reason: the same again is one row.
        source: The source of the book.
        at_ms: When it came first.
        reason: Why, and what to do.
        record: The record as it came; personal data, so it is kept for a short time only.
        file: Names it among the files, as letter and as digest, where it is too long to stand
            here or is no text; the file goes when the row does.
    """

    id: str
    source: str
    at_ms: int
    reason: str
    record: str
    file: str = ""


class UnfitReading(Protocol):
    """What is kept of records that fit nothing."""

    def unfit(
        self, source: str, *, after: tuple[int, str] | None = None, limit: int = 50
    ) -> tuple[Unfit, ...]:
        """Page through the records of a source that fit nothing, newest first.

        Args:
            source: Its name in the book.
            after: Time and id of the last row of the page before.
            limit: At most so many.
        """

    def unfit_row(self, id_: str) -> Unfit | None:
        """Give one record that fits nothing."""

    def unfit_counts(self) -> Mapping[str, int]:
        """Count what is kept, by source."""


class UnfitWriting(Protocol):
    """What is kept, and for how long."""

    def put_unfit(self, rows: Sequence[Unfit]) -> int:
        """Keep records; say how many are new."""

    def erase_unfit(self, ids: Sequence[str]) -> int:
        """Forget these records; say how many there were."""

    def drop_unfit(
        self, before_ms: int, keep: int, whole: Mapping[str, int] = MappingProxyType({})
    ) -> int:
        """Forget what came before a time, and of each source all but the newest; say how many.

        Args:
            before_ms: The time.
            keep: So many of the newest stay.
            whole: These sources have a time of their own, and all since then stays, however
                many: nobody sends it again.
        """
