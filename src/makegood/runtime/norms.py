"""What is usual: stamped on events that begin a wait, and learned anew every night.

How long others waited is a fact across customers, so the fold never looks it up. A round reads the
waits of the log once and writes the norms once; one that is killed has written nothing, and two at
the same time write the same.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from makegood.analytics.waits import hour_of_week, learn
from makegood.messages.facts import Body, GotInTouch, Touchpoint
from makegood.messages.waits import WaitNorm
from makegood.playbooks.book import Library, RuleBook, books_in
from makegood.playbooks.waiting import WaitRule
from makegood.ports.clock import Clock
from makegood.ports.silence import QueueNorms, Waited
from makegood.ports.store import Reading, Store

EVERY_S = 900.0
FRESH_MS = 20 * 3_600_000  # a norm of weeks does not change within a day
MOST_WAITS = 200_000  # of all queues together; nobody's quantile needs more
KEPT_MS = 366 * 86_400_000
_LOG = logging.getLogger("makegood.norms")


class WaitNorms:
    """Gives the norms of one transaction; nothing is asked before an event begins a wait."""

    def __init__(self, reading: Reading, book: RuleBook) -> None:
        self._reading = reading
        self._book = book
        self._waits = any(one.waits.rules for one in books_in(book))
        self._known: Mapping[tuple[str, str, str], QueueNorms] | None = None

    def of(self, body: Body, at_ms: int) -> tuple[WaitNorm, ...]:
        """Give what is usual where an event begins to wait; empty for every other event."""
        if not self._waits:
            return ()
        brand, channel, rules = self._queues(body)
        found = []
        for rule in rules:
            norms = self._norms().get((rule.id, brand, channel))
            if norms is not None:
                zone = self._book.for_brand(brand).timezone
                own = norms.hours.get(hour_of_week(at_ms, zone), norms.whole)
                found.append(replace(own, rule=rule.id))
        return tuple(found)

    def _queues(self, body: Body) -> tuple[str, str, tuple[WaitRule, ...]]:
        if isinstance(body, GotInTouch):
            waits = self._book.for_brand(body.brand).waits
            rule = waits.by_channel.get(body.channel)
            return body.brand, body.channel, (rule,) if rule is not None and rule.share else ()
        if not isinstance(body, Touchpoint):
            return "", "", ()
        told = body.properties.get("brand")
        brand = told if isinstance(told, str) and told in self._book.brands else ""
        rules = self._book.for_brand(brand).waits.by_event.get(body.name, ())
        begins = (one for one in rules if one.begins == body.name and one.share)
        return brand, "", tuple(begins)

    def _norms(self) -> Mapping[tuple[str, str, str], QueueNorms]:
        if self._known is None:
            rules = [rule.id for one in books_in(self._book) for rule in one.waits.rules]
            found = self._reading.wait_norms(rules)
            self._known = {(one.rule, one.brand, one.channel): one for one in found}
        return self._known


class NormsLearned:
    """Learns how long is usual in each queue."""

    def __init__(self, store: Store, library_of: Callable[[], Library], clock: Clock) -> None:
        self._store = store
        self._library_of = library_of
        self._clock = clock

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Learn once a day until told to stop; a fault of the store is waited out."""
        while not stopped():
            try:
                self.round()
            except Exception as fault:
                _LOG.error("no norm was learned: %s", type(fault).__name__)
            sleep(EVERY_S)

    def round(self, *, again: bool = False) -> int:
        """Learn what is usual, unless that was done within the day; say in how many queues.

        Args:
            again: Learn in any case.
        """
        book, now_ms = self._library_of().now(), self._clock.now_ms()
        rules = [one for own in books_in(book) for one in own.waits.rules if one.share]
        if not rules:
            return 0
        with self._store.reading() as reading:
            found = reading.wait_norms([one.id for one in rules])
            known = tuple(one for one in found if _is_learned(book, one.rule, one.brand))
            fresh = known and min(one.at_ms for one in known) > now_ms - FRESH_MS
            if fresh and not again:
                return 0
            since_ms = now_ms - max(one.over_ms for one in rules)
            waits = reading.waited(since_ms, MOST_WAITS)
        norms = tuple(_learned(book, waits, known, now_ms))
        with self._store.writing() as writing:
            writing.put_wait_norms(norms)
            writing.forget_waited(now_ms - KEPT_MS)
        return len(norms)


def _is_learned(book: RuleBook, name: str, brand: str) -> bool:
    """Whether the book that judges a brand learns the norm of a rule; what it did not is left."""
    rule = book.for_brand(brand).waits.rule(name)
    return rule is not None and rule.share > 0


def _learned(
    book: RuleBook, waits: tuple[Waited, ...], known: tuple[QueueNorms, ...], now_ms: int
) -> Iterator[QueueNorms]:
    """Learn each queue; one in which nobody waits any more can no longer be told."""
    queues: dict[tuple[str, str, str], list[Waited]] = defaultdict(list)
    for norms in known:
        queues[norms.rule, norms.brand, norms.channel] = []
    for one in waits:
        queues[one.rule, one.brand, one.channel].append(one)
    for (name, brand, channel), some in sorted(queues.items()):
        own = book.for_brand(brand)
        rule = own.waits.rule(name)
        if rule is not None and rule.share:
            yield learn(rule, some, own.timezone, now_ms, (brand, channel))
