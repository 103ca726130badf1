"""The memory engine's posts about what is advertised, and what is measured against it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Protocol, cast

from makegood.messages.ids import CaseId, EventId
from makegood.ports.advertised import (
    FailureCount,
    KeptWith,
    PromiseCount,
    PromiseMade,
    TouchCount,
    Touching,
    TouchKey,
    Verdict,
    WaitCount,
)
from makegood.ports.silence import Waited
from makegood.ports.voice import Post
from makegood.store.memory_reading import MemoryReading

_TO_WEIGH = ("waiting", "answered", "old")


class AdvertisedTables(Protocol):
    """The tables of it among those of the engine."""

    public_posts: MutableMapping[str, Post]
    weighed: MutableMapping[str, str]
    weighed_cases: MutableMapping[str, KeptWith]
    advertised_posts: MutableMapping[tuple[str, str], Touching]
    promises_made: MutableMapping[EventId, PromiseMade]
    waited: MutableMapping[tuple[EventId, str], Waited]


class MemoryAdvertised(MemoryReading):
    """Counts, lists, and what a person said."""

    @property
    def _about(self) -> AdvertisedTables:
        return cast("AdvertisedTables", self._t)

    def touch_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = (), promises: Sequence[str] = ()
    ) -> tuple[TouchCount, ...]:
        found = Counter(
            (_bound(one.at_ms, bounds), one.promise, one.brand, one.verdict)
            for one in self._about.advertised_posts.values()
            if _is_in(one.at_ms, bounds)
            and (not brands or one.brand in brands)
            and (not promises or one.promise in promises)
        )
        return tuple(
            TouchCount(promise=promise, brand=brand, verdict=verdict, from_ms=from_ms, n=n)
            for (from_ms, promise, brand, verdict), n in sorted(found.items())
        )

    def touching(
        self,
        promise: str,
        *,
        verdict: Verdict | None = None,
        brands: Sequence[str] = (),
        after: TouchKey | None = None,
        limit: int = 20,
    ) -> tuple[Touching, ...]:
        found = [
            one
            for one in self._about.advertised_posts.values()
            if one.promise == promise
            and (one.verdict == verdict if verdict else one.verdict != "aside")
            and (not brands or one.brand in brands)
            and (after is None or one.key < after)
        ]
        return tuple(sorted(found, key=lambda one: one.key, reverse=True)[:limit])

    def touches_of(self, posts: Sequence[str]) -> tuple[Touching, ...]:
        found = [one for one in self._about.advertised_posts.values() if one.post in posts]
        return tuple(sorted(found, key=lambda one: (one.post, one.promise)))

    def failed_in(self, cases: Sequence[CaseId]) -> Mapping[CaseId, tuple[str, ...]]:
        rows = self._t.case_rows
        return {one: rows[one].rules for one in cases if one in rows and rows[one].rules}

    def promise_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = (), promises: Sequence[str] = ()
    ) -> tuple[PromiseCount, ...]:
        groups: dict[tuple[int, str, str], Counter[str]] = {}
        for one in self._about.promises_made.values():
            is_wanted = not promises or one.promise in promises
            if is_wanted and _is_in(one.due_ms, bounds) and (not brands or one.brand in brands):
                key = (_bound(one.due_ms, bounds), one.promise, one.brand)
                groups.setdefault(key, Counter())[one.standing] += 1
        return tuple(
            PromiseCount(
                promise=name, brand=brand, from_ms=from_ms, kept=sums["kept"],
                broken=sums["broken"],
            )
            for (from_ms, name, brand), sums in sorted(groups.items())
        )  # fmt: skip

    def failure_counts(
        self, bounds: Sequence[int], brands: Sequence[str] = ()
    ) -> tuple[FailureCount, ...]:
        found = Counter(
            (_bound(one.opened_ms, bounds), ",".join(one.rules), one.brand)
            for one in self._t.case_rows.values()
            if one.rules and _is_in(one.opened_ms, bounds) and (not brands or one.brand in brands)
        )
        return tuple(
            FailureCount(rules=tuple(rules.split(",")), brand=brand, from_ms=from_ms, n=n)
            for (from_ms, rules, brand), n in sorted(found.items())
        )

    def wait_counts(
        self,
        bounds: Sequence[int],
        now_ms: int,
        within_ms: Sequence[int],
        brands: Sequence[str] = (),
    ) -> tuple[WaitCount, ...]:
        groups: dict[tuple[int, str, str], list[Waited]] = {}
        for one in self._about.waited.values():
            if _is_in(one.at_ms, bounds) and (not brands or one.brand in brands):
                key = (_bound(one.at_ms, bounds), one.rule, one.brand)
                groups.setdefault(key, []).append(one)
        return tuple(
            WaitCount(
                rule=rule,
                brand=brand,
                from_ms=from_ms,
                kept=tuple(sum(_is_kept(one, most) for one in some) for most in within_ms),
                late=tuple(
                    sum((one.ended_ms or now_ms) - one.at_ms > most for one in some)
                    for most in within_ms
                ),
            )
            for (from_ms, rule, brand), some in sorted(groups.items())
        )

    def take_to_weigh(self, mark: str, limit: int) -> tuple[Post, ...]:
        about = self._about
        found = sorted(
            name
            for name, one in about.public_posts.items()
            if one.state in _TO_WEIGH and about.weighed.get(name, "") != mark
        )[:limit]
        for name in found:
            about.weighed[name] = mark
        return tuple(about.public_posts[name] for name in found)

    def weigh_again(self, limit: int) -> int:
        about, failed = self._about, self.failed_in
        found = sorted(
            name
            for name, one in about.weighed_cases.items()
            if about.public_posts[name].state in _TO_WEIGH
            and about.weighed.get(name, "")
            and failed([one.case]).get(one.case, ()) != one.rules
        )[:limit]
        for name in found:
            about.weighed[name] = ""
        return len(found)

    def put_weighed(
        self, posts: Sequence[str], rows: Sequence[Touching], kept: Sequence[KeptWith] = ()
    ) -> None:
        about = self._about.advertised_posts
        for key, one in list(about.items()):
            if one.post in posts and one.because != "person":
                del about[key]
        for name in posts:
            self._about.weighed_cases.pop(name, None)
        for row in rows if posts else ():
            about.setdefault((row.promise, row.post), row)
        for it in kept if posts else ():
            self._about.weighed_cases[it.post] = it

    def put_judged(self, row: Touching) -> None:
        self._about.advertised_posts[row.promise, row.post] = row

    def put_promises_made(self, rows: Sequence[PromiseMade], gone: Sequence[EventId]) -> None:
        for event in gone:
            self._about.promises_made.pop(event, None)
        for one in rows:
            self._about.promises_made[one.event] = one


def _is_kept(one: Waited, most_ms: int) -> bool:
    return not one.gave_up and 0 < one.ended_ms <= one.at_ms + most_ms


def _is_in(at_ms: int, bounds: Sequence[int]) -> bool:
    return bounds[0] <= at_ms < bounds[-1]


def _bound(at_ms: int, bounds: Sequence[int]) -> int:
    return bounds[bisect_right(bounds, at_ms) - 1]
