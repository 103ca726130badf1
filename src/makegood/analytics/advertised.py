"""What is advertised, what is said about it in public, and what the log measures, side by side.

Who writes in public is no sample of the customers, so the two shares are never subtracted. How
many posts are against a promise is known only between two bounds, for nobody knows of the unjudged
which way they would turn; the interval reaches from the low end of the one to the high end of the
other (Manski 1989), each end Wilson's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from makegood.analytics.parity.intervals import Interval, wilson, z_for
from makegood.playbooks.advertising import Advertised
from makegood.ports.advertised import (
    FailureCount,
    PromiseCount,
    TouchCount,
    WaitCount,
)
from makegood.ports.store import Reading

_ALPHA = 0.05
_TOO_WIDE = 0.5  # an interval of half of all there could be tells nothing


class Said(Struct, frozen=True, kw_only=True):
    """What posts say of a promise.

    Attributes:
        against: Posts by which it was not so.
        kept: Posts by which it was.
        unjudged: About it, and nobody knows which way.
        interval: Share of all of them that are against it, whichever way the unjudged turn.
    """

    against: int
    kept: int
    unjudged: int
    interval: Interval

    @property
    def about(self) -> int:
        """All of them."""
        return self.against + self.kept + self.unjudged

    @property
    def can_tell(self) -> bool:
        """Whether the interval is narrow enough."""
        return bool(self.about) and _is_narrow(self.interval)


class Measured(Struct, frozen=True, kw_only=True):
    """How often it was kept, by one measure of the log.

    Attributes:
        kind: What was counted: waits or promises.
        interval: Of the share that was kept.
    """

    kind: str
    kept: int
    broken: int
    interval: Interval

    @property
    def can_tell(self) -> bool:
        """Whether the interval is narrow enough."""
        return bool(self.kept + self.broken) and _is_narrow(self.interval)


class Beside(Struct, frozen=True, kw_only=True):
    """One promise with both.

    Attributes:
        measured: By each measure that the book names.
        failures: Cases in which it failed; None where the book names no failure.
    """

    promise: Advertised
    said: Said
    measured: tuple[Measured, ...]
    failures: int | None


class Counts(Struct, frozen=True, kw_only=True):
    """What was counted, of all promises together."""

    touches: tuple[TouchCount, ...] = ()
    promises: tuple[PromiseCount, ...] = ()
    failures: tuple[FailureCount, ...] = ()
    waits: tuple[WaitCount, ...] = ()
    within_ms: tuple[int, ...] = ()


def count(
    reading: Reading,
    promises: Sequence[Advertised],
    span: tuple[int, int],
    now_ms: int,
    brands: Sequence[str] = (),
) -> Counts:
    """Count for all promises, in no more than four statements.

    Args:
        reading: The store.
        promises: Those that are shown.
        span: From when, until when.
        now_ms: When it is now.
        brands: Of these; none for all.
    """
    bounds = _bounds(promises, span)
    within = tuple(sorted({one.within_ms for one in promises if one.waits}))
    names = [one.id for one in promises]
    made = sorted({name for one in promises for name in one.promises})
    fails = any(one.failures for one in promises)
    return Counts(
        touches=reading.touch_counts(bounds, brands, names) if names else (),
        promises=reading.promise_counts(bounds, brands, made) if made else (),
        failures=reading.failure_counts(bounds, brands) if fails else (),
        waits=reading.wait_counts(bounds, now_ms, within, brands) if within else (),
        within_ms=within,
    )


def _bounds(promises: Iterable[Advertised], span: tuple[int, int]) -> tuple[int, ...]:
    """Give the span with every instant in it from which something is said, or is no more."""
    cuts = {at for one in promises for at in (one.since_ms, one.until_ms)}
    return (span[0], *sorted(at for at in cuts if span[0] < at < span[1]), span[1])


class _Found:
    """What was counted by what it counts for, looked through once for all promises."""

    def __init__(self, counts: Counts) -> None:
        self.within_ms = counts.within_ms
        self.touches: defaultdict[str, list[TouchCount]] = defaultdict(list)
        self.made: defaultdict[str, list[PromiseCount]] = defaultdict(list)
        self.waits: defaultdict[str, list[WaitCount]] = defaultdict(list)
        self.failures: defaultdict[str, list[FailureCount]] = defaultdict(list)
        for touch in counts.touches:
            self.touches[touch.promise].append(touch)
        for made in counts.promises:
            self.made[made.promise].append(made)
        for wait in counts.waits:
            self.waits[wait.rule].append(wait)
        for failure in counts.failures:
            for rule in failure.rules:
                self.failures[rule].append(failure)


def beside(promises: Sequence[Advertised], counts: Counts) -> tuple[Beside, ...]:
    """Put both beside each other; all intervals hold at once.

    Args:
        promises: Those that are shown.
        counts: What was counted.
    """
    many = sum(1 + bool(one.waits) + bool(one.promises) for one in promises)
    z, found = z_for(_ALPHA, max(many, 1)), _Found(counts)
    return tuple(
        Beside(
            promise=one,
            said=_said(one, found, z),
            measured=tuple(_measured(one, found, z)),
            failures=_failures(one, found) if one.failures else None,
        )
        for one in promises
    )


def _said(one: Advertised, found: _Found, z: float) -> Said:
    sums: Counter[str] = Counter()
    for it in found.touches[one.id]:
        if one.is_said(it.brand, it.from_ms):
            sums[it.verdict] += it.n
    against, unjudged = sums["against"], sums["unjudged"]
    about = against + unjudged + sums["kept"]
    least, most = wilson(against, about, z), wilson(against + unjudged, about, z)
    interval = Interval(value=least.value, low=least.low, high=most.high)
    return Said(against=against, kept=sums["kept"], unjudged=unjudged, interval=interval)


def _measured(one: Advertised, found: _Found, z: float) -> Iterable[Measured]:
    if one.waits:
        place = found.within_ms.index(one.within_ms)
        waits = [it for it in found.waits[one.waits] if one.is_said(it.brand, it.from_ms)]
        kept, late = (sum(it.kept[place] for it in waits), sum(it.late[place] for it in waits))
        yield _share("waits", kept, late, z)
    if one.promises:
        made = [
            it
            for name in one.promises
            for it in found.made[name]
            if one.is_said(it.brand, it.from_ms)
        ]
        yield _share("promises", sum(it.kept for it in made), sum(it.broken for it in made), z)


def _share(kind: str, kept: int, broken: int, z: float) -> Measured:
    interval = wilson(kept, kept + broken, z)
    return Measured(kind=kind, kept=kept, broken=broken, interval=interval)


def _failures(one: Advertised, found: _Found) -> int:
    # A case with two of the failures is one case.
    cases = {id(it): it for rule in one.failures for it in found.failures[rule]}
    return sum(it.n for it in cases.values() if one.is_said(it.brand, it.from_ms))


def _is_narrow(interval: Interval) -> bool:
    return interval.high - interval.low <= _TOO_WIDE


_OF: Mapping[str, str] = {"waits": "waits", "promises": "promises that were due"}


def said_words(one: Said) -> str:
    """Say what is said in public, in one sentence."""
    if not one.about:
        return "Said in public: nothing was heard about it."
    posts = "post" if one.about == 1 else "posts"
    says = "says" if one.against == 1 else "say"
    head = f"Said in public: {one.against} of {one.about} {posts} {says} that it was not so"
    if not one.can_tell:
        why = f", for {one.unjudged} are unjudged" if one.unjudged else ""
        return f"{head}; which share that is, we cannot tell yet{why}."
    turns = f", whichever way the {one.unjudged} unjudged turn" if one.unjudged else ""
    return f"{head}: between {_ends(one.interval)} of 100{turns}."


def measured_words(one: Measured) -> str:
    """Say how often it was kept, in one sentence."""
    whole = one.kept + one.broken
    if not whole:
        return f"Measured: there were no {_OF[one.kind]}."
    head = f"Measured: kept in {one.kept:,} of {whole:,} {_OF[one.kind]}"
    if not one.can_tell:
        return f"{head}; which share that is, we cannot tell yet."
    return f"{head}: between {_ends(one.interval)} of 100."


def failure_words(failures: int) -> str:
    """Say in how many cases it failed."""
    cases = "case" if failures == 1 else "cases"
    return f"Measured: it failed in {failures:,} {cases}. Of how many, the log does not say."


def words(one: Beside) -> tuple[str, ...]:
    """Say both, one sentence for each figure."""
    found = [said_words(one.said), *(measured_words(it) for it in one.measured)]
    if one.failures is not None:
        found.append(failure_words(one.failures))
    return tuple(found)


def _ends(one: Interval) -> str:
    return f"{round(100 * one.low)} and {round(100 * one.high)}"
