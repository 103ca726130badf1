"""Which public posts are about what is advertised, and what the log measures against it."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CaseId, EventId, RepId
from makegood.ports.voice import Post

Verdict: TypeAlias = Literal["against", "kept", "unjudged", "aside"]
"""It was not so; it was so; nobody said which; a person said that it is about something else."""
Because: TypeAlias = Literal["words", "stars", "case", "person", "read", "label"]
"""By what that is known: its words, its stars, the failure of its case, a person; a machine that
read of such a failure in it, or a person who sorted it so."""
TouchKey: TypeAlias = tuple[int, str]


class Touching(Struct, frozen=True, gc=False, kw_only=True):
    """A post that is about an advertised promise.

    Attributes:
        promise: Its id in the book.
        rep: Who said so; empty where no person did.
        judged_ms: When; 0 likewise.
    """

    promise: str
    post: str
    brand: str
    at_ms: int
    verdict: Verdict
    because: Because
    rep: RepId = RepId("")
    judged_ms: int = 0

    @property
    def key(self) -> TouchKey:
        """Its place in the list, the newest first."""
        return (self.at_ms, self.post)


class TouchCount(Struct, frozen=True, gc=False, kw_only=True):
    """How many posts are about a promise, from a bound of time to the next."""

    promise: str
    brand: str
    from_ms: int
    verdict: Verdict
    n: int


class KeptWith(Struct, frozen=True, gc=False, kw_only=True):
    """With which case a post was kept when it was weighed.

    Attributes:
        rules: What had failed in it by then.
    """

    post: str
    case: CaseId
    rules: tuple[str, ...] = ()


class PromiseMade(Struct, frozen=True, gc=False, kw_only=True):
    """A promise to one customer that has a clock.

    Attributes:
        event: The event that made it.
        promise: Its id in the book.
        due_ms: Until when it is to be kept.
    """

    event: EventId
    promise: str
    brand: str
    due_ms: int
    standing: Literal["open", "kept", "broken"]


class PromiseCount(Struct, frozen=True, gc=False, kw_only=True):
    """How many promises that were due after a bound of time were kept, or broken."""

    promise: str
    brand: str
    from_ms: int
    kept: int
    broken: int


class FailureCount(Struct, frozen=True, gc=False, kw_only=True):
    """How many cases with the same kinds of failure began after a bound of time."""

    rules: tuple[str, ...]
    brand: str
    from_ms: int
    n: int


class WaitCount(Struct, frozen=True, gc=False, kw_only=True):
    """How many waits that began after a bound were short enough, for each span asked about.

    Attributes:
        kept: They had their answer within the span.
        late: They lasted longer; who gave up before is in neither.
    """

    rule: str
    brand: str
    from_ms: int
    kept: tuple[int, ...]
    late: tuple[int, ...]


class AdvertisedReading(Protocol):
    """Looking.

    Each count is one statement, however many promises, brands and bounds there are. Bounds are two
    or more instants, rising; what happens at one is after it, and at the last is not counted.
    """

    def touch_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = (), promises: Sequence[str] = ()
    ) -> tuple[TouchCount, ...]:
        """Count posts that are about promises; of some brands and promises, or all."""

    def touching(
        self,
        promise: str,
        *,
        verdict: Verdict | None = None,
        brands: Sequence[str] = (),
        after: TouchKey | None = None,
        limit: int = 20,
    ) -> tuple[Touching, ...]:
        """Page through the posts about a promise, the newest first.

        Args:
            promise: Its id.
            verdict: Only these; None for all but those that are about something else.
            brands: Of these; none for all.
            after: `key` of the last one of the page before.
            limit: At most so many.
        """

    def touches_of(self, posts: Sequence[str]) -> tuple[Touching, ...]:
        """Give what is known of some posts."""

    def failed_in(self, cases: Sequence[CaseId]) -> Mapping[CaseId, tuple[str, ...]]:
        """Give what failed in some cases, without those in which nothing did."""

    def promise_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = (), promises: Sequence[str] = ()
    ) -> tuple[PromiseCount, ...]:
        """Count promises to single customers by when they were due."""

    def failure_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[FailureCount, ...]:
        """Count cases by when they began and what failed."""

    def wait_counts(
        self,
        bounds: Sequence[int],
        now_ms: int,
        within_ms: Sequence[int],
        brands: Sequence[str] = (),
    ) -> tuple[WaitCount, ...]:
        """Count waits by when they began.

        Args:
            bounds: Of when they began.
            now_ms: Waits that last until now and are not long enough yet count as neither.
            within_ms: Spans that are asked about, at least one.
            brands: Of these; none for all.
        """


class AdvertisedWriting(AdvertisedReading, Protocol):
    """Writing."""

    def take_to_weigh(self, mark: str, limit: int) -> tuple[Post, ...]:
        """Give posts that were not weighed under a mark, and mark them; nobody else has them.

        A post that is written again is to be weighed again.
        """

    def weigh_again(self, limit: int) -> int:
        """Let posts be weighed again in whose case something else failed since; say how many."""

    def put_weighed(
        self, posts: Sequence[str], rows: Sequence[Touching], kept: Sequence[KeptWith] = ()
    ) -> None:
        """Put what is found of some posts in the place of what was; what a person said stays.

        Args:
            posts: All that were weighed.
            rows: What was found.
            kept: With which cases some of them are kept.
        """

    def put_judged(self, row: Touching) -> None:
        """Keep what a person said of a post, in the place of what was."""

    def put_promises_made(self, rows: Sequence[PromiseMade], gone: Sequence[EventId]) -> None:
        """Keep promises to customers, each in the place of the one of its event."""
