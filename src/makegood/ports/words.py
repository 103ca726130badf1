"""What customers wrote and somebody has to look at, and how far the log was read for it."""

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.ports.rows import CaseRow
from makegood.ports.voice import Post

WordsPlace = tuple[int, int, str]
"""(0 for what is urgent and else 1, at, item): where a page ended."""


class WaitingWords(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Something a customer wrote that a person has to look at.

    Attributes:
        item: Names it: a letter, a post, or the event that brought the words.
        profile: Whose it is; empty for a post of somebody who is nobody known.
        channel: Where it was written, as `triage` of the rule book calls it.
        is_urgent: It cannot wait.
        asks: A person is asked whether it tells of a failure.
        at_ms: When it came.
    """

    item: str
    profile: ProfileId
    channel: str
    at_ms: int
    brand: str = ""
    is_urgent: bool = False
    asks: bool = False

    @property
    def place(self) -> WordsPlace:
        """Its place in the list: what is urgent first, then what waits longest."""
        return (0 if self.is_urgent else 1, self.at_ms, self.item)


class WordsCounted(Struct, frozen=True, gc=False, kw_only=True):
    """How much waits to be looked at.

    Attributes:
        urgent: What cannot wait.
        asked: About which a person is asked.
        all: Both; what is both counts once.
    """

    urgent: int = 0
    asked: int = 0
    all: int = 0


class LogEdge(Struct, frozen=True, gc=False, kw_only=True):
    """How far the log went at a moment.

    Attributes:
        place: The last place that was given out; 0 for none.
        writing: Who may still commit something at this place or before it; names of transactions.
    """

    place: int = 0
    writing: frozenset[str] = frozenset()


class WordsReading(Protocol):
    """Looking."""

    def waiting_words(
        self,
        *,
        only: Literal["", "urgent", "asked"] = "",
        brands: Sequence[str] = (),
        after: WordsPlace | None = None,
        limit: int = 50,
    ) -> tuple[WaitingWords, ...]:
        """Page through what has to be looked at, what is urgent first, then the oldest.

        Args:
            only: What cannot wait, or what a person is asked about; empty for both.
            brands: Of these; empty for all.
            after: Place of the last one of the page before.
            limit: At most so many.
        """

    def words_counted(self, brands: Sequence[str] = ()) -> WordsCounted:
        """Count what has to be looked at, of these brands; empty for all."""

    def urgent_customers(self, customers: Sequence[CustomerId]) -> frozenset[CustomerId]:
        """Say who of these customers wrote something that cannot wait."""

    def urgent_cases(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, int, CaseId] | None = None,
        limit: int = 50,
    ) -> tuple[CaseRow, ...]:
        """Page through open cases whose customer wrote what cannot wait, in the queue's order.

        Args:
            brands: Of these; empty for all.
            after: As `cases` takes it.
            limit: At most so many.
        """

    def words_read(self) -> int | None:
        """Say up to which place the log was read for words; None for never."""

    def log_edge(self) -> LogEdge:
        """Say how far the log went, and who may still write before that.

        Once none of those writes any more, whoever looks anew misses nothing up to that place.
        """

    def posts_unread(self, limit: int) -> tuple[Post, ...]:
        """Give posts that wait for an answer and that nobody has read, the oldest first."""


class WordsWriting(WordsReading, Protocol):
    """Writing."""

    def put_waiting_words(self, row: WaitingWords) -> None:
        """Keep that something has to be looked at."""

    def drop_waiting_words(self, items: Sequence[str]) -> None:
        """Say that somebody looked at these."""

    def calm_words(self, profiles: Sequence[ProfileId], at_ms: int) -> None:
        """Say that these were answered: what they wrote until then is urgent no more."""

    def calm_item(self, item: str) -> None:
        """Say that something can wait; what a person is asked about it is asked all the same."""

    def drop_settled_posts(self) -> int:
        """Forget what waits about posts that wait for no answer any more; say of how many."""

    def put_words_read(self, place: int) -> None:
        """Write down up to which place the log was read."""
