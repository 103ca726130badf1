"""Notices on their way out: the feed of what changed, who wants to hear it, and each telling.

They have tables of their own, beside the outbox. A command belongs to a customer's history: a
refold withdraws it, and its outcome is an event. Who hears of a change is the outside's affair: no
outcome of a telling may enter a history, a refold takes nothing back, and a dead receiver must
not stand in the queue of refunds.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from makegood.core.notices import Notice, NoticeKind
from makegood.messages.ids import CustomerId, NoticeId, ProfileId
from makegood.ports.rows import CaseRow, PersonRow


class Subject(Struct, frozen=True, kw_only=True):
    """Whom a notice is about, read at the hand-over.

    Attributes:
        customer: Their id today.
        profiles: Every profile that is linked as this customer, and every e-mail, phone and
            loyalty number that finds them; a former customer id is one of them.
        persons: Personal data of these profiles; without those that were erased.
        held: For which brands promotional mail is stopped NOW, due timers counted: ("*",) for
            all, () for none. Set your side to this and two tellings may come in any order.
        case: The notice's case as it stands now; None when there is none.
    """

    customer: CustomerId
    profiles: tuple[ProfileId, ...] = ()
    persons: tuple[PersonRow, ...] = ()
    held: tuple[str, ...] = ()
    case: CaseRow | None = None

    @property
    def emails(self) -> tuple[str, ...]:
        """Every e-mail address of them that is known, sorted, each once."""
        found = {person.email for person in self.persons if person.email}
        found |= {
            person.identifier.removeprefix("email:")
            for person in self.persons
            if person.identifier.startswith("email:")
        }
        return tuple(sorted(found))


class FeedNotice(Struct, frozen=True, kw_only=True):
    """A notice with its place in the feed.

    Attributes:
        sequence: Its place, given in the order of the commits: of two about one customer or one
            case, the higher is the later, and who remembers the last one read misses none. It is
            never below the milliseconds of the clock, so that it rises also after a backup was
            restored.
        notice: What changed.
    """

    sequence: int
    notice: Notice


class Sink(Protocol):
    """Somebody outside who is told.

    The calls for one sink come from one process at a time, and those about one customer one after
    another. A telling may be repeated after a crash, with the same notice id.

    Attributes:
        name: Unique and lasting: tellings wait under it ("webhook:w1", "mailchimp").
        kinds: What it wants to hear; empty for everything.
        brands: Whose; empty for all. A hold on every brand concerns each of them.
    """

    @property
    def name(self) -> str:
        """Give its lasting name."""

    @property
    def kinds(self) -> Sequence[NoticeKind]:
        """Give what it wants to hear."""

    @property
    def brands(self) -> Sequence[str]:
        """Give whose notices it wants to hear."""

    def tell(self, said: FeedNotice, to: Subject, now_ms: int) -> None:
        """Tell it, and come back when it has taken the notice.

        Raises:
            EffectFailed: It has not; `retry` says whether another try can help, and `after_ms`
                when it wants to be left alone.
        """


class TellingStatus(StrEnum):
    """Where a telling stands."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"


class Telling(Struct, frozen=True, kw_only=True):
    """One notice on its way to one sink.

    Attributes:
        attempts: Tries begun.
        next_ms: Not tried before this; while it is leased, the end of the lease.
        fence: Grows with each lease; an older holder can no longer settle.
        error: What the last try said.
        settled_ms: When it reached its end; 0 before.
    """

    sink: str
    said: FeedNotice
    status: TellingStatus = TellingStatus.WAITING
    attempts: int = 0
    next_ms: int = 0
    fence: int = 0
    error: str = ""
    settled_ms: int = 0


class SinkHealth(Struct, frozen=True, kw_only=True):
    """How a sink fares.

    Attributes:
        waiting: Tellings that wait, of which some may have failed before.
        failed: Tellings that nobody will take; a person can replay them.
        oldest_ms: When the oldest of those that wait was noticed; 0 for none.
        failures: Rounds in a row in which nothing was taken.
        took_ms: When it last took one; 0 for never.
        error: What it said last, empty when it took the last one.
    """

    sink: str
    waiting: int = 0
    failed: int = 0
    oldest_ms: int = 0
    failures: int = 0
    took_ms: int = 0
    error: str = ""


def wants(sink: Sink, notice: Notice) -> bool:
    """Whether a sink is told of a notice."""
    if sink.kinds and notice.kind not in sink.kinds:
        return False
    concerns = notice.scope if notice.kind.is_hold else notice.brand
    return not sink.brands or concerns in ("*", "") or concerns in sink.brands


class NoticeReading(Protocol):
    """The feed and what became of it."""

    def feed(self, after: int, limit: int) -> tuple[FeedNotice, ...]:
        """Page through published notices by their sequence, oldest first."""

    def feed_ends(self) -> tuple[int, int]:
        """Give the last sequence that was forgotten, and the newest; 0 where there is none."""

    def unpublished(self) -> int:
        """Say since when the oldest notice waits to be published; 0 for none."""

    def due_sinks(self, now_ms: int) -> tuple[str, ...]:
        """Give the sinks for which something is due and that nobody is telling."""

    def tellings(
        self, sink: str, status: TellingStatus | None, before: int, limit: int
    ) -> tuple[Telling, ...]:
        """Page through what a sink was told or will be, the newest first.

        Args:
            sink: Its name.
            status: Only these; None for all.
            before: Sequence of the last one of the page before; 0 for the first page.
            limit: At most so many.
        """

    def telling(self, sink: str, notice: NoticeId) -> Telling | None:
        """Give one telling."""

    def sink_health(self, sink: str) -> SinkHealth | None:
        """Say how a sink fares, without counting what waits; None when it was never told."""

    def sinks_health(self) -> Mapping[str, SinkHealth]:
        """Say how each sink fares that ever was told something."""


class NoticeWriting(Protocol):
    """What is noticed, published, claimed and settled."""

    def put_notices(self, notices: Sequence[Notice]) -> None:
        """Write down what changed, in one statement; a known id is not written again."""

    def publish(self, limit: int, to: Mapping[str, Sink], now_ms: int) -> int:
        """Give the oldest unpublished notices a sequence, and a telling for each who wants it.

        One process at a time; another one finds nothing to do.

        Returns:
            How many were published.
        """

    def claim_tellings(
        self, sink: str, now_ms: int, lease_ms: int, limit: int
    ) -> tuple[Telling, ...]:
        """Lease a sink and what is due for it, the oldest first.

        Nothing while somebody else holds the sink; an older lease that ran out is taken over.
        """

    def settle_telling(self, telling: Telling) -> bool:
        """Write how a telling stands; False when its fence is no longer ours (nothing changes)."""

    def release_sink(self, health: SinkHealth, fence: int, next_ms: int) -> bool:
        """Give a sink back: its health, and when it may be told again; False if not ours."""

    def replay_tellings(
        self, sink: str, notices: Sequence[NoticeId], since_ms: int, now_ms: int
    ) -> int:
        """Let tellings that ended wait again, with all their tries.

        Args:
            sink: Its name.
            notices: These, whatever became of them; none for all that failed.
            since_ms: Only those that were noticed from then on.
            now_ms: When they wait from.

        Returns:
            How many wait again.
        """

    def drop_sink(self, sink: str) -> None:
        """Forget a sink and all its tellings."""

    def begin_feed_anew(self, now_ms: int) -> None:
        """Let nobody go on from a place of the feed that was given before.

        It may be of a deployment that went on after the backup this one was restored from.
        """

    def trim_notices(self, before_ms: int, limit: int) -> int:
        """Forget published notices from before a time, with their tellings; give how many."""
