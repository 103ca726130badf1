"""What is silent, how long customers waited, and what is usual: rows that follow the states."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CaseId, CustomerId, EventId, ProfileId, RepId
from makegood.messages.waits import WaitNorm

MOST_SILENT = 200
"""The longest page."""
SilenceKey: TypeAlias = tuple[int, CustomerId, str]
SilenceKind: TypeAlias = Literal["wait", "promise", "request"]


class SilentRow(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Something a customer waits for, that is overdue from `due_ms` on.

    Attributes:
        item: Tells it apart from others of the customer.
        name: The rule about waits, the promise or the request of the book.
        since_ms: Since when they wait.
        rep: Whose it is; empty for whoever is free.
        norm: What is usual there; None when nobody knew.
        by_ms: The date that was told; 0 for none.
    """

    customer: CustomerId
    profile: ProfileId
    kind: SilenceKind
    item: str
    name: str
    since_ms: int
    due_ms: int
    brand: str = ""
    channel: str = ""
    rep: RepId = RepId("")
    case: CaseId = CaseId("")
    norm: WaitNorm | None = None
    by_ms: int = 0

    @property
    def key(self) -> SilenceKey:
        """Its place in the list, the longest overdue first."""
        return (self.due_ms, self.customer, self.item)


class Waited(Struct, frozen=True, gc=False, kw_only=True):
    """How long one customer waited, without saying who.

    Attributes:
        event: The event that began the wait.
        ended_ms: When it ended; 0 while it lasts.
        gave_up: The customer did not wait for the answer: it would have come later.
    """

    event: EventId
    rule: str
    brand: str
    channel: str
    at_ms: int
    ended_ms: int = 0
    gave_up: bool = False


class QueueNorms(Struct, frozen=True, gc=False, kw_only=True):
    """What is usual in one queue.

    Attributes:
        at_ms: When that was learned.
        whole: Of the whole queue.
        hours: By hour of the week, from 0 for Monday at midnight; only where it can be told.
    """

    rule: str
    brand: str
    channel: str
    at_ms: int
    whole: WaitNorm
    hours: Mapping[int, WaitNorm] = {}


class SilenceReading(Protocol):
    """Looking."""

    def silent(
        self,
        now_ms: int,
        *,
        rep: RepId | None = None,
        brands: Sequence[str] = (),
        after: SilenceKey | None = None,
        limit: int = 50,
    ) -> tuple[SilentRow, ...]:
        """Page through what is overdue, the longest first.

        Args:
            now_ms: What is due later is not overdue.
            rep: Only what is this person's.
            brands: Only of these, and of none; empty for all.
            after: `key` of the last one of the page before.
            limit: At most `MOST_SILENT`.
        """

    def waited(self, since_ms: int, limit: int) -> tuple[Waited, ...]:
        """Give the waits that began since a moment, the newest first.

        Of more than `limit` as many of each queue are given, as far as it has them, drawn by the
        hashes that name their events: a busy queue crowds out no quiet one, and no day another.
        """

    def wait_norms(self, rules: Sequence[str]) -> tuple[QueueNorms, ...]:
        """Give what is usual in the queues of some rules."""


class SilenceWriting(SilenceReading, Protocol):
    """Writing."""

    def project_silent(self, customers: Sequence[CustomerId], rows: Sequence[SilentRow]) -> None:
        """Replace what customers wait for by what they wait for now."""

    def put_waited(self, rows: Sequence[Waited]) -> None:
        """Keep how long somebody waits, in the place of what was known of the same wait."""

    def drop_waited(self, waits: Sequence[tuple[EventId, str]]) -> None:
        """Forget waits (event, rule) that, as is known by now, never began."""

    def forget_waited(self, before_ms: int) -> int:
        """Forget the waits that began before a moment; say how many."""

    def put_wait_norms(self, rows: Sequence[QueueNorms]) -> None:
        """Keep what is usual in some queues, in the place of what was."""
